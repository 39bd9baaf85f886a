//! Saboteurs of candidates that are handed over otherwise than they come.

use tincan_harness::{Role, SignalingMode::Trickle, Stage};

use super::saboteur::{Expected, Means, Saboteur};
use crate::kind::Trait;

/// Both do it: what one side has not been told it learns by the checks of the other one.
const BOTH: &[Role] = &Role::BOTH;

/// Stops its video when a candidate comes of which `is` holds; `known` is what was given to the connection so far.
macro_rules! stops_its_video_at {
    ($is:literal) => {
        Means::PageWith {
            needs: Trait::FallsSilent,
            at: &[Role::Answerer],
            script: concat!(
                "const native = RTCPeerConnection.prototype.addIceCandidate;
                const known = [];
                RTCPeerConnection.prototype.addIceCandidate = async function (candidate) {
                  if (",
                $is,
                ") this.getSenders().forEach((sender) => sender.replaceTrack(null));
                  known.push(candidate.candidate);
                  return native.call(this, candidate);
                };"
            ),
        }
    };
}

pub(super) const SABOTEURS: &[Saboteur] = &[
    Saboteur {
        name: "changes/candidates-first/forgets-what-comes-early",
        does: "both pages forget the candidates that come before the description",
        mode: Trickle,
        means: Means::Page {
            at: BOTH,
            script: "RTCPeerConnection.prototype.addIceCandidate = async () => {};",
        },
        expected: Expected::failed(None, Stage::Ice, &["ice-connected was not reached"]),
    },
    Saboteur {
        name: "changes/candidates-twice/stops-at-the-second",
        does: "the answerer's page stops its video when a candidate comes for the second time",
        mode: Trickle,
        means: stops_its_video_at!("known.includes(candidate.candidate)"),
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::MediaReceived,
            &["it sent no packet of video"],
        ),
    },
    Saboteur {
        name: "changes/candidates-late/takes-none-after-its-answer",
        does: "the answerer's page closes its connection when a candidate comes after its answer",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Answerer],
            script: "const native = RTCPeerConnection.prototype.addIceCandidate;
                RTCPeerConnection.prototype.addIceCandidate = async function (candidate) {
                  if (this.localDescription) this.close();
                  return native.call(this, candidate);
                };",
        },
        expected: Expected::failed(None, Stage::Ice, &["ice-connected was not reached"]),
    },
    Saboteur {
        name: "changes/candidates-without-end/waits-for-the-end",
        does: "both pages keep candidates until they have ended",
        mode: Trickle,
        means: Means::Page {
            at: BOTH,
            script: "const native = RTCPeerConnection.prototype.addIceCandidate;
                const kept = [];
                RTCPeerConnection.prototype.addIceCandidate = async function (candidate) {
                  kept.push(candidate);
                  if (candidate.candidate) return;
                  for (const one of kept.splice(0)) await native.call(this, one);
                };",
        },
        expected: Expected::failed(None, Stage::Ice, &["ice-connected was not reached"]),
    },
    Saboteur {
        name: "changes/candidates-after-end/stops-after-the-end",
        does: "the answerer's page stops its video when a candidate comes after their end",
        mode: Trickle,
        means: stops_its_video_at!("known.includes('')"),
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::MediaReceived,
            &["it sent no packet of video"],
        ),
    },
    Saboteur {
        name: "changes/candidates-unusable/stops-at-the-first",
        does: "both pages take no candidate any more when there was one that they could not use",
        mode: Trickle,
        means: Means::Page {
            at: BOTH,
            script: "const native = RTCPeerConnection.prototype.addIceCandidate;
                let stopped = false;
                RTCPeerConnection.prototype.addIceCandidate = async function (candidate) {
                  stopped ||= / sctp /.test(candidate.candidate);
                  if (!stopped) await native.call(this, candidate);
                };",
        },
        expected: Expected::failed(None, Stage::Ice, &["ice-connected was not reached"]),
    },
    Saboteur {
        name: "changes/candidates-of-before/stops-at-an-old-one",
        does: "the answerer's page stops its video when a candidate of the generation before comes",
        mode: Trickle,
        means: Means::PageWith {
            needs: Trait::FallsSilent,
            at: &[Role::Answerer],
            // When it is given, the description with which it came may still be being set; when it has been taken, that is set.
            script: "const native = RTCPeerConnection.prototype.addIceCandidate;
                RTCPeerConnection.prototype.addIceCandidate = async function (candidate) {
                  const taken = native.call(this, candidate);
                  await taken.catch(() => {});
                  const fragment = candidate.usernameFragment;
                  if (fragment && !this.remoteDescription.sdp.includes(fragment))
                    this.getSenders().forEach((sender) => sender.replaceTrack(null));
                  return taken;
                };",
        },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::MediaReceived,
            &["in round 2", "it sent no packet of video"],
        ),
    },
];
