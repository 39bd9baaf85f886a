//! The tasks that send and receive the pictures and the sound of one call.

use tincan_harness::HarnessError;
use tokio::task::JoinSet;

use super::connection::{MediaFault, Pictures};
use crate::video::LastPicture;

/// What sends and receives; it ends with this value.
#[derive(Default)]
pub(super) struct Media {
    last_picture: LastPicture,
    tasks: JoinSet<Result<(), MediaFault>>,
}

impl Media {
    /// Starts to send or receive `pictures`.
    pub(super) fn start(&mut self, pictures: Pictures) {
        self.tasks.spawn(pictures);
    }

    /// Where the picture is kept that was received last.
    pub(super) const fn last_picture(&self) -> &LastPicture {
        &self.last_picture
    }

    /// Why pictures ended before their track did, which is a matter of this machine; none once all have ended with it.
    pub(super) async fn trouble(&mut self) -> Option<HarnessError> {
        loop {
            let reason = match self.tasks.join_next().await? {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => error.to_string(),
                Err(panicked) => panicked.to_string(),
            };
            return Some(HarnessError::new("send and receive media", reason));
        }
    }

    /// Ends all of it, and waits until it has ended.
    pub(super) async fn end(&mut self) {
        self.tasks.shutdown().await;
    }
}
