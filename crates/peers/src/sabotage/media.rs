//! Saboteurs of what is sent and shown.

use tincan_harness::{Role, SignalingMode::Trickle, Stage};

use super::saboteur::{Expected, Means, Saboteur};
use crate::{camera::Film, kind::Trait};

/// `then` is done to the camera's track, 5 of its pictures after the connection is up.
macro_rules! after_five_pictures {
    ($then:literal) => {
        concat!(
            "const addTrack = RTCPeerConnection.prototype.addTrack;
            RTCPeerConnection.prototype.addTrack = function (track, ...streams) {
              const video = document.getElementById('local_video');
              let left = 5;
              const next = () => {
                if (left-- > 0) video.requestVideoFrameCallback(next);
                else { ",
            $then,
            " }
              };
              this.addEventListener('connectionstatechange', () => {
                if (this.connectionState === 'connected') next();
              });
              return addTrack.call(this, track, ...streams);
            };"
        )
    };
}

const STOPPED: &str = after_five_pictures!("track.stop();");

/// What the page puts into its remote video becomes `stream`.
macro_rules! remote_video_shows {
    ($stream:literal) => {
        concat!(
            "const { get, set } = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
            Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
              configurable: true,
              get,
              set(stream) { set.call(this, this.id === 'remote_video' ? ",
            $stream,
            " : stream); },
            });"
        )
    };
}

pub(super) use remote_video_shows;

/// Frames of the other side come as encoded ones, and every byte but the first ten is changed.
const GARBLED: &str = "
    const Native = RTCPeerConnection;
    window.RTCPeerConnection = function (config) {
      return new Native({ ...config, encodedInsertableStreams: true });
    };
    window.RTCPeerConnection.prototype = Native.prototype;
    const pass = (end, change) => {
      const { readable, writable } = end.createEncodedStreams();
      readable.pipeThrough(new TransformStream({ transform(frame, out) { change(frame); out.enqueue(frame); } })).pipeTo(writable);
    };
    const addTrack = Native.prototype.addTrack;
    Native.prototype.addTrack = function (...args) {
      const sender = addTrack.apply(this, args);
      pass(sender, () => {});
      this.addEventListener('track', ({ receiver }) => pass(receiver, (frame) => {
        const bytes = new Uint8Array(frame.data.byteLength).fill(0xff);
        frame.data = bytes.buffer;
      }));
      return sender;
    };";

pub(super) const SABOTEURS: &[Saboteur] = &[
    Saboteur {
        name: "media/own-camera-as-remote-video",
        does: "the offerer's page shows its own camera where the other one's belongs",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Offerer],
            script: remote_video_shows!("document.getElementById('local_video').srcObject"),
        },
        expected: Expected::failed(
            Some(Role::Offerer),
            Stage::MediaIdentified,
            &["offerer: ", "show its own camera"],
        ),
    },
    Saboteur {
        name: "media/remote-video-never-shown",
        does: "the answerer's page receives the video and shows it nowhere",
        mode: Trickle,
        means: Means::Page { at: &[Role::Answerer], script: remote_video_shows!("null") },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::MediaIdentified,
            &["answerer: ", "the remote video showed none"],
        ),
    },
    Saboteur {
        name: "media/pictures-of-an-earlier-run",
        does: "the offerer's camera plays the film of an earlier run",
        mode: Trickle,
        means: Means::Camera(Role::Offerer, Film::OfEarlierRun),
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::MediaIdentified,
            &["answerer: ", "are of another run"],
        ),
    },
    Saboteur {
        name: "media/pictures-of-a-third-peer",
        does: "the answerer's camera plays the film of a third peer of the same run",
        mode: Trickle,
        means: Means::Camera(Role::Answerer, Film::OfThirdPeer),
        expected: Expected::failed(
            Some(Role::Offerer),
            Stage::MediaIdentified,
            &["offerer: ", "are by a third peer"],
        ),
    },
    Saboteur {
        name: "media/still-picture",
        does: "the offerer's camera plays one picture for ever",
        mode: Trickle,
        means: Means::Camera(Role::Offerer, Film::Still),
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::MediaIdentified,
            &["answerer: ", "repeat the one before"],
        ),
    },
    Saboteur {
        name: "media/black-picture",
        does: "the offerer's camera is black",
        mode: Trickle,
        means: Means::Camera(Role::Offerer, Film::Black),
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::MediaIdentified,
            &["answerer: ", "no readable code"],
        ),
    },
    Saboteur {
        name: "media/counter-backwards",
        does: "the answerer's camera plays its film backwards",
        mode: Trickle,
        means: Means::Camera(Role::Answerer, Film::Backwards),
        expected: Expected::failed(
            Some(Role::Offerer),
            Stage::MediaIdentified,
            &["offerer: ", "runs backwards"],
        ),
    },
    Saboteur {
        name: "media/track-never-added-by-the-answerer",
        does: "the answerer's page adds no track",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Answerer],
            script: "RTCPeerConnection.prototype.addTrack = function () {};",
        },
        expected: Expected::failed(Some(Role::Answerer), Stage::Answer, &["answerer: ", "a=recvonly"]),
    },
    Saboteur {
        name: "media/track-never-added-by-the-offerer",
        does: "the offerer's page adds no track",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Offerer],
            script: "RTCPeerConnection.prototype.addTrack = function () {};",
        },
        expected: Expected::failed(Some(Role::Offerer), Stage::Offer, &["offerer: ", "page says: "]),
    },
    Saboteur {
        name: "media/track-disabled-after-5-frames",
        does: "the offerer's page disables its track (`enabled = false`) after 5 pictures: it goes black",
        mode: Trickle,
        means: Means::Page { at: &[Role::Offerer], script: after_five_pictures!("track.enabled = false;") },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::MediaIdentified,
            &["answerer: ", "no readable code"],
        ),
    },
    Saboteur {
        name: "media/track-stopped-after-5-frames",
        does: "the answerer's page stops its track after 5 pictures: nothing more is sent",
        mode: Trickle,
        means: Means::PageWith { needs: Trait::FallsSilent, at: &[Role::Answerer], script: STOPPED },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::MediaReceived,
            &["offerer: f", "after the first"],
        ),
    },
    Saboteur {
        name: "media/track-stopped-and-its-last-picture-sent-on",
        does: "the answerer's page stops its track after 5 pictures: its browser goes on to send the last one",
        mode: Trickle,
        means: Means::PageWith {
            needs: Trait::SendsLastPictureAgain,
            at: &[Role::Answerer],
            script: STOPPED,
        },
        expected: Expected::failed(
            Some(Role::Offerer),
            Stage::MediaIdentified,
            &["offerer: ", "repeat the one before"],
        ),
    },
    Saboteur {
        name: "media/one-direction-only",
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
            &["offerer: f", "answerer: it sent no packet"],
        ),
    },
    Saboteur {
        name: "media/frames-garbled",
        does: "what the answerer receives cannot be decoded: the encoded frames are overwritten",
        mode: Trickle,
        means: Means::PageWith { needs: Trait::EncodedFrames, at: &[Role::Answerer], script: GARBLED },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::MediaDecoded,
            &["answerer: ", "0 pictures were decoded"],
        ),
    },
];
