//! Video of a peer that has none of its own: pictures are drawn, encoded and packetized for it, and what it receives is put
//! together, decoded and read.

mod assembly;
mod codec;
mod last_picture;
mod packetizer;
mod picture;
mod sink;
mod source;

pub use self::codec::codec_versions;
pub(crate) use self::{
    assembly::{Assembled, Assembly},
    codec::flows,
    last_picture::LastPicture,
    packetizer::Packetizer,
    sink::VideoSink,
    source::{PICTURE_INTERVAL, VideoSource},
};
