//! The grids of a report: who was called by whom over one medium and network, and what became of it in each mode.

use std::collections::BTreeMap;

use tincan_harness::{
    attempt::Attempt, media::Media, network::NetworkCondition, procedure::Procedure, scenario::PeerId,
    signaling::SignalingMode,
};

use crate::{group::Group, report::Report};

/// So many scenarios are few: they are read row by row, and nothing of them is folded away.
pub const FEW: usize = 12;

/// The scenarios of one medium, network and procedure: offerers as rows, answerers as columns.
#[derive(Debug)]
pub struct Grid {
    /// What is sent.
    pub media: Media,
    /// What lies between.
    pub network: NetworkCondition,
    /// What is done.
    pub procedure: Procedure,
    /// The modes that were run, which a cell holds in this order.
    pub modes: Vec<SignalingMode>,
    /// Who took part, in the order of the registry.
    pub peers: Vec<PeerId>,
    /// The rows: those of the peers who offered.
    pub offerers: Vec<PeerId>,
    /// The columns: those of the peers who answered.
    pub answerers: Vec<PeerId>,
    places: BTreeMap<(PeerId, PeerId, SignalingMode), usize>,
}

impl Grid {
    /// The place of a scenario in the groups of the report; none if it was not asked for.
    #[must_use]
    pub fn place(&self, offerer: PeerId, answerer: PeerId, mode: SignalingMode) -> Option<usize> {
        self.places.get(&(offerer, answerer, mode)).copied()
    }

    /// The modes of a pair that were asked for, each with its place.
    pub fn cell(&self, offerer: PeerId, answerer: PeerId) -> impl Iterator<Item = (SignalingMode, usize)> {
        self.modes.iter().filter_map(move |mode| Some((*mode, self.place(offerer, answerer, *mode)?)))
    }

    /// The places of all its scenarios in the groups of the report.
    pub fn places(&self) -> impl Iterator<Item = usize> {
        self.places.values().copied()
    }

    /// The medium and the network, and the procedure if it is not the plain one: `vp8, direct`.
    #[must_use]
    pub fn title(&self) -> String {
        let procedure =
            if self.procedure.is_plain() { String::new() } else { format!(", {}", self.procedure) };
        format!("{}, {}{procedure}", self.media, self.network)
    }
}

/// The letter that stands for a mode where there is no room for its name.
#[must_use]
pub fn letter(mode: SignalingMode) -> String {
    mode.to_string().chars().take(1).collect()
}

/// What the letters of `modes` stand for: `v vanilla, t trickle`.
#[must_use]
pub fn letters(modes: &[SignalingMode]) -> String {
    let names: Vec<_> = modes.iter().map(|mode| format!("{} {mode}", letter(*mode))).collect();
    names.join(", ")
}

/// The grids of `groups`, which are those of `report`, in their order.
#[must_use]
pub fn grids(report: &Report, groups: &[Group<'_>]) -> Vec<Grid> {
    let over = |attempt: &Attempt| (attempt.media, attempt.network, attempt.procedure);
    let of = |key| {
        let entries = groups.iter().map(Group::first).enumerate();
        grid(report, &entries.filter(|(_, attempt)| over(attempt) == key).collect::<Vec<_>>())
    };
    distinct(groups.iter().map(|group| over(group.first()))).into_iter().filter_map(of).collect()
}

/// The grid of scenarios that differ in peers and mode alone, each by an attempt and its place; none of no scenario.
fn grid(report: &Report, entries: &[(usize, &Attempt)]) -> Option<Grid> {
    let (_, first) = entries.first()?;
    let attempts = || entries.iter().map(|(_, attempt)| attempt);
    let mut modes = distinct(attempts().map(|attempt| attempt.mode));
    modes.sort();
    let mut peers = distinct(attempts().flat_map(|attempt| [attempt.offerer, attempt.answerer]));
    peers.sort_by_key(|id| report.environment.peers.iter().position(|profile| profile.id == *id));
    let key = |attempt: &Attempt| (attempt.offerer, attempt.answerer, attempt.mode);
    let who = |role: fn(&Attempt) -> PeerId| {
        peers.iter().copied().filter(|id| attempts().any(|attempt| role(attempt) == *id)).collect()
    };
    Some(Grid {
        media: first.media,
        network: first.network,
        procedure: first.procedure,
        offerers: who(|attempt| attempt.offerer),
        answerers: who(|attempt| attempt.answerer),
        places: entries.iter().map(|(place, attempt)| (key(attempt), *place)).collect(),
        modes,
        peers,
    })
}

fn distinct<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    all.fold(Vec::new(), |mut found, item| {
        if !found.contains(&item) {
            found.push(item);
        }
        found
    })
}

#[cfg(test)]
mod tests {
    use tincan_harness::{environment::Environment, testing, verdict::Verdict};

    use super::*;
    use crate::{Run, group::groups};

    const CHROMIUM: PeerId = PeerId::literal("chromium");
    const WEBRTC_RS: PeerId = PeerId::literal("webrtc-rs");
    const MODES: [SignalingMode; 3] =
        [SignalingMode::Vanilla, SignalingMode::HalfTrickle, SignalingMode::Trickle];

    /// A report of scenarios that passed, by their names.
    fn report(names: &[&str]) -> Report {
        let environment = Environment { peers: testing::profiles(), ..Environment::default() };
        let run = Run { schema_version: 0, environment, planned: 9, redacted: Vec::new() };
        let attempt = |name: &&str| {
            let scenario = testing::catalogue().select(&[(*name).to_owned()]).unwrap()[0];
            Attempt::without_exchange(&scenario, 1, &Verdict::Passed)
        };
        Report::of(run, names.iter().map(attempt).collect())
    }

    #[test]
    fn what_was_not_asked_for_has_no_place() {
        let report = report(&[
            "webrtc-rs-to-webrtc-rs/vanilla/vp8/direct",
            "chromium-to-webrtc-rs/trickle/vp8/direct",
        ]);
        let grids = grids(&report, &groups(&report));
        let [grid] = grids.as_slice() else { panic!("{grids:?}") };
        assert_eq!(grid.title(), "vp8, direct");
        assert_eq!(grid.modes, [SignalingMode::Vanilla, SignalingMode::Trickle]);
        assert_eq!(
            (grid.offerers.as_slice(), grid.answerers.as_slice()),
            (&[CHROMIUM, WEBRTC_RS][..], &[WEBRTC_RS][..])
        );
        let cell = |offerer| grid.cell(offerer, WEBRTC_RS).collect::<Vec<_>>();
        assert_eq!(cell(CHROMIUM), [(SignalingMode::Trickle, 0)]);
        assert_eq!(cell(WEBRTC_RS), [(SignalingMode::Vanilla, 1)]);
    }

    #[test]
    fn there_is_a_grid_for_each_network_and_peers_stand_as_in_the_registry() {
        let report = report(&[
            "webrtc-rs-to-chromium/vanilla/vp8/stun",
            "webrtc-rs-to-chromium/vanilla/vp8/direct",
            "chromium-to-webrtc-rs/vanilla/vp8/direct",
        ]);
        let grids = grids(&report, &groups(&report));
        let told: Vec<_> = grids.iter().map(|grid| (grid.title(), grid.peers.as_slice())).collect();
        let both = [CHROMIUM, WEBRTC_RS].as_slice();
        assert_eq!(told, [("vp8, direct".to_owned(), both), ("vp8, stun".to_owned(), both)]);
        assert_eq!(grids[1].offerers, [WEBRTC_RS]);
    }

    #[test]
    fn no_two_modes_have_the_same_letter() {
        assert_eq!(letters(&MODES), "v vanilla, h half-trickle, t trickle");
        assert_eq!(distinct(MODES.map(letter).into_iter()).len(), MODES.len());
    }
}
