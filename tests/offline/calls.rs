//! The binary makes calls, between peers that need no browser.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    process::Stdio,
    time::Instant,
};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::cli::{Running, Tincan, refused};

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
        2,
        "{}",
        ended.stderr
    );
    assert!(ended.stdout.contains("2 passed of 2"), "{}", ended.stdout);
}

#[test]
fn modes_take_turns_and_every_attempt_is_kept() {
    let tincan = Tincan::new();
    let by_name = "webrtc-rs-to-webrtc-rs/half-trickle/vp8/direct";
    let args =
        ["run", "webrtc-rs-to-webrtc-rs/*/direct", by_name, "--repeat", "2", "--jobs", "1", "--out", "out"];
    let began = Instant::now();
    assert_eq!(tincan.run(&args).code, 0);
    let all_ms = began.elapsed().as_secs_f64() * 1000.0;
    let report = tincan.report("out");
    let times = |name: &str| -> Vec<f64> {
        report["attempts"].as_array().unwrap().iter().map(|attempt| attempt[name].as_f64().unwrap()).collect()
    };
    // One after the other: each takes longer than to its first frame, and all no longer than the run.
    let took = times("took_ms");
    assert!(times("first_frame_ms").iter().zip(&took).all(|(first, all)| first < all), "{report}");
    assert!(took.iter().sum::<f64>() < all_ms, "{took:?} in {all_ms} ms");
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
        assert!(ended.stdout.contains("of 2000 in ") && ended.stdout.contains("; interrupted"), "{ended:?}");
        let said: Vec<_> = stderr.map(Result::unwrap).collect();
        assert!(said.iter().any(|line| line.starts_with("interrupted")), "{said:?}");
        let report = tincan.report("out");
        let kept = report["attempts"].as_array().unwrap().len();
        assert!((1..2000).contains(&kept), "{kept} attempts after: {first}");
    }
}

/// What a run that was killed has left, and a report of it.
#[test]
fn what_a_killed_run_has_left_becomes_its_report() {
    let tincan = Tincan::new();
    let out = tincan.folder().join("out");
    // The report of an older run does not stand for this one.
    fs::create_dir(&out).unwrap();
    fs::write(out.join("report.json"), "{\"schema_version\": 3}").unwrap();
    let mut running =
        tincan.start(&["run", "webrtc-rs-to-webrtc-rs/*/direct", "--repeat", "1000", "--out", "out"]);
    let mut stderr = BufReader::new(running.child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let shown = stderr.by_ref().take(2).count();
    let refused = tincan.run(&["report", "out"]);
    assert!(refused.code == 2 && refused.stderr.contains("out is still written to"), "{refused:?}");
    running.send(Signal::KILL);
    running.see_killed();
    let shown = shown + stderr.filter(|line| line.starts_with("passed")).count();
    assert!(!out.join("report.json").exists() && !out.join("report.html").exists());
    // It may be killed within a line, too.
    let mut lines = fs::OpenOptions::new().append(true).open(out.join("attempts.jsonl")).unwrap();
    lines.write_all(b"{\"attempt\":{\"scenario\":\"webrtc-rs-to").unwrap();
    let made = tincan.run(&["report", "out", "--junit", "x.xml"]);
    assert_eq!((made.code, made.stdout.as_str()), (0, "out/report.html\n"), "{made:?}");
    let report = tincan.report("out");
    let kept = report["attempts"].as_array().unwrap().len();
    assert!((shown..2000).contains(&kept), "{kept} attempts of {shown}");
    for said in [format!("holds {kept} of 2000 planned attempts"), "the file ends within it".to_owned()] {
        assert!(made.stderr.contains(&said), "{said:?} is not in {}", made.stderr);
    }
    assert_eq!(
        (&report["planned"], &report["pass_rates"][0]["passed"].as_u64()),
        (&json!(2000), &kept_of(&report))
    );
    let page = fs::read_to_string(out.join("report.html")).unwrap();
    assert!(
        page.contains("cut short") || page.contains("Cut short"),
        "the page does not say that it is not all"
    );
    // The file of the attempts, elsewhere and alone, makes the same.
    fs::create_dir(tincan.folder().join("alone")).unwrap();
    fs::copy(out.join("attempts.jsonl"), tincan.folder().join("alone/attempts.jsonl")).unwrap();
    assert_eq!(tincan.run(&["report", "alone/attempts.jsonl"]).code, 0);
    assert_eq!(tincan.report("alone"), report);
}

/// How many attempts at the first scenario passed.
fn kept_of(report: &Value) -> Option<u64> {
    let attempts = report["attempts"].as_array()?;
    let first = attempts.iter().filter(|attempt| attempt["scenario"] == attempts[0]["scenario"]);
    Some(first.filter(|attempt| attempt["verdict"] == "passed").count() as u64)
}

/// Counted in bytes: what ten times as many attempts write is ten times as much.
#[test]
fn a_run_writes_what_its_attempts_are() {
    let written = |repeat: &str| {
        let tincan = Tincan::new();
        let args = ["run", "chromium-to-chromium/vanilla/vp8/direct", "--repeat", repeat, "--out", "out"];
        let mut running = Running::start({
            let mut command = tincan.command(&[&args[..], &["--keep-open"]].concat());
            command.stderr(Stdio::null());
            command
        });
        let stdout = BufReader::new(running.child.stdout.take().unwrap());
        assert!(stdout.lines().any(|line| line.unwrap().starts_with("report: ")));
        // All bytes that it has given to write(2) and the like, since it began (proc_pid_io(5)).
        let io = fs::read_to_string(format!("/proc/{}/io", running.child.id())).unwrap();
        let written =
            io.lines().find_map(|line| line.strip_prefix("wchar: ")).unwrap().parse::<u64>().unwrap();
        running.send(Signal::TERM);
        running.end();
        written
    };
    let (few, many) = (written("30"), written("300"));
    assert!(many < 11 * few, "30 attempts wrote {few} bytes, 300 wrote {many}");
}

#[test]
fn a_report_that_is_not_tincans_is_not_lost() {
    for name in ["report.json", "report.html", "attempts.jsonl"] {
        let tincan = Tincan::new();
        let file = tincan.folder().join("out").join(name);
        fs::create_dir(tincan.folder().join("out")).unwrap();
        fs::write(&file, "{\"numTotalTests\": 1}").unwrap();
        let ended = tincan.run(&["run", "webrtc-rs-to-webrtc-rs/vanilla/vp8/direct", "--out", "out"]);
        assert!(ended.code == 2 && ended.stderr.contains("was not written by tincan"), "{name}: {ended:?}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "{\"numTotalTests\": 1}", "{name}");
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

/// What machines have made of one run in parts is told as one; a part that is given twice is not counted twice.
#[test]
fn parts_of_a_run_become_one_report() {
    let tincan = Tincan::new();
    let calls = "webrtc-rs-to-*/vp8/direct";
    for part in ["1/2", "2/2"] {
        let out = format!("part-{}", &part[..1]);
        let peers = "webrtc-rs,str0m";
        let ended = tincan.run(&[
            "run",
            calls,
            "--peers",
            peers,
            "--partition",
            part,
            "--out",
            &out,
            "--keep-evidence",
        ]);
        assert_eq!(ended.code, 0, "{ended:?}");
    }
    let merged = tincan.run(&["report", "part-1", "part-2", "--out", "whole", "--junit", "junit.xml"]);
    assert_eq!(merged.code, 0, "{merged:?}");
    let (parts, whole) = (["part-1", "part-2"].map(|part| tincan.report(part)), tincan.report("whole"));
    let count = |report: &Value| report["attempts"].as_array().map_or(0, Vec::len);
    assert_eq!((count(&whole), count(&parts[0]) * 2), (6, 6), "{parts:?}");
    assert_eq!(whole["planned"], 6);
    for attempt in whole["attempts"].as_array().unwrap() {
        let evidence = tincan.folder().join("whole").join(attempt["evidence"].as_str().unwrap());
        assert!(evidence.join("timeline.txt").is_file(), "{} is missing", evidence.display());
    }
    assert!(
        tincan.folder().join("whole/report.html").is_file() && tincan.folder().join("junit.xml").is_file()
    );
    // What a run leaves behind a kill is all there, too.
    fs::remove_file(tincan.folder().join("whole/report.json")).unwrap();
    assert_eq!(tincan.run(&["report", "whole"]).code, 0);
    assert_eq!(tincan.report("whole"), whole);
    let twice = refused(&tincan, &["report", "part-1", "part-1", "part-2", "--out", "again"]);
    assert!(twice.contains("is it the same part of a run twice?"), "{twice}");
    let onto_itself = refused(&tincan, &["report", "part-1", "part-2", "--out", "part-1"]);
    assert!(onto_itself.contains("part-1 is one of the runs"), "{onto_itself}");
    let without = refused(&tincan, &["report", "part-1", "part-2"]);
    assert!(without.contains("--out"), "{without}");
    let empty = refused(&tincan, &["run", calls, "--peers", "webrtc-rs,str0m", "--partition", "1/9"]);
    assert!(empty.contains("part 1/9 of 6 scenarios is empty"), "{empty}");
}
