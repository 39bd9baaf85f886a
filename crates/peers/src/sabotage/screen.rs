//! Saboteurs of a screen that is shared.

use tincan_harness::{Role, SignalingMode::Trickle, Stage};

use super::saboteur::{Expected, Means, Saboteur};
use crate::kind::Trait;

pub(super) const SABOTEURS: &[Saboteur] = &[
    Saboteur {
        name: "changes/share-screen-by-offerer/shares-its-camera",
        does: "the offerer's page is given its camera where it asks for its screen",
        mode: Trickle,
        means: Means::PageWith {
            needs: Trait::SharesScreen,
            at: &[Role::Offerer],
            script: "MediaDevices.prototype.getDisplayMedia = () => navigator.mediaDevices.getUserMedia({ video: true });",
        },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::MediaIdentified,
            &["in round 2", "are still of the other side's camera"],
        ),
    },
    Saboteur {
        name: "changes/share-screen-by-answerer/black",
        does: "the track of the answerer's screen is disabled: it sends black pictures",
        mode: Trickle,
        means: Means::PageWith {
            needs: Trait::SharesScreen,
            at: &[Role::Answerer],
            script: "const native = RTCRtpSender.prototype.replaceTrack;
                RTCRtpSender.prototype.replaceTrack = function (track) {
                  track.enabled = false;
                  return native.call(this, track);
                };",
        },
        expected: Expected::failed(
            Some(Role::Offerer),
            Stage::MediaIdentified,
            &["in round 2", "have no readable code"],
        ),
    },
];
