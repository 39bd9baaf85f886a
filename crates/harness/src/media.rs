//! What flows in a call: a value. Each kind of flow has milestones of its own, and a proof that it arrives.

pub mod frames;
pub mod messages;
mod negotiated;
mod proof;
mod sequence;
pub mod sounds;
mod source;
mod value;

pub(crate) use self::{negotiated::not_negotiated, proof::Proofs};
pub use self::{
    proof::{Sighting, Tallies},
    value::{AudioCodec, Flow, Media, MediaError, VideoCodec},
};
