//! The parts of the evidence that are written to be read by people.

use std::{
    collections::BTreeSet,
    fmt::{Display, Write as _},
};

use tincan_harness::{
    abilities::Detail,
    attempt::{Attempt, BySide, Codecs},
    environment::{Browser, Environment},
    exchange::Exchange,
    frames::FrameTally,
    media::messages::MessageTally,
    peer::{CandidatePair, Codec, PairEnd, Transport},
    scenario::PeerId,
    sdp,
    signaling::Role,
    sounds::SoundTally,
};

/// A file of lines, in sections.
struct Page(String);

impl Page {
    fn section(&mut self, title: &str) {
        let gap = if self.0.is_empty() { "" } else { "\n" };
        let _ = writeln!(self.0, "{gap}{title}");
    }

    fn line(&mut self, label: &str, value: impl Display) {
        let _ = writeln!(self.0, "  {label:<18}{value}");
    }

    fn known(&mut self, label: &str, value: Option<impl Display>) {
        self.told(label, true, value);
    }

    /// A line whose value, if it is missing, either could not be told or is not known.
    fn told(&mut self, label: &str, can_be_told: bool, value: Option<impl Display>) {
        match value {
            Some(value) => self.line(label, value),
            None if can_be_told => self.line(label, "not known"),
            None => self.line(label, "not told by this implementation"),
        }
    }
}

/// `asked-and-found.txt`: the scenario, what ran, the verdict, what was read back, and what is `missing` and why.
pub fn asked_and_found(
    attempt: &Attempt,
    began: bool,
    environment: &Environment,
    missing: &[(&str, &str)],
) -> String {
    let mut page = Page(String::new());
    asked(&mut page, attempt, environment);
    found(&mut page, attempt, environment);
    if began {
        for (role, side) in Role::BOTH.into_iter().zip(sides(attempt, environment)) {
            side.write(&mut page, role);
        }
    }
    page.section("missing");
    match (began, missing) {
        (false, _) => page.line("all else", "the call never began"),
        (true, []) => page.line("nothing", ""),
        (true, missing) => {
            for (name, why) in missing {
                let _ = writeln!(page.0, "  {name:<25} {why}");
            }
        }
    }
    page.0
}

fn asked(page: &mut Page, attempt: &Attempt, environment: &Environment) {
    page.section("asked");
    page.line("scenario", &attempt.scenario);
    page.line("repetition", attempt.repetition);
    page.line("offerer", attempt.offerer);
    page.line("answerer", attempt.answerer);
    page.line("mode", attempt.mode);
    page.line("media", attempt.media);
    page.line("network", attempt.network);
    page.line("page", format_args!("{} (map {})", environment.page, environment.page_map));
    let deadlines: Vec<_> =
        environment.deadlines_s.iter().map(|(name, seconds)| format!("{name} {seconds}")).collect();
    page.line("deadlines (s)", deadlines.join(", "));
    page.section("ran");
    page.line("tincan", format_args!("{} on {}", environment.tincan, environment.platform));
    for (name, version) in &environment.crates {
        page.line("crate", format_args!("{name} {version}"));
    }
    // Those of both sides often differ only in the clip that their cameras play.
    for browser in environment.browsers.iter().map(describe).collect::<BTreeSet<_>>() {
        page.line("browser", browser);
    }
}

/// A browser with its driver, and how it ran.
fn describe(browser: &Browser) -> String {
    let Browser { name, version, driver_version, .. } = browser;
    let window = if browser.headless { "headless" } else { "with a window" };
    let sandbox = if browser.sandbox { "on" } else { "off" };
    let driver =
        if driver_version.is_empty() { "no driver".to_owned() } else { format!("driver {driver_version}") };
    format!("{name} {version}, {driver}, {window}, sandbox {sandbox}")
}

fn found(page: &mut Page, attempt: &Attempt, environment: &Environment) {
    page.section("found");
    page.line("verdict", attempt.verdict);
    if let Some(reason) = &attempt.reason {
        page.line("reason", reason);
    }
    if let Some(diagnosis) = &attempt.diagnosis {
        page.line("stage", diagnosis.stage);
        page.line(
            "side",
            diagnosis.peer.map_or_else(|| "neither, or not known".to_owned(), |role| role.to_string()),
        );
        page.line("what shows it", &diagnosis.evidence);
        page.line("look at", &diagnosis.look_at);
    }
    if let Some((profile, fault)) = environment.known_fault(attempt) {
        page.line("known fault", fault.describe(profile.id));
    }
    page.known("first frame (ms)", attempt.first_frame_ms);
}

/// What one side was found to have.
struct Found<'a> {
    peer: PeerId,
    environment: &'a Environment,
    codecs: &'a Codecs,
    pair: Option<&'a CandidatePair>,
    transport: &'a Transport,
    has_video: bool,
    frames: FrameTally,
    sounds: Option<SoundTally>,
    messages: Option<MessageTally>,
    clock_error_ms: Option<f64>,
}

fn sides<'a>(attempt: &'a Attempt, environment: &'a Environment) -> [Found<'a>; 2] {
    let side = |role| Found {
        peer: attempt.scenario().peer(role),
        environment,
        codecs: of(&attempt.codec, role),
        pair: of(&attempt.selected_pair, role).as_ref(),
        transport: of(&attempt.transport, role),
        has_video: attempt.media.video.is_some(),
        frames: *of(&attempt.frames, role),
        sounds: attempt.sounds.as_ref().map(|sounds| *of(sounds, role)),
        messages: attempt.messages.as_ref().map(|messages| *of(messages, role)),
        clock_error_ms: *of(&attempt.clock_error_ms, role),
    };
    Role::BOTH.map(side)
}

const fn of<T>(sides: &BySide<T>, role: Role) -> &T {
    match role {
        Role::Offerer => &sides.offerer,
        Role::Answerer => &sides.answerer,
    }
}

impl Found<'_> {
    fn write(&self, page: &mut Page, role: Role) {
        page.section(&format!("found by the {role}"));
        let tells = |detail| self.environment.tells(self.peer, detail);
        let received = self.codecs.received.as_ref().map(codec);
        if self.has_video {
            page.told("codec received", tells(Detail::ReceivedCodec), received);
            page.told("codec sent", tells(Detail::SentCodec), self.codecs.sent.as_ref().map(codec));
        }
        let pair = self.pair.map(|pair| format!("{}, {}", pair, ends(pair)));
        page.told("selected pair", tells(Detail::SelectedPair), pair);
        let Transport { ice_role, dtls_version, dtls_role, dtls_cipher, srtp_cipher } = self.transport;
        let transport = [
            ("ICE role", Detail::IceRole, ice_role),
            ("DTLS version", Detail::DtlsVersion, dtls_version),
            ("DTLS role", Detail::DtlsRole, dtls_role),
            ("DTLS cipher", Detail::DtlsCipher, dtls_cipher),
            ("SRTP profile", Detail::SrtpProfile, srtp_cipher),
        ];
        for (label, detail, value) in transport {
            page.told(label, tells(detail), value.as_ref());
        }
        if self.has_video {
            page.line("frames", frames(&self.frames));
        }
        if let Some(tally) = &self.sounds {
            page.told(
                "sound received",
                tells(Detail::ReceivedCodec),
                self.codecs.received_audio.as_ref().map(codec),
            );
            page.told("sound sent", tells(Detail::SentCodec), self.codecs.sent_audio.as_ref().map(codec));
            page.line("sounds", sounds(tally));
        }
        if let Some(tally) = &self.messages {
            page.line("messages", messages(tally));
        }
        page.known("clock error (ms)", self.clock_error_ms);
    }
}

fn codec(codec: &Codec) -> String {
    let number = codec.payload_type.map_or_else(String::new, |number| format!(", payload type {number}"));
    format!("{codec}{number}")
}

fn ends(pair: &CandidatePair) -> String {
    let end = |end: &PairEnd| {
        let address = end.address.as_deref().unwrap_or("(address not given)");
        end.port.map_or_else(|| address.to_owned(), |port| format!("{address} port {port}"))
    };
    format!("local {}, remote {}", end(&pair.local), end(&pair.remote))
}

fn frames(tally: &FrameTally) -> String {
    let FrameTally {
        seen,
        proven,
        unreadable,
        own,
        foreign,
        former,
        stale,
        repeated,
        backwards,
        longest_gap_ms,
    } = tally;
    format!(
        "seen {seen}: proven {proven}, unreadable {unreadable}, own {own}, foreign {foreign}, former {former}, \
         stale {stale}, repeated {repeated}, backwards {backwards}; longest gap {longest_gap_ms} ms"
    )
}

fn sounds(tally: &SoundTally) -> String {
    let SoundTally { heard, proven, missing, silent, unreadable, own, foreign, stale, repeated, backwards } =
        tally;
    format!(
        "heard {heard}: proven {proven}, missing between {missing}, silent {silent}, unreadable {unreadable}, own {own}, \
         foreign {foreign}, stale {stale}, repeated {repeated}, backwards {backwards}"
    )
}

fn messages(tally: &MessageTally) -> String {
    let MessageTally {
        channels,
        seen,
        proven,
        unreadable,
        truncated,
        altered,
        doubled,
        out_of_order,
        own,
        foreign,
        stale,
    } = tally;
    format!(
        "on {channels} channels, seen {seen}: proven {proven}, unreadable {unreadable}, truncated {truncated}, \
         altered {altered}, doubled {doubled}, out of order {out_of_order}, own {own}, foreign {foreign}, stale {stale}"
    )
}

/// `timeline.txt`: all that both sides said, in order of time; none if they said nothing.
pub fn timeline(attempt: &Attempt) -> Option<String> {
    let milestones = attempt.milestones.iter().map(|m| (m.at_ms, m.peer, "milestone", m.name.to_string()));
    let signals = attempt.signals.iter().map(|s| {
        let what = if s.withheld {
            format!("{}, not handed over: it is taken back", s.kind)
        } else if s.by_page {
            format!("{}, carried by the page; given to the {}", s.kind, s.from.other())
        } else {
            s.kind.clone()
        };
        (s.at_ms, s.from, "signal", what)
    });
    let notes = attempt.notes.iter().map(|n| (n.at_ms, n.peer, "note", n.text.clone()));
    let mut all: Vec<_> = milestones.chain(signals).chain(notes).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let errors = Role::BOTH.map(|role| {
        let error = of(&attempt.clock_error_ms, role);
        format!("{role} {}", error.map_or_else(|| "not known".to_owned(), |ms| format!("{ms} ms")))
    });
    let mut text = format!(
        "Milliseconds from the click on create offer, both sides on one clock. It may be wrong by: {}.\n\n",
        errors.join(", ")
    );
    for (at_ms, role, kind, what) in &all {
        let _ = writeln!(text, "{at_ms:>12.3}  {role:<8}  {kind:<9}  {what}");
    }
    (!all.is_empty()).then_some(text)
}

/// `candidates.txt`: every candidate that was gathered or carried, on which side, and when it was carried; none if there
/// was none.
pub fn candidates(attempt: &Attempt, exchange: &Exchange) -> Option<String> {
    let lines: String = Role::BOTH.into_iter().map(|role| candidates_of(attempt, exchange, role)).collect();
    let head = "Candidates by side: when it left on its own (ms from the click), how, and what it is.\n\n";
    (!lines.is_empty()).then(|| format!("{head}{lines}"))
}

fn candidates_of(attempt: &Attempt, exchange: &Exchange, role: Role) -> String {
    let gathered = &exchange.side(role).evidence.gathered;
    let held: Vec<_> = sdp::candidates(exchange.description(role).unwrap_or_default()).collect();
    let own = attempt.signals.iter().filter(|signal| signal.from == role);
    let own: Vec<_> = own.filter_map(|signal| Some((signal.candidate.as_deref()?, signal.at_ms))).collect();
    let mut all: Vec<&str> = gathered.iter().map(String::as_str).collect();
    for candidate in held.iter().copied().chain(own.iter().map(|(candidate, _)| *candidate)) {
        if !all.iter().any(|known| same(known, candidate)) {
            all.push(candidate);
        }
    }
    let line = |candidate: &str| {
        let left =
            own.iter().find(|(carried, _)| same(carried, candidate)).map(|(_, at_ms)| format!("{at_ms:.3}"));
        let how = [
            (gathered.iter().any(|known| same(known, candidate)), "gathered"),
            (held.iter().any(|known| same(known, candidate)), "in the description"),
            (left.is_some(), "carried on its own"),
        ];
        let how: Vec<_> = how.iter().filter(|(is, _)| *is).map(|(_, how)| *how).collect();
        let left = left.unwrap_or_else(|| "–".to_owned());
        format!("{role:<8}  {left:>10}  {:<30}  {candidate}\n", how.join(", "))
    };
    all.into_iter().map(line).collect()
}

fn same(a: &str, b: &str) -> bool {
    sdp::candidate_key(a) == sdp::candidate_key(b)
}
