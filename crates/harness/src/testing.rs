//! A peer without a network, for tests of what stands around the port; and two entries of a registry.

pub mod calls;
mod changed;
mod changes;
mod messages;
mod quirks;

use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;

pub use self::quirks::{Fact, Quirk};
use self::{changed::Changed, quirks::withhold};

use crate::{
    abilities::{Abilities, Detail, ReadBack, ServerTransport},
    catalogue::Catalogue,
    media::{
        Direction, Flow, Media, Sighting,
        frames::{FRAMES_TO_PROVE, FrameCode, FrameSighting, FrameSource},
    },
    note::{Machine, Note},
    peer::{
        Assignment, CandidatePair, Codec, Event, Evidence, HarnessError, Mailbox, Operation, PairEnd, Peer,
        PeerError, Pictures, SdpType, StatsSample, Transport,
    },
    procedure::Act,
    profile::{KnownFault, Library, Over, Profile},
    scenario::PeerId,
    signaling::{IceCandidate, Role, Signal, SignalingMode},
    stage::Stage,
    timeline::{ClockAlignment, Milestone, PeerTime},
};

/// Two entries of a registry: a browser that can do everything, and a library that lacks something.
#[must_use]
pub fn profiles() -> Vec<Profile> {
    let mut abilities = Abilities::full();
    abilities.servers.turn.remove(&ServerTransport::Tcp);
    abilities.reads_back = ReadBack::everything().without(&[Detail::DtlsVersion, Detail::SrtpProfile]);
    let browser = Profile::new(PeerId::literal("chromium"), Abilities { page: true, ..Abilities::full() });
    let fault = KnownFault {
        over: Over::Lossy,
        ..KnownFault::new("a flight that is lost is not sent again", "0.21.1", "in a test", Stage::Dtls)
    };
    let of_data = KnownFault {
        role: Some(Role::Answerer),
        flows: vec![Flow::Data],
        ..KnownFault::new("a channel forgets its bound", "0.21.1", "in a test", Stage::ChannelOpen)
    };
    let library = Profile {
        library: Some(Library { name: "webrtc".to_owned(), version: "0.21.1".to_owned() }),
        known_faults: vec![fault, of_data],
        ..Profile::new(PeerId::literal("webrtc-rs"), abilities)
    };
    vec![browser, library]
}

/// The catalogue of [`profiles`].
#[must_use]
pub fn catalogue() -> Catalogue {
    Catalogue::new(profiles())
}

/// A peer that follows a script: it reaches every milestone at once, but for its [`Quirk`]s. Its clock shows a
/// millisecond more at each event, so that what comes first is seen to have come first.
#[derive(Debug)]
pub struct ScriptedPeer {
    source: FrameSource,
    other: FrameSource,
    quirks: Vec<Quirk>,
    reads_back: ReadBack,
    clock_zero: PeerTime,
    started: Option<(Role, SignalingMode, Mailbox)>,
    media: Media,
    direction: Direction,
    /// Whether it rejects what is offered and not taken.
    rejects_rest: bool,
    changed: Changed,
    stopped: bool,
    ticks: Duration,
    /// What was delivered to it.
    pub delivered: Vec<Signal>,
    /// Whether pictures of it were asked for.
    pub pictured: bool,
}

/// The candidates of each.
pub const CANDIDATES: [&str; 2] = [
    "candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host",
    "candidate:2 1 tcp 1518280447 192.0.2.1 9 typ host",
];

impl ScriptedPeer {
    /// A good peer that sends as `source` and receives from `other`. Its clock shows `clock_zero` when a call begins.
    #[must_use]
    pub fn new(source: FrameSource, other: FrameSource, clock_zero: PeerTime) -> Self {
        Self {
            source,
            other,
            quirks: Vec::new(),
            reads_back: ReadBack::everything(),
            clock_zero,
            started: None,
            media: Media::VP8,
            direction: Direction::SendRecv,
            rejects_rest: false,
            changed: Changed::default(),
            stopped: false,
            ticks: Duration::ZERO,
            delivered: Vec::new(),
            pictured: false,
        }
    }

    /// The same peer with one more quirk.
    #[must_use]
    pub fn quirk(mut self, quirk: Quirk) -> Self {
        self.quirks.push(quirk);
        self
    }

    /// The same peer, of whom nothing but this can be told.
    #[must_use]
    pub fn tells(mut self, reads_back: ReadBack) -> Self {
        self.reads_back = reads_back;
        self
    }

    /// What it finds about its transport; what is `good` unless a quirk says otherwise.
    fn find(&self, fact: Fact, good: &str) -> Option<String> {
        let quirks = self.quirks.iter().rev();
        let found = quirks.filter_map(|quirk| match quirk {
            Quirk::Finds(about, found) if *about == fact => Some(*found),
            _ => None,
        });
        found.chain([Some(good)]).next().flatten().map(str::to_owned)
    }

    fn unasked(&self) -> Option<HarnessError> {
        let reason = |quirk: &Quirk| if let Quirk::Unasked(reason) = quirk { Some(*reason) } else { None };
        self.quirks.iter().find_map(reason).map(|reason| HarnessError::new("load the page", reason))
    }

    fn transport(&self) -> Transport {
        let offers = matches!(self.started, Some((Role::Offerer, ..)));
        Transport {
            ice_role: self.find(Fact::IceRole, if offers { "controlling" } else { "controlled" }),
            dtls_version: self.find(Fact::DtlsVersion, "DTLS 1.2"),
            dtls_role: self.find(Fact::DtlsRole, if offers { "server" } else { "client" }),
            dtls_cipher: Some("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256".to_owned()),
            srtp_cipher: self.find(Fact::SrtpCipher, "SRTP_AEAD_AES_128_GCM"),
        }
    }

    /// The selected pair, with the other side's end as a good peer has it.
    fn pair(&self) -> CandidatePair {
        let end = |candidate_type: Option<String>| PairEnd {
            candidate_type: candidate_type.unwrap_or_default(),
            protocol: self.find(Fact::Protocol, "udp").unwrap_or_default(),
            address: Some("192.0.2.1".into()),
            port: Some(50000),
            relay_protocol: None,
            username_fragment: None,
        };
        CandidatePair { local: end(self.find(Fact::CandidateType, "host")), remote: end(Some("host".into())) }
    }

    fn post(&mut self, event: impl FnOnce(PeerTime) -> Event) {
        let Some((_, _, mailbox)) = self.started.as_ref().filter(|_| !self.stopped) else { return };
        let at = self.clock_zero + mailbox.zero().elapsed() + self.ticks;
        mailbox.post(at, event(at));
        self.ticks += Duration::from_millis(1);
    }

    fn reach(&mut self, milestone: Milestone) {
        let is_later = self.changed.is_later();
        let stops = if is_later { Quirk::StopsLater(milestone) } else { Quirk::StopsBefore(milestone) };
        self.stopped |= self.quirks.contains(&stops);
        self.post(|_| Event::Reached(milestone));
    }

    fn describe(&mut self) {
        if let Some(message) =
            self.quirks.iter().find_map(|q| if let Quirk::Dies(m) = q { Some(*m) } else { None })
        {
            return self.post(|_| Event::HarnessError(HarnessError::new("read the description", message)));
        }
        let Some((role, mode, _)) = self.started.clone() else { return };
        let gathers_first = (mode.gathers_first(role) || self.quirks.contains(&Quirk::AlwaysGathersFirst))
            && !self.quirks.contains(&Quirk::NeverGathersFirst);
        self.reach(Milestone::LocalDescriptionSet);
        if self.quirks.contains(&Quirk::TakesAnother) {
            self.post(|_| Event::Noted(Note::state(Machine::SignalingState, "closed")));
            self.post(|_| Event::ConnectionChosen);
            self.reach(Milestone::LocalDescriptionSet);
        }
        if gathers_first {
            self.reach(Milestone::GatheringComplete);
        }
        self.hand_over(role, if gathers_first { self.held() } else { Vec::new() });
        if !mode.gathers_first(role) {
            self.trickle();
        }
        if !self.quirks.contains(&Quirk::NeverEnds) {
            self.reach(Milestone::GatheringComplete);
        }
    }

    fn held(&self) -> Vec<&'static str> {
        CANDIDATES
            .into_iter()
            .filter(|candidate| !self.quirks.contains(&Quirk::HoldsBack(candidate)))
            .collect()
    }

    fn hand_over(&mut self, role: Role, candidates: Vec<&str>) {
        self.stopped |= self.quirks.contains(&Quirk::StopsBefore(Milestone::DescriptionSent));
        let lines: String = candidates.iter().map(|candidate| format!("a={candidate}\r\n")).collect();
        let sdp = self.sdp(&lines);
        let part = self.changed.part(role);
        self.post(|_| Event::Signal(Signal::description(part, sdp)));
    }

    fn trickle(&mut self) {
        let end = (!self.quirks.contains(&Quirk::NeverEnds)).then_some("");
        for candidate in self.held().into_iter().chain(end) {
            let candidate = IceCandidate { candidate: candidate.to_owned(), ..IceCandidate::default() };
            self.post(|_| Event::Signal(Signal::candidate(candidate)));
        }
    }

    fn connect(&mut self) {
        for milestone in [Milestone::IceConnected, Milestone::DtlsConnected] {
            self.reach(milestone);
        }
        if self.media.data {
            let first = |quirk: &Quirk| if let Quirk::SeesFirst(count) = quirk { Some(*count) } else { None };
            let most = self.quirks.iter().find_map(first).unwrap_or(usize::MAX);
            let twice = self.quirks.contains(&Quirk::SeesTwice);
            for sighting in messages::arrivals(self.other, most, twice) {
                self.post(|at| Event::Media(sighting.stamped(at)));
            }
        }
        if self.media.video.is_some() && self.receives() {
            self.show();
        }
        if self.quirks.contains(&Quirk::GoesOn) {
            self.keep_on_receiving(false);
        }
    }

    fn receives(&self) -> bool {
        let is_sent = matches!(self.direction, Direction::SendRecv | Direction::RecvOnly);
        is_sent || self.quirks.contains(&Quirk::SeesAnyway)
    }

    /// What its first description says of its media.
    fn says(&self) -> &'static str {
        let other =
            self.quirks.iter().find_map(|q| if let Quirk::Says(other) = q { Some(*other) } else { None });
        other.unwrap_or(self.direction.into())
    }

    /// The direction that it finds negotiated.
    fn found_direction(&self) -> Direction {
        let other = self
            .quirks
            .iter()
            .find_map(|q| if let Quirk::GoesOtherwise(other) = q { Some(*other) } else { None });
        other.unwrap_or(self.direction)
    }

    /// What its getStats says of what it sends, if anybody asks for that.
    fn stats(&self) -> Vec<StatsSample> {
        let sends = self.quirks.contains(&Quirk::SendsAnyway);
        let outbound = json!({ "id": "V", "type": "outbound-rtp", "kind": "video", "packetsSent": 7 });
        sends.then(|| StatsSample { at: self.clock_zero, entries: vec![outbound] }).into_iter().collect()
    }

    fn show(&mut self) {
        self.reach(Milestone::TrackReceived);
        let source =
            self.quirks.iter().find_map(|q| if let Quirk::Sees(source) = q { Some(*source) } else { None });
        let source = source.unwrap_or(self.other);
        for _ in 0..FRAMES_TO_PROVE {
            self.changed.shown += 1;
            let counter = if self.quirks.contains(&Quirk::SeesStill) { 0 } else { self.changed.shown };
            let code = Some(FrameCode::new(source, counter));
            self.post(|at| Event::Media(Sighting::Frame(FrameSighting { at, code })));
        }
    }
}

#[async_trait]
impl Peer for ScriptedPeer {
    fn source(&self) -> FrameSource {
        self.source
    }

    fn reads_back(&self) -> ReadBack {
        self.reads_back.clone()
    }

    fn start(&mut self, assignment: &Assignment, mailbox: Mailbox) {
        (self.started, self.stopped, self.ticks) =
            (Some((assignment.role, assignment.mode, mailbox)), false, Duration::ZERO);
        (self.media, self.direction) = (assignment.media, assignment.direction);
        self.rejects_rest = assignment.rejects_rest;
        if self.rejects_rest && self.quirks.contains(&Quirk::TakesAll) {
            (self.media, self.rejects_rest) = (Media::VP8_AND_OPUS, false);
        }
        self.changed = Changed::of(self.says());
        self.reach(Milestone::Ready);
    }

    fn act(&mut self, act: Act) {
        self.change(act);
        if !act.is_offered() {
            return self.has_done(act);
        }
        self.reach(Milestone::OfferRequested);
        self.describe();
    }

    fn deliver(&mut self, signal: Signal) {
        self.delivered.push(signal.clone());
        if signal.sdp().is_none() {
            return;
        }
        let refusal =
            self.quirks.iter().find_map(|q| if let Quirk::Refuses(m) = q { Some(*m) } else { None });
        if let Some(message) = refusal {
            let kind = if matches!(signal, Signal::Offer(_)) { SdpType::Offer } else { SdpType::Answer };
            let operation = Operation::SetRemoteDescription(kind);
            return self.post(|_| Event::PeerError(PeerError { operation, message: message.to_owned() }));
        }
        match &signal {
            Signal::Offer(offer) => self.follow(offer),
            Signal::Answer(answer) => self.hear_of_answer(answer),
            Signal::Candidate(_) | Signal::EndOfCandidates(_) => {}
        }
        self.reach(Milestone::RemoteDescriptionSet);
        if matches!(signal, Signal::Offer(_)) {
            self.describe();
        }
        if self.changed.is_later() {
            self.go_on();
        } else {
            self.connect();
        }
    }

    async fn examine(&mut self) -> Evidence {
        let codec = self
            .quirks
            .iter()
            .find_map(|q| if let Quirk::Negotiates(codec) = q { Some(*codec) } else { None });
        let codec = Some(Codec {
            mime_type: codec.unwrap_or("video/VP8").to_owned(),
            payload_type: Some(96),
            format: None,
        });
        let given = self.delivered.iter().rev().find_map(Signal::sdp).map(str::to_owned);
        let evidence = Evidence {
            clock: Some(ClockAlignment { zero: self.clock_zero, error: Duration::ZERO }),
            pair: (!self.quirks.contains(&Quirk::LosesPair)).then(|| self.pair()),
            received_codec: codec.clone(),
            sent_codec: codec,
            received_audio_codec: self.audio_codec(),
            sent_audio_codec: self.audio_codec(),
            video_direction: Some(self.found_direction()),
            audio_direction: Some(self.found_direction()),
            stats: self.stats(),
            transport: self.transport(),
            gathered: CANDIDATES.map(str::to_owned).to_vec(),
            given,
            unasked: self.unasked(),
            ..Evidence::default()
        };
        self.quirks.iter().fold(evidence, |evidence, quirk| match quirk {
            Quirk::Withholds(detail) => withhold(*detail, evidence),
            _ => evidence,
        })
    }

    async fn pictures(&mut self) -> Pictures {
        self.pictured = true;
        Pictures::default()
    }

    async fn close(&mut self) {}
}
