//! What is said below the results: a summary, why what did not pass did not, and what ran.

use std::{
    collections::{BTreeSet, HashMap},
    fmt::Write as _,
    path::Path,
    time::Duration,
};

use tincan_harness::{Attempt, Diagnosis, Profile, environment::Browser, verdict::Outcome};
use tincan_report::{
    Report,
    group::{OUTCOMES, Unsupported, counted, groups, unsupported},
};

use crate::print;

/// How many came out how, the reasons of what did not pass and where the evidence lies below `folder`, and what ran.
pub fn render(report: &Report, folder: &Path, took: Duration, interrupted: bool) -> String {
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
    text += &not_supported(report);
    let environment = really_ran(report);
    if !environment.is_empty() {
        let _ = writeln!(text, "\nran: {environment}");
    }
    for remark in report.environment.remarks() {
        let _ = writeln!(text, "note: {remark}");
    }
    text
}

/// Why what is unsupported is so, a line for each reason.
fn not_supported(report: &Report) -> String {
    let groups = groups(report);
    let reasons = unsupported(&groups);
    if reasons.is_empty() {
        return String::new();
    }
    let line = |found: &Unsupported<'_>| format!("  {}: {}\n", counted(found.places.len()), found.reason);
    let lines: String = reasons.iter().map(line).collect();
    format!("\n{}\n{lines}", print::outcome(Outcome::Unsupported, 0))
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

/// What failed or was errored: of attempts at the same scenario with the same reason the first, and how many there are.
fn reasons(report: &Report) -> Vec<(&Attempt, usize)> {
    // A reason may name a time, so that hardly two are the same: each is looked up, not compared with all.
    let (mut places, mut found) = (HashMap::new(), Vec::<(&Attempt, usize)>::new());
    let is_fault = |attempt: &&Attempt| matches!(attempt.verdict, Outcome::Failed | Outcome::Errored);
    for attempt in report.attempts.iter().filter(is_fault) {
        let place = *places.entry((&attempt.scenario, &attempt.reason)).or_insert(found.len());
        match found.get_mut(place) {
            Some((_, times)) => *times += 1,
            None => found.push((attempt, 1)),
        }
    }
    found
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
    fn a_reason_that_comes_back_is_said_once() {
        let attempts = vec![errored("a"), passed(1.0), errored("b"), errored("a")];
        let report = report(9, attempts);
        let summary = render(&report, Path::new("out"), Duration::from_millis(1250), true);
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
