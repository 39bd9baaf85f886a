//! What comes to a scripted peer on data channels.

use crate::{
    media::{
        Sighting,
        frames::FrameSource,
        messages::{CHANNELS, Channel, ChannelSighting, Message, MessageSighting, encode},
    },
    timeline::PeerTime,
};

/// That every channel opens, and then the messages of `source`, of each channel so many at the most, and the last one `twice`.
pub(super) fn arrivals(source: FrameSource, most: usize, twice: bool) -> Vec<Sighting> {
    let mut all: Vec<_> = CHANNELS.iter().map(opens).collect();
    for (place, channel) in CHANNELS.iter().enumerate() {
        for (counter, planned) in channel.messages().enumerate().take(most) {
            let bytes = encode(source, place as u8, counter as u16, planned);
            let (label, message) = (channel.label.to_owned(), Message::read(planned.form, &bytes));
            all.push(Sighting::Message(MessageSighting { at: PeerTime::ZERO, label, message }));
        }
    }
    if twice {
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
