//! Saboteurs of what the call stands on: the page's code, the camera, the browser, the driver.

use rustix::process::Signal;
use tincan_harness::{Role, SignalingMode::Trickle, Stage};

use super::saboteur::{Expected, Means, Saboteur, Target};

const fn kill(at: Role, target: Target, signal: Signal) -> Means {
    Means::Kill { at, target, signal }
}

pub(super) const SABOTEURS: &[Saboteur] = &[
    Saboteur {
        name: "world/camera-refused",
        does: "the offerer's camera is refused",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Offerer],
            script: "MediaDevices.prototype.getUserMedia = () =>
                Promise.reject(new DOMException('Permission denied', 'NotAllowedError'));",
        },
        expected: Expected::errored(Some(Role::Offerer), Stage::Camera, &["offerer: ", "NotAllowedError"]),
    },
    Saboteur {
        name: "world/camera-never-settles",
        does: "the answerer's getUserMedia neither resolves nor is rejected",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Answerer],
            script: "MediaDevices.prototype.getUserMedia = () => new Promise(() => {});",
        },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::Camera,
            &["answerer: ready was not reached", "the camera does not run"],
        ),
    },
    Saboteur {
        name: "world/handler-throws",
        does: "the offerer's handler of create offer throws",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Offerer],
            script: "RTCPeerConnection.prototype.createOffer = () => { throw new Error('boom'); };",
        },
        expected: Expected::failed(Some(Role::Offerer), Stage::Offer, &["offerer: ", "boom"]),
    },
    Saboteur {
        name: "world/create-offer-never-settles",
        does: "the offerer's createOffer neither resolves nor is rejected",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Offerer],
            script: "RTCPeerConnection.prototype.createOffer = () => new Promise(() => {});",
        },
        expected: Expected::failed(Some(Role::Offerer), Stage::Offer, &["offerer: neither createOffer"]),
    },
    Saboteur {
        name: "world/create-answer-never-settles",
        does: "the answerer's createAnswer neither resolves nor is rejected",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Answerer],
            script: "RTCPeerConnection.prototype.createAnswer = () => new Promise(() => {});",
        },
        expected: Expected::failed(Some(Role::Answerer), Stage::Answer, &["answerer: neither createAnswer"]),
    },
    Saboteur {
        name: "world/set-remote-description-never-settles",
        does: "the answerer's setRemoteDescription neither resolves nor is rejected",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Answerer],
            script: "RTCPeerConnection.prototype.setRemoteDescription = () => new Promise(() => {});",
        },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::OfferCarried,
            &["answerer: setRemoteDescription(offer) neither resolved nor was rejected"],
        ),
    },
    Saboteur {
        name: "world/offer-never-shown",
        does: "the offerer's page sets its offer and does not show it",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Offerer],
            script: "Object.defineProperty(RTCPeerConnection.prototype, 'localDescription', { get: () => null });",
        },
        expected: Expected::failed(
            Some(Role::Offerer),
            Stage::Offer,
            &["offerer: the description was set and never shown"],
        ),
    },
    Saboteur {
        name: "world/page-hangs",
        does: "the answerer's page never comes back from its handler of create answer",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Answerer],
            script: "RTCPeerConnection.prototype.createAnswer = () => { for (;;); };",
        },
        expected: Expected::errored(
            Some(Role::Answerer),
            Stage::Page,
            &["answerer: ", "does not answer any more"],
        ),
    },
    Saboteur {
        name: "world/page-navigated-away",
        does: "the answerer's page goes to another address when it should create its answer",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Answerer],
            script: "RTCPeerConnection.prototype.createAnswer = () => {
                location.href = 'about:blank';
                return new Promise(() => {});
              };",
        },
        expected: Expected::errored(
            Some(Role::Answerer),
            Stage::Page,
            &["answerer: ", "it was left for about:blank"],
        ),
    },
    Saboteur {
        name: "world/tab-crashed",
        does: "the process of the answerer's page is killed when it is given the offer",
        mode: Trickle,
        means: kill(Role::Answerer, Target::Tab, Signal::KILL),
        expected: Expected::errored(Some(Role::Answerer), Stage::Page, &["answerer: "]),
    },
    Saboteur {
        name: "world/browser-killed",
        does: "the answerer's browser is killed when it is given the offer",
        mode: Trickle,
        means: kill(Role::Answerer, Target::Browser, Signal::KILL),
        expected: Expected::errored(Some(Role::Answerer), Stage::Page, &["answerer: "]),
    },
    Saboteur {
        name: "world/browser-stopped",
        does: "the offerer's browser is stopped (SIGSTOP) when it is given the answer",
        mode: Trickle,
        means: kill(Role::Offerer, Target::Browser, Signal::STOP),
        expected: Expected::errored(
            Some(Role::Offerer),
            Stage::Page,
            &["offerer: ", "does not answer any more"],
        ),
    },
    Saboteur {
        name: "world/driver-killed",
        does: "the offerer's driver is killed when it is given the answer",
        mode: Trickle,
        means: kill(Role::Offerer, Target::Driver, Signal::KILL),
        expected: Expected::errored(Some(Role::Offerer), Stage::Page, &["offerer: "]),
    },
    Saboteur {
        name: "world/another-browser",
        does: "a version of the browser is asked for that is not the one that runs",
        mode: Trickle,
        means: Means::OtherVersion("1.2.3"),
        expected: Expected::errored(None, Stage::Page, &["1.2.3"]),
    },
];
