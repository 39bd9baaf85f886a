//! The results: a row a scenario, a summary, and why what did not pass did not.

use std::{
    collections::{BTreeSet, HashMap},
    fmt::Write as _,
    path::Path,
    time::Duration,
};

use comfy_table::{CellAlignment, Table, presets};
use tincan_harness::{Attempt, Diagnosis, Profile, attempt::BySide, environment::Browser, verdict::Outcome};
use tincan_report::Report;

use crate::print;

const OUTCOMES: [Outcome; 4] = [Outcome::Passed, Outcome::Failed, Outcome::Unsupported, Outcome::Errored];
const NOTHING: &str = "–";

/// The table. A scenario that was repeated has one row all the same.
pub fn render(report: &Report) -> String {
    let scenarios = by_scenario(report);
    if scenarios.is_empty() {
        return String::new();
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_header(["scenario", "verdict", "first frame", "frames seen", "selected pair"]);
    for attempts in scenarios {
        table.add_row([
            attempts[0].scenario.clone(),
            verdicts(report, &attempts),
            times(&attempts),
            frames(&attempts),
            pairs(&attempts),
        ]);
    }
    for column in [2, 3] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{table}\n")
}

/// How many came out how, the reasons of what did not pass and where the evidence lies below `folder`, and what ran.
pub fn summary(report: &Report, folder: &Path, took: Duration, interrupted: bool) -> String {
    let counts = OUTCOMES.map(|outcome| (outcome, report.count(outcome)));
    let counts: Vec<_> =
        counts.iter().filter(|(_, n)| *n > 0).map(|(outcome, n)| format!("{n} {outcome}")).collect();
    let counts = if counts.is_empty() { "no call has ended".to_owned() } else { counts.join(", ") };
    let mut text = format!("{counts} of {} in {:.1} s", report.planned, took.as_secs_f64());
    if interrupted {
        let _ = write!(text, "; interrupted");
    }
    text.push('\n');
    for (attempt, times) in reasons(report) {
        let times = if times > 1 { format!(" ({times} times)") } else { String::new() };
        let (outcome, reason) =
            (print::outcome(attempt.verdict, 0), attempt.reason.as_deref().unwrap_or_default());
        let _ = writeln!(text, "\n{outcome} {}{times}\n  {reason}", attempt.scenario);
        if let Some(Diagnosis { stage, evidence, look_at, .. }) = &attempt.diagnosis {
            let _ = writeln!(text, "  first break: {stage}: {evidence}\n  look at: {look_at}");
        }
        if let Some((profile, fault)) = report.environment.known_fault(attempt) {
            let _ = writeln!(text, "  known fault {}", fault.describe(profile.id));
        }
        if let Some(evidence) = &attempt.evidence {
            let _ = writeln!(text, "  evidence: {}", folder.join(evidence).display());
        }
    }
    let environment = really_ran(report);
    if !environment.is_empty() {
        let _ = writeln!(text, "\nran: {environment}");
    }
    for remark in report.environment.remarks() {
        let _ = writeln!(text, "note: {remark}");
    }
    text
}

/// What took part, as it said itself, and what was seen to be negotiated.
fn really_ran(report: &Report) -> String {
    let mut parts: Vec<String> = Vec::new();
    for browser in report.environment.browsers.iter().map(browser) {
        // One that was started anew is the same; two builds may take turns.
        if !parts.contains(&browser) {
            parts.push(browser);
        }
    }
    let took_part = |profile: &&Profile| {
        report.attempts.iter().any(|attempt| [attempt.offerer, attempt.answerer].contains(&profile.id))
    };
    let libraries =
        report.environment.peers.iter().filter(took_part).filter_map(|profile| profile.library.as_ref());
    parts.extend(libraries.map(ToString::to_string));
    let sides = |attempt: &Attempt| {
        let Attempt { transport, codec, .. } = attempt.clone();
        [(transport.offerer, codec.offerer), (transport.answerer, codec.answerer)]
    };
    let (mut dtls, mut srtp, mut codecs) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (transport, codec) in report.attempts.iter().flat_map(sides) {
        dtls.extend(transport.dtls_version);
        srtp.extend(transport.srtp_cipher);
        codecs.extend([codec.received, codec.sent].into_iter().flatten().map(|codec| codec.mime_type));
    }
    parts.extend([dtls, srtp, codecs].into_iter().flatten());
    parts.join(", ")
}

fn browser(browser: &Browser) -> String {
    let Browser { name, version, driver_version, headless, sandbox, .. } = browser;
    let window = if *headless { "headless" } else { "with windows" };
    let sandbox = if *sandbox { "sandbox on" } else { "sandbox off" };
    let driver = if driver_version.is_empty() { String::new() } else { format!("driver {driver_version}, ") };
    format!("{name} {version} ({driver}{window}, {sandbox})")
}

/// A time from the click, to the millisecond.
pub fn time(ms: f64) -> String {
    format!("{ms:.0} ms")
}

/// The attempts at each scenario, in the order of the catalogue, whichever ended first.
fn by_scenario(report: &Report) -> Vec<Vec<&Attempt>> {
    let mut scenarios: Vec<Vec<&Attempt>> = Vec::new();
    for attempt in &report.attempts {
        match scenarios.iter_mut().find(|attempts| attempts[0].scenario == attempt.scenario) {
            Some(attempts) => attempts.push(attempt),
            None => scenarios.push(vec![attempt]),
        }
    }
    let catalogue = report.catalogue();
    scenarios.sort_by_key(|attempts| catalogue.iter().position(|name| *name == attempts[0].scenario));
    scenarios
}

/// What did not pass: of attempts at the same scenario with the same reason the first, and how many there are.
fn reasons(report: &Report) -> Vec<(&Attempt, usize)> {
    // A reason may name a time, so that hardly two are the same: each is looked up, not compared with all.
    let (mut places, mut found) = (HashMap::new(), Vec::<(&Attempt, usize)>::new());
    for attempt in report.attempts.iter().filter(|attempt| attempt.verdict != Outcome::Passed) {
        let place = *places.entry((&attempt.scenario, &attempt.reason)).or_insert(found.len());
        match found.get_mut(place) {
            Some((_, times)) => *times += 1,
            None => found.push((attempt, 1)),
        }
    }
    found
}

/// The verdict of one call; the pass rate of several, and how many of them could not be asked.
fn verdicts(report: &Report, attempts: &[&Attempt]) -> String {
    if let [attempt] = attempts {
        return attempt.verdict.to_string();
    }
    let rate = report.pass_rates.iter().find(|rate| rate.scenario == attempts[0].scenario);
    let rate = rate.map(ToString::to_string);
    let others = [Outcome::Unsupported, Outcome::Errored]
        .map(|outcome| (outcome, attempts.iter().filter(|attempt| attempt.verdict == outcome).count()));
    let others = others.iter().filter(|(_, n)| *n > 0).map(|(outcome, n)| format!("{n} {outcome}"));
    rate.into_iter().chain(others).collect::<Vec<_>>().join(", ")
}

/// The time of one call; the median, the extremes and the number of several. Only passed calls count.
fn times(attempts: &[&Attempt]) -> String {
    let passed = attempts.iter().filter(|attempt| attempt.verdict == Outcome::Passed);
    let mut times: Vec<_> = passed.filter_map(|attempt| attempt.first_frame_ms).collect();
    times.sort_by(f64::total_cmp);
    match times.as_slice() {
        [] => NOTHING.to_owned(),
        [only] if attempts.len() == 1 => time(*only),
        [first, .., last] => {
            let n = times.len();
            let median = f64::midpoint(times[(n - 1) / 2], times[n / 2]);
            format!("{} (median of {n}, {first:.0}–{last:.0})", time(median))
        }
        [only] => format!("{} (1 passed)", time(*only)),
    }
}

/// The pictures that were proven to be the other's, offerer and answerer: the fewest, if there were several calls.
fn frames(attempts: &[&Attempt]) -> String {
    let fewest =
        |of: fn(&BySide<_>) -> u32| attempts.iter().map(|attempt| of(&attempt.frames)).min().unwrap_or(0);
    match (fewest(|frames| frames.offerer.proven), fewest(|frames| frames.answerer.proven)) {
        (0, 0) => NOTHING.to_owned(),
        (offerer, answerer) => format!("{offerer} / {answerer}"),
    }
}

/// The pair as each side sees it, once if they see the same.
fn pairs(attempts: &[&Attempt]) -> String {
    let sides =
        |attempt: &&Attempt| [attempt.selected_pair.offerer.clone(), attempt.selected_pair.answerer.clone()];
    let mut pairs: Vec<_> = attempts.iter().flat_map(sides).flatten().map(|pair| pair.to_string()).collect();
    pairs.sort();
    pairs.dedup();
    if pairs.is_empty() { NOTHING.to_owned() } else { pairs.join(", ") }
}

#[cfg(test)]
mod tests {
    use tincan_harness::{Environment, HarnessError, Scenario, Verdict};
    use tincan_peers::registry;
    use tincan_report::Run;

    use super::*;

    fn catalogue() -> Vec<Scenario> {
        registry::catalogue().scenarios()
    }

    fn report(planned: u32, attempts: Vec<Attempt>) -> Report {
        let environment =
            Environment { peers: registry::catalogue().profiles().to_vec(), ..Environment::default() };
        let run = Run { schema_version: 1, environment, planned, redacted: Vec::new() };
        Report::of(run, attempts)
    }

    fn passed(ms: f64) -> Attempt {
        let attempt = Attempt::without_exchange(&catalogue()[0], 1, &Verdict::Passed);
        Attempt { first_frame_ms: Some(ms), ..attempt }
    }

    fn errored(why: &str) -> Attempt {
        Attempt::without_exchange(
            &catalogue()[0],
            1,
            &Verdict::Errored(None, HarnessError::new("start", why)),
        )
    }

    #[test]
    fn only_passed_calls_enter_the_median_and_how_many_is_said() {
        let late = Attempt { first_frame_ms: Some(9000.0), ..errored("late") };
        let attempts = [passed(300.0), late, passed(100.0), passed(140.0), passed(200.0)];
        assert_eq!(times(&attempts.iter().collect::<Vec<_>>()), "170 ms (median of 4, 100–300)");
        assert_eq!(times(&[&attempts[0]]), "300 ms");
        assert_eq!(times(&[&attempts[0], &attempts[1]]), "300 ms (1 passed)");
        assert_eq!(times(&[&attempts[1]]), NOTHING);
    }

    #[test]
    fn several_attempts_show_their_pass_rate_and_what_became_of_the_others() {
        let report = report(3, vec![passed(1.0), errored("a"), passed(2.0)]);
        let attempts: Vec<_> = report.attempts.iter().collect();
        assert_eq!(verdicts(&report, &attempts), "2 of 3 passed (67 %, 9–99 %), 1 errored");
    }

    #[test]
    fn rows_stand_in_the_order_of_the_catalogue() {
        let attempt = |scenario| Attempt::without_exchange(scenario, 1, &Verdict::Passed);
        let attempts = catalogue().iter().rev().map(attempt).collect();
        let report = report(8, attempts);
        let order: Vec<_> =
            by_scenario(&report).iter().map(|attempts| attempts[0].scenario.clone()).collect();
        assert_eq!(order, catalogue().iter().map(ToString::to_string).collect::<Vec<_>>());
    }

    #[test]
    fn a_reason_that_comes_back_is_said_once() {
        let attempts = vec![errored("a"), passed(1.0), errored("b"), errored("a")];
        let report = report(9, attempts);
        let summary = summary(&report, Path::new("out"), Duration::from_millis(1250), true);
        let summary = anstream::adapter::strip_str(&summary).to_string();
        let name = catalogue()[0];
        let [a, b] = ["a", "b"].map(|why| {
            let diagnosis = errored(why).diagnosis.expect("errored attempts have one");
            format!("  first break: page: {}\n  look at: {}\n", diagnosis.evidence, diagnosis.look_at)
        });
        assert_eq!(
            summary,
            format!(
                "1 passed, 3 errored of 9 in 1.2 s; interrupted\n\nerrored {name} (2 times)\n  failed to start: a\n\
                 {a}\nerrored {name}\n  failed to start: b\n{b}"
            )
        );
    }
}
