//! Saboteurs of calls in which not both sides send, and of such in which nothing is sent.

use tincan_harness::{Role, SignalingMode::Trickle, Stage};

use super::{
    saboteur::{Expected, Means, Saboteur},
    signalling::shown_description,
};
use crate::kind::Trait;

pub(super) const SABOTEURS: &[Saboteur] = &[
    Saboteur {
        name: "changes/only-offerer-sends/offered-both-ways",
        does: "the direction of the offerer's transceivers cannot be set",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Offerer],
            script: "const { get } = Object.getOwnPropertyDescriptor(RTCRtpTransceiver.prototype, 'direction');
                Object.defineProperty(RTCRtpTransceiver.prototype, 'direction', { configurable: true, get, set() {} });",
        },
        expected: Expected::failed(
            Some(Role::Offerer),
            Stage::Offer,
            &["its offer says sendrecv where sendonly was asked for"],
        ),
    },
    Saboteur {
        name: "changes/only-offerer-sends/answered-as-inactive",
        does: "the answerer's page makes its transceivers inactive before it answers",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Answerer],
            script: "const native = RTCPeerConnection.prototype.createAnswer;
                RTCPeerConnection.prototype.createAnswer = function (...options) {
                  this.getTransceivers().forEach((transceiver) => { transceiver.direction = 'inactive'; });
                  return native.apply(this, options);
                };",
        },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::Answer,
            &["its answer says inactive where recvonly was asked for"],
        ),
    },
    Saboteur {
        name: "changes/only-answerer-sends/sends-nothing",
        does: "the answerer's page takes its track off the sender: it says sendonly and sends nothing",
        mode: Trickle,
        means: Means::PageWith {
            needs: Trait::FallsSilent,
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
            &["offerer: f", "answerer: it sent no packet of video"],
        ),
    },
    Saboteur {
        name: "changes/only-answerer-sends/shows-its-own-camera",
        does: "the answerer's page, which is to receive nothing, shows its own camera as the remote video",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Answerer],
            script: "const addTrack = RTCPeerConnection.prototype.addTrack;
                RTCPeerConnection.prototype.addTrack = function (track, stream) {
                  document.getElementById('remote_video').srcObject = stream;
                  return addTrack.call(this, track, stream);
                };",
        },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::MediaIdentified,
            &["pictures were shown, and the other side was not to send any"],
        ),
    },
    Saboteur {
        name: "changes/nobody-sends/answered-both-ways",
        does: "the answerer's page shows an answer that says sendrecv to an inactive offer",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Answerer],
            script: shown_description!("sdp.replaceAll('a=inactive', 'a=sendrecv')"),
        },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::Answer,
            &["its answer says sendrecv where inactive was asked for"],
        ),
    },
    Saboteur {
        name: "nothing/offers-video",
        does: "the offerer's page adds a transceiver where there is nothing to be sent",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Offerer],
            script: "const native = RTCPeerConnection.prototype.createOffer;
                RTCPeerConnection.prototype.createOffer = function (...options) {
                  this.addTransceiver('video');
                  return native.apply(this, options);
                };",
        },
        expected: Expected::failed(Some(Role::Offerer), Stage::Offer, &["its offer has an m= section of video"]),
    },
    Saboteur {
        name: "nothing/answered-with-a-section",
        does: "the answerer's page shows an answer with a section that was not offered",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Answerer],
            script: shown_description!("sdp + 'm=audio 9 UDP/TLS/RTP/SAVPF 111\\r\\nc=IN IP4 0.0.0.0\\r\\na=mid:0\\r\\n'"),
        },
        expected: Expected::failed(Some(Role::Answerer), Stage::Answer, &["its answer has an m= section of audio"]),
    },
];
