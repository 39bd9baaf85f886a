//! A peer that is given descriptions by themselves, one after the other, outside of any call.

pub(crate) mod child;
pub(crate) mod fault;

use std::time::Duration;

use async_trait::async_trait;
use tincan_harness::{
    HarnessError,
    sdp::{question::Question, reaction::Reaction},
};

/// How long a peer may take over a description. Measured: 1 to 30 ms.
pub(crate) const ANSWER_DEADLINE: Duration = Duration::from_secs(5);

/// A peer that is asked what it makes of descriptions. What one of them does to it is over before the next.
#[async_trait]
pub trait Parser: Send {
    /// Gives it a description, and answers what it makes of that, in bounded time. One that has crashed or does not answer is ended, and
    /// the next description is given to a new one.
    ///
    /// # Errors
    /// When it could not be asked, which says nothing about it: a new one does not start, with what to do about it.
    async fn ask(&mut self, question: &Question) -> Result<Reaction, HarnessError>;

    /// What the description before has done to it after it had answered: it has crashed since. None if it has not.
    async fn late(&mut self) -> Option<Reaction> {
        None
    }

    /// What runs, by name and version; of a browser that never ran, nothing.
    fn software(&self) -> String;

    /// Ends it, and returns when nothing of it is left.
    async fn end(self: Box<Self>);
}
