//! The scenarios of the catalogue, pair by pair: a pair is a trial, whose browsers are started once. Each call is held against what
//! is expected of it, and where its peers were recorded, against that.

use std::{
    collections::{BTreeMap, HashSet},
    env,
};

use libtest_mimic::Trial;
use tincan_harness::{
    Attempt, Catalogue, Flow, Media, Milestone, NetworkCondition, Role, Scenario, SignalingMode, VideoCodec,
    attempt::ReachedAt,
    frames::FRAMES_TO_PROVE,
    procedure::{Change, Procedure},
    sounds::WORDS_TO_PROVE,
    verdict::Outcome,
};
use tincan_peers::{BrowserOptions, Roster, RosterOptions, registry::catalogue};

use crate::{
    check,
    snapshots::{is_as_recorded, is_recorded},
    trial,
};

pub fn trials() -> Vec<Trial> {
    let catalogue = catalogue();
    let mut by_trial: BTreeMap<String, Vec<Scenario>> = BTreeMap::new();
    for scenario in catalogue.scenarios() {
        let name = if stands_for_changes(&catalogue, &scenario) {
            format!("changes/{}", scenario.pair())
        } else if stands_for_handovers(&catalogue, &scenario) {
            format!("handovers/{}", scenario.pair())
        } else if stands_for_directions(&catalogue, &scenario) {
            format!("directions/{}", scenario.pair())
        } else if stands_for_names(&catalogue, &scenario) {
            format!("mdns/{}", scenario.pair())
        } else if !catalogue.is_by_name_only(&scenario) && (is_full() || is_usual(&catalogue, &scenario)) {
            format!("calls/{}", scenario.pair())
        } else if is_full() {
            // Many of them miss a deadline, and all calls of a pair would take longer than one trial may.
            scenario.to_string()
        } else {
            continue;
        };
        by_trial.entry(name).or_default().push(scenario);
    }
    let mut trials: Vec<_> = by_trial
        .into_iter()
        .map(|(name, scenarios)| trial(name, move || are_as_expected(scenarios)))
        .collect();
    trials.push(trial("calls/browsers-stay-warm", browsers_stay_warm));
    trials
}

/// What is changed in calls with another browser without `ci/test --full`: something of each kind.
const USUAL_WITH_BROWSERS: [Change; 3] = [Change::AddAudio, Change::Hold, Change::ReplaceTrack];

/// Whether it is one of the calls that stand for all that are changed: those of Chromium with itself by either side, and with each
/// other peer by its own. Where a fault is known, the call would miss a deadline.
fn stands_for_changes(catalogue: &Catalogue, scenario: &Scenario) -> bool {
    let Procedure::Then { change, by } = scenario.procedure else { return false };
    let chromium = catalogue.partner();
    let begins_with = if change == Change::AddVideo { Media::OPUS } else { Media::VP8 };
    let both = scenario.offerer == scenario.answerer;
    Some(scenario.offerer) == chromium
        && (both || by == Role::Offerer)
        && scenario.mode == SignalingMode::Trickle
        && scenario.media == begins_with
        && (is_full()
            || !is_other_browser(catalogue, scenario, Role::Answerer)
            || USUAL_WITH_BROWSERS.contains(&change))
        && catalogue.known_faults(scenario).next().is_none()
}

/// Whether it is one of the calls that stand for all in which candidates are handed over otherwise: those that the partner answers.
fn stands_for_handovers(catalogue: &Catalogue, scenario: &Scenario) -> bool {
    scenario.procedure.handover().is_some()
        && Some(scenario.answerer) == catalogue.partner()
        && (is_full() || !is_other_browser(catalogue, scenario, Role::Offerer))
        && catalogue.known_faults(scenario).next().is_none()
}

/// Whether it is one of the calls that stand for all in which not both sides send: those of the partner with itself; with
/// `ci/test --full` those that it answers.
fn stands_for_directions(catalogue: &Catalogue, scenario: &Scenario) -> bool {
    let is_directed = Role::BOTH.iter().any(|role| !scenario.procedure.direction(*role).sends());
    (is_directed || scenario.media.is_nothing())
        && scenario.media != Media::OPUS
        && scenario.mode == SignalingMode::Trickle
        && Some(scenario.answerer) == catalogue.partner()
        && (is_full() || scenario.offerer == scenario.answerer)
        && catalogue.known_faults(scenario).next().is_none()
}

/// Whether it is one of the calls that stand for all in which addresses are hidden: those of the partner in trickle.
fn stands_for_names(catalogue: &Catalogue, scenario: &Scenario) -> bool {
    let has_partner = Role::BOTH.iter().any(|role| Some(scenario.peer(*role)) == catalogue.partner());
    scenario.network.hides_addresses()
        && has_partner
        && scenario.mode == SignalingMode::Trickle
        && (is_full() || !is_other_browser(catalogue, scenario, Role::Offerer))
}

/// Whether `role` is a browser, and not the one with which all others are called.
fn is_other_browser(catalogue: &Catalogue, scenario: &Scenario, role: Role) -> bool {
    is_browser(scenario, role) && Some(scenario.peer(role)) != catalogue.partner()
}

/// Whether it stands for those like it: what a network asks of a browser is asked of the first one over each, and of another one
/// over a relay.
fn is_usual(catalogue: &Catalogue, scenario: &Scenario) -> bool {
    let network = scenario.network;
    !Role::BOTH.into_iter().any(|role| is_other_browser(catalogue, scenario, role))
        || [NetworkCondition::Direct, NetworkCondition::RelayUdp].contains(&network)
}

/// Whether the tests that take most of a minute each are made too (`ci/test --full`).
pub fn is_full() -> bool {
    env::var_os("TINCAN_FULL").is_some()
}

/// The options of a run on the built-in page.
pub fn options() -> RosterOptions {
    RosterOptions::on_built_in_page(std::process::id(), BrowserOptions::default())
        .expect("the built-in page map is one")
}

/// The scenario of that name.
pub fn scenario(name: &str) -> Scenario {
    catalogue()
        .scenarios()
        .into_iter()
        .find(|scenario| scenario.to_string() == name)
        .expect("the catalogue has it")
}

/// All of them are made, also where one is not as expected: its neighbours show whether it is alone with that.
async fn are_as_expected(scenarios: Vec<Scenario>) -> Result<(), String> {
    let mut roster = Roster::new(options()).await.map_err(|trouble| trouble.to_string())?;
    let mut wrong = Vec::new();
    for scenario in &scenarios {
        let outcome = is_as_expected(&mut roster, scenario).await;
        wrong.extend(outcome.err().map(|reason| format!("{scenario}: {reason}")));
    }
    roster.close().await;
    check(wrong.is_empty(), || wrong.join("\n"))
}

/// It passes as it was recorded; but what a peer lacks, it says without anything being started, and where a fault is known of a
/// peer, a call that fails does so in the stage that the fault breaks.
async fn is_as_expected(roster: &mut Roster, scenario: &Scenario) -> Result<(), String> {
    let (attempt, exchange) = roster.attempt_with_exchange(scenario, 1).await;
    let map = options().page_map;
    if catalogue().unsupported(scenario, (&map.name, &map.abilities())).is_some() {
        return check(attempt.verdict == Outcome::Unsupported, || format!("it is {}", attempt.verdict));
    }
    if lacks_a_plugin(scenario) && attempt.verdict == Outcome::Unsupported {
        let lacks = "firefox cannot send or receive video/H264";
        return check(attempt.reason.as_deref() == Some(lacks), || format!("{:?}", attempt.reason));
    }
    if attempt.verdict == Outcome::Failed && catalogue().known_faults(scenario).next().is_some() {
        return check(breaks_as_known(scenario, &attempt), || attempt.reason.clone().unwrap_or_default());
    }
    check(attempt.verdict == Outcome::Passed, || attempt.reason.clone().unwrap_or_default())?;
    let (browsers, expected) = (roster.browsers().len(), browsers_of(scenario));
    check(browsers == expected, || format!("{browsers} browsers were started, not {expected}"))?;
    what_passed_really_happened(&attempt)?;
    match exchange.filter(|_| is_recorded(scenario)) {
        Some(exchange) => is_as_recorded(scenario, &exchange, roster.who(scenario)),
        None => Ok(()),
    }
}

fn browsers_of(scenario: &Scenario) -> usize {
    Role::BOTH.into_iter().filter(|role| is_browser(scenario, *role)).count()
}

fn is_browser(scenario: &Scenario, role: Role) -> bool {
    catalogue().profile(scenario.peer(role)).is_some_and(|profile| profile.abilities.page)
}

/// Firefox's H.264 is a plugin, which is not in every package: it is asked, and says what it has.
pub fn lacks_a_plugin(scenario: &Scenario) -> bool {
    scenario.media.video == Some(VideoCodec::H264) && scenario.pair().contains("firefox")
}

/// Whether it broke where a fault that is known of a peer breaks it.
fn breaks_as_known(scenario: &Scenario, attempt: &Attempt) -> bool {
    let stage = attempt.diagnosis.as_ref().map(|diagnosis| diagnosis.stage);
    catalogue().known_faults(scenario).any(|fault| Some(fault.stage) == stage)
}

/// Holds the report against what it claims: a verdict alone proves nothing about itself.
fn what_passed_really_happened(attempt: &Attempt) -> Result<(), String> {
    if !attempt.procedure.is_plain() {
        return what_was_changed_really_was(attempt);
    }
    if attempt.media.is_nothing() {
        return nothing_really_happened(attempt);
    }
    if attempt.media.video.is_some() {
        video_really_came(attempt)?;
    }
    for sounds in attempt.sounds.iter().flat_map(|sides| [sides.offerer, sides.answerer]) {
        check(sounds.proven >= WORDS_TO_PROVE, || format!("too little sound: {sounds:?}"))?;
        check(sounds.own + sounds.foreign + sounds.stale == 0, || format!("sound of others: {sounds:?}"))?;
    }
    for messages in attempt.messages.iter().flat_map(|sides| [sides.offerer, sides.answerer]) {
        let wrong = messages.seen - messages.proven;
        check(messages.proven > 0 && wrong == 0, || format!("messages that prove nothing: {messages:?}"))?;
    }
    let has = (attempt.sounds.is_some(), attempt.messages.is_some());
    check(has == (attempt.media.audio.is_some(), attempt.media.data), || format!("it tells {has:?}"))?;
    let at =
        |peer, name| attempt.milestones.iter().find(|m| m.peer == peer && m.name == name).map(|m| m.at_ms);
    for peer in Role::BOTH {
        let (sent, complete) = (at(peer, Milestone::DescriptionSent), at(peer, Milestone::GatheringComplete));
        let left_first = complete.is_none() || sent < complete;
        check(left_first != attempt.mode.gathers_first(peer), || {
            format!(
                "{}, but the {peer}'s description was sent at {sent:?}, gathered at {complete:?}",
                attempt.mode
            )
        })?;
    }
    let candidates: HashSet<_> =
        attempt.signals.iter().filter_map(|signal| signal.candidate.as_ref()).collect();
    check(candidates.is_empty() == (attempt.mode == SignalingMode::Vanilla), || {
        format!("{} candidates were carried on their own", candidates.len())
    })
}

fn nothing_really_happened(attempt: &Attempt) -> Result<(), String> {
    for sdp in [&attempt.sdp.offer, &attempt.sdp.answer] {
        let sdp = sdp.as_ref().ok_or("a browser describes it all the same")?;
        check(!sdp.contains("m="), || format!("something was described: {sdp}"))?;
    }
    let carried: Vec<_> = attempt.signals.iter().map(|signal| signal.kind.as_str()).collect();
    check(carried == ["offer", "answer"], || format!("{carried:?} was carried"))
}

fn what_was_changed_really_was(attempt: &Attempt) -> Result<(), String> {
    let missing = attempt.procedure.path(attempt.mode, attempt.media).find(|awaited| {
        let is_it =
            |m: &&ReachedAt| (m.round, m.peer, m.name) == (awaited.round, awaited.role, awaited.milestone);
        !attempt.milestones.iter().any(|m| is_it(&m))
    });
    check(missing.is_none(), || format!("{missing:?} is not told"))?;
    let heard = attempt
        .sounds
        .iter()
        .flat_map(|sides| [sides.offerer, sides.answerer])
        .any(|sounds| sounds.proven >= WORDS_TO_PROVE);
    check(heard == attempt.sounds.is_some(), || format!("too little sound: {:?}", attempt.sounds))?;
    let came = attempt
        .messages
        .iter()
        .flat_map(|sides| [sides.offerer, sides.answerer])
        .all(|messages| messages.proven > 0);
    check(came, || format!("no messages: {:?}", attempt.messages))?;
    // Bytes are counted anew where ICE starts anew, or a transport is closed.
    if attempt.media.video.is_some() {
        pictures_really_came(attempt)?;
    }
    let is_offered = |change: &Change| {
        !matches!(change, Change::ReplaceTrack | Change::ShareScreen | Change::CloseChannels | Change::HangUp)
    };
    let offers = attempt.signals.iter().filter(|signal| signal.kind == "offer").count();
    let is_again = attempt.procedure.change().is_some_and(|change| is_offered(&change))
        || attempt.procedure.rejecting().is_some();
    check((offers > 1) == is_again, || format!("{offers} offers were carried"))
}

fn pictures_really_came(attempt: &Attempt) -> Result<(), String> {
    for (role, frames) in [(Role::Offerer, attempt.frames.offerer), (Role::Answerer, attempt.frames.answerer)]
    {
        // To whom nothing is sent any more, nothing is proven anew.
        let flow = attempt.media.video.map(Flow::Video);
        let comes = flow.is_some_and(|flow| attempt.procedure.sends(role.other(), flow, attempt.media));
        check(!comes || frames.proven >= FRAMES_TO_PROVE, || format!("too few pictures: {frames:?}"))?;
        check(frames.own + frames.foreign + frames.stale == 0, || format!("pictures of others: {frames:?}"))?;
    }
    Ok(())
}

fn video_really_came(attempt: &Attempt) -> Result<(), String> {
    pictures_really_came(attempt)?;
    for (peer, stats) in [("offerer", &attempt.stats.offerer), ("answerer", &attempt.stats.answerer)] {
        let received: Vec<_> = stats.iter().filter_map(|point| point.bytes_received).collect();
        let grew = received.is_sorted() && received.last().is_some_and(|last| *last > 0);
        check(grew, || format!("bytes that the {peer} received, by its getStats: {received:?}"))?;
    }
    let first = attempt.first_frame_ms.ok_or("there is no time to the first frame")?;
    check(first > 0.0, || format!("the first frame came {first} ms after the click"))
}

/// A second call uses the same browsers, on a fresh page, and its pictures are again those of the other.
async fn browsers_stay_warm() -> Result<(), String> {
    let mut roster = Roster::new(options()).await.map_err(|trouble| trouble.to_string())?;
    let names = ["chromium-to-chromium/vanilla/vp8/direct", "chromium-to-chromium/trickle/vp8/direct"];
    let mut attempts = Vec::new();
    for (repetition, name) in names.iter().cycle().take(4).enumerate() {
        attempts.push(roster.attempt(&scenario(name), repetition as u32 + 1).await);
    }
    let browsers = roster.browsers().len();
    roster.close().await;
    for attempt in &attempts {
        check(attempt.verdict == Outcome::Passed, || attempt.reason.clone().unwrap_or_default())?;
    }
    check(browsers == 2, || format!("{browsers} browsers were started"))
}
