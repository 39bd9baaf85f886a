//! The proof that messages arrive as their channels promise.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    format::Message,
    plan::{CHANNELS, Channel, Form, Planned},
};
use crate::{
    media::frames::{FrameCode, FrameSource},
    stage::Stage,
    timeline::{Milestone, PeerTime},
};

/// A data channel that has opened on a side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelSighting {
    /// When, in the clock of that side.
    pub at: PeerTime,
    /// Its label.
    pub label: String,
    /// Whether that side takes it for an ordered one; none if it does not tell.
    pub ordered: Option<bool>,
    /// How often that side sends a message again, if there is a bound; none if it does not tell.
    pub max_retransmits: Option<Option<u16>>,
}

/// A message that has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageSighting {
    /// When, in the receiver's clock.
    pub at: PeerTime,
    /// The label of the channel.
    pub label: String,
    /// What was read of it.
    pub message: Message,
}

/// The messages that have come to one side, by what they prove.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MessageTally {
    /// Channels of the call that have opened.
    pub channels: u32,
    /// Messages that have come on them.
    pub seen: u32,
    /// By the other peer, of this run, whole, once, and in order where the channel promises it.
    pub proven: u32,
    /// Without a valid head.
    pub unreadable: u32,
    /// Shorter than they were sent.
    pub truncated: u32,
    /// Longer than they were sent, with another content, in another form, or on another channel.
    pub altered: u32,
    /// That had come before.
    pub doubled: u32,
    /// That came where another one was due, on a channel that is ordered.
    pub out_of_order: u32,
    /// By the receiver itself.
    pub own: u32,
    /// By a third peer of this run.
    pub foreign: u32,
    /// Of another run.
    pub stale: u32,
}

/// Looks at one side's channels and messages as they come, and says when they prove something, or can no longer do so.
#[derive(Debug, Clone)]
pub(crate) struct MessageWatch {
    expected: FrameSource,
    own: FrameSource,
    channels: [Watched; CHANNELS.len()],
    tally: MessageTally,
    /// The first thing that was wrong.
    wrong: Option<Wrong>,
}

/// Something that is not as it was sent, or asked for, so that nothing can prove any more that all arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// The stage to which it belongs.
    pub(crate) stage: Stage,
    /// It, in words.
    pub(crate) what: String,
}

/// What has come on a channel.
#[derive(Debug, Clone)]
struct Watched {
    is_open: bool,
    planned: Vec<Planned>,
    arrived: Vec<bool>,
}

/// Why a message proves nothing: in which count it belongs, and in words.
type Fault = (fn(&mut MessageTally) -> &mut u32, String);

impl MessageWatch {
    /// A watch at the peer `own`, to which `expected` sends.
    pub(crate) fn new(own: FrameSource, expected: FrameSource) -> Self {
        let masked = |source| FrameCode::new(source, 0).source;
        let channels = CHANNELS.map(|channel| {
            let planned: Vec<_> = channel.messages().collect();
            Watched { is_open: false, arrived: vec![false; planned.len()], planned }
        });
        let (expected, own) = (masked(expected), masked(own));
        Self { expected, own, channels, tally: MessageTally::default(), wrong: None }
    }

    /// Takes down a channel that has opened; answers the milestone that it reaches, if any. A page may have others of its own.
    pub(crate) fn open(&mut self, sighting: &ChannelSighting) -> Option<Milestone> {
        let place = place(&sighting.label)?;
        let Channel { label, ordered, max_retransmits, .. } = CHANNELS[place];
        let is_other = sighting.ordered.is_some_and(|told| told != ordered)
            || sighting.max_retransmits.is_some_and(|told| told != max_retransmits);
        if is_other {
            let in_words = |ordered: bool, bound: Option<u16>| {
                let order = if ordered { "ordered" } else { "unordered" };
                bound.map_or_else(|| order.to_owned(), |bound| format!("{order}, maxRetransmits {bound}"))
            };
            let told = in_words(
                sighting.ordered.unwrap_or(ordered),
                sighting.max_retransmits.unwrap_or(max_retransmits),
            );
            let asked = in_words(ordered, max_retransmits);
            self.spoil(
                Stage::ChannelOpen,
                format!("the channel {label:?} opened as {told}, asked for {asked}"),
            );
        }
        let was_open = std::mem::replace(&mut self.channels[place].is_open, true);
        self.tally.channels += u32::from(!was_open);
        let all = self.channels.iter().all(|channel| channel.is_open);
        (all && !was_open).then_some(Milestone::ChannelOpen)
    }

    /// Takes down a message; answers the milestone that it reaches, if any.
    pub(crate) fn see(&mut self, sighting: &MessageSighting) -> Option<Milestone> {
        let place = place(&sighting.label)?;
        self.tally.seen += 1;
        if let Err((count, what)) = self.arrive(place, &sighting.message) {
            *count(&mut self.tally) += 1;
            self.spoil(
                Stage::MessagesIdentified,
                format!("on the channel {:?}, {what}", CHANNELS[place].label),
            );
            return None;
        }
        self.tally.proven += 1;
        match self.tally.proven {
            1 => Some(Milestone::FirstMessage),
            _ => (self.wrong.is_none() && self.is_proven()).then_some(Milestone::MessagesProven),
        }
    }

    /// What was seen so far.
    pub(crate) const fn tally(&self) -> MessageTally {
        self.tally
    }

    /// Why these messages can no longer prove that all arrives; none as long as they can.
    pub(crate) const fn wrong(&self) -> Option<&Wrong> {
        self.wrong.as_ref()
    }

    fn spoil(&mut self, stage: Stage, what: String) {
        self.wrong.get_or_insert(Wrong { stage, what });
    }

    /// All of the channels that lose none, and at least one of each other.
    fn is_proven(&self) -> bool {
        let is_proven = |(channel, watched): (&Channel, &Watched)| match channel.is_reliable() {
            true => watched.arrived.iter().all(|arrived| *arrived),
            false => watched.arrived.iter().any(|arrived| *arrived),
        };
        CHANNELS.iter().zip(&self.channels).all(is_proven)
    }

    /// Takes a message of the channel at `place`. One that is out of order has come all the same.
    fn arrive(&mut self, place: usize, message: &Message) -> Result<(), Fault> {
        let counter = match message.length {
            0 => self.channels[place].place_of_empty(message.form)?,
            _ => self.is_as_it_was_sent(place, message)?,
        };
        let watched = &mut self.channels[place];
        if watched.arrived[counter] {
            return Err((|tally| &mut tally.doubled, format!("message {counter} came twice")));
        }
        let due = watched.arrived.iter().position(|arrived| !arrived);
        watched.arrived[counter] = true;
        match due {
            Some(due) if CHANNELS[place].ordered && due != counter => {
                let what = format!("message {counter} came where {due} was due");
                Err((|tally| &mut tally.out_of_order, what))
            }
            _ => Ok(()),
        }
    }

    /// Whether its content is that of a message of the other peer on this channel; answers of which.
    fn is_as_it_was_sent(&self, place: usize, message: &Message) -> Result<usize, Fault> {
        let Message { form, length, code, filler } = *message;
        let Some(code) = code else {
            let what =
                format!("{length} bytes came as {form} that are no message of tincan, or lost their head");
            return Err((|tally| &mut tally.unreadable, what));
        };
        self.is_expected(code.source)?;
        let counter = usize::from(code.counter);
        let planned = self.channels[place].planned.get(counter);
        let altered =
            |what: &str| -> Fault { (|tally| &mut tally.altered, format!("message {counter} {what}")) };
        if usize::from(code.channel) != place {
            let sent = CHANNELS.get(usize::from(code.channel)).map_or("another one", |channel| channel.label);
            return Err(altered(&format!("came that was sent on {sent:?}")));
        }
        match planned {
            None => Err(altered("is none that is to be sent")),
            Some(planned) if planned.form != form => {
                Err(altered(&format!("was sent as {} and came as {form}", planned.form)))
            }
            _ if length < code.length => {
                let what = format!("message {counter} was cut: {length} of {} bytes came", code.length);
                Err((|tally| &mut tally.truncated, what))
            }
            _ if length > code.length => {
                Err(altered(&format!("grew: {length} bytes came of {} that were sent", code.length)))
            }
            _ if filler != code.filler => Err(altered("came with another content than it was sent with")),
            _ => Ok(counter),
        }
    }

    fn is_expected(&self, source: FrameSource) -> Result<(), Fault> {
        match source {
            source if source == self.expected => Ok(()),
            source if source == self.own => {
                Err((|tally| &mut tally.own, "a message came that this peer has sent itself".to_owned()))
            }
            source if source.run == self.expected.run => {
                Err((|tally| &mut tally.foreign, "a message by a third peer came".to_owned()))
            }
            _ => Err((|tally| &mut tally.stale, "a message of another run came".to_owned())),
        }
    }
}

impl Watched {
    /// The place of an empty message, which says nothing of itself: the first one that is to come and has not.
    fn place_of_empty(&self, form: Form) -> Result<usize, Fault> {
        let is_due = |place: &usize| {
            let Planned { form: planned, size } = self.planned[*place];
            !self.arrived[*place] && size == 0 && planned == form
        };
        let found = (0..self.planned.len()).find(is_due);
        let what = || format!("an empty message came as {form} where none was due");
        found.ok_or_else(|| -> Fault { (|tally| &mut tally.doubled, what()) })
    }
}

fn place(label: &str) -> Option<usize> {
    CHANNELS.iter().position(|channel| channel.label == label)
}

#[cfg(test)]
mod tests;
