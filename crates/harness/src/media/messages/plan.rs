//! What each side sends on data channels: the same in every call, and by both.

use serde::Deserialize;

use crate::signaling::Role;

/// How a message is sent (RFC 8831, section 6.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, strum::Display)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Form {
    /// As text in UTF-8.
    Text,
    /// As binary data.
    Binary,
}

/// A message as short as this holds a head in either form; none is shorter but the empty ones.
pub const SMALLEST: u32 = 64;
/// The longest message, unless the other side takes less (`a=max-message-size`, RFC 8841): what libwebrtc says that it takes.
pub const LARGEST: u32 = 262_144;

/// A data channel of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel {
    /// By what it is known.
    pub label: &'static str,
    /// Whether messages come in the order in which they were sent.
    pub ordered: bool,
    /// How often a message is sent again; without this it is until it comes.
    pub max_retransmits: Option<u16>,
    /// The stream on which both sides open it without a word (webrtc-pc, `negotiated`); without this the offerer opens it, and
    /// says so in-band (RFC 8832).
    pub id: Option<u16>,
    /// How long the messages are, one after the other.
    sizes: &'static [u32],
}

/// A message to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// How.
    pub form: Form,
    /// How long, in bytes; shorter if the other side takes no more.
    pub size: u32,
}

impl Channel {
    /// What is sent on it, texts and binary messages by turns.
    pub fn messages(&self) -> impl Iterator<Item = Planned> + use<> {
        let forms = [Form::Text, Form::Binary].into_iter().cycle();
        self.sizes.iter().zip(forms).map(|(size, form)| Planned { form, size: *size })
    }

    /// Whether every message has to come.
    #[must_use]
    pub const fn is_reliable(&self) -> bool {
        self.max_retransmits.is_none()
    }

    /// Whether `role` opens it, and does not hear of it in-band.
    #[must_use]
    pub const fn is_opened_by(&self, role: Role) -> bool {
        matches!(role, Role::Offerer) || self.id.is_some()
    }
}

/// An ordinary channel: ordered, reliable, opened in-band.
const PLAIN: Channel =
    Channel { label: "ordered", ordered: true, max_retransmits: None, id: None, sizes: &[] };

/// How many messages a side sends on all channels.
pub const MESSAGES: usize = 1_000;

/// So many messages that all channels have [`MESSAGES`], with two empty ones: most as short as those of a chat or a game, some longer.
const MANY: [u32; MESSAGES - 3 * 14] = {
    let mut sizes = [SMALLEST; MESSAGES - 3 * 14];
    let mut place = 3;
    while place < sizes.len() - 2 {
        let size = SMALLEST + place as u32 * 37 % 960;
        sizes[place] = if place % 100 == 0 { 16_384 } else { size };
        place += 1;
    }
    (sizes[1], sizes[2]) = (0, 0);
    sizes
};

/// The channels of a call. Empty messages stand between others on channels that lose none, in both forms.
pub const CHANNELS: [Channel; 4] = [
    Channel {
        // Around 64 KiB, which is the most where nothing is said (RFC 8841, section 6), and at the most that there is.
        sizes: &[64, 0, 0, 64, 1000, 1200, 16_384, 65_535, 65_536, 65_537, LARGEST, LARGEST, 64, 64],
        ..PLAIN
    },
    Channel {
        label: "unordered",
        ordered: false,
        sizes: &[64, 100, 0, 0, 200, 400, 800, 1200, 1600, 3200, 6400, 12_800, 64, 64],
        ..PLAIN
    },
    Channel {
        label: "lossy",
        ordered: false,
        max_retransmits: Some(0),
        sizes: &[64, 80, 100, 150, 200, 250, 300, 400, 500, 600, 700, 800, 900, 1000],
        ..PLAIN
    },
    Channel {
        label: "negotiated",
        // Far from the streams that are given out from 0 on (RFC 8832, section 6).
        id: Some(100),
        sizes: &MANY,
        ..PLAIN
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_channels_have_so_many_messages() {
        assert_eq!(CHANNELS.iter().map(|channel| channel.messages().count()).sum::<usize>(), MESSAGES);
    }

    #[test]
    fn an_empty_message_stands_between_others_and_only_where_none_is_lost() {
        for channel in &CHANNELS {
            let ends = [channel.sizes.first(), channel.sizes.last()];
            assert!(ends.iter().all(|size| size.is_some_and(|size| *size >= SMALLEST)), "{}", channel.label);
            let empty: Vec<_> = channel.messages().filter(|message| message.size == 0).collect();
            assert_eq!(empty.len(), if channel.is_reliable() { 2 } else { 0 }, "{}", channel.label);
            let short = channel.sizes.iter().any(|size| *size != 0 && *size < SMALLEST);
            assert!(!short, "{}", channel.label);
        }
    }
}
