//! Saboteurs of the descriptions and of how they are carried.

use tincan_harness::{
    Role, Signal,
    SignalingMode::{Trickle, Vanilla},
    Stage,
};

use super::saboteur::{Expected, InFlight, Means, Saboteur};

/// What the page of the answerer shows as its description is changed by `change`, an expression over `sdp`.
macro_rules! shown_description {
    ($change:literal) => {
        concat!(
            "const own = Object.getOwnPropertyDescriptor(RTCPeerConnection.prototype, 'localDescription');
            Object.defineProperty(RTCPeerConnection.prototype, 'localDescription', {
              configurable: true,
              get() {
                const description = own.get.call(this);
                if (!description) return description;
                const { type, sdp } = description;
                return { type, sdp: ",
            $change,
            " };
              },
            });"
        )
    };
}
pub(super) use shown_description;

/// Changes the description that comes to `to`, and leaves everything else.
fn change(to: Role, in_flight: &InFlight<'_>, signal: Signal, how: impl Fn(&str) -> String) -> Vec<Signal> {
    let changed = match (&signal, in_flight.to == to) {
        (Signal::Offer(sdp), true) => Signal::Offer(how(sdp)),
        (Signal::Answer(sdp), true) => Signal::Answer(how(sdp)),
        _ => signal,
    };
    vec![changed]
}

fn without_last_line(sdp: &str) -> String {
    let end = sdp.trim_end().rfind('\n').map_or(0, |end| end + 1);
    sdp[..end].to_owned()
}

fn video_section_twice(sdp: &str) -> String {
    let at = sdp.find("m=video").unwrap_or(sdp.len());
    format!("{sdp}{}", &sdp[at..])
}

/// The value behind `name` with its letters in the other order: of the same form, and another one.
fn reversed_value(sdp: &str, name: &str) -> String {
    let line = |line: &str| match line.strip_prefix(name) {
        Some(value) => format!("{name}{}\r\n", value.trim_end().chars().rev().collect::<String>()),
        None => line.to_owned(),
    };
    sdp.split_inclusive('\n').map(line).collect()
}

pub(super) const SABOTEURS: &[Saboteur] = &[
    Saboteur {
        name: "signalling/offer-cut-in-half",
        does: "half of the offer is pasted",
        mode: Vanilla,
        means: Means::Tamper(|in_flight, signal| {
            change(Role::Answerer, in_flight, signal, |sdp| sdp[..sdp.len() / 2].to_owned())
        }),
        expected: Expected::failed(Some(Role::Answerer), Stage::OfferCarried, &["answerer: ", "lines"]),
    },
    Saboteur {
        name: "signalling/answer-cut-in-half",
        does: "half of the answer is pasted",
        mode: Vanilla,
        means: Means::Tamper(|in_flight, signal| {
            change(Role::Offerer, in_flight, signal, |sdp| sdp[..sdp.len() / 2].to_owned())
        }),
        expected: Expected::failed(Some(Role::Offerer), Stage::AnswerCarried, &["offerer: ", "lines"]),
    },
    Saboteur {
        name: "signalling/last-line-missing",
        does: "the last line of the answer is not pasted",
        mode: Trickle,
        means: Means::Tamper(|in_flight, signal| change(Role::Offerer, in_flight, signal, without_last_line)),
        expected: Expected::failed(Some(Role::Offerer), Stage::AnswerCarried, &["offerer: ", "lines"]),
    },
    Saboteur {
        name: "signalling/crlf-lost",
        does: "the lines of both descriptions end in LF alone",
        mode: Vanilla,
        means: Means::Page {
            at: &Role::BOTH,
            script: "const setRemote = RTCPeerConnection.prototype.setRemoteDescription;
                RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
                  return setRemote.call(this, { type, sdp: sdp.replaceAll('\\r', '') });
                };",
        },
        expected: Expected::Passed,
    },
    Saboteur {
        name: "signalling/line-breaks-lost",
        does: "the offer is pasted as one line",
        mode: Vanilla,
        means: Means::Tamper(|in_flight, signal| {
            change(Role::Answerer, in_flight, signal, |sdp| sdp.replace("\r\n", " ").replace('\n', " "))
        }),
        expected: Expected::failed(Some(Role::Answerer), Stage::OfferCarried, &["answerer: "]),
    },
    Saboteur {
        name: "signalling/m-line-doubled",
        does: "the offer is pasted with its video section twice; who takes it gives an answer that is refused",
        mode: Vanilla,
        means: Means::Tamper(|in_flight, signal| change(Role::Answerer, in_flight, signal, video_section_twice)),
        expected: Expected::failed(Some(Role::Answerer), Stage::OfferCarried, &["answerer: ", "lines"]),
    },
    Saboteur {
        name: "signalling/offer-never-pasted",
        does: "the offer is copied and not pasted",
        mode: Vanilla,
        means: Means::Tamper(|_, signal| if matches!(signal, Signal::Offer(_)) { vec![] } else { vec![signal] }),
        expected: Expected::failed(Some(Role::Answerer), Stage::OfferCarried, &["answerer: ", "never came to setRemoteDescription"]),
    },
    Saboteur {
        name: "signalling/answer-never-pasted",
        does: "the answer is copied and not pasted",
        mode: Trickle,
        means: Means::Tamper(|_, signal| if matches!(signal, Signal::Answer(_)) { vec![] } else { vec![signal] }),
        expected: Expected::failed(Some(Role::Offerer), Stage::AnswerCarried, &["offerer: ", "never came to setRemoteDescription"]),
    },
    Saboteur {
        name: "signalling/offer-pasted-as-answer",
        does: "the offerer is given its own offer as the answer",
        mode: Vanilla,
        means: Means::Tamper(|in_flight, signal| {
            let offer = in_flight.before.iter().find_map(Signal::sdp).unwrap_or_default();
            change(Role::Offerer, in_flight, signal, |_| offer.to_owned())
        }),
        expected: Expected::failed(Some(Role::Offerer), Stage::AnswerCarried, &["offerer: remote-description-set was not reached"]),
    },
    Saboteur {
        name: "signalling/answer-of-an-earlier-call",
        does: "the answer of an earlier call of the same pair is pasted",
        mode: Vanilla,
        means: Means::TamperFromEarlier(|in_flight, signal| {
            let earlier = in_flight.earlier.iter().find(|carried| matches!(carried.signal, Signal::Answer(_)));
            let earlier = earlier.and_then(|carried| carried.signal.sdp()).unwrap_or_default();
            change(Role::Offerer, in_flight, signal, |_| earlier.to_owned())
        }),
        expected: Expected::failed(Some(Role::Offerer), Stage::AnswerCarried, &["of another call"]),
    },
    Saboteur {
        name: "signalling/fingerprint-flipped-on-the-way",
        does: "the fingerprint in the answer is another one when it is pasted",
        mode: Trickle,
        means: Means::Tamper(|in_flight, signal| {
            change(Role::Offerer, in_flight, signal, |sdp| reversed_value(sdp, "a=fingerprint:sha-256 "))
        }),
        expected: Expected::failed(Some(Role::Offerer), Stage::AnswerCarried, &["dtls-connected was not reached", "a=fingerprint"]),
    },
    Saboteur {
        name: "signalling/fingerprint-flipped",
        does: "the answerer shows an answer with another fingerprint than that of its certificate",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Answerer],
            script: shown_description!(
                "sdp.replace(/(a=fingerprint:sha-256 )(.+)/, (_, name, value) => name + [...value].reverse().join(''))"
            ),
        },
        expected: Expected::failed(None, Stage::Dtls, &["dtls-connected was not reached", "fingerprint or role"]),
    },
    Saboteur {
        name: "signalling/setup-role-wrong",
        does: "the answerer shows `a=setup:passive` where it is active: nobody serves",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Answerer],
            script: shown_description!("sdp.replaceAll('a=setup:active', 'a=setup:passive')"),
        },
        expected: Expected::failed(None, Stage::Dtls, &["fingerprint or role"]),
    },
    Saboteur {
        name: "signalling/ufrag-swapped",
        does: "the answerer shows an answer with another ICE user name fragment than its own",
        mode: Vanilla,
        means: Means::Page {
            at: &[Role::Answerer],
            script: shown_description!("sdp.replaceAll(/a=ice-ufrag:.+/g, 'a=ice-ufrag:oThR')"),
        },
        expected: Expected::failed(None, Stage::Ice, &["ice-connected was not reached"]),
    },
    Saboteur {
        name: "signalling/password-swapped",
        does: "the answerer shows an answer with another ICE password than its own",
        mode: Vanilla,
        means: Means::Page {
            at: &[Role::Answerer],
            script: shown_description!("sdp.replaceAll(/a=ice-pwd:.+/g, 'a=ice-pwd:otherOtherOtherOtherOthe')"),
        },
        expected: Expected::failed(None, Stage::Ice, &["ice-connected was not reached"]),
    },
    Saboteur {
        name: "signalling/codec-not-in-the-offer",
        does: "the answerer shows an answer with only a codec that was not offered",
        mode: Vanilla,
        means: Means::Page {
            at: &[Role::Answerer],
            script: shown_description!(
                "sdp.replace(/^(m=video \\d+ \\S+) .+/m, '$1 121').replaceAll(/^a=(rtpmap|fmtp|rtcp-fb):.+\\r\\n/gm, '')
                    + 'a=rtpmap:121 THEORA/90000\\r\\n'"
            ),
        },
        expected: Expected::failed(Some(Role::Answerer), Stage::Answer, &["answerer: its answer has no codec of the offer"]),
    },
];
