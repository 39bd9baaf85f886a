//! What proves that all arrives that a call has, on one side.

use super::{
    frames::{FrameSighting, FrameSource, FrameTally, FrameWatch},
    messages::{ChannelSighting, MessageSighting, MessageTally, MessageWatch, Wrong},
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
    /// A data channel has opened.
    Channel(ChannelSighting),
    /// A message has come on a data channel.
    Message(MessageSighting),
}

impl Sighting {
    /// When, in the receiver's clock.
    #[must_use]
    pub const fn at(&self) -> PeerTime {
        match self {
            Self::Frame(FrameSighting { at, .. })
            | Self::Sound(SoundSighting { at, .. })
            | Self::Channel(ChannelSighting { at, .. })
            | Self::Message(MessageSighting { at, .. }) => *at,
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
    pub fn stamped(self, at: PeerTime) -> Self {
        match self {
            Self::Frame(frame) => Self::Frame(FrameSighting { at, ..frame }),
            Self::Sound(sound) => Self::Sound(sound.stamped(at)),
            Self::Channel(channel) => Self::Channel(ChannelSighting { at, ..channel }),
            Self::Message(message) => Self::Message(MessageSighting { at, ..message }),
        }
    }
}

/// What arrived on one side since the call was changed last, by what it proves. A kind that the call does not have stays at
/// nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tallies {
    /// The pictures.
    pub frames: FrameTally,
    /// The sound.
    pub sounds: SoundTally,
    /// The messages.
    pub messages: MessageTally,
}

/// Looks at what arrives of one kind of flow, and says when that proves something.
trait Proof: Send {
    /// Takes it down; answers the milestone that it reaches, if any. What is of another kind is passed over.
    fn see(&mut self, sighting: &Sighting) -> Option<Milestone>;

    /// Writes down what it has seen so far.
    fn tally(&self, tallies: &mut Tallies);

    /// What has come that was not sent like this, so that nothing can prove it any more; none as long as it can.
    fn wrong(&self) -> Option<&Wrong> {
        None
    }

    /// The call is changed now: what came before is no longer counted. What is sent once only is counted to the end.
    fn begin_round(&mut self) {}

    /// What has come up to now proves nothing about what goes on.
    fn begin_anew(&mut self) {}

    /// The other side sends its screen from now on, in the place of its camera.
    fn expect_screen(&mut self) {}
}

impl Proof for FrameWatch {
    fn see(&mut self, sighting: &Sighting) -> Option<Milestone> {
        let Sighting::Frame(frame) = sighting else { return None };
        Self::see(self, frame)
    }

    fn tally(&self, tallies: &mut Tallies) {
        tallies.frames = Self::tally(self);
    }

    fn begin_round(&mut self) {
        Self::begin_round(self);
    }

    fn begin_anew(&mut self) {
        Self::begin_anew(self);
    }

    fn expect_screen(&mut self) {
        Self::expect_screen(self);
    }
}

impl Proof for SoundWatch {
    fn see(&mut self, sighting: &Sighting) -> Option<Milestone> {
        match sighting {
            Sighting::Sound(sound) => Self::see(self, sound),
            _ => None,
        }
    }

    fn tally(&self, tallies: &mut Tallies) {
        tallies.sounds = Self::tally(self);
    }

    fn begin_round(&mut self) {
        Self::begin_round(self);
    }

    fn begin_anew(&mut self) {
        Self::begin_anew(self);
    }
}

impl Proof for MessageWatch {
    fn see(&mut self, sighting: &Sighting) -> Option<Milestone> {
        match sighting {
            Sighting::Channel(channel) => self.open(channel),
            Sighting::Message(message) => Self::see(self, message),
            Sighting::Frame(_) | Sighting::Sound(_) => None,
        }
    }

    fn tally(&self, tallies: &mut Tallies) {
        tallies.messages = Self::tally(self);
    }

    fn wrong(&self) -> Option<&Wrong> {
        Self::wrong(self)
    }
}

/// The proofs of all that one side has to receive.
pub(crate) struct Proofs(Vec<Box<dyn Proof>>);

impl Proofs {
    /// Those of a side that receives `media` from `other`, and sends as `own`.
    pub(crate) fn of(media: Media, own: FrameSource, other: FrameSource) -> Self {
        let proof = |flow| -> Box<dyn Proof> {
            match flow {
                Flow::Video(_) => Box::new(FrameWatch::new(own, other)),
                Flow::Audio(_) => Box::new(SoundWatch::new(own, other)),
                Flow::Data => Box::new(MessageWatch::new(own, other)),
            }
        };
        Self(media.flows().map(proof).collect())
    }

    /// Takes down what has arrived; answers the milestone that it reaches, if any.
    pub(crate) fn see(&mut self, sighting: &Sighting) -> Option<Milestone> {
        // All of them see it: one that comes first must not hide it from another.
        self.0
            .iter_mut()
            .filter_map(|proof| proof.see(sighting))
            .fold(None, |first: Option<Milestone>, next| first.or(Some(next)))
    }

    /// What has come that was not sent like this; none as long as all can still be proven.
    pub(crate) fn wrong(&self) -> Option<&Wrong> {
        self.0.iter().find_map(|proof| proof.wrong())
    }

    /// The call is changed now.
    pub(crate) fn begin_round(&mut self) {
        self.0.iter_mut().for_each(|proof| proof.begin_round());
    }

    /// From now on it has to be proven anew that what goes on arrives.
    pub(crate) fn begin_anew(&mut self) {
        self.0.iter_mut().for_each(|proof| proof.begin_anew());
    }

    /// The other side sends its screen from now on, in the place of its camera.
    pub(crate) fn expect_screen(&mut self) {
        self.0.iter_mut().for_each(|proof| proof.expect_screen());
    }

    /// What has arrived since the call was changed last.
    pub(crate) fn tallies(&self) -> Tallies {
        let mut tallies = Tallies::default();
        self.0.iter().for_each(|proof| proof.tally(&mut tallies));
        tallies
    }
}
