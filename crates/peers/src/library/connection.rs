//! The peer connection of a library, as a call asks it.

use std::{pin::Pin, sync::Arc};

use async_trait::async_trait;
use serde_json::Value;
use tincan_harness::{
    Assignment, Evidence, IceCandidate, Mailbox, Operation, PeerError, ReadBack, Role, SdpType,
    frames::FrameSource, procedure::Act,
};
use tincan_opus::OpusError;
use tincan_vpx::VpxError;

use super::{channel::DataChannel, observer::Observer};
use crate::video::LastPicture;

/// What sends or receives pictures or sound until its track ends.
pub(crate) type Pictures = Pin<Box<dyn Future<Output = Result<(), MediaFault>> + Send>>;

/// Why pictures or sound ended before their track did.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MediaFault {
    /// libvpx refused.
    #[error(transparent)]
    Video(#[from] VpxError),
    /// libopus refused.
    #[error(transparent)]
    Sound(#[from] OpusError),
}

/// A peer connection. It says what it does to its [`Observer`].
#[async_trait]
pub(crate) trait Connection: Sized + Send + Sync + 'static {
    /// The library, as it is called in errors.
    const LIBRARY: &'static str;
    /// A track of the other side.
    type Track: Send;

    /// What it can tell of a call.
    fn reads_back() -> ReadBack;

    /// A fresh one, with sockets of its own and with what it is to send and, as the offerer, to receive in the call of `assignment`.
    /// It can be asked later for all that flows at its end.
    ///
    /// # Errors
    /// When no socket can be bound, or the library refuses the configuration.
    async fn open(assignment: &Assignment, observer: Observer<Self::Track>) -> Result<Self, String>;

    /// Opens the data channels that `role` has to open, before it describes itself. What it opens while it does so, or what the
    /// other side opens, comes as an [`Occurrence`](super::observer::Occurrence).
    ///
    /// # Errors
    /// When the library refuses.
    async fn open_channels(&self, role: Role) -> Result<Vec<Arc<dyn DataChannel>>, PeerError>;

    /// Prepares a change of the call, which the next description is about; data channels are [opened](Self::open_channels).
    ///
    /// # Errors
    /// When the library refuses.
    async fn change(&self, act: Act) -> Result<(), PeerError>;

    /// Creates the description of `role`, takes it as its own, and answers its SDP as it was created: without candidates.
    ///
    /// # Errors
    /// When the library refuses.
    async fn describe(&self, role: Role) -> Result<String, PeerError>;

    /// Creates an answer, and does not take it as its own.
    ///
    /// # Errors
    /// When the library refuses.
    async fn create_answer(&self) -> Result<(), PeerError>;

    /// The SDP of its own description as it is now, with the candidates that there are.
    async fn local_description(&self) -> Option<String>;

    /// Takes the other side's description.
    ///
    /// # Errors
    /// When the library refuses.
    async fn accept(&self, kind: SdpType, sdp: String) -> Result<(), PeerError>;

    /// Takes a candidate of the other side.
    ///
    /// # Errors
    /// When the library refuses, in its words.
    async fn add(&self, candidate: IceCandidate) -> Result<(), String>;

    /// Sends pictures of `source`, as what was negotiated.
    ///
    /// # Errors
    /// When nothing was negotiated.
    async fn send(&self, source: FrameSource) -> Result<Pictures, PeerError>;

    /// Sends the sound of `source`, as what was negotiated.
    ///
    /// # Errors
    /// When nothing was negotiated.
    async fn send_sound(&self, _source: FrameSource) -> Result<Pictures, PeerError> {
        Err(PeerError { operation: Operation::Send, message: "it has no sound".to_owned() })
    }

    /// Posts every picture, or all that is heard, that comes on `track` to `mailbox`, and keeps the `last` picture.
    fn receive(&self, track: Self::Track, mailbox: Mailbox, last: LastPicture) -> Pictures;

    /// What getStats says: each entry an object with `id` and `type` (webrtc-stats), with what the library counts.
    async fn stats(&self) -> Vec<Value>;

    /// What it knows of the call besides: the pair, the codecs, and what passed its sockets.
    async fn examine(&self) -> Evidence;

    /// Ends it.
    async fn close(&self);
}
