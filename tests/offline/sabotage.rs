//! `tincan sabotage` as far as it needs no browser.

use crate::cli::Tincan;

#[test]
fn the_list_names_each_saboteur_and_what_it_does() {
    let tincan = Tincan::new();
    let ended = tincan.run(&["sabotage", "--list", "world/*"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(ended.stdout.lines().count() >= 10, "{}", ended.stdout);
    for line in ended.stdout.lines() {
        let (name, does) = line.split_once("  ").expect("NAME  WHAT");
        assert!(name.starts_with("world/") && does.len() > 20, "{line}");
    }
    assert_eq!(std::fs::read_dir(tincan.folder()).unwrap().flatten().count(), 1, "something was written");
}

#[test]
fn what_cannot_be_tried_is_refused() {
    let tincan = Tincan::new();
    std::fs::write(tincan.folder().join("file"), "").unwrap();
    for (args, expected) in [
        (&["sabotage", "opera"][..], "nothing matches \"opera\""),
        (&["sabotage", "[a"], "not a glob"),
        (&["sabotage", "--out", "file/below"], "failed to make file/below"),
        (&["sabotage", "--list", "--out", "x", "--repeat", "2"], "unexpected argument '--repeat'"),
    ] {
        let ended = tincan.run(args);
        assert_eq!(ended.code, 2, "{args:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(expected), "{args:?} should say {expected:?}: {}", ended.stderr);
    }
}

/// Without a browser everything is errored, as some saboteurs expect: none of them may count as killed.
#[test]
fn without_a_browser_nothing_is_killed() {
    let ended = Tincan::new().run(&["sabotage", "world/*"]);
    assert_eq!(ended.code, 2, "{}", ended.stdout);
    assert!(ended.stderr.contains("does not pass without sabotage"), "{}", ended.stderr);
    assert!(!ended.stdout.contains("killed"), "{}", ended.stdout);
}
