//! `tincan snapshot diff`: what it says of two files, and how it ends.

use std::fs;

use tincan_tests::root;

use crate::cli::{Ended, Tincan};

const RECORDING: &str = "tincan recording 1\nscenario a\nofferer is x 1.0\nanswerer is y 2.0\nofferer description\n  v=0\n\
    offerer states\n  iceConnectionState: connected, completed\nend of recording\n";

fn sdp() -> String {
    fs::read_to_string(root().join("fixtures/sdp/chromium-156-offer.sdp")).unwrap()
}

/// The command on two files with these contents; a file without any is not there.
fn diff(old: Option<&[u8]>, new: Option<&[u8]>) -> Ended {
    let tincan = Tincan::new();
    for (name, content) in [("old", old), ("new", new)] {
        if let Some(content) = content {
            fs::write(tincan.folder().join(name), content).unwrap();
        }
    }
    tincan.run(&["snapshot", "diff", "old", "new"])
}

#[test]
fn equal_structure_ends_with_0() {
    let sdp = sdp();
    let another = sdp.replace("192.0.2.2", "198.51.100.7").replace("KLhl", "abcd");
    let ended = diff(Some(sdp.as_bytes()), Some(another.as_bytes()));
    assert_eq!((ended.code, ended.stdout.as_str()), (0, "Both have the same structure.\n"), "{ended:?}");
}

#[test]
fn the_words_come_before_the_lines_and_it_ends_with_1() {
    let sdp = sdp();
    let another = sdp.replace("a=rtcp-fb:102 transport-cc\n", "");
    let ended = diff(Some(sdp.as_bytes()), Some(another.as_bytes()));
    assert_eq!(ended.code, 1, "{ended:?}");
    let words = "m=video: rtcp-fb transport-cc gone from H264/90000 (level-asymmetry-allowed=1;packetization-mode=1;\
        profile-level-id=42001f)\n\n--- old\n+++ new\n@@";
    assert!(ended.stdout.starts_with(words), "{}", ended.stdout);
    assert!(ended.stdout.contains("\n-a=rtcp-fb:102 transport-cc\n"), "{}", ended.stdout);
}

#[test]
fn what_nobody_sees_is_a_difference() {
    let sdp = sdp();
    let edits = [
        (sdp.replace('\n', "\r\n"), "line ends: LF became CRLF"),
        (sdp.replacen("m=video", "\nm=video", 1), "blank lines: none became 8"),
        (sdp.replace("a=sendrecv", "a=sendrecv "), "lines with space at the end: none became 30"),
    ];
    for (another, said) in edits {
        let ended = diff(Some(sdp.as_bytes()), Some(another.as_bytes()));
        assert_eq!(ended.code, 1, "{said}: {ended:?}");
        assert!(
            ended.stdout.starts_with(&format!("{said}\n\n--- old\n+++ new\n@@")),
            "{said}: {}",
            ended.stdout
        );
    }
}

#[test]
fn recordings_say_who_was_recorded() {
    let new = RECORDING.replace("x 1.0", "x 2.0").replace(", completed", "");
    let ended = diff(Some(RECORDING.as_bytes()), Some(new.as_bytes()));
    assert_eq!(ended.code, 1, "{ended:?}");
    let words = "offerer: recorded from x 1.0, compared with x 2.0\n\
        iceConnectionState of the offerer: completed is not reached any more\n\n--- old\n";
    assert!(ended.stdout.starts_with(words), "{}", ended.stdout);
}

#[test]
fn a_snapshot_of_insta_is_a_recording_too() {
    let snapshot = format!("---\nsource: tests/browser/snapshots.rs\n---\n{RECORDING}");
    let ended = diff(Some(snapshot.as_bytes()), Some(RECORDING.as_bytes()));
    assert_eq!(ended.code, 0, "{ended:?}");
}

#[test]
fn what_cannot_be_compared_ends_with_2_and_says_why() {
    let sdp = sdp();
    let cut = RECORDING.replace("end of recording\n", "");
    let table: [(Option<&[u8]>, &str); 9] = [
        (None, "failed to read old"),
        (Some(b""), "old is empty"),
        (Some(b"\x89PNG\0"), "old is no text"),
        (Some(b"v=0\xff\n"), "old is no text"),
        (Some(b"hello\n"), "old is neither a recording nor an SDP"),
        (Some(&sdp.as_bytes()[..2000]), "old is cut off: its last line has no end"),
        (Some(b"v=0\ns=-\n"), "old describes no media; is it cut off?"),
        (Some(cut.as_bytes()), "it is cut off: it does not end with \"end of recording\""),
        (
            Some(RECORDING.as_bytes()),
            "old and new are not of the same kind: one is a recording, the other an SDP",
        ),
    ];
    for (old, said) in table {
        let ended = diff(old, Some(sdp.as_bytes()));
        assert_eq!(ended.code, 2, "{said}: {ended:?}");
        assert!(ended.stderr.contains(said), "{said}: {}", ended.stderr);
    }
}
