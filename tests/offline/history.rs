//! `tincan history` and `tincan bisect`, with scripts that stand for builds: what is said of those that do not start, what goes on after an
//! interruption, and what a bisection by a command decides.

use std::{fs, os::unix::fs::PermissionsExt};

use serde_json::Value;
use tincan_measure::{
    bisect,
    history::{History, Line},
};

use crate::{
    cli::{Ended, Tincan},
    report::{assert_published, violations_of},
};

const BUILDS: usize = 8;

fn script(tincan: &Tincan, name: &str, does: &str) {
    let file = tincan.folder().join(name);
    fs::write(&file, format!("#!/bin/sh\n{does}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A machine with builds called `b1` and so on, which say a version and start nothing.
fn machine() -> Tincan {
    let tincan = Tincan::new();
    for at in 1..=BUILDS {
        script(&tincan, &format!("b{at}"), &format!("echo \"Chromium 10{at}.0.1.2\""));
    }
    script(&tincan, "driver", "echo 'the driver of this test starts nothing' >&2; exit 3");
    tincan
}

fn browsers(count: usize) -> Vec<String> {
    (1..=count).map(|at| format!("--browser=b{at}=./b{at},./driver")).collect()
}

fn run(tincan: &Tincan, before: &[&str], builds: usize, after: &[&str]) -> Ended {
    let browsers = browsers(builds);
    let browsers: Vec<_> = browsers.iter().map(String::as_str).collect();
    tincan.run(&[before, &browsers, after].concat())
}

#[test]
fn builds_that_do_not_start_are_told_in_their_own_words_and_left_out() {
    let tincan = machine();
    let ended = run(&tincan, &["history", "--repetitions", "2", "--out", "out"], 2, &[]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stdout.contains("not tried: b1") && ended.stdout.contains("not tried: b2"), "{ended:?}");
    assert!(ended.stdout.contains("the driver of this test starts nothing"), "{ended:?}");
    let read = |name: &str| fs::read_to_string(tincan.folder().join("out").join(name)).unwrap();
    let json: Value = serde_json::from_str(&read("history.json")).unwrap();
    assert_eq!(violations_of(&History::schema().unwrap(), &json), [""; 0]);
    for line in read("history.jsonl").lines() {
        let line = serde_json::from_str(line).unwrap();
        assert_eq!(violations_of(&Line::schema().unwrap(), &line), [""; 0]);
    }
    assert!(read("history.html").contains("There are not two builds that could be tried"));
    assert!(read("history.md").contains("| b1 |"));
    the_same_goes_on_and_another_question_is_refused(&tincan);
}

fn the_same_goes_on_and_another_question_is_refused(tincan: &Tincan) {
    let again = run(tincan, &["history", "--repetitions", "2", "--out", "out"], 2, &[]);
    assert!(again.stderr.contains("going on with the 0 calls of out/history.jsonl"), "{again:?}");
    assert!(again.stdout.contains("not tried: b1"), "{again:?}");
    let more = run(tincan, &["history", "--repetitions", "3", "--out", "out"], 2, &[]);
    assert_eq!((more.code, more.stdout.as_str()), (2, ""), "{more:?}");
    let expected =
        "out holds a history of another question: the repetitions differ; give another --out, or remove it";
    assert!(more.stderr.contains(expected), "{more:?}");
    let builds = run(tincan, &["history", "--repetitions", "2", "--out", "out"], 3, &[]);
    assert!(builds.stderr.contains("another question: the builds differ"), "{builds:?}");
}

#[test]
fn what_cannot_be_asked_is_refused_before_anything_starts() {
    let tincan = machine();
    let cases: [(&[&str], usize, &[&str], &str); 7] = [
        (&["history"], 1, &[], "it takes two builds at the least, and there is one"),
        (&["history"], 0, &[], "ci/releases fetches builds of other releases"),
        (
            &["history", "webrtc-rs-to-str0m"],
            2,
            &[],
            "chromium, which stands for each build, takes part in no scenario",
        ),
        (&["history", "--builds", "b9,b1"], 2, &[], "there is no build b9; the builds are b1, b2"),
        (
            &["bisect", "--good", "b1", "--bad", "b1"],
            2,
            &[],
            "the good build and the bad one are the same, b1",
        ),
        (
            &["bisect", "--good", "b1", "--bad", "b7"],
            2,
            &[],
            "there is no build \"b7\"; the builds are b1, b2",
        ),
        (&["bisect", "--good", "b1", "--bad", "b2", "trickle"], 2, &[], "and bisect takes one"),
    ];
    for (before, builds, after, expected) in cases {
        let ended = run(&tincan, before, builds, after);
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{before:?}: {ended:?}");
        assert!(ended.stderr.contains(expected), "{before:?}: {}", ended.stderr);
    }
}

/// Bisects from the first build to the last by a script, which is told the build's file.
fn by_command(does: &str) -> (Tincan, Ended) {
    let tincan = machine();
    script(
        &tincan,
        "check",
        &format!("n=${{TINCAN_CHROMIUM##*b}}\n[ \"$TINCAN_CHROMEDRIVER\" = ./driver ] || exit 0\n{does}"),
    );
    let last = format!("b{BUILDS}");
    let ended =
        run(&tincan, &["bisect", "--good", "b1", "--bad", &last, "--out", "out"], BUILDS, &["--", "./check"]);
    (tincan, ended)
}

#[test]
fn a_command_finds_where_it_broke_and_the_log_says_how() {
    let (tincan, ended) = by_command("[ \"$n\" -lt 4 ]");
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(
        ended.stdout.starts_with("it changed between b3 and b4: whether `./check` ends with 0\n"),
        "{ended:?}"
    );
    assert!(
        ended.stdout.contains("it took 15 calls with 5 builds; the log of all decisions is out/bisect.jsonl"),
        "{ended:?}"
    );
    let text = fs::read_to_string(tincan.folder().join("out/bisect.jsonl")).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &lines {
        assert_eq!(violations_of(&bisect::Line::schema().unwrap(), line), [""; 0]);
    }
    let found = &lines.last().unwrap()["found"];
    assert_eq!((&found["good"], &found["bad"], &found["calls"]), (&"b3".into(), &"b4".into(), &15.into()));
    let decided: Vec<_> = lines.iter().filter_map(|line| line["decided"]["build"].as_str()).collect();
    assert_eq!(decided.len(), 5, "{decided:?}");
}

#[test]
fn builds_that_the_command_cannot_say_of_are_gone_around_or_said() {
    let (_, around) = by_command("[ \"$n\" != 4 ] || exit 125; [ \"$n\" -lt 6 ]");
    assert!(around.code == 0 && around.stdout.starts_with("it changed between b5 and b6:"), "{around:?}");
    let (_, within) = by_command("case \"$n\" in 4|5) exit 125;; esac; [ \"$n\" -lt 5 ]");
    assert!(within.code == 0 && within.stdout.starts_with("it changed between b3 and b6:"), "{within:?}");
    for name in ["b4", "b5"] {
        let said = format!("between them {name} cannot be tried: the command ended with 125");
        assert!(within.stdout.contains(&said), "{said:?} is not in {within:?}");
    }
    let (_, end) = by_command("exit 125");
    assert!(end.code == 2 && end.stdout.contains("it cannot be said: b1 cannot be tried"), "{end:?}");
}

#[test]
fn a_good_and_a_bad_that_do_not_differ_end_with_1() {
    let (_, ended) = by_command("exit 0");
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(
        ended.stdout.contains("b1 and b8 do not differ: whether `./check` ends with 0: yes with both"),
        "{ended:?}"
    );
    assert!(ended.stdout.contains("it took 6 calls with 2 builds"), "{ended:?}");
}

#[test]
fn what_is_so_in_some_calls_only_is_said_to_be_so() {
    let every_second = "[ \"$n\" != 1 ] || exit 0; [ \"$n\" != 8 ] || exit 1\n\
        if [ -e once$n ]; then /bin/rm once$n; exit 1; else : > once$n; exit 0; fi";
    let (_, ended) = by_command(every_second);
    assert!(ended.code == 0 && ended.stdout.starts_with("it changed between b1 and b8:"), "{ended:?}");
    assert!(
        ended.stdout.contains("between them b5 is not sure: it is so in 6 of 12 calls (21–79 %)"),
        "{ended:?}"
    );
    let (_, end) = by_command("if [ -e once ]; then /bin/rm once; exit 1; else : > once; exit 0; fi");
    assert!(end.code == 2 && end.stdout.contains("with b1 it is so in 6 of 12 calls"), "{end:?}");
}

#[test]
fn the_published_schemas_of_history_and_bisect_are_those_of_the_types() {
    assert_published("fixtures/history.schema.json", &History::schema().unwrap());
    assert_published("fixtures/history-lines.schema.json", &Line::schema().unwrap());
    assert_published("fixtures/bisect.schema.json", &bisect::Line::schema().unwrap());
}
