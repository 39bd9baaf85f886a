//! What comes to a scripted peer on data channels.

use super::Quirk;
use crate::{
    media::{
        Sighting,
        frames::FrameSource,
        messages::{CHANNELS, Channel, ChannelSighting, Message, MessageSighting, encode},
    },
    timeline::PeerTime,
};

/// That every channel opens, and then all messages of `source`, unless a quirk says otherwise.
pub(super) fn arrivals(source: FrameSource, quirks: &[Quirk]) -> Vec<Sighting> {
    let first = quirks.iter().find_map(|quirk| match quirk {
        Quirk::SeesFirst(count) => Some(*count),
        _ => None,
    });
    let mut all: Vec<_> = CHANNELS.iter().map(opens).collect();
    for (place, channel) in CHANNELS.iter().enumerate() {
        for (counter, planned) in channel.messages().enumerate().take(first.unwrap_or(usize::MAX)) {
            let bytes = encode(source, place as u8, counter as u16, planned);
            let (label, message) = (channel.label.to_owned(), Message::read(planned.form, &bytes));
            all.push(Sighting::Message(MessageSighting { at: PeerTime::ZERO, label, message }));
        }
    }
    if quirks.contains(&Quirk::SeesTwice) {
        all.extend(all.last().cloned());
    }
    all
}

fn opens(channel: &Channel) -> Sighting {
    Sighting::Channel(ChannelSighting {
        at: PeerTime::ZERO,
        label: channel.label.to_owned(),
        ordered: Some(channel.ordered),
        max_retransmits: Some(channel.max_retransmits),
    })
}
