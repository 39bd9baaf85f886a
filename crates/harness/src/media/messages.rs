//! The messages that are sent on data channels: each says who sent it, in which run, on which channel, as the how manieth, how
//! long it is, and what the rest of it sums up to. So one that was cut, came twice, out of order, on another channel, or from
//! somebody else is told apart.
//!
//! A message is a head and a filler. The head is [`HEAD`] bytes in network byte order: the peer (8 bits), the run (24), the
//! channel (8), the counter (16), the length of the whole (32), the CRC-32 of the filler (32) and that of the head before it
//! (32). In a text it is written in hexadecimal, and the filler has characters of more than one byte. An empty message has
//! neither: it is known by its place.

mod format;
mod plan;
mod watch;

pub(crate) use self::watch::{MessageWatch, Wrong};
pub use self::{
    format::{HEAD, Message, MessageCode, PADDING, SEPARATOR, encode},
    plan::{CHANNELS, Channel, Form, LARGEST, MESSAGES, Planned, SMALLEST},
    watch::{ChannelSighting, MessageSighting, MessageTally},
};
