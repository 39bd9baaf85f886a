//! What proves that messages arrive, and what never does.

use super::{
    super::{format::encode, plan::MESSAGES},
    *,
};

const OWN: FrameSource = FrameSource { peer: 1, run: 77 };
const OTHER: FrameSource = FrameSource { peer: 2, run: 77 };

/// A message with the bytes that were sent, before anything has befallen it.
type Sent = (usize, Form, Vec<u8>);

/// All that `source` sends, channel by channel.
fn all(source: FrameSource) -> Vec<Sent> {
    let of = |place: usize| {
        let numbered = CHANNELS[place].messages().enumerate();
        numbered.map(move |(counter, planned)| {
            (place, planned.form, encode(source, place as u8, counter as u16, planned))
        })
    };
    (0..CHANNELS.len()).flat_map(of).collect()
}

fn channel(place: usize) -> ChannelSighting {
    let Channel { label, ordered, max_retransmits, .. } = CHANNELS[place];
    ChannelSighting {
        at: PeerTime::ZERO,
        label: label.to_owned(),
        ordered: Some(ordered),
        max_retransmits: Some(max_retransmits),
    }
}

/// What comes of it when these messages come: the milestones, what was wrong, and the tally.
fn watch(messages: &[Sent]) -> (Vec<Milestone>, Option<String>, MessageTally) {
    let mut watch = MessageWatch::new(OWN, OTHER);
    let mut reached: Vec<_> = (0..CHANNELS.len()).filter_map(|place| watch.open(&channel(place))).collect();
    for (place, form, bytes) in messages {
        let label = CHANNELS[*place].label.to_owned();
        let message = Message::read(*form, bytes);
        reached.extend(watch.see(&MessageSighting { at: PeerTime::ZERO, label, message }));
    }
    (reached, watch.wrong().map(|wrong| wrong.what.clone()), watch.tally())
}

/// As [`watch`], of all messages after `change`: what was wrong, and the tally.
fn after(change: impl FnOnce(&mut Vec<Sent>)) -> (String, MessageTally) {
    let mut messages = all(OTHER);
    change(&mut messages);
    let (reached, wrong, tally) = watch(&messages);
    assert!(!reached.contains(&Milestone::MessagesProven), "it proved all the same: {wrong:?}");
    (wrong.unwrap_or_default(), tally)
}

#[test]
fn all_that_was_to_come_proves_it() {
    let (reached, wrong, tally) = watch(&all(OTHER));
    assert_eq!(reached, [Milestone::ChannelOpen, Milestone::FirstMessage, Milestone::MessagesProven]);
    assert_eq!(wrong, None);
    let sent = MESSAGES as u32;
    assert_eq!(tally, MessageTally { channels: 4, seen: sent, proven: sent, ..MessageTally::default() });
}

#[test]
fn a_lossy_channel_may_lose_and_no_channel_but_an_ordered_one_keeps_an_order() {
    let mut messages = all(OTHER);
    let lossy: Vec<_> = messages.extract_if(.., |(place, ..)| *place == 2).collect();
    assert!(!watch(&messages).0.contains(&Milestone::MessagesProven), "nothing came on a channel");
    messages.insert(0, lossy[3].clone());
    messages[15..29].reverse();
    let (reached, wrong, _) = watch(&messages);
    assert_eq!((reached.last(), wrong), (Some(&Milestone::MessagesProven), None));
}

#[test]
fn a_message_that_is_lost_on_a_channel_that_loses_none_leaves_it_unproven() {
    let last = |messages: &mut Vec<Sent>, place| {
        messages.remove(messages.iter().rposition(|(of, ..)| *of == place).unwrap());
    };
    for place in [0, 1, 3] {
        let (wrong, tally) = after(|messages| last(messages, place));
        assert_eq!((wrong.as_str(), tally.proven), ("", MESSAGES as u32 - 1));
    }
    // An empty one, too.
    after(|messages| drop(messages.remove(16)));
    let (wrong, _) = after(|messages| drop(messages.remove(1)));
    assert_eq!(wrong, "on the channel \"ordered\", message 2 came where 1 was due");
}

#[test]
fn each_thing_that_befalls_a_message_is_told_apart() {
    let (wrong, tally) = after(|messages| messages[4].2.truncate(999));
    assert_eq!(
        (wrong.as_str(), tally.truncated),
        ("on the channel \"ordered\", message 4 was cut: 999 of 1000 bytes came", 1)
    );
    let (wrong, tally) = after(|messages| messages[5].2[700] ^= 1);
    assert!(wrong.ends_with("message 5 came with another content than it was sent with"), "{wrong}");
    assert_eq!(tally.altered, 1);
    let (wrong, tally) = after(|messages| messages[5].2.push(7));
    assert!(wrong.ends_with("message 5 grew: 1201 bytes came of 1200 that were sent"), "{wrong}");
    assert_eq!(tally.altered, 1);
    let (wrong, tally) = after(|messages| messages.insert(5, messages[4].clone()));
    assert!(wrong.ends_with("message 4 came twice"), "{wrong}");
    assert_eq!(tally.doubled, 1);
    let (wrong, tally) = after(|messages| messages.swap(4, 5));
    assert!(wrong.ends_with("message 5 came where 4 was due"), "{wrong}");
    assert_eq!(tally.out_of_order, 1);
    let (wrong, tally) = after(|messages| messages.insert(3, (0, Form::Text, Vec::new())));
    assert!(wrong.ends_with("an empty message came as text where none was due"), "{wrong}");
    assert_eq!(tally.doubled, 1);
    let (wrong, tally) = after(|messages| messages[4].1 = Form::Binary);
    assert!(wrong.contains("no message of tincan"), "{wrong}");
    assert_eq!(tally.unreadable, 1);
    let (wrong, tally) = after(|messages| messages[4].0 = 3);
    assert!(wrong.ends_with("on the channel \"negotiated\", message 4 came that was sent on \"ordered\""));
    assert_eq!(tally.altered, 1);
}

#[test]
fn a_message_that_comes_twice_is_seen_where_no_order_is_kept_either() {
    for place in [15, 30] {
        let (wrong, tally) = after(|messages| messages.insert(place, messages[place - 1].clone()));
        assert!(wrong.ends_with("came twice"), "{wrong}");
        assert_eq!(tally.doubled, 1);
    }
}

#[test]
fn messages_of_somebody_else_prove_nothing() {
    let sent_by = |source: FrameSource| after(|messages| *messages = all(source));
    let (wrong, tally) = sent_by(OWN);
    assert!(wrong.ends_with("that this peer has sent itself") && tally.own > 0, "{wrong}");
    let (wrong, tally) = sent_by(FrameSource { peer: 9, run: 77 });
    assert!(wrong.ends_with("by a third peer came") && tally.foreign > 0, "{wrong}");
    let (wrong, tally) = sent_by(FrameSource { peer: 2, run: 76 });
    assert!(wrong.ends_with("of another run came") && tally.stale > 0, "{wrong}");
}

#[test]
fn a_channel_that_opens_otherwise_is_not_the_one_that_was_asked_for() {
    let wrong = |sighting: ChannelSighting| {
        let mut watch = MessageWatch::new(OWN, OTHER);
        watch.open(&sighting);
        assert!(watch.wrong().is_none_or(|wrong| wrong.stage == Stage::ChannelOpen));
        watch.wrong().map(|wrong| wrong.what.clone())
    };
    assert_eq!(wrong(channel(2)), None);
    assert_eq!(
        wrong(ChannelSighting { ordered: Some(true), ..channel(2) }).as_deref(),
        Some(
            "the channel \"lossy\" opened as ordered, maxRetransmits 0, asked for unordered, maxRetransmits 0"
        )
    );
    assert!(wrong(ChannelSighting { max_retransmits: Some(None), ..channel(2) }).is_some());
    // What a library cannot tell, and what is no channel of the call.
    assert_eq!(wrong(ChannelSighting { ordered: None, max_retransmits: None, ..channel(2) }), None);
    assert_eq!(wrong(ChannelSighting { label: "chat".to_owned(), ..channel(0) }), None);
}
