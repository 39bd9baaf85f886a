//! The evidence of an attempt: which files there are, what happens to those of an older run, and what `--redact` masks.

use std::{collections::BTreeMap, fs, os::unix::fs::symlink, path::Path};

use serde_json::{Value, json};
use tincan_harness::{
    Attempt, Deadlines, Environment, Exchange, IceCandidate, Judged, Note, Role, Signal, SignalingMode,
    exchange::Carried,
    peer::StatsSample,
    testing::{Quirk, calls},
    timeline::FIRST_ROUND,
};
use tincan_report::{Redaction, evidence};

use crate::cli::Tincan;

const VANILLA: &str = "webrtc-rs-to-webrtc-rs/vanilla/vp8/direct";
const FOLDER: &str = "webrtc-rs-to-webrtc-rs.vanilla.vp8.direct";
/// No ten pictures come within a millisecond.
const FAILING: [&str; 2] = ["--deadline", "media=0.001"];

/// The files below a folder, by name, with what they hold.
fn files_in(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let file =
        |path: &Path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap());
    entries.map(|entry| file(&entry.unwrap().path())).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .map(|entries| entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect())
        .unwrap_or_default();
    names.sort();
    names
}

fn run(tincan: &Tincan, more: &[&str]) -> crate::cli::Ended {
    tincan.run(&[&["run", VANILLA, "--out", "out"], more].concat())
}

#[test]
fn what_did_not_pass_leaves_evidence_and_a_pass_rate() {
    let tincan = Tincan::new();
    let ended = run(&tincan, &[&FAILING[..], &["--repeat", "2"]].concat());
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.stdout.contains("0 of 2 passed"), "{}", ended.stdout);
    assert!(ended.stdout.contains(&format!("  evidence: out/evidence/{FOLDER}\n")), "{}", ended.stdout);
    assert!(ended.stdout.contains("\nran: webrtc "), "{}", ended.stdout);
    let report = tincan.report("out");
    assert_eq!((&report["redacted"], &report["pass_rates"][0]["attempts"]), (&json!([]), &json!(2)));
    for (attempt, name) in report["attempts"].as_array().unwrap().iter().zip([FOLDER, &format!("{FOLDER}-2")])
    {
        assert_eq!(attempt["evidence"], format!("evidence/{name}"));
        let files = files_in(&tincan.folder().join("out/evidence").join(name));
        assert_eq!(serde_json::from_slice::<Value>(&files["attempt.json"]).unwrap(), *attempt);
        for (file, kind) in [("offer.sdp", "offer"), ("answer.sdp", "answer")] {
            assert_eq!(files[file], attempt["sdp"][kind].as_str().unwrap().as_bytes());
        }
        let found = String::from_utf8(files["asked-and-found.txt"].clone()).unwrap();
        assert!(found.contains("verdict           failed"), "{found}");
        let missing = found.split_once("\nmissing\n").unwrap().1;
        assert!(missing.contains("offerer-driver.txt        this peer has no driver"), "{found}");
        for side in ["offerer", "answerer"] {
            assert!(files.contains_key(&format!("{side}-given.sdp")), "{:?}", files.keys());
        }
        assert!(files.keys().all(|name| evidence::is_file_name(name) && !missing.contains(name)), "{found}");
    }
}

/// What passes the sockets of a Rust peer is kept and counted.
#[test]
fn packets_are_kept_where_a_rust_peer_sees_them() {
    let tincan = Tincan::new();
    let kept = || files_in(&tincan.folder().join("out/evidence").join(FOLDER));
    let ended = run(&tincan, &["--keep-evidence"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let report = tincan.report("out");
    let packets = &report["attempts"][0]["packets"];
    for seen in ["offerer", "answerer"].map(|side| &packets[side]) {
        // Both ask the other; and a handshake with a cookie has six flights (RFC 6347, section 4.2.4).
        assert!(seen["checks"].as_u64() >= Some(2), "{packets}");
        assert_eq!((&seen["dtls_flights"], &seen["server_requests"]), (&json!(6), &json!(0)));
    }
    let files = kept();
    for side in ["offerer", "answerer"] {
        let pcapng = &files[&format!("{side}-packets.pcapng")];
        // A record of a handshake of DTLS 1.2 in its first epoch (RFC 6347, section 4.1).
        let handshakes = pcapng.windows(5).filter(|bytes| *bytes == [22, 254, 253, 0, 0]).count();
        assert!(handshakes >= 4, "{handshakes} handshake records");
    }
    assert_eq!(run(&tincan, &["--keep-evidence", "--redact"]).code, 0);
    assert!(kept().keys().all(|name| !name.ends_with("pcapng")), "addresses are shown in spite of --redact");
}

/// Where a call goes through servers of tincan's, what they saw of it is kept, and of no other call.
#[test]
fn packets_are_kept_where_servers_see_them() {
    const RELAYED: &str = "webrtc-rs-to-webrtc-rs/vanilla/vp8/relay-udp";
    let tincan = Tincan::new();
    let kept = |name: &str| files_in(&tincan.folder().join("out/evidence").join(name));
    let run = |more: &[&str]| {
        let ended = tincan.run(&[&["run", RELAYED, "--out", "out", "--keep-evidence"], more].concat());
        assert_eq!(ended.code, 0, "{ended:?}");
    };
    run(&["--repeat", "2"]);
    let folder = FOLDER.replace("direct", "relay-udp");
    let files = [folder.clone(), format!("{folder}-2")].map(|name| kept(&name));
    for (attempt, files) in tincan.report("out")["attempts"].as_array().unwrap().iter().zip(&files) {
        let packets = &files["packets.pcapng"];
        assert!(packets.starts_with(&[0x0A, 0x0D, 0x0D, 0x0A]), "no section header");
        // Each check carries both user name fragments (RFC 8445, section 7.2.2).
        let ufrag = |sdp: &str| sdp.split("a=ice-ufrag:").nth(1).unwrap().lines().next().unwrap().to_owned();
        let of = |file: &str| ufrag(str::from_utf8(&files[file]).unwrap());
        let user = format!("{}:{}", of("answer.sdp"), of("offer.sdp"));
        let checks = packets.windows(user.len()).filter(|bytes| *bytes == user.as_bytes()).count();
        assert!(checks > 0, "no check of this call");
        let served = &attempt["served"];
        for count in ["allocations", "relayed"] {
            assert!(served[count].as_u64() >= Some(2), "{served}");
        }
        // What goes from relay to relay, either side sends or receives.
        for seen in [&served["packets"], &attempt["packets"]["offerer"], &attempt["packets"]["answerer"]] {
            for count in ["server_requests", "checks", "dtls", "dtls_flights"] {
                assert!(seen[count].as_u64() >= Some(2), "{attempt}");
            }
        }
    }
    let of_first = String::from_utf8(files[0]["offer.sdp"].clone()).unwrap();
    let ufrag = of_first.split("a=ice-ufrag:").nth(1).unwrap().lines().next().unwrap();
    let second = &files[1]["packets.pcapng"];
    assert!(!second.windows(ufrag.len()).any(|bytes| bytes == ufrag.as_bytes()), "packets of the first call");
    run(&["--redact"]);
    let files = kept(&folder);
    assert!(!files.contains_key("packets.pcapng"), "addresses are shown in spite of --redact");
    let found = String::from_utf8(files["asked-and-found.txt"].clone()).unwrap();
    assert!(found.contains("packets.pcapng") && found.contains("left out by --redact"), "{found}");
}

#[test]
fn a_run_begins_without_the_evidence_of_the_last_one() {
    let tincan = Tincan::new();
    let folder = tincan.folder().join("out/evidence");
    assert_eq!(run(&tincan, &FAILING).code, 1);
    assert_eq!(names(&folder), [FOLDER]);
    // A run that was killed while it wrote leaves this.
    fs::create_dir(folder.join(".tincan-abc")).unwrap();
    fs::write(folder.join(".tincan-abc/offer.sdp"), "v=0").unwrap();
    assert_eq!(run(&tincan, &[]).code, 0);
    assert_eq!((names(&folder), &tincan.report("out")["attempts"][0]["evidence"]), (vec![], &Value::Null));
    assert_eq!(run(&tincan, &["--keep-evidence"]).code, 0);
    assert_eq!(names(&folder), [FOLDER]);
}

#[test]
fn what_tincan_did_not_write_is_not_lost() {
    let tincan = Tincan::new();
    let folder = tincan.folder().join("out/evidence");
    let mine = tincan.folder().join("mine");
    fs::create_dir_all(&mine).unwrap();
    fs::write(mine.join("offer.sdp"), "mine").unwrap();
    let kept = folder.join(FOLDER);
    let foreign: [(&str, &dyn Fn()); 5] = [
        ("notes.txt", &|| fs::write(folder.join("notes.txt"), "mine").unwrap()),
        ("thesis", &|| fs::create_dir(folder.join("thesis")).unwrap()),
        ("notes.txt", &|| fs::write(kept.join("notes.txt"), "mine").unwrap()),
        ("offer.sdp", &|| symlink(mine.join("offer.sdp"), kept.join("offer.sdp")).unwrap()),
        ("a.b-to-c.d.e", &|| symlink(&mine, folder.join("a-to-b.c.d.e")).unwrap()),
    ];
    for (name, put) in foreign {
        fs::create_dir_all(&kept).unwrap();
        fs::write(kept.join("answer.sdp"), "v=0").unwrap();
        put();
        let ended = run(&tincan, &[]);
        assert_eq!(ended.code, 2, "{name}: {ended:?}");
        assert!(ended.stderr.contains("was not written by tincan"), "{}", ended.stderr);
        assert!(kept.join("answer.sdp").exists(), "something was removed beside {name}");
        assert!(!tincan.folder().join("out/report.json").exists(), "a run that is refused wrote a report");
        assert_eq!(fs::read_to_string(mine.join("offer.sdp")).unwrap(), "mine");
        fs::remove_dir_all(&folder).unwrap();
    }
    symlink(&mine, &folder).unwrap();
    assert_eq!(run(&tincan, &[]).code, 2);
    assert!(mine.join("offer.sdp").exists());
}

#[test]
fn a_call_that_never_began_has_a_folder_too() {
    let tincan = Tincan::new();
    let ended = tincan.run(&["run", "chromium-to-chromium/vanilla/vp8/direct", "--out", "out"]);
    assert_eq!(ended.code, 2, "{ended:?}");
    let folder =
        tincan.folder().join("out").join(tincan.report("out")["attempts"][0]["evidence"].as_str().unwrap());
    assert_eq!(names(&folder), ["asked-and-found.txt", "attempt.json"]);
    let found = fs::read_to_string(folder.join("asked-and-found.txt")).unwrap();
    assert!(
        found.contains("verdict           errored") && found.ends_with("the call never began\n"),
        "{found}"
    );
}

#[test]
fn a_redacted_run_says_so_and_holds_no_secret() {
    let tincan = Tincan::new();
    assert_eq!(run(&tincan, &["--keep-evidence", "--redact"]).code, 0);
    let report = tincan.report("out");
    assert_eq!(report["redacted"], json!(["addresses", "ufrags", "passwords", "fingerprints"]));
    let folder = tincan.folder().join("out/evidence").join(FOLDER);
    let sdp = fs::read_to_string(folder.join("offer.sdp")).unwrap();
    assert_eq!(report["attempts"][0]["sdp"]["offer"], sdp);
    let value = |name: &str| sdp.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
    assert!(
        value("a=ice-ufrag:").starts_with("ufrag") && value("a=ice-pwd:").starts_with("password0"),
        "{sdp}"
    );
    assert!(value("a=fingerprint:sha-256 ").starts_with("00:00:00:"), "{sdp}");
    assert!(value("a=candidate:").contains(" 198.18.0.") || sdp.contains(" 2001:db8::"), "{sdp}");
    let found = fs::read_to_string(folder.join("asked-and-found.txt")).unwrap();
    assert!(found.contains("offerer-screenshot.png    left out by --redact"), "{found}");
    // What was appended is the same, and no other.
    let appended = fs::read_to_string(tincan.folder().join("out/attempts.jsonl")).unwrap();
    let lines: Vec<Value> = appended.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "{appended}");
    assert_eq!(
        (&lines[0]["run"]["redacted"], &lines[1]["attempt"]),
        (&report["redacted"], &report["attempts"][0])
    );
}

/// Numbers that come again the same in every run (the multiplier is that of Knuth's MMIX).
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    fn of(&mut self, letters: &str, length: usize) -> String {
        (0..length).map(|_| char::from(letters.as_bytes()[self.below(letters.len())])).collect()
    }
}

/// The secrets of one side.
struct Secrets {
    ip4: String,
    ip6: String,
    mdns: String,
    ufrag: String,
    password: String,
    fingerprint: String,
    certificate: String,
    url: String,
}

impl Secrets {
    fn draw(draw: &mut Draw) -> Self {
        const ICE: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let hex = |draw: &mut Draw, length| draw.of("0123456789abcdef", length);
        let lengths = [4, 8, 16];
        let length = lengths[draw.below(lengths.len())];
        let ip4 = [10 + draw.below(100), 1 + draw.below(255), draw.below(256), 1 + draw.below(254)];
        let pairs: Vec<_> = (0..32).map(|_| draw.of("0123456789ABCDEF", 2)).collect();
        Self {
            ip4: ip4.map(|part| part.to_string()).join("."),
            ip6: format!("fd{}:{}::{}", hex(draw, 2), hex(draw, 4), hex(draw, 3)),
            mdns: format!("{}-{}.local", hex(draw, 8), hex(draw, 4)),
            ufrag: draw.of(ICE, length),
            password: draw.of(ICE, 24),
            fingerprint: pairs.join(":"),
            certificate: draw.of(ICE, 200),
            url: format!("turn:turn-{}.example:3478?transport=udp", hex(draw, 6)),
        }
    }

    fn all(&self) -> Vec<String> {
        let Self { ip4, ip6, mdns, ufrag, password, fingerprint, certificate, url } = self;
        let lower = fingerprint.to_lowercase();
        [ip4, ip6, mdns, ufrag, password, fingerprint, &lower, certificate, url].map(Clone::clone).to_vec()
    }

    fn candidate(&self, address: &str) -> String {
        let Self { ip4, ufrag, .. } = self;
        format!(
            "candidate:1 1 udp 1677729535 {address} 5000 typ srflx raddr {ip4} rport 9 generation 0 ufrag {ufrag} network-cost 999"
        )
    }

    fn sdp(&self) -> String {
        let Self { ip4, ip6, mdns, ufrag, password, fingerprint, .. } = self;
        let candidates: String =
            [ip4, ip6, mdns].map(|address| format!("a={}\r\n", self.candidate(address))).concat();
        format!(
            "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=video 5000 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 {ip4}\r\n\
             a=rtcp:9 IN IP6 {ip6}\r\na=ice-ufrag:{ufrag}\r\na=ice-pwd:{password}\r\n\
             a=fingerprint:sha-256 {fingerprint}\r\n{candidates}a=rtpmap:96 VP8/90000\r\n"
        )
    }

    fn stats(&self) -> Vec<Value> {
        let Self { ip4, ip6, ufrag, fingerprint, certificate, url, .. } = self;
        vec![
            json!({ "type": "certificate", "id": format!("CF{fingerprint}"), "fingerprint": fingerprint,
                    "base64Certificate": certificate }),
            json!({ "type": "local-candidate", "address": ip4, "ip": ip4, "relatedAddress": ip6,
                    "usernameFragment": ufrag, "url": url, "port": 5000 }),
            json!({ "type": "transport", "iceLocalUsernameFragment": ufrag, "localCertificateId": format!("CF{fingerprint}") }),
        ]
    }

    /// What logs say.
    fn lines(&self) -> Vec<String> {
        let Self { ip4, ip6, mdns, ufrag, password, fingerprint, url, .. } = self;
        vec![
            format!("bound to {ip4}:5000, [{ip6}]:5000 and {mdns}. Gateway is {ip4}."),
            format!("USERNAME {ufrag}:{ufrag}\tkey=\"{password}\"\nfp={}", fingerprint.to_lowercase()),
            format!("701 no answer from {url} ({ip6})"),
            "page http://127.0.0.1:40000/ in Chrome/156.0.0.0 156.0.8078.79, std::fmt, [::1]:80, 12:30:59"
                .to_owned(),
        ]
    }
}

/// An exchange in which these secrets stand wherever they can.
async fn exchange_with(secrets: &[Secrets; 2]) -> Exchange {
    let refuses = (Role::Answerer, Quirk::Refuses("Failed to parse"));
    let mut exchange = calls::call(SignalingMode::Trickle, &[refuses], Deadlines::default()).await;
    exchange.carried.clear();
    for (from, own) in Role::BOTH.into_iter().zip(secrets) {
        let (candidate, username_fragment) = (own.candidate(&own.mdns), Some(own.ufrag.clone()));
        let candidate = IceCandidate { candidate, username_fragment, ..IceCandidate::default() };
        let signals = [Signal::description(from, own.sdp()), Signal::candidate(candidate)];
        let (round, at) = (FIRST_ROUND, Default::default());
        let carried = |signal| Carried { round, from, at, signal, withheld: false, by_page: false };
        exchange.carried.extend(signals.map(carried));
    }
    let [one, other] = secrets;
    for (side, own, other) in [(&mut exchange.offerer, one, other), (&mut exchange.answerer, other, one)] {
        side.evidence.given = Some(other.sdp());
        side.evidence.gathered = vec![own.candidate(&own.ip6)];
        side.evidence.stats = vec![StatsSample { at: Default::default(), entries: own.stats() }];
        side.evidence.console = own.lines();
        side.evidence.driver_log = other.lines();
        side.notes.extend(own.lines().into_iter().map(|line| (Default::default(), Note::other(line))));
        side.pictures.screenshot = Some(own.sdp().into_bytes());
        if let Some(pair) = &mut side.evidence.pair {
            (pair.local.address, pair.remote.address) = (Some(own.ip4.clone()), Some(other.mdns.clone()));
        }
    }
    exchange
}

/// All that is written of an exchange: the attempt in the report, and the files.
fn written(exchange: &Exchange, redaction: &mut Redaction) -> Vec<(String, String)> {
    let scenario = calls::scenario(SignalingMode::Trickle);
    let mut attempt = Attempt::of(&scenario, 1, &Judged::of(&scenario, exchange.clone()));
    attempt.reason =
        attempt.notes.iter().map(|note| note.text.clone()).reduce(|all, note| all + ", " + &note);
    redaction.learn(exchange);
    let files = evidence::files(&attempt, Some(exchange), &Environment::default(), Some(redaction));
    let text = |file: evidence::File| (file.name, String::from_utf8(file.content.bytes().unwrap()).unwrap());
    let report = serde_json::to_string(&redaction.value(&attempt).unwrap()).unwrap();
    files.into_iter().map(text).chain([("report.json".to_owned(), report)]).collect()
}

#[tokio::test(start_paused = true)]
async fn no_secret_is_in_any_byte_that_is_written() {
    let (mut draw, mut redaction) = (Draw(7), Redaction::default());
    for _ in 0..100 {
        let secrets = [Secrets::draw(&mut draw), Secrets::draw(&mut draw)];
        let written = written(&exchange_with(&secrets).await, &mut redaction);
        assert_eq!(written.len(), 15, "{:?}", written.iter().map(|(name, _)| name).collect::<Vec<_>>());
        for (name, text) in &written {
            for secret in secrets.iter().flat_map(Secrets::all) {
                assert!(!text.contains(&secret), "{secret} is in {name}:\n{text}");
            }
        }
        // What is no secret is still there, and the form of what is.
        let text = |name: &str| &written.iter().find(|(found, _)| found == name).unwrap().1;
        assert!(text("offerer-console.txt").ends_with(&format!("{}\n", secrets[0].lines()[3])));
        assert_eq!(text("offer.sdp"), text("answerer-given.sdp"));
        let form = |sdp: &str| -> Vec<_> {
            sdp.split("\r\n")
                .map(|line| (line.split([':', ' ']).next().map(str::to_owned), line.split(' ').count()))
                .collect()
        };
        assert_eq!(form(text("offer.sdp")), form(&secrets[0].sdp()));
        // The same address has the same mask wherever it stands.
        let stats: Value = serde_json::from_str(text("offerer-stats.json")).unwrap();
        let address = stats[0]["entries"][1]["address"].as_str().unwrap();
        assert!(
            text("offer.sdp").contains(&format!("c=IN IP4 {address}\r\n")),
            "{address}\n{}",
            text("offer.sdp")
        );
    }
}
