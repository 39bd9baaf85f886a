//! A report made by hand, for the tests of what people read: every verdict, real SDPs, fixed times.

use std::fs;

use tincan_harness::{
    Attempt, Diagnosis, Environment, HarnessError, Machine, Media, Milestone, NetworkCondition, Note, Role,
    Scenario, Stage, Verdict,
    attempt::{BySide, Codecs, Descriptions, NoteAt, ReachedAt, SignalAt, StatsPoint},
    catalogue,
    frames::FrameTally,
    network::PhasePackets,
    peer::{CandidatePair, Codec, PairEnd, Transport},
    procedure::{Awaited, Procedure},
    testing,
    timeline::FIRST_ROUND,
    verdict::Outcome,
};
use tincan_report::{Report, Run, SCHEMA_VERSION};

use crate::root;

/// What a hostile page would say.
pub const HOSTILE: &str = "</script><img src=x onerror=alert(1)>|`*\u{0}\u{1b}\u{ffff}]]>\"'&";

/// The scenarios without servers and with plain media.
fn direct() -> Vec<Scenario> {
    testing::catalogue()
        .scenarios()
        .into_iter()
        .filter(|scenario| {
            scenario.network == NetworkCondition::Direct
                && scenario.media.is_plain()
                && scenario.procedure.is_plain()
        })
        .collect()
}

/// Two hundred scenarios among eight peers, whose names are as long as they may be.
///
/// # Panics
/// When that is no name.
#[must_use]
pub fn two_hundred() -> Vec<Scenario> {
    let name =
        |number: u32| format!("peer-{number}-{}", "x".repeat(25)).parse().expect("it is short and plain");
    let mut scenarios = catalogue::scenarios(&(1..=8).map(name).collect::<Vec<_>>());
    // Those without servers, which are most of them, come before the others.
    scenarios.sort_by_key(|scenario| scenario.network);
    scenarios.truncate(200);
    scenarios
}

/// A call that passed, at place `of` among the scenarios without servers.
///
/// # Panics
/// When the catalogue has no such place.
#[must_use]
pub fn passed(of: usize, repetition: u32) -> Attempt {
    passed_in(direct()[of], repetition)
}

/// A call of `scenario` that passed.
#[must_use]
pub fn passed_in(scenario: Scenario, repetition: u32) -> Attempt {
    let sdp = |name: &str| fs::read_to_string(root().join("fixtures/report").join(name)).ok();
    let both =
        |text: fn(Role) -> String| BySide { offerer: text(Role::Offerer), answerer: text(Role::Answerer) };
    let tally = FrameTally { seen: 14, proven: 13, repeated: 1, ..FrameTally::default() };
    let codec = Codec { mime_type: "video/VP8".to_owned(), payload_type: Some(96), format: None };
    let codecs = Codecs { received: Some(codec.clone()), sent: Some(codec), ..Codecs::default() };
    let ice = both(|role| format!("controll{}", if role == Role::Offerer { "ing" } else { "ed" }));
    let transport = |ice_role: &str| Transport {
        ice_role: Some(ice_role.to_owned()),
        dtls_version: Some("DTLS 1.2".to_owned()),
        ..Transport::default()
    };
    Attempt {
        first_frame_ms: Some(151.5),
        took_ms: Some(412.0),
        milestones: milestones(scenario.mode),
        frames: BySide { offerer: tally, answerer: tally },
        selected_pair: BySide { offerer: Some(pair()), answerer: Some(pair()) },
        codec: BySide { offerer: codecs.clone(), answerer: codecs },
        transport: BySide { offerer: transport(&ice.offerer), answerer: transport(&ice.answerer) },
        // The answerer stands for a peer whose sockets are seen.
        packets: BySide { offerer: None, answerer: Some(packets()) },
        stats: BySide { offerer: stats(12), answerer: stats(1) },
        sdp: Descriptions { offer: sdp("offer.sdp"), answer: sdp("answer.sdp") },
        signals: signals(),
        notes: vec![NoteAt::new(Role::Offerer, Note::state(Machine::IceConnectionState, "checking"), 40.0)],
        clock_error_ms: BySide { offerer: Some(0.4), answerer: Some(0.0) },
        ..Attempt::without_exchange(&scenario, repetition, &Verdict::Passed)
    }
}

/// A call that broke at ICE, on the side of the answerer, at place `of` among the scenarios without servers.
///
/// # Panics
/// When the catalogue has no such place.
#[must_use]
pub fn failed(of: usize, repetition: u32) -> Attempt {
    failed_in(direct()[of], repetition)
}

/// A call of `scenario` that broke at ICE, on the side of the answerer.
#[must_use]
pub fn failed_in(scenario: Scenario, repetition: u32) -> Attempt {
    let passed = passed_in(scenario, repetition);
    let reached = |m: &&ReachedAt| m.name < Milestone::IceConnected;
    Attempt {
        verdict: Outcome::Failed,
        reason: Some(format!("answerer: ice-connected was not reached within 20.0 s; last seen: {HOSTILE}")),
        diagnosis: Some(Diagnosis {
            stage: Stage::Ice,
            round: FIRST_ROUND,
            peer: Some(Role::Answerer),
            evidence: format!("No pair worked. {HOSTILE}"),
            look_at: "Whether the two can reach each other.".to_owned(),
        }),
        evidence: Some("evidence/1".to_owned()),
        first_frame_ms: None,
        took_ms: Some(20_480.0),
        milestones: passed.milestones.iter().filter(reached).cloned().collect(),
        console: BySide { offerer: vec![HOSTILE.to_owned(); 50], answerer: Vec::new() },
        ..passed
    }
}

/// A report of `attempts`.
#[must_use]
pub fn report(attempts: Vec<Attempt>) -> Report {
    let environment = Environment {
        tincan: "0.1.0".to_owned(),
        platform: "linux x86_64".to_owned(),
        processors: 2,
        started_at_s: 1_795_391_255,
        page: HOSTILE.to_owned(),
        page_map: "tincan".to_owned(),
        jobs: 1,
        ..Environment::default()
    };
    let planned = attempts.len() as u32;
    Report::of(Run { schema_version: SCHEMA_VERSION, environment, planned, redacted: Vec::new() }, attempts)
}

/// One of every verdict, and two calls fewer than were planned.
///
/// # Panics
/// When the catalogue is shorter than it is.
#[must_use]
pub fn every_verdict() -> Report {
    let verdict = |of: usize, verdict: &Verdict| Attempt::without_exchange(&direct()[of], 1, verdict);
    let trouble = HarnessError::new("start chromedriver", "there is none").hint("install chromium-driver");
    let mut report = report(vec![
        passed(0, 1),
        passed(0, 2),
        failed(1, 1),
        verdict(2, &Verdict::Unsupported("the page does not do it".to_owned())),
        verdict(3, &Verdict::Errored(Some(Role::Offerer), trouble)),
    ]);
    report.planned += 2;
    report
}

fn milestones(mode: tincan_harness::SignalingMode) -> Vec<ReachedAt> {
    let at = |(index, Awaited { round, role: peer, milestone: name })| ReachedAt {
        peer,
        name,
        round,
        at_ms: index as f64 * 7.5 - 15.0,
    };
    Procedure::Once.path(mode, Media::VP8).enumerate().map(at).collect()
}

fn signals() -> Vec<SignalAt> {
    let signal = |from, kind: &str, at_ms| SignalAt {
        from,
        kind: kind.to_owned(),
        candidate: None,
        round: FIRST_ROUND,
        withheld: false,
        by_page: false,
        at_ms,
    };
    vec![
        signal(Role::Offerer, "offer", 16.0),
        signal(Role::Offerer, "candidate", 17.0),
        signal(Role::Offerer, "candidate", 18.5),
        signal(Role::Answerer, "answer", 60.0),
        signal(Role::Offerer, "end-of-candidates", 90.0),
    ]
}

fn pair() -> CandidatePair {
    let end = |port| PairEnd {
        candidate_type: "host".to_owned(),
        protocol: "udp".to_owned(),
        address: Some("192.0.2.2".to_owned()),
        port: Some(port),
        relay_protocol: None,
        username_fragment: None,
    };
    CandidatePair { local: end(5000), remote: end(5001) }
}

fn packets() -> PhasePackets {
    PhasePackets { server_requests: 0, checks: 7, dtls: 8, dtls_flights: 6 }
}

fn stats(points: u64) -> Vec<StatsPoint> {
    let point = |index: u64| StatsPoint {
        at_ms: index as f64 * 50.0,
        bytes_received: Some(index * 9000),
        frames_decoded: Some(index * 3),
        round_trip_ms: Some(1.5),
        ..StatsPoint::default()
    };
    (0..points).map(point).collect()
}
