//! What is known of the sound of a call.

use str0m::{
    format::PayloadParams,
    media::{MediaData, Mid},
    stats::{MediaEgressStats, MediaIngressStats},
};
use tokio::sync::mpsc::UnboundedSender;

/// The sound of a call.
#[derive(Debug, Default)]
pub(super) struct Sound {
    pub(super) mid: Option<Mid>,
    /// As what the last packet came.
    pub(super) received: Option<PayloadParams>,
    pub(super) ingress: Option<MediaIngressStats>,
    pub(super) egress: Option<MediaEgressStats>,
    /// Where the packets go that come.
    pub(super) packets: Option<UnboundedSender<MediaData>>,
}

impl Sound {
    /// Takes a packet that came.
    pub(super) fn take(&mut self, data: MediaData) {
        self.received = Some(data.params);
        if let Some(packets) = &self.packets {
            // Nobody receives them any more when the call ends.
            let _ = packets.send(data);
        }
    }
}
