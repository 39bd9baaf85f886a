//! Programs that take part: what they do wrong costs them their call, with the right reason, and nothing else.

mod killed;

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    process::{Child, Stdio},
    thread,
};

use rustix::{
    event::{PollFd, PollFlags, poll},
    fs::{CWD, Mode, mkfifoat},
    process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open},
};
use serde_json::{Value, json};
use tincan_harness::frames::{FrameCode, FrameSource};
use tincan_peers::program::protocol;
use tincan_tests::root;

use crate::{
    cli::{Ended, Running, Tincan},
    docs::page::Page,
    report::assert_published,
};

/// A shell program that says hello, begins every call, and goes on with `then`: `$line` is what tincan said last, and `hear` takes
/// the next one.
fn program(then: &str) -> String {
    let hello = r#"{"kind":"hello","protocol":1,"library":{"name":"shell","version":"1"},"abilities":{"offerer":{"gathersFirst":true,"trickles":true,"takesCandidates":true},"answerer":{"gathersFirst":true,"trickles":true,"takesCandidates":true},"media":"own","sends":["vp8"],"receives":["vp8"]}}"#;
    format!("echo '{hello}'\nhear() {{ read -r line; }}\nhear && hear\n{then}\n")
}

/// Behind it a call is ready, and `act` was heard.
const READY: &str = r#"echo '{"kind":"ready"}' && echo '{"kind":"clock"}' && hear"#;
/// An offer that can be accepted, from a connection that never connects.
const OFFER: &[&str] = &[
    "v=0",
    "o=- 1 2 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0",
    "m=video 9 UDP/TLS/RTP/SAVPF 96",
    "c=IN IP4 0.0.0.0",
    "a=rtcp-mux",
    "a=mid:0",
    "a=sendrecv",
    "a=ice-ufrag:abcd",
    "a=ice-pwd:abcdefghijklmnopqrstuvwx",
    "a=setup:actpass",
    "a=rtpmap:96 VP8/90000",
];

/// Hands the offer over.
fn described() -> String {
    let fingerprint = format!("a=fingerprint:sha-256 {}", vec!["AB"; 32].join(":"));
    let sdp: String =
        OFFER.iter().copied().chain([&*fingerprint]).map(|line| format!("{line}\r\n")).collect();
    let message = json!({ "kind": "description", "description": { "type": "offer", "sdp": sdp } });
    format!("printf '%s\\n' '{message}'")
}

/// Makes a call in which the program `text` offers to a peer that does what it should.
fn call(tincan: &Tincan, text: &str) -> Ended {
    let file = tincan.folder().join("program.sh");
    fs::write(&file, text).unwrap();
    let peer = format!("mine=exec /bin/sh {}", file.display());
    let scenario = "mine-to-webrtc-rs/trickle/vp8/direct";
    let deadlines = ["--deadline", "ready=2", "--deadline", "description=2", "--deadline", "ice=2"];
    tincan.run(&[&["run", "--peer", &peer, scenario, "--out", "out"], &deadlines[..]].concat())
}

fn attempt(tincan: &Tincan) -> Value {
    tincan.report("out")["attempts"][0].clone()
}

#[test]
fn what_a_program_does_wrong_costs_its_call_with_what_it_said_last() {
    let cases = [
        ("exit 3", "it ended with 3; it said last \"{"),
        ("kill -9 $$", "it was ended by signal 9"),
        ("exec 1>&-; exec /bin/sleep 100", "it closed its standard output"),
        ("echo nonsense; exec /bin/sleep 100", "it said \"nonsense\", which is no message of the protocol"),
        ("printf '{\"kind\":'; exit 0", "it said \"{\\\"kind\\\":\", which is no message"),
        ("printf '\\377\\376\\n'; exec /bin/sleep 100", "a line that is no text"),
        ("/usr/bin/head -c 100000000 /dev/zero; exec /bin/sleep 100", "a line of more than 1024 KiB"),
        ("exec /usr/bin/yes '{\"kind\":\"note\",\"text\":\"x\"}'", "more than 100000 messages"),
        ("echo '{\"kind\":\"closed\"}'; exec /bin/sleep 100", "closed the call without being asked to"),
        ("echo '{\"kind\":\"error\",\"message\":\"no library\"}'; hear", "it cannot go on: no library"),
        ("echo '{\"kind\":\"packet\",\"data\":\"\"}'; hear", "has said that its media are its own"),
        ("exec /bin/sleep 100", "gave no statistics within 2 s; it said last"),
    ];
    for (then, reason) in cases {
        let tincan = Tincan::new();
        let ended = call(&tincan, &program(then));
        assert_eq!(ended.code, 2, "{then}: {ended:?}");
        let attempt = attempt(&tincan);
        assert_eq!(attempt["verdict"], "errored", "{then}: {attempt}");
        let said = attempt["reason"].as_str().unwrap();
        assert!(said.contains(reason), "{then}: {said}");
    }
}

#[test]
fn a_program_may_end_at_any_step() {
    let described = described();
    let steps = [
        READY.to_owned(),
        format!("{READY} && {described}"),
        format!("{READY} && {described} && hear"),
        format!("{READY} && {described} && hear && echo '{{\"kind\":\"accepted\"}}'"),
    ];
    for step in steps {
        let tincan = Tincan::new();
        let ended = call(&tincan, &program(&format!("{step}; exit 4")));
        assert_eq!(ended.code, 2, "{step}: {ended:?}");
        let reason = attempt(&tincan)["reason"].as_str().unwrap().to_owned();
        assert!(reason.contains("it ended with 4; it said last"), "{step}: {reason}");
    }
}

#[test]
fn what_a_program_cannot_do_is_unsupported_as_long_as_it_has_not_described_itself() {
    let unsupported = r#"echo '{"kind":"unsupported","reason":"does not do this"}'; hear; hear; hear"#;
    let tincan = Tincan::new();
    let ended = call(&tincan, &program(&format!("{READY} && {unsupported}")));
    let made = attempt(&tincan);
    assert_eq!((ended.code, &made["verdict"]), (2, &"unsupported".into()), "nothing passed: {ended:?}");
    assert_eq!(made["reason"], "mine does not do this");
    let tincan = Tincan::new();
    call(&tincan, &program(&format!("{READY} && {} && {unsupported}", described())));
    let made = attempt(&tincan);
    assert_eq!(made["verdict"], "errored");
    assert!(made["reason"].as_str().unwrap().contains("only after its description had left"), "{made}");
}

#[test]
fn a_refusal_of_its_library_counts_against_it_and_what_was_said_is_evidence() {
    let refused = r#"echo '{"kind":"refused","operation":"createOffer","message":"no codec"}'"#;
    let tincan = Tincan::new();
    let ended = call(&tincan, &program(&format!("{READY}; {refused}; while hear; do :; done")));
    assert_eq!(ended.code, 1, "{ended:?}");
    let made = attempt(&tincan);
    assert!(made["reason"].as_str().unwrap().starts_with("offerer: createOffer failed: no codec"), "{made}");
    let folder = tincan.folder().join("out").join(made["evidence"].as_str().unwrap());
    let said = fs::read_to_string(folder.join("offerer-driver.txt")).unwrap();
    assert!(said.contains("to the program: {\"kind\":\"start\",\"role\":\"offerer\""), "{said}");
    assert!(said.contains("from the program: {\"kind\":\"refused\""), "{said}");
}

#[test]
fn a_program_that_cannot_be_asked_ends_the_command_before_any_call() {
    let cases = [
        ("/bin/no-such-program", "it ended with 127, by which a shell says that there is no such command"),
        ("exit 127", "it ended with 127"),
        ("echo hello", "which is no message of the protocol"),
        ("echo '{\"kind\":\"ready\"}'", "its first line is not hello"),
    ];
    for (command, reason) in cases {
        let tincan = Tincan::new();
        let ended = tincan.run(&["run", "--peer", &format!("mine={command}"), "mine", "--out", "out"]);
        assert_eq!(ended.code, 2, "{command}: {ended:?}");
        assert!(
            ended.stderr.contains(reason) && ended.stderr.contains("mine"),
            "{command}: {}",
            ended.stderr
        );
        assert!(!tincan.folder().join("out/report.json").exists());
    }
}

#[test]
fn a_name_that_is_taken_or_that_nobody_has_is_an_error() {
    let tincan = Tincan::new();
    let taken = tincan.run(&["list", "--peer", "chromium=true"]);
    assert!(taken.code == 2 && taken.stderr.contains("there is a peer of that name"), "{taken:?}");
    let unknown = tincan.run(&["list", "--peers", "webrtc-rs,opera"]);
    assert!(unknown.code == 2 && unknown.stderr.contains("there is no peer \"opera\""), "{unknown:?}");
    let only = tincan.run(&["list", "--peers", "webrtc-rs", "--peer", "unwanted=/bin/no-such-program"]);
    assert!(only.stdout.lines().all(|line| line.starts_with("webrtc-rs-to-webrtc-rs/")), "{only:?}");
}

/// The reference speaks the whole protocol, and brings no packets: it gets as far as ICE.
#[test]
fn the_reference_gets_as_far_as_its_packets_are_needed() {
    let tincan = Tincan::new();
    let reference = root().join("fixtures/peers/reference/peer.py");
    let settings = format!("[peers.reference]\ncommand = \"/usr/bin/python3 {}\"\n", reference.display());
    fs::write(tincan.folder().join("tincan.toml"), settings).unwrap();
    for pair in ["reference-to-webrtc-rs", "webrtc-rs-to-reference", "reference-to-reference"] {
        let pattern = format!("{pair}/*/direct");
        let ended = tincan.run(&["run", &pattern, "--out", "out", "--deadline", "ice=1"]);
        assert_eq!(ended.code, 1, "{ended:?}");
        for attempt in tincan.report("out")["attempts"].as_array().unwrap() {
            let reason = attempt["reason"].as_str().unwrap();
            assert!(reason.contains("ice-connected was not reached"), "{}: {reason}", attempt["scenario"]);
        }
    }
}

/// It forks, leaves its session, and ignores the end of its standard input: nothing of it is left, however the run ends.
#[test]
fn nothing_is_left_of_a_program_that_forks_and_does_not_end() {
    for kill in [false, true] {
        let tincan = Tincan::new();
        let (temporary, fifo) = (tincan.folder().join("tmp"), tincan.folder().join("fifo"));
        fs::create_dir(&temporary).unwrap();
        mkfifoat(CWD, &fifo, Mode::RUSR | Mode::WUSR).unwrap();
        // Whatever is started holds the pipe open, and its parent is the warden.
        let forks = format!(
            "exec 9>{}\ntrap '' HUP TERM INT\n/usr/bin/setsid /bin/sleep 1000 &\n(/bin/sleep 1000 &)\necho $PPID >&9",
            fifo.display()
        );
        let file = tincan.folder().join("program.sh");
        fs::write(&file, program(&format!("{forks}\n{READY}\nexec /bin/sleep 1000"))).unwrap();
        let peer = format!("mine=exec /bin/sh {}", file.display());
        let mut command = tincan.command(&["run", "--peer", &peer, "mine-to-webrtc-rs/trickle/vp8/direct"]);
        command.env("TMPDIR", &temporary).args(["--out", "out", "--deadline", "description=3"]);
        let running = Running::start(command);
        let mut held = BufReader::new(File::open(&fifo).unwrap());
        let mut warden = String::new();
        held.read_line(&mut warden).unwrap();
        let warden = Pid::from_raw(warden.trim().parse().unwrap()).unwrap();
        let warden = pidfd_open(warden, PidfdFlags::empty()).unwrap();
        if kill {
            running.send(Signal::KILL);
            running.see_killed();
        } else {
            assert_eq!(running.end().code, 2);
        }
        // It ends when nobody holds it any more.
        held.read_to_end(&mut Vec::new()).unwrap();
        poll(&mut [PollFd::new(&warden, PollFlags::IN)], None).unwrap();
        let left: Vec<_> = fs::read_dir(&temporary).unwrap().flatten().map(|entry| entry.path()).collect();
        assert!(left.is_empty(), "left, with kill {kill}: {left:?}");
    }
}

#[test]
fn a_check_says_of_each_step_whether_it_holds_and_what_was_said() {
    let tincan = Tincan::new();
    let reference = format!("/usr/bin/python3 {}", root().join("fixtures/peers/reference/peer.py").display());
    let ended = tincan.run(&["peer", "check", &reference, "--deadline", "ice=1"]);
    assert_eq!(ended.code, 1, "{ended:?}");
    for line in [
        "passed       says hello: reference 1",
        "passed       is ready as the offerer: in time",
        "passed       refuses what is no description: setRemoteDescription(offer) failed: no SDP: 'this is no SDP",
        "passed       ends a call as the answerer: and takes another call",
        "failed       calls webrtc-rs as the offerer in vanilla: offerer: ice-connected was not reached",
        "             to the program: {\"kind\":\"statistics\"}",
        "             from the program: {",
    ] {
        let found = ended.stdout.lines().any(|found| found.starts_with(line));
        assert!(found, "{line:?} is missing:\n{}", ended.stdout);
    }
    assert!(ended.stdout.ends_with(" hold\n"), "{}", ended.stdout);
}

#[test]
fn a_check_of_what_takes_nonsense_or_does_not_end_says_so() {
    let answers = r#"echo '{"kind":"description","description":{"type":"answer","sdp":""}}'"#;
    let program = program(&format!("while :; do {READY}; {answers}; hear; hear; hear; done"));
    let tincan = Tincan::new();
    let file = tincan.folder().join("program.sh");
    fs::write(&file, program).unwrap();
    let ended = tincan.run(&["peer", "check", &format!("exec /bin/sh {}", file.display())]);
    assert_ne!(ended.code, 0, "{ended:?}");
    for line in [
        "failed       refuses what is no description: it answered what is no offer",
        "failed       ends a call as the answerer: it did not say `closed` within 2 s of `close`",
    ] {
        assert!(ended.stdout.contains(line), "{line:?} is missing:\n{}", ended.stdout);
    }
}

/// What stands in the repository for those who write a program is what tincan says and reads.
#[test]
fn the_published_schema_and_the_messages_of_the_docs_are_those_of_the_protocol() {
    assert_published("fixtures/protocol.schema.json", &protocol::schema().unwrap());
    let schema = fs::read_to_string(root().join("fixtures/protocol.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let page = Page::read("docs/protocol.md");
    let lines: Vec<_> = page
        .blocks_of("jsonl")
        .iter()
        .flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    assert!(lines.len() > 20, "the page shows {} messages", lines.len());
    for line in lines {
        let message: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert!(schema.is_valid(&message), "no message of the protocol: {line}");
    }
    for wrong in [json!({ "kind": "hallo" }), json!({ "kind": "description" }), json!({})] {
        assert!(!schema.is_valid(&wrong), "{wrong} was taken");
    }
}

/// Vectors for those who write or read the code in a picture themselves.
#[test]
fn the_published_codes_are_those_that_are_sent() {
    let cases = [(0, 0, 0), (1, 1, 1), (7, 0x12_3456, 42), (255, 0xFF_FFFF, 255), (128, 0x80_0000, 128)];
    let vector = |(peer, run, counter): (u8, u32, u16)| {
        let code = FrameCode::new(FrameSource { peer, run }, counter);
        json!({ "peer": peer, "run": run, "counter": counter, "blocks": format!("{:016x}", code.to_bits()) })
    };
    let vectors: Vec<_> = cases.into_iter().map(vector).collect();
    let text = serde_json::to_string_pretty(&vectors).unwrap() + "\n";
    assert_published("fixtures/peers/frame-code.json", &text);
}

/// The lines that `from` prints on its standard output, carried to `to` as a person would.
fn carry(from: &mut Child, to: &mut Child) -> thread::JoinHandle<()> {
    let (output, mut input) = (from.stdout.take().unwrap(), to.stdin.take().unwrap());
    thread::spawn(move || {
        for line in BufReader::new(output).lines() {
            // The other side has ended before: nobody pastes any more.
            if writeln!(input, "{}", line.unwrap()).is_err() {
                return;
            }
        }
    })
}

/// Two terminals, and a person between them.
#[test]
fn a_peer_in_the_terminal_is_called_by_another() {
    let tincan = Tincan::new();
    for mode in ["--vanilla", "--trickle"] {
        let start = |role: &str| {
            let mut command = tincan.command(&["peer", role, mode]);
            command.stdin(Stdio::piped()).spawn().unwrap()
        };
        let (mut offerer, mut answerer) = (start("offer"), start("answer"));
        let carried = [carry(&mut offerer, &mut answerer), carry(&mut answerer, &mut offerer)];
        for side in [&mut offerer, &mut answerer] {
            let said = BufReader::new(side.stderr.as_mut().unwrap()).lines().map(Result::unwrap);
            let said: Vec<_> = said.take_while(|line| !line.starts_with("video: ")).collect();
            assert!(said.contains(&"connectionState: connected".to_owned()), "{said:?}");
        }
        for side in [&offerer, &answerer] {
            kill_process(Pid::from_child(side), Signal::INT).unwrap();
        }
        assert!(offerer.wait().unwrap().success() && answerer.wait().unwrap().success());
        carried.into_iter().for_each(|carried| carried.join().unwrap());
    }
}

#[test]
fn a_peer_in_the_terminal_says_what_it_sees_and_what_it_does_not_take() {
    let tincan = Tincan::new();
    let mut command = tincan.command(&["peer", "answer"]);
    let mut answerer = command.stdin(Stdio::piped()).spawn().unwrap();
    answerer.stdin.as_mut().unwrap().write_all(b"hello\nv=0\nthis is no SDP\n\n").unwrap();
    let ended = answerer.wait_with_output().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(2), "{said}");
    assert!(said.contains("not taken: this is neither a description"), "{said}");
    assert!(said.contains("setRemoteDescription(offer) failed"), "{said}");
    let browser = tincan.run(&["peer", "offer", "--as", "chromium"]);
    assert!(
        browser.code == 2 && browser.stderr.contains("chromium takes part through a page"),
        "{browser:?}"
    );
}
