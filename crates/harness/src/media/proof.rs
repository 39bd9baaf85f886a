//! What proves that all arrives that a call has, on one side.

use super::{
    frames::{FrameSighting, FrameSource, FrameTally, FrameWatch},
    sounds::{SoundSighting, SoundTally, SoundWatch},
    value::{Flow, Media},
};
use crate::timeline::{Milestone, PeerTime};

/// Something of the other side that has arrived, as far as the receiver can read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sighting {
    /// A picture was decoded.
    Frame(FrameSighting),
    /// Something was heard.
    Sound(SoundSighting),
}

impl Sighting {
    /// When, in the receiver's clock.
    #[must_use]
    pub const fn at(&self) -> PeerTime {
        match self {
            Self::Frame(FrameSighting { at, .. }) | Self::Sound(SoundSighting { at, .. }) => *at,
        }
    }

    /// When the milestone was reached that it proves: a sound has begun before it is known whose it is.
    #[must_use]
    pub(crate) const fn reached(&self, milestone: Milestone) -> PeerTime {
        match self {
            Self::Sound(SoundSighting { began, .. }) if matches!(milestone, Milestone::FirstSound) => *began,
            _ => self.at(),
        }
    }

    /// The same at `at`, in the clock of the call.
    #[must_use]
    pub const fn stamped(self, at: PeerTime) -> Self {
        match self {
            Self::Frame(frame) => Self::Frame(FrameSighting { at, ..frame }),
            Self::Sound(sound) => Self::Sound(sound.stamped(at)),
        }
    }
}

/// What arrived on one side, by what it proves. A kind that the call does not have stays at nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tallies {
    /// The pictures.
    pub frames: FrameTally,
    /// The sound.
    pub sounds: SoundTally,
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
        match sighting {
            Sighting::Frame(frame) => Self::see(self, frame),
            Sighting::Sound(_) => None,
        }
    }

    fn tally(&self, tallies: &mut Tallies) {
        tallies.frames = Self::tally(self);
    }
}

impl Proof for SoundWatch {
    fn see(&mut self, sighting: &Sighting) -> Option<Milestone> {
        match sighting {
            Sighting::Sound(sound) => Self::see(self, sound),
            Sighting::Frame(_) => None,
        }
    }

    fn tally(&self, tallies: &mut Tallies) {
        tallies.sounds = Self::tally(self);
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
                Flow::Audio(_) => Some(Box::new(SoundWatch::new(own, other))),
                Flow::Data => None,
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
