//! Calls between two scripted peers.

use std::time::Duration;

use super::{Quirk, ScriptedPeer, profiles};
use crate::{
    deadlines::Deadlines,
    exchange::{Call, Exchange, exchange},
    media::{Media, frames::FrameSource},
    network::NetworkCondition,
    procedure::Procedure,
    scenario::Scenario,
    signaling::{Role, SignalingMode},
};

/// What the offerer sends.
pub const OFFERER: FrameSource = FrameSource { peer: 1, run: 77 };
/// What the answerer sends.
pub const ANSWERER: FrameSource = FrameSource { peer: 2, run: 77 };

/// The scenario that scripted peers play.
#[must_use]
pub fn scenario(mode: SignalingMode) -> Scenario {
    let [offerer, answerer] = Role::BOTH.map(|role| profiles()[role as usize].id);
    Scenario {
        offerer,
        answerer,
        mode,
        media: Media::VP8,
        network: NetworkCondition::Direct,
        procedure: Procedure::Once,
    }
}

/// Two peers, the first the offerer, with clocks that have nothing to do with each other.
#[must_use]
pub fn peers(quirks: &[(Role, Quirk)]) -> [ScriptedPeer; 2] {
    let peer = |role: Role, own, other, zero| {
        let quirks = quirks.iter().filter(|(whose, _)| *whose == role);
        let peer = ScriptedPeer::new(own, other, Duration::from_secs(zero));
        let peer = peer.tells(profiles()[role as usize].abilities.reads_back.clone());
        quirks.fold(peer, |peer, (_, quirk)| peer.quirk(quirk.clone()))
    };
    [peer(Role::Offerer, OFFERER, ANSWERER, 86_400), peer(Role::Answerer, ANSWERER, OFFERER, 5)]
}

/// One call between them.
pub async fn call(mode: SignalingMode, quirks: &[(Role, Quirk)], deadlines: Deadlines) -> Exchange {
    let [mut offerer, mut answerer] = peers(quirks);
    exchange(&Call { deadlines, ..Call::new(scenario(mode)) }, &mut offerer, &mut answerer).await
}
