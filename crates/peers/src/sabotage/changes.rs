//! Saboteurs of what is done in a call that is up.

use tincan_harness::{
    Role, Signal,
    SignalingMode::{Trickle, Vanilla},
    Stage,
};

use super::saboteur::{Expected, Means, Saboteur};
use crate::kind::Trait;

/// Does `then` whenever the page describes itself for the second time or later.
macro_rules! with_every_later_description {
    ($then:literal) => {
        concat!(
            "const native = RTCPeerConnection.prototype.setLocalDescription;
            const described = new WeakSet();
            RTCPeerConnection.prototype.setLocalDescription = function (...description) {
              const connection = this;
              if (described.has(this)) { ",
            $then,
            " }
              described.add(this);
              return native.apply(this, description);
            };"
        )
    };
}

/// The second description of the other side has the first user name fragment and password again.
const OLD_FRAGMENT: &str = "
    const native = RTCPeerConnection.prototype.createAnswer;
    let first = null;
    RTCPeerConnection.prototype.createAnswer = async function (...options) {
      const answer = await native.apply(this, options);
      const credentials = (sdp) => [/a=ice-ufrag:.*/.exec(sdp)[0], /a=ice-pwd:.*/.exec(sdp)[0]];
      if (!first) first = credentials(answer.sdp);
      const [fragment, password] = first;
      const sdp = answer.sdp.replace(/a=ice-ufrag:.*/g, fragment).replace(/a=ice-pwd:.*/g, password);
      this.shownInstead = sdp;
      return answer;
    };
    for (const side of ['localDescription', 'currentLocalDescription', 'pendingLocalDescription']) {
      const { get } = Object.getOwnPropertyDescriptor(RTCPeerConnection.prototype, side);
      Object.defineProperty(RTCPeerConnection.prototype, side, { configurable: true, get() {
        const description = get.call(this);
        return description?.type === 'answer' && this.shownInstead ? { type: 'answer', sdp: this.shownInstead } : description;
      } });
    }";

/// The page stops its track for good when it describes itself for the second time.
const STOPS_ITS_TRACK: &str =
    with_every_later_description!("connection.getSenders().forEach((sender) => sender.replaceTrack(null));");

pub(super) const SABOTEURS: &[Saboteur] = &[
    Saboteur {
        name: "changes/ice-restart-by-offerer/restarts-nothing",
        does: "restartIce() of the offerer's page does nothing",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Offerer],
            script: "RTCPeerConnection.prototype.restartIce = () => {};",
        },
        expected: Expected::failed(
            Some(Role::Offerer),
            Stage::Offer,
            &["in round 2", "its offer does not restart ICE"],
        ),
    },
    Saboteur {
        name: "changes/ice-restart-by-offerer/answered-with-the-old-fragment",
        does: "the answerer's page answers a restart with the user name fragment of before",
        mode: Trickle,
        means: Means::Page { at: &[Role::Answerer], script: OLD_FRAGMENT },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::Answer,
            &["in round 2", "its answer does not restart ICE"],
        ),
    },
    Saboteur {
        name: "changes/ice-restart-by-offerer/stops-the-track",
        does: "when the answerer's page describes itself for the second time, it stops its track",
        mode: Vanilla,
        means: Means::PageWith {
            needs: Trait::FallsSilent,
            at: &[Role::Answerer],
            script: STOPS_ITS_TRACK,
        },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::MediaReceived,
            &["in round 2", "it sent no packet of video"],
        ),
    },
    Saboteur {
        name: "changes/ice-restart-by-offerer/stops-the-track-at-a-picture",
        does: "the same, where the last picture of a track that was stopped is sent again and again",
        mode: Vanilla,
        means: Means::PageWith {
            needs: Trait::SendsLastPictureAgain,
            at: &[Role::Answerer],
            script: STOPS_ITS_TRACK,
        },
        expected: Expected::failed(
            Some(Role::Offerer),
            Stage::MediaIdentified,
            &["in round 2", "repeat the one before"],
        ),
    },
    Saboteur {
        name: "changes/add-audio-by-offerer/stops-the-video",
        does: "when the offerer's page adds sound, it stops its video",
        mode: Trickle,
        means: Means::PageWith {
            needs: Trait::FallsSilent,
            at: &[Role::Offerer],
            script: with_every_later_description!(
                "connection.getSenders().filter(({ track }) => track?.kind === 'video').forEach((sender) => sender.replaceTrack(null));"
            ),
        },
        expected: Expected::failed(
            Some(Role::Offerer),
            Stage::MediaReceived,
            &["in round 2", "it sent no packet of video"],
        ),
    },
    Saboteur {
        name: "changes/add-audio-by-answerer/not-offered",
        does: "the sound that the answerer's page adds is on no connection",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Answerer],
            script: "const native = RTCPeerConnection.prototype.addTrack;
                const none = new RTCPeerConnection();
                RTCPeerConnection.prototype.addTrack = function (track, ...streams) {
                  if (track.kind !== 'audio') return native.call(this, track, ...streams);
                  return native.call(none, track, ...streams);
                };",
        },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::Offer,
            &["in round 2", "its offer has no m= section of audio"],
        ),
    },
    Saboteur {
        name: "changes/add-data-by-offerer/another-name",
        does: "of the data channels that the offerer's page adds one has another label",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Offerer],
            script: "const native = RTCPeerConnection.prototype.createDataChannel;
                RTCPeerConnection.prototype.createDataChannel = function (label, options) {
                  return native.call(this, label === 'lossy' ? 'lossless' : label, options);
                };",
        },
        expected: Expected::failed(Some(Role::Offerer), Stage::ChannelOpen, &["in round 2", "3 of 4"]),
    },
    Saboteur {
        name: "changes/add-data-by-offerer/rejected",
        does: "the answerer's page rejects the section of the data channels that are added",
        mode: Trickle,
        means: Means::Tamper(|_, signal| match signal {
            Signal::Answer(sdp) => {
                vec![Signal::Answer(sdp.replace("m=application 9 ", "m=application 0 "))]
            }
            other => vec![other],
        }),
        expected: Expected::failed(None, Stage::AnswerCarried, &["m=application 0"]),
    },
    Saboteur {
        name: "changes/hold-by-answerer/goes-on",
        does: "the direction of the answerer's transceivers cannot be set",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Answerer],
            script: "const { get } = Object.getOwnPropertyDescriptor(RTCRtpTransceiver.prototype, 'direction');
                Object.defineProperty(RTCRtpTransceiver.prototype, 'direction', { configurable: true, get, set() {} });",
        },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::Offer,
            &["in round 2", "its offer does not hold", "sendrecv"],
        ),
    },
    Saboteur {
        name: "changes/hold-by-offerer/resumed-without-a-track",
        does: "when the answerer's page describes itself for the second time, its track is gone for good",
        mode: Vanilla,
        means: Means::PageWith {
            needs: Trait::FallsSilent,
            at: &[Role::Answerer],
            script: STOPS_ITS_TRACK,
        },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::MediaReceived,
            &["in round 3", "it sent no packet of video"],
        ),
    },
    Saboteur {
        name: "changes/remove-track-by-offerer/removes-nothing",
        does: "removeTrack() of the offerer's page does nothing",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Offerer],
            script: "RTCPeerConnection.prototype.removeTrack = () => {};",
        },
        expected: Expected::failed(
            Some(Role::Offerer),
            Stage::Offer,
            &["in round 2", "its offer says sendrecv after its track was removed"],
        ),
    },
    Saboteur {
        name: "changes/remove-track-by-answerer/stops-the-other-track",
        does: "when the answerer's page removes its track, the offerer's page stops its own",
        mode: Vanilla,
        means: Means::PageWith {
            needs: Trait::FallsSilent,
            at: &[Role::Offerer],
            script: STOPS_ITS_TRACK,
        },
        expected: Expected::failed(
            Some(Role::Offerer),
            Stage::MediaReceived,
            &["in round 2", "it sent no packet of video"],
        ),
    },
    Saboteur {
        name: "changes/replace-track-by-offerer/by-nothing",
        does: "replaceTrack() of the offerer's page puts no track in the place of the one before",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Offerer],
            script: "const native = RTCRtpSender.prototype.replaceTrack;
                RTCRtpSender.prototype.replaceTrack = function () { return native.call(this, null); };",
        },
        expected: Expected::failed(
            Some(Role::Offerer),
            Stage::Camera,
            &["in round 2", "it was asked to replace its track"],
        ),
    },
    Saboteur {
        name: "changes/replace-track-by-answerer/rejected",
        does: "replaceTrack() of the answerer's page is rejected",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Answerer],
            script: "RTCRtpSender.prototype.replaceTrack = () =>
                Promise.reject(new DOMException('not this one', 'InvalidModificationError'));",
        },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::Camera,
            &["in round 2", "replaceTrack", "not this one"],
        ),
    },
    Saboteur {
        name: "changes/roll-back-by-offerer/takes-nothing-back",
        does: "a rollback on the offerer's page resolves and does nothing",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Offerer],
            script: "const native = RTCPeerConnection.prototype.setLocalDescription;
                RTCPeerConnection.prototype.setLocalDescription = function (description, ...rest) {
                  return description?.type === 'rollback' ? Promise.resolve() : native.call(this, description, ...rest);
                };",
        },
        expected: Expected::failed(
            Some(Role::Offerer),
            Stage::Offer,
            &["in round 2", "it was asked to take back its offer", "have-local-offer"],
        ),
    },
    Saboteur {
        name: "changes/roll-back-by-offerer/ends-the-track",
        does: "when the offerer's page takes back its offer, its track ends",
        mode: Vanilla,
        means: Means::PageWith {
            needs: Trait::FallsSilent,
            at: &[Role::Offerer],
            script: "const native = RTCPeerConnection.prototype.setLocalDescription;
                RTCPeerConnection.prototype.setLocalDescription = async function (description, ...rest) {
                  if (description?.type === 'rollback') this.getSenders().forEach((sender) => sender.replaceTrack(null));
                  return native.call(this, description, ...rest);
                };",
        },
        expected: Expected::failed(
            Some(Role::Offerer),
            Stage::MediaReceived,
            &["in round 2", "it sent no packet of video"],
        ),
    },
    Saboteur {
        name: "changes/glare-by-offerer/does-not-give-way",
        does: "the answerer's page refuses an offer while its own one is out",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Answerer],
            script: "const native = RTCPeerConnection.prototype.setRemoteDescription;
                RTCPeerConnection.prototype.setRemoteDescription = function (description, ...rest) {
                  if (description?.type === 'offer' && this.signalingState === 'have-local-offer')
                    return Promise.reject(new DOMException('not now', 'InvalidStateError'));
                  return native.call(this, description, ...rest);
                };",
        },
        expected: Expected::failed(Some(Role::Answerer), Stage::OfferCarried, &["in round 3", "not now"]),
    },
    Saboteur {
        name: "changes/glare-by-answerer/restarts-nothing",
        does: "both pages offer to restart ICE at once, and restartIce() of the answerer's page, whose offer stands, does nothing",
        mode: Vanilla,
        means: Means::Page {
            at: &[Role::Answerer],
            script: "RTCPeerConnection.prototype.restartIce = () => {};",
        },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::Offer,
            &["in round 3", "its offer does not restart ICE"],
        ),
    },
    Saboteur {
        name: "changes/close-channels-by-offerer/closes-nothing",
        does: "close() of the data channels on the offerer's page does nothing",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Offerer],
            script: "RTCDataChannel.prototype.close = () => {};",
        },
        expected: Expected::failed(
            Some(Role::Offerer),
            Stage::ChannelOpen,
            &["in round 2", "it was asked to close its data channels"],
        ),
    },
    Saboteur {
        name: "changes/close-channels-by-answerer/closes-all-but-one",
        does: "close() of one data channel on the answerer's page does nothing",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Answerer],
            script: "const native = RTCDataChannel.prototype.close;
                RTCDataChannel.prototype.close = function () { if (this.label !== 'lossy') native.call(this); };",
        },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::ChannelOpen,
            &["in round 2", "it was asked to close its data channels"],
        ),
    },
    Saboteur {
        name: "changes/hang-up-by-offerer/closes-nothing",
        does: "close() of the offerer's page does nothing",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Offerer],
            script: "RTCPeerConnection.prototype.close = () => {};",
        },
        expected: Expected::failed(None, Stage::Closed, &["in round 2", "has hung up, and it heard nothing of that"]),
    },
    Saboteur {
        name: "changes/hang-up-by-answerer/throws",
        does: "close() of the answerer's page throws",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Answerer],
            script: "RTCPeerConnection.prototype.close = () => { throw new Error('not today'); };",
        },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::Closed,
            &["in round 2", "its connection was not closed", "not today"],
        ),
    },
];
