//! What a run is about, where somebody named it: a run in which it took no part says nothing about it, and is no success.

use tincan_harness::{Attempt, verdict::Outcome};
use tincan_report::Report;

use crate::args::RunArgs;

/// What was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A page, or the map of one.
    Page,
    /// A browser, its driver or its version.
    Browser,
}

impl Subject {
    /// What `args` name; none if they leave both to tincan.
    pub fn of(args: &RunArgs) -> Option<Self> {
        let (driven, browser) = (&args.driven, &args.browser);
        let page = driven.page.is_some() || driven.map.is_some();
        let named = browser.chromium.is_some() || browser.chromedriver.is_some();
        match () {
            () if page => Some(Self::Page),
            () if named || browser.browser_version.is_some() => Some(Self::Browser),
            () => None,
        }
    }

    /// What to say if it took part in none of the attempts of `report`.
    pub fn unused(self, report: &Report) -> Option<String> {
        let used = |attempt: &Attempt| {
            let on_page =
                [attempt.offerer, attempt.answerer].iter().any(|peer| report.environment.has_page(*peer));
            on_page && attempt.verdict != Outcome::Unsupported
        };
        if report.attempts.iter().any(used) {
            return None;
        }
        let never = match self {
            Self::Page => "the page that was named was never opened",
            Self::Browser => "the browser that was named was never started",
        };
        Some(format!(
            "{never}: no call was made in which a browser takes part, so nothing is known of it. `tincan list` shows the \
             scenarios; what is unsupported has its reason above"
        ))
    }
}

#[cfg(test)]
mod tests {
    use tincan_harness::{Environment, HarnessError, Verdict};
    use tincan_peers::registry::catalogue;
    use tincan_report::Run;

    use super::*;

    fn attempt(scenario: &str, verdict: &Verdict) -> Attempt {
        let scenario = catalogue().select(&[scenario.to_owned()]).unwrap()[0];
        Attempt::without_exchange(&scenario, 1, verdict)
    }

    fn report(attempts: &[&Attempt]) -> Report {
        let environment = Environment { peers: catalogue().profiles().to_vec(), ..Environment::default() };
        let attempts = attempts.iter().copied().cloned().collect();
        Report::of(Run { schema_version: 0, environment, planned: 1, redacted: Vec::new() }, attempts)
    }

    #[test]
    fn only_a_call_of_a_browser_that_was_made_uses_it() {
        let library = attempt("webrtc-rs-to-webrtc-rs/trickle/vp8/direct", &Verdict::Passed);
        let unsupported =
            attempt("chromium-to-webrtc-rs/trickle/vp8/direct", &Verdict::Unsupported("no".to_owned()));
        let errored = Verdict::Errored(None, HarnessError::new("start", "no"));
        let tried = attempt("webrtc-rs-to-chromium/trickle/vp8/direct", &errored);
        for subject in [Subject::Page, Subject::Browser] {
            let said = subject.unused(&report(&[&library, &unsupported])).unwrap();
            assert!(said.contains("never"), "{said}");
            assert_eq!(subject.unused(&report(&[&library, &tried])), None);
        }
        assert_ne!(Subject::Page.unused(&report(&[])), Subject::Browser.unused(&report(&[])));
    }
}
