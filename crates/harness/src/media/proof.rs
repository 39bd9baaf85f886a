//! What proves that all arrives that a call has, on one side.

use super::{
    frames::{FrameSighting, FrameSource, FrameTally, FrameWatch},
    value::{Flow, Media},
};
use crate::timeline::{Milestone, PeerTime};

/// Something of the other side that has arrived, as far as the receiver can read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sighting {
    /// A picture was decoded.
    Frame(FrameSighting),
}

impl Sighting {
    /// When, in the receiver's clock.
    #[must_use]
    pub const fn at(&self) -> PeerTime {
        match self {
            Self::Frame(FrameSighting { at, .. }) => *at,
        }
    }

    /// The same at `at`, in the clock of the call.
    #[must_use]
    pub const fn stamped(self, at: PeerTime) -> Self {
        match self {
            Self::Frame(frame) => Self::Frame(FrameSighting { at, ..frame }),
        }
    }
}

/// What arrived on one side, by what it proves. A kind that the call does not have stays at nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tallies {
    /// The pictures.
    pub frames: FrameTally,
}

/// Looks at what arrives of one kind of flow, and says when that proves something.
trait Proof: Send {
    /// Takes it down; answers the milestone that it reaches, if any. What is of another kind is passed over.
    fn see(&mut self, sighting: &Sighting) -> Option<Milestone>;

    /// Writes down what it has seen so far.
    fn tally(&self, tallies: &mut Tallies);
}

impl Proof for FrameWatch {
    fn see(&mut self, sighting: &Sighting) -> Option<Milestone> {
        let Sighting::Frame(frame) = sighting;
        Self::see(self, frame)
    }

    fn tally(&self, tallies: &mut Tallies) {
        tallies.frames = Self::tally(self);
    }
}

/// The proofs of all that one side has to receive.
pub(crate) struct Proofs(Vec<Box<dyn Proof>>);

impl Proofs {
    /// Those of a side that receives `media` from `other`, and sends as `own`.
    pub(crate) fn of(media: Media, own: FrameSource, other: FrameSource) -> Self {
        let proof = |flow| -> Option<Box<dyn Proof>> {
            match flow {
                Flow::Video(_) => Some(Box::new(FrameWatch::new(own, other))),
                Flow::Audio(_) | Flow::Data => None,
            }
        };
        Self(media.flows().filter_map(proof).collect())
    }

    /// Takes down what has arrived; answers the milestone that it reaches, if any.
    pub(crate) fn see(&mut self, sighting: &Sighting) -> Option<Milestone> {
        // All of them see it: one that comes first must not hide it from another.
        self.0
            .iter_mut()
            .filter_map(|proof| proof.see(sighting))
            .fold(None, |first: Option<Milestone>, next| first.or(Some(next)))
    }

    /// What has arrived so far.
    pub(crate) fn tallies(&self) -> Tallies {
        let mut tallies = Tallies::default();
        self.0.iter().for_each(|proof| proof.tally(&mut tallies));
        tallies
    }
}
