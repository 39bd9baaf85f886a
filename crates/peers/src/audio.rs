//! Sound of a peer that has none of its own: tones are played, encoded and packetized for it, and what it receives is decoded and
//! heard.

mod sink;
mod source;

use std::collections::BTreeSet;

use tincan_harness::{AudioCodec, Flow};

pub(crate) use self::{sink::SoundSink, source::SoundSource};

/// The payload type in an offer; that of Opus in libwebrtc's.
pub(crate) const PAYLOAD_TYPE: u8 = 111;
/// How many channels `a=rtpmap` says, however many there are (RFC 7587, section 7).
pub(crate) const CHANNELS: u16 = 2;
/// The format parameters (`a=fmtp`), as libwebrtc offers them.
pub(crate) const FORMAT: &str = "minptime=10;useinbandfec=1";

/// What can be sent and received with what is in this room.
pub(crate) fn flows() -> BTreeSet<Flow> {
    BTreeSet::from([Flow::Audio(AudioCodec::Opus)])
}
