//! A data channel of a library, as a call asks it.

use async_trait::async_trait;
use tincan_harness::media::messages::Form;

/// A data channel of a library.
#[async_trait]
pub(crate) trait DataChannel: Send + Sync + 'static {
    /// Waits until it is open, and answers what it is then; none if it never opens.
    async fn opened(&self) -> Option<Opened>;

    /// Sends a message: a text is in UTF-8.
    ///
    /// # Errors
    /// When the library refuses, in its words.
    async fn send(&self, form: Form, message: Vec<u8>) -> Result<(), String>;

    /// The next message; none once the channel has closed.
    async fn next(&self) -> Option<(Form, Vec<u8>)>;
}

/// What a channel is that has opened. What the library does not tell is none.
pub(crate) struct Opened {
    /// Its label.
    pub(crate) label: String,
    /// Whether it keeps the order.
    pub(crate) ordered: Option<bool>,
    /// How often it sends a message again, if that is bounded.
    pub(crate) max_retransmits: Option<Option<u16>>,
}
