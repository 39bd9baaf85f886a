//! The results, no wider than a terminal: a few scenarios row by row, and more of them as grids.

mod columns;
mod grids;
mod list;

use tincan_report::{Report, grid::FEW, group::groups};

/// What became of each scenario. One that was repeated is told of once all the same.
pub fn render(report: &Report) -> String {
    let groups = groups(report);
    match groups.len() {
        0 => String::new(),
        scenarios if scenarios <= FEW => list::render(&groups),
        _ => grids::render(report, &groups),
    }
}

#[cfg(test)]
mod tests {
    use std::iter;

    use anstream::adapter::strip_str;
    use tincan_harness::{
        Attempt, Environment, HarnessError, NetworkCondition, PeerId, Profile, Scenario, SignalingMode,
        Verdict, abilities::Abilities, catalogue::scenarios,
    };
    use tincan_report::{Run, SCHEMA_VERSION};

    use super::*;

    /// What every terminal shows in a line.
    const WIDTH: usize = 80;

    /// Peers with names as long as they may be, and shorter ones.
    fn peers(count: usize) -> Vec<PeerId> {
        let name = |index: usize| format!("peer-{index}{}", "x".repeat(25 - 3 * (index % 8)));
        (0..count).map(|index| name(index).parse().unwrap()).collect()
    }

    /// A report of calls between `peers`, each made so often.
    fn report(peers: &[PeerId], times: u32, of: impl Fn(&Scenario) -> Option<Verdict>) -> Report {
        let profiles = peers.iter().map(|id| Profile::new(*id, Abilities::full())).collect();
        let environment = Environment { peers: profiles, ..Environment::default() };
        let run = Run { schema_version: SCHEMA_VERSION, environment, planned: 9, redacted: Vec::new() };
        let all = scenarios(peers).into_iter().filter_map(|scenario| Some((of(&scenario)?, scenario)));
        let attempt = |(verdict, scenario): (Verdict, Scenario)| Attempt {
            first_frame_ms: Some(1234.5),
            ..Attempt::without_exchange(&scenario, 1, &verdict)
        };
        Report::of(run, all.flat_map(|one| iter::repeat_n(attempt(one), times as usize)).collect())
    }

    fn shown(report: &Report) -> String {
        strip_str(&render(report)).to_string()
    }

    /// What came of calls between three peers over none but the plain network, some of which were not asked for.
    fn three(times: u32) -> String {
        let peers = ["chromium", "str0m", "webrtc-rs"].map(|name| name.parse().unwrap());
        let [chromium, str0m, webrtc_rs] = peers;
        shown(&report(&peers, times, |scenario| match (scenario.offerer, scenario.answerer, scenario.mode) {
            _ if scenario.network != NetworkCondition::Direct
                || !scenario.media.is_plain()
                || !scenario.procedure.is_plain() =>
            {
                None
            }
            (offerer, answerer, _) if answerer == webrtc_rs && offerer != chromium => None,
            (offerer, _, SignalingMode::Trickle) if offerer == str0m => {
                Some(Verdict::Unsupported("no".to_owned()))
            }
            (offerer, answerer, SignalingMode::Vanilla) if (offerer, answerer) == (chromium, str0m) => {
                Some(Verdict::Errored(None, HarnessError::new("start", "no")))
            }
            _ => Some(Verdict::Passed),
        }))
    }

    #[test]
    fn a_cell_holds_a_sign_for_each_mode_and_one_that_was_not_asked_for_is_empty() {
        let expected = "vp8, direct: v vanilla, h half-trickle, t trickle
offerer ↓ answerer →  chromium  str0m  webrtc-rs
                      vht       vht    vht
chromium              ✓✓✓       !✓✓    ✓✓✓
str0m                 ✓✓–       ✓✓–
webrtc-rs             ✓✓✓       ✓✓✓

✓ passed, – unsupported, ! errored; the page has the times of each scenario

";
        assert_eq!(three(1), expected);
    }

    #[test]
    fn a_mode_that_was_repeated_has_a_row_with_how_often_it_passed() {
        let expected = "vp8, direct: passed/asked, and the median time to the first frame
offerer ↓ answerer →     chromium        str0m    webrtc-rs
chromium
  vanilla             2/2 1234 ms        ! 0/2  2/2 1234 ms
  half-trickle        2/2 1234 ms  2/2 1234 ms  2/2 1234 ms
  trickle             2/2 1234 ms  2/2 1234 ms  2/2 1234 ms
str0m
  vanilla             2/2 1234 ms  2/2 1234 ms
  half-trickle        2/2 1234 ms  2/2 1234 ms
  trickle                       –            –
";
        let shown = three(2);
        assert!(shown.starts_with(expected), "{shown}");
    }

    #[test]
    fn a_few_scenarios_stand_row_by_row_below_their_pair() {
        let peers = ["chromium".parse().unwrap()];
        let few = |times| {
            let direct = |scenario: &Scenario| {
                let is_plain = scenario.network == NetworkCondition::Direct
                    && scenario.media.is_plain()
                    && scenario.procedure.is_plain();
                is_plain.then_some(Verdict::Passed)
            };
            shown(&report(&peers, times, direct))
        };
        let expected = "                verdict  first frame  frames  selected pair
                                        seen
chromium-to-chromium, vp8, direct
  vanilla       passed       1234 ms       –  –
  half-trickle  passed       1234 ms       –  –
  trickle       passed       1234 ms       –  –

";
        assert_eq!(few(1), expected);
        let expected = "chromium-to-chromium, vp8, direct
  vanilla       20 of 20 passed      1234 ms (median       –  –
                (100 %, 83–100 %)  of 20, 1234–1234)
";
        let shown = few(20);
        assert!(shown.contains(expected), "{shown}");
    }

    #[test]
    fn no_line_is_wider_than_a_terminal_however_many_take_part() {
        for (count, times) in [(1, 1), (2, 1), (3, 1), (2, 100), (8, 1), (14, 1), (14, 2)] {
            let peers = peers(count);
            // What is changed in calls has tables of the same form.
            let direct = |scenario: &Scenario| {
                scenario.network == NetworkCondition::Direct && (count < 4 || scenario.procedure.is_plain())
            };
            let all = report(&peers, times, |scenario| direct(scenario).then_some(Verdict::Passed));
            let shown = shown(&all);
            let widest = shown.lines().max_by_key(|line| line.chars().count()).unwrap();
            assert!(widest.chars().count() <= WIDTH, "{count} peers, {times} times: {widest}");
            let missing: Vec<_> = peers.iter().filter(|id| !shown.contains(id.as_str())).collect();
            assert!(missing.is_empty(), "{missing:?} are not told of");
        }
    }
}
