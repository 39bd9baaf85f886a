//! What flows in a call: a value. Each kind of flow has milestones of its own, and a proof that it arrives.

mod direction;
pub mod frames;
pub mod messages;
mod negotiated;
mod proof;
mod sequence;
pub mod sounds;
mod source;
mod value;

pub use self::{
    direction::Direction,
    proof::{Sighting, Tallies},
    value::{AudioCodec, Flow, Media, MediaError, VideoCodec},
};
pub(crate) use self::{negotiated::not_negotiated, proof::Proofs};
