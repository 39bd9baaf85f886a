//! The tasks that send and receive the pictures of one call.

use std::sync::Arc;

use tincan_harness::{HarnessError, Mailbox, Operation, PeerError, frames::FrameSource};
use tincan_vpx::VpxError;
use tokio::task::JoinSet;
use webrtc::media_stream::track_remote::TrackRemote;

use super::{connection::Connection, receiving::receive_pictures, sending::send_pictures};
use crate::video::{LastPicture, Packetizer};

/// What sends and receives; it ends with this value.
pub struct Media {
    source: FrameSource,
    mailbox: Mailbox,
    last_picture: LastPicture,
    tasks: JoinSet<Result<(), VpxError>>,
}

impl Media {
    /// Nothing yet, for pictures of `source` and sightings into `mailbox`.
    pub fn new(source: FrameSource, mailbox: Mailbox) -> Self {
        Self { source, mailbox, last_picture: LastPicture::default(), tasks: JoinSet::new() }
    }

    /// Starts to receive the pictures on `track`.
    pub fn receive(&mut self, track: Arc<dyn TrackRemote>) {
        self.tasks.spawn(receive_pictures(track, self.mailbox.clone(), self.last_picture.clone()));
    }

    /// The picture that was received last, as PNG; none if there was none.
    pub fn last_picture(&self) -> Option<Vec<u8>> {
        self.last_picture.as_png()
    }

    /// Starts to send pictures on `connection`, as the payload type that was negotiated.
    ///
    /// # Errors
    /// When no codec was negotiated.
    pub async fn send(&mut self, connection: &Connection) -> Result<(), PeerError> {
        let fault = |message| PeerError { operation: Operation::Send, message };
        let parameters =
            connection.sender.get_parameters().await.map_err(|error| fault(error.to_string()))?;
        let Some(codec) = parameters.rtp_parameters.codecs.first() else {
            return Err(fault("no codec was negotiated".to_owned()));
        };
        let packetizer = Packetizer::new(connection.ssrc, codec.payload_type);
        self.tasks.spawn(send_pictures(self.source, Arc::clone(&connection.track), packetizer));
        Ok(())
    }

    /// Why pictures ended before their track did, which is a matter of this machine; none once all have ended with it.
    pub async fn trouble(&mut self) -> Option<HarnessError> {
        loop {
            let reason = match self.tasks.join_next().await? {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => error.to_string(),
                Err(panicked) => panicked.to_string(),
            };
            return Some(HarnessError::new("send and receive pictures", reason));
        }
    }

    /// Ends all of it, and waits until it has ended.
    pub async fn end(&mut self) {
        self.tasks.shutdown().await;
    }
}
