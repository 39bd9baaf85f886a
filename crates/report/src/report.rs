//! A report: what ran, and what every attempt yielded.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::{attempt::Attempt, catalogue::scenarios, environment::Environment, verdict::Outcome};
use tincan_measure::stats::{PassRate, pass_rates};

use crate::{redact::Secret, since::Since};

/// The version of the form of a report: raised when a reader of the old form would misread the new one.
pub const SCHEMA_VERSION: u32 = 3;

/// What is known of a run before its first attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// The version of the form of these lines and of the report: what both hold has one form.
    pub schema_version: u32,
    /// What runs, without the browsers, which have lines of their own.
    pub environment: Environment,
    /// How many attempts were asked for.
    pub planned: u32,
    /// What is masked in every line and in the evidence; nothing unless that was asked for.
    pub redacted: Vec<Secret>,
}

/// A whole run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "tincan report")]
pub struct Report {
    /// The version of this form.
    pub schema_version: u32,
    /// What ran.
    pub environment: Environment,
    /// How many attempts were asked for; `attempts` holds fewer if the run was cut short.
    pub planned: u32,
    /// What is masked in this report and in the evidence beside it; nothing unless that was asked for.
    pub redacted: Vec<Secret>,
    /// What has changed since an earlier report, if it was held against one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
    /// How often each scenario that was attempted has passed.
    pub pass_rates: Vec<PassRate>,
    /// The attempts that have ended, in the order in which they did.
    pub attempts: Vec<Attempt>,
}

impl Report {
    /// The report of the attempts of a run, in the order in which they ended.
    #[must_use]
    pub fn of(run: Run, attempts: Vec<Attempt>) -> Self {
        let Run { schema_version, environment, planned, redacted } = run;
        let (since, pass_rates) = (None, Vec::new());
        let mut report = Self { schema_version, environment, planned, redacted, since, pass_rates, attempts };
        report.rate();
        report
    }

    /// Works out the pass rates of the attempts that stand in it.
    pub fn rate(&mut self) {
        let ended = self.attempts.iter().map(|attempt| (attempt.scenario.as_str(), attempt.verdict));
        self.pass_rates = pass_rates(ended);
    }

    /// How many attempts came out as `outcome`.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.attempts.iter().filter(|attempt| attempt.verdict == outcome).count()
    }

    /// The names of the scenarios that there were, in the order in which they are told. Where the report does not say who
    /// could take part, those who did are taken, by name.
    #[must_use]
    pub fn catalogue(&self) -> Vec<String> {
        let mut ids: Vec<_> = self.environment.peers.iter().map(|profile| profile.id).collect();
        if ids.is_empty() {
            ids = self.attempts.iter().flat_map(|attempt| [attempt.offerer, attempt.answerer]).collect();
            ids.sort();
            ids.dedup();
        }
        scenarios(&ids).iter().map(ToString::to_string).collect()
    }
}
