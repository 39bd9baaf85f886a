//! Saboteurs of candidates and of when they leave.

use tincan_harness::{
    IceCandidate, Role, Signal,
    SignalingMode::{Trickle, Vanilla},
    Stage,
};

use super::{
    saboteur::{Expected, InFlight, Means, Saboteur},
    signalling::shown_description,
};

/// The signal with every candidate changed by `how`, or left out.
fn change(signal: Signal, how: impl Fn(&str) -> Option<String>) -> Vec<Signal> {
    let description = |text: &str| -> String {
        let line = |line: &str| match line.strip_prefix("a=") {
            Some(candidate) if candidate.starts_with("candidate:") => {
                how(candidate.trim_end()).map_or_else(String::new, |changed| format!("a={changed}\r\n"))
            }
            _ => line.to_owned(),
        };
        text.split_inclusive('\n').map(line).collect()
    };
    match signal {
        Signal::Offer(text) => vec![Signal::Offer(description(&text))],
        Signal::Answer(text) => vec![Signal::Answer(description(&text))],
        Signal::Candidate(candidate) => {
            let changed = how(&candidate.candidate);
            changed
                .map(|changed| Signal::Candidate(IceCandidate { candidate: changed, ..candidate }))
                .into_iter()
                .collect()
        }
        Signal::EndOfCandidates(_) => vec![signal],
    }
}

fn strip(signal: Signal) -> Vec<Signal> {
    change(signal, |_| None)
}

/// To a port where nobody listens. It is none of those that a system gives out by itself, and none below 1024, to which
/// Chromium sends nothing.
fn to_dead_port(candidate: &str) -> Option<String> {
    let mut parts: Vec<_> = candidate.split(' ').collect();
    *parts.get_mut(5)? = "20404";
    Some(parts.join(" "))
}

/// The candidates that the same side had in the earlier call instead of its own, as generation and ufrag of this one.
fn of_earlier(in_flight: &InFlight<'_>, signal: Signal) -> Vec<Signal> {
    let earlier = in_flight.earlier.iter().filter(|carried| carried.from == in_flight.to.other());
    let earlier: Vec<_> = earlier
        .filter_map(|carried| match &carried.signal {
            Signal::Candidate(candidate) => Some(candidate.candidate.clone()),
            _ => None,
        })
        .collect();
    // Transport and port are the third and the sixth part (RFC 8839, section 5.1).
    let part = |candidate: &str, place| candidate.split(' ').nth(place).map(str::to_ascii_lowercase);
    change(signal, |own| {
        let same = earlier.iter().find(|other| part(other, 2) == part(own, 2))?;
        Some(own.replacen(&part(own, 5)?, &part(same, 5)?, 1))
    })
}

pub(super) const SABOTEURS: &[Saboteur] = &[
    Saboteur {
        name: "ice/every-candidate-stripped-vanilla",
        does: "both descriptions are pasted without their candidates",
        mode: Vanilla,
        means: Means::Tamper(|_, signal| strip(signal)),
        expected: Expected::failed(None, Stage::Ice, &["ice-connected was not reached", "knows no candidate"]),
    },
    Saboteur {
        name: "ice/every-candidate-stripped-trickle",
        does: "no candidate is pasted on either side",
        mode: Trickle,
        means: Means::Tamper(|_, signal| strip(signal)),
        expected: Expected::failed(None, Stage::Ice, &["ice-connected was not reached", "knows no candidate"]),
    },
    Saboteur {
        name: "ice/candidates-of-one-side-stripped",
        does: "the offerer is given no candidate; it learns of the answerer by its checks (peer-reflexive)",
        mode: Trickle,
        means: Means::Tamper(|in_flight, signal| {
            if in_flight.to == Role::Offerer { strip(signal) } else { vec![signal] }
        }),
        expected: Expected::Passed,
    },
    Saboteur {
        name: "ice/candidates-to-a-dead-port",
        does: "every candidate that is pasted names a port where nobody listens",
        mode: Vanilla,
        means: Means::Tamper(|_, signal| change(signal, to_dead_port)),
        expected: Expected::failed(None, Stage::Ice, &["ice-connected was not reached", "0 answered"]),
    },
    Saboteur {
        name: "ice/candidates-of-an-earlier-call",
        does: "candidates that are pasted name the ports of an earlier call, which are closed",
        mode: Trickle,
        means: Means::TamperFromEarlier(of_earlier),
        expected: Expected::failed(None, Stage::Ice, &["ice-connected was not reached", "0 answered"]),
    },
    Saboteur {
        name: "ice/no-end-of-candidates",
        does: "end-of-candidates is pasted on neither side",
        mode: Trickle,
        means: Means::Tamper(|_, signal| {
            if matches!(signal, Signal::EndOfCandidates(_)) { vec![] } else { vec![signal] }
        }),
        expected: Expected::Passed,
    },
    Saboteur {
        name: "ice/candidates-pasted-twice",
        does: "every candidate is pasted twice",
        mode: Trickle,
        means: Means::Tamper(|_, signal| {
            if matches!(signal, Signal::Candidate(_)) { vec![signal.clone(), signal] } else { vec![signal] }
        }),
        expected: Expected::Passed,
    },
    Saboteur {
        name: "ice/trickle-that-waited-for-gathering",
        does: "the offerer's setLocalDescription resolves only when gathering is complete",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Offerer],
            script: "const setLocal = RTCPeerConnection.prototype.setLocalDescription;
                RTCPeerConnection.prototype.setLocalDescription = async function (description) {
                  const complete = new Promise((resolve) => this.addEventListener('icegatheringstatechange', () => {
                    if (this.iceGatheringState === 'complete') resolve();
                  }));
                  await setLocal.call(this, description);
                  await complete;
                };",
        },
        expected: Expected::failed(Some(Role::Offerer), Stage::Gathering, &["offerer: not trickle: "]),
    },
    Saboteur {
        name: "ice/vanilla-with-a-candidate-held-back",
        does: "the answerer's page shows its answer without the first candidate",
        mode: Vanilla,
        means: Means::Page {
            at: &[Role::Answerer],
            script: shown_description!("sdp.replace(/a=candidate:.+\\r\\n/, '')"),
        },
        expected: Expected::failed(Some(Role::Answerer), Stage::Gathering, &["answerer: not vanilla: gathered, but not in the description"]),
    },
    Saboteur {
        name: "ice/gathering-never-complete",
        does: "the offerer's connection never says that gathering is complete",
        mode: Vanilla,
        means: Means::Page {
            at: &[Role::Offerer],
            script: "Object.defineProperty(RTCPeerConnection.prototype, 'iceGatheringState', { get: () => 'gathering' });",
        },
        expected: Expected::failed(Some(Role::Offerer), Stage::Gathering, &["offerer: gathering-complete was not reached"]),
    },
];
