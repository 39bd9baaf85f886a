//! The phases of a call on each side, from its milestones.
//!
//! They overlap: candidates are gathered while descriptions travel, and checked while others are gathered.

use tincan_harness::{attempt::Attempt, signaling::Role, timeline::Milestone};

/// A part of a call on one side. Times are those of the report, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Phase {
    pub(super) name: &'static str,
    pub(super) start_ms: f64,
    /// None if it did not end.
    pub(super) end_ms: Option<f64>,
}

/// The phases of `role` that were begun, in the order in which one depends on the other.
pub(super) fn phases(attempt: &Attempt, role: Role) -> Vec<Phase> {
    use Milestone as M;
    let at = |milestone| at(attempt, role, milestone);
    let asked = match role {
        Role::Offerer => at(M::OfferRequested),
        Role::Answerer => self::at(attempt, Role::Offerer, M::DescriptionSent),
    };
    let described = match role {
        Role::Offerer => at(M::RemoteDescriptionSet),
        Role::Answerer => at(M::DescriptionSent),
    };
    // Checks begin when both descriptions are there (RFC 8445, section 6.1.4.1).
    let both = at(M::LocalDescriptionSet)
        .and_then(|local| at(M::RemoteDescriptionSet).map(|remote| local.max(remote)));
    let phases = [
        ("signalling", asked, described),
        ("gathering", at(M::LocalDescriptionSet), at(M::GatheringComplete)),
        ("ICE", both.or_else(|| at(M::IceConnected)), at(M::IceConnected)),
        ("DTLS", at(M::IceConnected), at(M::DtlsConnected)),
        ("first frame", at(M::DtlsConnected), at(M::FirstFrame)),
    ];
    let begun = |(name, start, end): (_, Option<f64>, Option<f64>)| {
        // A state can be reached a moment before the promise resolves that led to it: no phase lasts less than nothing.
        start.map(|start| Phase { name, start_ms: end.map_or(start, |end| start.min(end)), end_ms: end })
    };
    phases.into_iter().filter_map(begun).collect()
}

fn at(attempt: &Attempt, role: Role, milestone: Milestone) -> Option<f64> {
    attempt.milestones.iter().find(|m| m.peer == role && m.name == milestone).map(|m| m.at_ms)
}

#[cfg(test)]
mod tests {
    use tincan_harness::{attempt::ReachedAt, testing, timeline::FIRST_ROUND, verdict::Verdict};

    use super::*;

    fn attempt(reached: &[(Role, Milestone, f64)]) -> Attempt {
        let milestones = reached.iter().map(|(peer, name, at_ms)| ReachedAt {
            peer: *peer,
            name: *name,
            round: FIRST_ROUND,
            at_ms: *at_ms,
        });
        let attempt = Attempt::without_exchange(&testing::catalogue().scenarios()[0], 1, &Verdict::Passed);
        Attempt { milestones: milestones.collect(), ..attempt }
    }

    #[test]
    fn the_phases_of_the_offerer_run_from_milestone_to_milestone() {
        use Milestone as M;
        let reached = [
            (M::OfferRequested, 0.0),
            (M::LocalDescriptionSet, 5.0),
            (M::GatheringComplete, 120.0),
            (M::RemoteDescriptionSet, 300.0),
            (M::IceConnected, 320.0),
            (M::DtlsConnected, 330.0),
            (M::FirstFrame, 350.0),
        ];
        let attempt = attempt(&reached.map(|(name, at)| (Role::Offerer, name, at)));
        let found: Vec<_> = phases(&attempt, Role::Offerer)
            .iter()
            .map(|phase| (phase.name, phase.start_ms, phase.end_ms))
            .collect();
        let expected = [
            ("signalling", 0.0, Some(300.0)),
            ("gathering", 5.0, Some(120.0)),
            ("ICE", 300.0, Some(320.0)),
            ("DTLS", 320.0, Some(330.0)),
            ("first frame", 330.0, Some(350.0)),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn the_answerer_is_asked_when_the_offer_leaves() {
        let attempt = attempt(&[
            (Role::Offerer, Milestone::DescriptionSent, 7.0),
            (Role::Answerer, Milestone::DescriptionSent, 40.0),
        ]);
        let phases = phases(&attempt, Role::Answerer);
        assert_eq!(phases, [Phase { name: "signalling", start_ms: 7.0, end_ms: Some(40.0) }]);
    }

    #[test]
    fn what_did_not_end_is_open_and_what_did_not_begin_is_not_there() {
        let attempt = attempt(&[
            (Role::Offerer, Milestone::LocalDescriptionSet, 1.0),
            (Role::Offerer, Milestone::RemoteDescriptionSet, 2.0),
        ]);
        let found: Vec<_> =
            phases(&attempt, Role::Offerer).iter().map(|phase| (phase.name, phase.end_ms)).collect();
        assert_eq!(found, [("gathering", None), ("ICE", None)]);
    }

    #[test]
    fn no_phase_lasts_less_than_nothing() {
        let attempt = attempt(&[
            (Role::Offerer, Milestone::LocalDescriptionSet, 1.0),
            (Role::Offerer, Milestone::IceConnected, 162.6),
            (Role::Offerer, Milestone::RemoteDescriptionSet, 164.2),
        ]);
        let ice = phases(&attempt, Role::Offerer).into_iter().find(|phase| phase.name == "ICE");
        assert_eq!(ice, Some(Phase { name: "ICE", start_ms: 162.6, end_ms: Some(162.6) }));
    }
}
