//! What is printed of descriptions, and how the command ends.

use std::collections::BTreeMap;

use tincan_harness::sdp::question::{DescriptionKind, ToldBy};
use tincan_report::sdp::{AskedPeer, UnreadableFile};

use super::*;

fn file(name: &str, reactions: &[(&str, Reaction)]) -> CheckedFile {
    let reactions: BTreeMap<PeerId, Reaction> =
        reactions.iter().map(|(peer, reaction)| (peer.parse().unwrap(), reaction.clone())).collect();
    CheckedFile::new(name.to_owned(), (DescriptionKind::Offer, ToldBy::Setup), reactions)
}

fn report(files: Vec<CheckedFile>, unreadable: Vec<UnreadableFile>) -> SdpReport {
    let peer = |name: &str| AskedPeer {
        name: name.parse().unwrap(),
        software: format!("{name} 1.0"),
        median_ms: Some(4.2),
    };
    SdpReport {
        schema_version: SCHEMA_VERSION,
        tincan: "0".to_owned(),
        peers: vec![peer("one"), peer("other")],
        left_out: Vec::new(),
        files,
        unreadable,
    }
}

#[test]
fn it_ends_with_what_came_of_the_files() {
    let (accepts, refuses) = (Reaction::acceptance(None), Reaction::refusal("no", None, ""));
    let (crashes, hangs) = (Reaction::crash("x"), Reaction::Hangs { after_s: 5 });
    let [unasked, unsupported] =
        [Reaction::Unasked { reason: "x".to_owned() }, Reaction::Unsupported { reason: "x".to_owned() }];
    let table = [
        (&accepts, &accepts, 0),
        (&refuses, &refuses, 0),
        (&accepts, &unsupported, 0),
        (&accepts, &refuses, 1),
        (&crashes, &crashes, 1),
        (&accepts, &hangs, 1),
        (&accepts, &unasked, 2),
        (&unsupported, &unsupported, 2),
    ];
    for (one, other, code) in table {
        let files = vec![file("x", &[("one", one.clone()), ("other", other.clone())])];
        assert_eq!(exit(&report(files, Vec::new())) as u8, code, "{one:?}, {other:?}");
    }
    let unreadable = vec![UnreadableFile { file: "x".to_owned(), reason: "it is empty".to_owned() }];
    assert_eq!(exit(&report(Vec::new(), unreadable)) as u8, 2);
}

#[test]
fn differences_come_first_and_lines_are_no_wider_than_a_terminal() {
    let long = "Failed to parse SessionDescription. a=ice-ufrag:abc Invalid ICE ufrag: it is shorter than four letters".to_owned();
    let refusal = Reaction::refusal(&long, Some(2), "v=0\r\na=ice-ufrag:abc\r\n");
    let files = vec![
        file("agreed.sdp", &[("one", Reaction::acceptance(None)), ("other", Reaction::acceptance(None))]),
        file("refused.sdp", &[("one", refusal.clone()), ("other", Reaction::refusal("no", None, ""))]),
        file("differs.sdp", &[("one", refusal), ("other", Reaction::acceptance(Some("no codec")))]),
    ];
    let unreadable = vec![UnreadableFile { file: "x.sdp".to_owned(), reason: "it is empty".to_owned() }];
    let text = text::render(&report(files, unreadable));
    let text = anstream::adapter::strip_str(&text).to_string();
    let expected = "\
3 descriptions, 2 peers: they differ on 1, and agree on 2; 1 could not be given.

differs.sdp, given as an offer since it has a=setup:actpass
  refuses  one, line 2: a=ice-ufrag:abc
           Failed to parse SessionDescription. a=ice-ufrag:abc Invalid ICE
           ufrag: it is shorter than four letters
  accepts  other
           but makes no answer: no codec

All who were asked refuse:
refused.sdp, given as an offer since it has a=setup:actpass
  refuses  one, line 2: a=ice-ufrag:abc
           Failed to parse SessionDescription. a=ice-ufrag:abc Invalid ICE
           ufrag: it is shorter than four letters
  refuses  other
           no

All who were asked accept:
agreed.sdp

Not given to anybody:
x.sdp
  it is empty

one: one 1.0, 4.2 ms a description at the median
other: other 1.0, 4.2 ms a description at the median
";
    assert_eq!(text, expected);
}
