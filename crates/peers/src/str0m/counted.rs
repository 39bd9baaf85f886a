//! What str0m has told of a call so far.

use std::net::SocketAddr;

use str0m::{
    format::PayloadParams,
    stats::{MediaEgressStats, MediaIngressStats, PeerStats},
};

/// What was counted last.
#[derive(Debug, Default)]
pub(super) struct Counted {
    pub(super) peer: Option<PeerStats>,
    pub(super) ingress: Option<MediaIngressStats>,
    pub(super) egress: Option<MediaEgressStats>,
    /// From which socket to which address media and DTLS go.
    pub(super) pair: Option<(SocketAddr, SocketAddr)>,
    /// As what the last frame came.
    pub(super) received: Option<PayloadParams>,
    /// As what the last frame went, and the last packet of sound: a connection that is closed does not say it any more.
    pub(super) sent: Option<PayloadParams>,
    pub(super) sent_sound: Option<PayloadParams>,
}
