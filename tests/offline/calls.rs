//! The binary makes calls, between peers that need no browser.

use std::io::{BufRead, BufReader};

use rustix::process::Signal;

use crate::cli::Tincan;

#[test]
fn two_rust_peers_call_each_other_without_any_browser() {
    let tincan = Tincan::new();
    let ended = tincan.run(&["run", "webrtc-rs-to-webrtc-rs/*/direct", "--out", "out"]);
    assert_eq!(ended.code, 0, "{}\n{}", ended.stdout, ended.stderr);
    let report = tincan.report("out");
    for attempt in report["attempts"].as_array().unwrap() {
        assert_eq!(attempt["verdict"], "passed");
        for side in ["offerer", "answerer"] {
            assert!(attempt["frames"][side]["proven"].as_u64().unwrap() >= 10);
        }
    }
    assert_eq!(
        ended.stderr.lines().filter(|line| line.starts_with("passed  ")).count(),
        3,
        "{}",
        ended.stderr
    );
    assert!(ended.stdout.contains("3 passed of 3"), "{}", ended.stdout);
}

#[test]
fn modes_take_turns_and_every_attempt_is_kept() {
    let tincan = Tincan::new();
    let args = ["run", "webrtc-rs-to-webrtc-rs/*/direct", "--repeat", "2", "--jobs", "1", "--out", "out"];
    assert_eq!(tincan.run(&args).code, 0);
    let report = tincan.report("out");
    let order = report["attempts"].as_array().unwrap().iter();
    let order: Vec<_> =
        order.map(|a| (a["mode"].as_str().unwrap(), a["repetition"].as_u64().unwrap())).collect();
    let modes = |repetition| ["vanilla", "half-trickle", "trickle"].map(|mode| (mode, repetition));
    assert_eq!(order, [modes(1), modes(2)].concat());
}

#[test]
fn an_interrupted_run_keeps_what_had_ended() {
    for signal in [Signal::INT, Signal::TERM] {
        let tincan = Tincan::new();
        let mut running =
            tincan.start(&["run", "webrtc-rs-to-webrtc-rs/*/direct", "--repeat", "1000", "--out", "out"]);
        let mut stderr = BufReader::new(running.child.stderr.take().unwrap()).lines();
        let first = stderr.next().unwrap().unwrap();
        running.send(signal);
        let ended = running.end();
        assert_eq!(ended.code, 2);
        assert!(ended.stdout.contains("of 3000 in ") && ended.stdout.contains("; interrupted"), "{ended:?}");
        let said: Vec<_> = stderr.map(Result::unwrap).collect();
        assert!(said.iter().any(|line| line.starts_with("interrupted")), "{said:?}");
        let report = tincan.report("out");
        let kept = report["attempts"].as_array().unwrap().len();
        assert!((1..3000).contains(&kept), "{kept} attempts after: {first}");
    }
}

#[test]
fn what_is_kept_open_is_closed_by_a_signal() {
    let tincan = Tincan::new();
    let mut running =
        tincan.start(&["run", "webrtc-rs-to-webrtc-rs/vanilla/vp8/direct", "--keep-open", "--out", "out"]);
    let mut stderr = BufReader::new(running.child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(stderr.any(|line| line.starts_with("the browsers stay open")));
    assert!(running.child.try_wait().unwrap().is_none(), "it did not wait");
    running.send(Signal::TERM);
    assert_eq!(running.end().code, 0);
}
