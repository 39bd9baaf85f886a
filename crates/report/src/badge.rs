//! Badges as SVG: for each implementation that took part, how many of its scenarios pass.

use maud::{Markup, html};
use tincan_harness::{scenario::PeerId, verdict::Outcome};

use crate::{
    group::{Group, groups},
    report::Report,
};

/// Pixels that a letter takes on the average, in the font of badges.
const LETTER: usize = 6;
/// Pixels beside a text, on both sides together.
const SPACE: usize = 12;
const HEIGHT: usize = 20;

/// White text can be read on each of them (WCAG 2, contrast of 4.5 at least).
const ALL_PASS: &str = "#2e7d32";
const SOME_PASS: &str = "#8a5300";
const NONE_PASSES: &str = "#b3261e";
const LEFT: &str = "#444444";

/// A badge, and the name of the file in which it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    /// As `chromium.svg`.
    pub file: String,
    /// The picture.
    pub svg: String,
}

/// A badge for each implementation that took part, in the order of the registry. What is unsupported counts for nothing; a
/// scenario passes if each of its calls has passed.
#[must_use]
pub fn badges(report: &Report) -> Vec<Badge> {
    let groups = groups(report);
    let ids = report.environment.peers.iter().map(|profile| profile.id);
    ids.filter_map(|id| badge(id, &groups)).collect()
}

fn badge(id: PeerId, groups: &[Group<'_>]) -> Option<Badge> {
    let takes_part = |group: &&Group<'_>| [group.first().offerer, group.first().answerer].contains(&id);
    let asked = groups.iter().filter(takes_part).filter(|group| group.worst() != Outcome::Unsupported);
    let (mut all, mut passed) = (0, 0);
    for group in asked {
        all += 1;
        passed += usize::from(group.worst() == Outcome::Passed);
    }
    let color = match passed {
        _ if all == 0 => return None,
        0 => NONE_PASSES,
        _ if passed == all => ALL_PASS,
        _ => SOME_PASS,
    };
    let svg = render(&format!("tincan: {id}"), &format!("{passed} of {all} pass"), color);
    Some(Badge { file: format!("{id}.svg"), svg: svg.into_string() })
}

fn render(left: &str, right: &str, color: &str) -> Markup {
    let [first, second] = [left, right].map(|text| text.chars().count() * LETTER + SPACE);
    let width = first + second;
    html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(width) height=(HEIGHT) role="img" aria-label={ (left) ", " (right) } {
            title { (left) ", " (right) }
            rect width=(first) height=(HEIGHT) fill=(LEFT) {}
            rect x=(first) width=(second) height=(HEIGHT) fill=(color) {}
            g fill="#ffffff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" {
                text x=(SPACE / 2) y="14" textLength=(first - SPACE) { (left) }
                text x=(first + SPACE / 2) y="14" textLength=(second - SPACE) { (right) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tincan_harness::{Environment, HarnessError, Verdict, attempt::Attempt, testing};

    use super::*;
    use crate::{Run, SCHEMA_VERSION};

    fn report(calls: &[(&str, &Verdict)]) -> Report {
        let environment = Environment { peers: testing::profiles().to_vec(), ..Environment::default() };
        let run = Run { schema_version: SCHEMA_VERSION, environment, planned: 4, redacted: Vec::new() };
        let catalogue = testing::catalogue();
        let attempt = |(place, (name, verdict)): (usize, &(&str, &Verdict))| {
            let scenario = catalogue.select(&[(*name).to_owned()]).unwrap()[0];
            Attempt::without_exchange(&scenario, place as u32, verdict)
        };
        Report::of(run, calls.iter().enumerate().map(attempt).collect())
    }

    #[test]
    fn a_badge_counts_scenarios_that_pass_each_time_and_leaves_out_what_is_unsupported() {
        let unsupported = Verdict::Unsupported("it cannot".to_owned());
        let errored = Verdict::Errored(None, HarnessError::new("try", "it did not go"));
        let (vanilla, trickle) =
            ("chromium-to-chromium/vanilla/vp8/direct", "chromium-to-chromium/trickle/vp8/direct");
        let other = "chromium-to-webrtc-rs/vanilla/vp8/relay-tcp";
        let calls = [
            (vanilla, &Verdict::Passed),
            (trickle, &Verdict::Passed),
            (trickle, &errored),
            (other, &unsupported),
        ];
        let told = badges(&report(&calls));
        // Who could do nothing of what was asked has none.
        assert_eq!(told.iter().map(|badge| &*badge.file).collect::<Vec<_>>(), ["chromium.svg"]);
        let says = |told: &[Badge], words: &str, color: &str| {
            let svg = &told[0].svg;
            assert!(
                svg.contains(&format!("aria-label=\"tincan: chromium, {words}\"")) && svg.contains(color),
                "{svg}"
            );
        };
        says(&told, "1 of 2 pass", SOME_PASS);
        says(&badges(&report(&calls[..2])), "2 of 2 pass", ALL_PASS);
        says(&badges(&report(&calls[2..3])), "0 of 1 pass", NONE_PASSES);
    }
}
