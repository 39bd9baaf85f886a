//! What all sockets of the servers share.

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{counts::Counts, options::IceServerOptions, relays::Relays};
use crate::packets::Packets;

/// What all sockets of the servers share.
pub(super) struct Shared {
    pub(super) options: IceServerOptions,
    /// Drawn anew for each start; the user's credential is made with it.
    pub(super) secret: String,
    pub(super) counts: Counts,
    pub(super) packets: Packets,
    pub(super) relays: Relays,
    /// The tasks that own the sockets.
    pub(super) tasks: TaskTracker,
    pub(super) ended: CancellationToken,
}
