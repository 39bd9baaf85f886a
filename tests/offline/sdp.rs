//! `tincan sdp`: what is said of descriptions, with the libraries in Rust and with programs that misbehave.

use std::fs;

use serde_json::Value;
use tincan_report::sdp::SdpReport;
use tincan_tests::reactions::reactions;

use crate::{
    cli::{Ended, Running, Tincan},
    report::{assert_published, violations_of},
};

const LIBRARIES: &[&str] = &["--peers", "webrtc-rs,str0m,webrtc-rs-0.17"];
/// A description that nobody can accept.
const NONSENSE: &str = "v=0\r\nnonsense\r\n";

/// A shell program that says hello, and to each call that it is ready; on hearing a description it goes on with `then`, in which `$line`
/// is what tincan has said.
fn program(then: &str) -> String {
    let hello = r#"{"kind":"hello","protocol":1,"library":{"name":"shell","version":"1"},"abilities":{"answerer":{"trickles":true},"media":"own","sends":["vp8"],"receives":["vp8"]}}"#;
    format!(
        "echo '{hello}'\nread -r line\necho '{{\"kind\":\"ready\"}}'\nread -r line\n{then}\nwhile read -r line; do \
         case \"$line\" in *close*) echo '{{\"kind\":\"closed\"}}' ;; esac; done\n"
    )
}

fn set(tincan: &Tincan) {
    let ended = tincan.run(&["sdp", "set", "--out", "set"]);
    assert_eq!(ended.code, 0, "{ended:?}");
}

fn check(tincan: &Tincan, args: &[&str]) -> Ended {
    tincan.run(&[&["sdp", "check"], args].concat())
}

/// What was printed as JSON, which has to be as its schema says.
fn report(ended: &Ended) -> Value {
    let report = serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {ended:?}"));
    assert_eq!(violations_of(&SdpReport::schema().unwrap(), &report), [""; 0]);
    report
}

/// What a program that does `then` is said to make of two descriptions, one after the other.
fn with_program(then: &str) -> (i32, [Value; 2]) {
    let tincan = Tincan::new();
    let file = tincan.folder().join("program.sh");
    fs::write(&file, program(then)).unwrap();
    for (name, sdp) in [("a.sdp", "v=0\r\na=a\r\n"), ("b.sdp", "v=0\r\na=b\r\n")] {
        fs::write(tincan.folder().join(name), sdp).unwrap();
    }
    let peer = format!("mine=exec /bin/sh {}", file.display());
    let ended = check(&tincan, &["a.sdp", "b.sdp", "--peer", &peer, "--peers", "mine", "--json"]);
    let report = report(&ended);
    (ended.code, [0, 1].map(|file| report["files"][file]["reactions"]["mine"].clone()))
}

#[test]
fn what_a_peer_says_is_told_in_its_words() {
    let (accepted, described) = (
        r#"echo '{"kind":"accepted"}'"#,
        r#"echo '{"kind":"description","description":{"type":"answer","sdp":"v=0"}}'"#,
    );
    let (code, [one, other]) = with_program(&format!("{accepted}\n{described}"));
    assert_eq!((code, &one["reaction"], &other["reaction"]), (0, &"accepts".into(), &"accepts".into()));
    assert!(one["no_answer"].is_null(), "{one}");
    let refused = r#"echo '{"kind":"refused","operation":"createAnswer","message":"no codec"}'"#;
    let (code, [one, _]) = with_program(&format!("{accepted}\n{refused}"));
    assert_eq!((code, &one["reaction"], &one["no_answer"]), (0, &"accepts".into(), &"no codec".into()));
    let refused = r#"echo '{"kind":"refused","operation":"setRemoteDescription","message":"bad line 2"}'"#;
    let (code, [one, _]) = with_program(refused);
    assert_eq!(
        (code, &one["words"], &one["line"]["text"]),
        (0, &"bad line 2".into(), &"a=a".into()),
        "{one}"
    );
}

#[test]
fn a_peer_that_crashes_is_a_finding_and_the_next_description_has_another_one() {
    let accept = r#"echo '{"kind":"accepted"}'; echo '{"kind":"description","description":{"type":"answer","sdp":"v=0"}}'"#;
    let at = |what: &str| format!("case \"$line\" in *a=a*) {what} ;; esac\n{accept}");
    let (code, [one, other]) = with_program(&at("echo 'out of memory' >&2; exit 3"));
    assert_eq!((code, &one["reaction"], &other["reaction"]), (1, &"crashes".into(), &"accepts".into()));
    assert_eq!(one["words"], "it ended with 3: out of memory");
    let (code, [one, other]) = with_program(&at("kill -SEGV $$"));
    assert_eq!(
        (code, &one["words"], &other["reaction"]),
        (1, &"it was ended by signal 11".into(), &"accepts".into())
    );
}

#[test]
fn a_peer_that_hangs_is_a_finding_and_the_next_description_has_another_one() {
    let accept = r#"echo '{"kind":"accepted"}'; echo '{"kind":"description","description":{"type":"answer","sdp":"v=0"}}'"#;
    let (code, [one, other]) =
        with_program(&format!("case \"$line\" in *a=a*) while :; do :; done ;; esac\n{accept}"));
    assert_eq!((code, &one["reaction"], &other["reaction"]), (1, &"hangs".into(), &"accepts".into()));
    assert_eq!(one["after_s"], 5);
}

/// A library that panics, overflows its stack or loops, as the process in which it is asked is told to do at one description.
#[test]
fn a_library_that_ends_its_process_or_hangs_costs_one_description() {
    let cases = [
        ("panic", "crashes", "it ended with 101: panicked at"),
        ("overflow", "crashes", "has overflowed its stack"),
        ("loop", "hangs", ""),
    ];
    for (fault, way, said) in cases {
        let tincan = Tincan::new();
        fs::write(tincan.folder().join("fault.sdp"), "v=0\r\ns=here\r\n").unwrap();
        fs::write(tincan.folder().join("other.sdp"), NONSENSE).unwrap();
        let args = ["sdp", "check", "fault.sdp", "other.sdp", "--peers", "str0m", "--json"];
        let mut command = tincan.command(&args);
        command.env("TINCAN_PARSER_FAULT", format!("{fault} s=here"));
        let ended = Running::start(command).end();
        let report = report(&ended);
        let reactions = [0, 1].map(|file| &report["files"][file]["reactions"]["str0m"]);
        assert_eq!((ended.code, &reactions[0]["reaction"]), (1, &way.into()), "{fault}: {ended:?}");
        assert_eq!(reactions[1]["reaction"], "refuses", "{fault}: {ended:?}");
        let words = reactions[0]["words"].as_str().unwrap_or_default();
        assert!(words.contains(said), "{fault}: {words}");
    }
}

#[test]
fn what_cannot_be_given_is_named_and_loses_nothing_of_the_rest() {
    let tincan = Tincan::new();
    let good = [("good.sdp", NONSENSE.as_bytes().to_vec())];
    let bad = [
        ("empty.sdp", Vec::new()),
        ("binary.sdp", b"v=0\xff\xfe".to_vec()),
        ("huge.sdp", vec![b'v'; (1 << 20) + 1]),
        ("other.json", b"{\"a\":1}".to_vec()),
    ];
    for (name, bytes) in good.iter().chain(&bad) {
        fs::write(tincan.folder().join(name), bytes).unwrap();
    }
    fs::create_dir(tincan.folder().join("nothing")).unwrap();
    let files = ["empty.sdp", "good.sdp", "binary.sdp", "huge.sdp", "other.json", "nowhere.sdp", "nothing"];
    let ended = check(&tincan, &[&files[..], &["--peers", "str0m", "--json"]].concat());
    assert_eq!(ended.code, 2, "{ended:?}");
    let report = report(&ended);
    assert_eq!(
        (&report["files"][0]["file"], report["files"].as_array().unwrap().len()),
        (&"good.sdp".into(), 1)
    );
    let reasons: Vec<_> = report["unreadable"].as_array().unwrap().iter().map(|one| &one["reason"]).collect();
    for (reason, said) in
        reasons.iter().zip(["empty", "UTF-8", "1048577 bytes", "JSON", "No such file", "no .sdp"])
    {
        assert!(reason.as_str().unwrap().contains(said), "{reason} does not say {said}");
    }
    assert_eq!(reasons.len(), 6);
}

#[test]
fn standard_input_is_a_file_too() {
    use std::{io::Write, process::Stdio};
    let tincan = Tincan::new();
    let mut command = tincan.command(&["sdp", "check", "-", "--peers", "str0m", "--json", "--as", "answer"]);
    command.stdin(Stdio::piped());
    let mut running = Running::start(command);
    let mut stdin = running.child.stdin.take().unwrap();
    stdin.write_all(NONSENSE.as_bytes()).unwrap();
    drop(stdin);
    let report = report(&running.end());
    let file = &report["files"][0];
    assert_eq!(
        (&file["file"], &file["kind"], &file["told_by"]),
        (&"-".into(), &"answer".into(), &"option".into())
    );
}

#[test]
fn who_is_not_on_this_machine_is_left_out_or_an_error_by_name() {
    let tincan = Tincan::new();
    fs::write(tincan.folder().join("x.sdp"), NONSENSE).unwrap();
    let ended = check(&tincan, &["x.sdp"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    for browser in ["chromium", "firefox"] {
        assert!(ended.stderr.contains(&format!("left out: {browser}, since ")), "{}", ended.stderr);
        let named = check(&tincan, &["x.sdp", "--peers", browser]);
        assert_eq!(named.code, 2, "{named:?}");
        assert!(named.stderr.contains("install"), "{}", named.stderr);
    }
    assert_eq!(check(&tincan, &["x.sdp", "--peers", "opera"]).code, 2);
}

/// What the libraries make of the whole set.
#[test]
fn the_libraries_make_this_of_the_set() {
    let tincan = Tincan::new();
    set(&tincan);
    let ended = check(&tincan, &[&["set", "--json", "--out", "out"], LIBRARIES].concat());
    assert_eq!(ended.code, 1, "{}", ended.stderr);
    let report = report(&ended);
    insta::assert_snapshot!(reactions(&report));
    for name in ["sdp.json", "sdp.schema.json"] {
        assert!(tincan.folder().join("out").join(name).is_file(), "{name}");
    }
}

#[test]
fn what_they_differ_on_is_shrunk_to_the_lines_that_matter() {
    let tincan = Tincan::new();
    set(&tincan);
    let file = "set/direction-missing.sdp";
    let ended = check(&tincan, &[&[file, "--minimize", "--out", "out", "--json"], LIBRARIES].concat());
    let first = report(&ended)["files"][0].clone();
    assert_eq!((ended.code, &first["agree"]), (1, &false.into()), "choose another one: {first}");
    let shrunk = &first["shrunk"];
    assert_eq!(shrunk["file"], "out/direction-missing.min.sdp", "{first}");
    assert!(shrunk["lines"].as_u64().unwrap() < shrunk["of"].as_u64().unwrap() / 2, "{shrunk}");
    // What is left shows the same.
    let again = check(&tincan, &[&["out/direction-missing.min.sdp", "--json"], LIBRARIES].concat());
    let ways = |file: &Value| {
        let reactions = file["reactions"].as_object().unwrap();
        reactions
            .iter()
            .map(|(name, reaction)| (name.clone(), reaction["reaction"].clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(ways(&report(&again)["files"][0]), ways(&first));
}

#[test]
fn the_published_schema_of_sdp_is_that_of_the_types() {
    assert_published("fixtures/sdp.schema.json", &SdpReport::schema().unwrap());
}
