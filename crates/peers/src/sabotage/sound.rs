//! Saboteurs of sound.

use tincan_harness::{Role, SignalingMode::Trickle, Stage};

use super::{
    media::remote_video_shows,
    saboteur::{Expected, Means, Saboteur},
};
use crate::camera::Film;

/// The expectation that `receiver` hears something, and that it is what `words` say.
const fn heard(receiver: Role, words: &'static [&'static str]) -> Expected {
    Expected::failed(Some(receiver), Stage::MediaIdentified, words)
}

pub(super) const SABOTEURS: &[Saboteur] = &[
    Saboteur {
        name: "sound/own-microphone-as-remote-sound",
        does: "the offerer's page plays its own microphone where the other one's belongs",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Offerer],
            script: remote_video_shows!("document.getElementById('local_video').srcObject"),
        },
        expected: heard(Role::Offerer, &["offerer: ", "are by its own microphone"]),
    },
    Saboteur {
        name: "sound/remote-sound-never-played",
        does: "the answerer's page receives the sound and plays it nowhere",
        mode: Trickle,
        means: Means::Page { at: &[Role::Answerer], script: remote_video_shows!("null") },
        expected: heard(Role::Answerer, &["answerer: ", "the remote video played none"]),
    },
    Saboteur {
        name: "sound/silence",
        does: "the offerer's microphone is silent",
        mode: Trickle,
        means: Means::Camera(Role::Offerer, Film::Black),
        expected: heard(Role::Answerer, &["answerer: ", "are silent"]),
    },
    Saboteur {
        name: "sound/stuck-buffer",
        does: "the answerer's microphone plays one word for ever",
        mode: Trickle,
        means: Means::Camera(Role::Answerer, Film::Still),
        expected: heard(Role::Offerer, &["offerer: ", "repeat the one before"]),
    },
    Saboteur {
        name: "sound/words-of-an-earlier-run",
        does: "the offerer's microphone plays the words of an earlier run",
        mode: Trickle,
        means: Means::Camera(Role::Offerer, Film::OfEarlierRun),
        expected: heard(Role::Answerer, &["answerer: ", "are of another run"]),
    },
    Saboteur {
        name: "sound/words-of-a-third-peer",
        does: "the answerer's microphone plays the words of a third peer of the same run",
        mode: Trickle,
        means: Means::Camera(Role::Answerer, Film::OfThirdPeer),
        expected: heard(Role::Offerer, &["offerer: ", "are by a third peer"]),
    },
    Saboteur {
        name: "sound/counter-backwards",
        does: "the answerer's microphone plays its words backwards",
        mode: Trickle,
        means: Means::Camera(Role::Answerer, Film::Backwards),
        expected: heard(Role::Offerer, &["offerer: ", "runs backwards"]),
    },
    Saboteur {
        name: "sound/track-disabled",
        does: "the offerer's page disables its track (`enabled = false`): it sends silence",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Offerer],
            script: "const addTrack = RTCPeerConnection.prototype.addTrack;
                RTCPeerConnection.prototype.addTrack = function (track, ...streams) {
                  track.enabled = false;
                  return addTrack.call(this, track, ...streams);
                };",
        },
        expected: heard(Role::Answerer, &["answerer: ", "are silent"]),
    },
    Saboteur {
        name: "sound/one-direction-only",
        does: "the answerer's page takes its track off the sender: it says sendrecv and sends nothing",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Answerer],
            script: "const setLocal = RTCPeerConnection.prototype.setLocalDescription;
                RTCPeerConnection.prototype.setLocalDescription = async function (description) {
                  await Promise.all(this.getSenders().map((sender) => sender.replaceTrack(null)));
                  return setLocal.call(this, description);
                };",
        },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::MediaReceived,
            &["offerer: f", "answerer: it sent no packet of sound"],
        ),
    },
    Saboteur {
        name: "sound/microphone-refused",
        does: "the offerer's microphone is refused (NotAllowedError)",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Offerer],
            script: "MediaDevices.prototype.getUserMedia = () =>
                Promise.reject(new DOMException('Permission denied', 'NotAllowedError'));",
        },
        expected: Expected::errored(
            Some(Role::Offerer),
            Stage::Camera,
            &["offerer: failed to start the microphone", "NotAllowedError"],
        ),
    },
];
