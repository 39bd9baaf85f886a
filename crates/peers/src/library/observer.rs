//! What a connection says of itself, and who takes it down.

use std::sync::Arc;

use tincan_harness::{Event, Machine, Mailbox, Milestone, Note};
use tokio::sync::mpsc::UnboundedSender;

use super::channel::DataChannel;

/// What a connection says that the negotiation has to act on, in the order in which it says so.
pub(crate) enum Occurrence<T> {
    /// A candidate was gathered: the `candidate-attribute`, without `a=`.
    Candidate(String),
    /// The ICE gathering state has changed.
    Gathering {
        /// Its name in webrtc-pc.
        state: String,
        /// Whether it is `complete`.
        is_complete: bool,
    },
    /// Media can be sent.
    Connected,
    /// The other side has closed the connection.
    Closed,
    /// The other side's track has come.
    Track(T),
    /// A data channel has come.
    Channel(Arc<dyn DataChannel>),
}

/// Takes down what a connection says.
///
/// It is called on the connection's own tasks, so it stamps at once and never waits.
pub(crate) struct Observer<T> {
    mailbox: Mailbox,
    occurrences: UnboundedSender<Occurrence<T>>,
}

impl<T> Observer<T> {
    /// An observer that posts states to `mailbox`, and sends the rest into `occurrences`.
    #[must_use]
    pub(crate) const fn new(mailbox: Mailbox, occurrences: UnboundedSender<Occurrence<T>>) -> Self {
        Self { mailbox, occurrences }
    }

    /// Posts `event`, which happens now.
    pub(crate) fn post(&self, event: Event) {
        self.mailbox.post(self.mailbox.zero().elapsed(), event);
    }

    /// Posts that `milestone` is reached now.
    pub(crate) fn reach(&self, milestone: Milestone) {
        self.post(Event::Reached(milestone));
    }

    /// Posts that `machine` has changed to `state` now.
    pub(crate) fn state(&self, machine: Machine, state: impl std::fmt::Display) {
        self.post(Event::Noted(Note::state(machine, state)));
    }

    /// Leaves `occurrence` to the negotiation.
    pub(crate) fn pass_on(&self, occurrence: Occurrence<T>) {
        // The negotiation has ended before the connection: nobody needs to know.
        let _ = self.occurrences.send(occurrence);
    }

    /// Leaves a gathered candidate to the negotiation, or notes why it cannot be written.
    pub(crate) fn candidate(&self, written: Result<String, impl std::fmt::Display>) {
        match written {
            Ok(candidate) => self.pass_on(Occurrence::Candidate(candidate)),
            Err(error) => self
                .post(Event::Noted(Note::other(format!("a gathered candidate cannot be written: {error}")))),
        }
    }

    /// The other side's track has come.
    pub(crate) fn track(&self, track: T) {
        self.reach(Milestone::TrackReceived);
        self.pass_on(Occurrence::Track(track));
    }
}
