//! A report: what ran, and what every attempt yielded.

use std::iter;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::{attempt::Attempt, catalogue::scenarios, environment::Environment, verdict::Outcome};
use tincan_measure::stats::{PassRate, pass_rates};

use crate::{
    alike::Alike,
    implementation::{self, Implementation},
    redact::Secret,
    sdp::LeftOut,
    since::Since,
};

/// The version of the form of a report: raised when a reader of the old form would misread the new one.
pub const SCHEMA_VERSION: u32 = 4;

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
    /// Who took part, in the order of the registry: of which version, whose build, and what each can do and tell. Nobody where the
    /// environment does not say who could.
    pub implementations: Vec<Implementation>,
    /// Who was to take part and does not, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// How often each scenario that was attempted has passed.
    pub pass_rates: Vec<PassRate>,
    /// The attempts that have ended, in the order in which they did; but for those that are told in `alike`.
    pub attempts: Vec<Attempt>,
    /// The attempts that came out as another one did that stands in `attempts`: only in a report that was to be small.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alike: Vec<Alike>,
}

impl Report {
    /// The report of the attempts of a run, in the order in which they ended.
    #[must_use]
    pub fn of(run: Run, attempts: Vec<Attempt>) -> Self {
        let Run { schema_version, environment, planned, redacted } = run;
        let mut report = Self {
            schema_version,
            environment,
            planned,
            redacted,
            since: None,
            implementations: Vec::new(),
            left_out: Vec::new(),
            pass_rates: Vec::new(),
            attempts,
            alike: Vec::new(),
        };
        report.sum_up();
        report
    }

    /// Works out what all that stands in it says together: who took part, and the pass rates.
    pub fn sum_up(&mut self) {
        self.implementations = implementation::of(&self.environment, &self.attempts);
        let told = self.attempts.iter().map(|attempt| (attempt.scenario.as_str(), attempt.verdict));
        let alike = self.alike.iter().flat_map(|alike| {
            iter::repeat_n((alike.scenario.as_str(), alike.verdict), alike.repetitions.len())
        });
        // What stands for others comes before them, and so do its rate and theirs.
        self.pass_rates = pass_rates(told.chain(alike));
    }

    /// How many attempts have ended.
    #[must_use]
    pub fn ended(&self) -> usize {
        self.attempts.len() + self.alike.iter().map(|alike| alike.repetitions.len()).sum::<usize>()
    }

    /// How many attempts came out as `outcome`.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        let told = self.attempts.iter().filter(|attempt| attempt.verdict == outcome).count();
        let alike = self.alike.iter().filter(|alike| alike.verdict == outcome);
        told + alike.map(|alike| alike.repetitions.len()).sum::<usize>()
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
