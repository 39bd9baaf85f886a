//! What a call on a page is told.

use tincan_harness::{Evidence, Pictures, Signal, procedure::Act};
use tokio::sync::oneshot;

/// What a call on a page is told to do.
#[derive(Debug)]
pub(super) enum Command {
    Act(Act),
    Deliver(Signal),
    /// The answer says also whether the browser lives.
    Examine(oneshot::Sender<(Evidence, bool)>),
    Pictures(oneshot::Sender<Pictures>),
    Close,
}
