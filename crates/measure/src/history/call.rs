//! What was asked of a history, and what is known of each of its calls: what is appended to `history.jsonl`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::{
    attempt::{Attempt, BySide, Codecs},
    environment::Environment,
    peer::Transport,
    scenario::PeerId,
    stage::Stage,
    verdict::Outcome,
};

use crate::{
    comparison::{Arm, Phases, Sample},
    lines::LinesError,
};

/// The name of the file in the folder of a history.
pub const FILE: &str = "history.jsonl";
/// The version of its form, and of `history.json`.
pub const SCHEMA_VERSION: u32 = 1;

/// A browser whose place in the order is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Build {
    /// Its name in scenarios.
    pub name: PeerId,
    /// Its version, as far as it was known before it was started.
    pub version: Option<String>,
    /// Who built it, where that is not its maker; empty otherwise.
    pub label: String,
    /// The file that is run.
    pub file: String,
}

/// What is asked of a history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HistoryQuestion {
    /// The version of this form.
    pub schema_version: u32,
    /// The builds, in the order in which they are compared.
    pub builds: Vec<Build>,
    /// The scenarios; `chromium` in their names stands for each of the builds.
    pub scenarios: Vec<String>,
    /// How many calls of each scenario are made with each build.
    pub repetitions: u32,
    /// Differences of times within this are none, in milliseconds.
    pub margin_ms: f64,
    /// The seed of the order of builds in each round, and of intervals.
    pub seed: u64,
    /// What runs, without browsers.
    pub environment: Environment,
}

impl HistoryQuestion {
    /// Whether `other` asks the same, on a machine of the same kind: then what was measured for one may be used for the other.
    #[must_use]
    pub fn is_that_of(&self, other: &Self) -> bool {
        let comparable = |question: &Self| Self {
            seed: 0,
            environment: Environment {
                tincan: question.environment.tincan.clone(),
                platform: question.environment.platform.clone(),
                ..Environment::default()
            },
            ..question.clone()
        };
        comparable(self) == comparable(other)
    }
}

/// A call of a history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CallRecord {
    /// The build, on each side where the scenario names `chromium`.
    pub build: PeerId,
    /// The scenario, as [`HistoryQuestion::scenarios`] has it.
    pub scenario: String,
    /// In which round it was made, from 1.
    pub round: u32,
    /// The build's version as it said itself; empty if it did not run.
    pub version: String,
    /// What became of it.
    pub verdict: Outcome,
    /// Why it did not pass.
    pub reason: Option<String>,
    /// The first stage that broke, if it did not pass.
    pub stage: Option<Stage>,
    /// From the click on create offer to the later of the two first frames, in milliseconds; null if it is left out of times.
    pub first_frame_ms: Option<f64>,
    /// How that time divides; null likewise.
    pub phases: Option<Phases>,
    /// ICE, DTLS and SRTP, as each side's statistics say.
    pub transport: BySide<Transport>,
    /// The codecs that each side found negotiated.
    pub codecs: BySide<Codecs>,
    /// The recording of what its peers decided, with every field of getStats; empty if it did not pass.
    pub recording: String,
}

impl CallRecord {
    /// What `attempt` was in `round` with `build`, of which this recording was made.
    #[must_use]
    pub fn of(
        (build, scenario, round): (PeerId, &str, u32),
        version: String,
        attempt: &Attempt,
        recording: String,
    ) -> Self {
        let sample = Sample::of(Arm::Vanilla, attempt);
        Self {
            build,
            scenario: scenario.to_owned(),
            round,
            version,
            verdict: attempt.verdict,
            reason: attempt.reason.clone(),
            stage: attempt.diagnosis.as_ref().map(|diagnosis| diagnosis.stage),
            first_frame_ms: sample.first_frame_ms,
            phases: sample.phases,
            transport: attempt.transport.clone(),
            codecs: attempt.codec.clone(),
            recording,
        }
    }
}

/// A build that could not be tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotTried {
    /// Which.
    pub build: PeerId,
    /// Why, in its own words as far as there are some.
    pub reason: String,
}

/// A line of `history.jsonl`: an object with one field, whose name says what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(title = "a line of tincan's history.jsonl")]
pub enum Line {
    /// The first line, and no other one: what was asked.
    History(Box<HistoryQuestion>),
    /// A build that could not be tried; it is left out from here on.
    NotTried(NotTried),
    /// A call that has ended.
    Call(Box<CallRecord>),
}

impl Line {
    /// The JSON Schema (draft 2020-12) of a line, as text.
    ///
    /// # Errors
    /// Never: it is made from the types.
    pub fn schema() -> serde_json::Result<String> {
        serde_json::to_string_pretty(&schemars::schema_for!(Self)).map(|text| text + "\n")
    }
}

/// What was asked, and what came of it so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Calls {
    /// What was asked.
    pub question: HistoryQuestion,
    /// The calls, in the order in which they ended.
    pub calls: Vec<CallRecord>,
    /// The builds that could not be tried.
    pub not_tried: Vec<NotTried>,
}

impl Calls {
    /// Those of a question of which nothing has been made.
    #[must_use]
    pub const fn none(question: HistoryQuestion) -> Self {
        Self { question, calls: Vec::new(), not_tried: Vec::new() }
    }

    /// What these lines say together.
    ///
    /// # Errors
    /// When they are not those of one command.
    pub fn of_lines(lines: impl IntoIterator<Item = Line>) -> Result<Self, LinesError> {
        let mut lines = lines.into_iter();
        let Some(Line::History(question)) = lines.next() else { return Err(LinesError::NoFirst) };
        let mut calls = Self::none(*question);
        for line in lines {
            if matches!(line, Line::History(_)) {
                return Err(LinesError::SecondFirst);
            }
            calls.take(line);
        }
        Ok(calls)
    }

    /// Takes down what a line holds. A first line changes nothing.
    pub fn take(&mut self, line: Line) {
        match line {
            Line::History(_) => {}
            Line::NotTried(not_tried) => self.not_tried.push(not_tried),
            Line::Call(call) => self.calls.push(*call),
        }
    }

    /// Whether this call has been made.
    #[must_use]
    pub fn has(&self, build: PeerId, scenario: &str, round: u32) -> bool {
        let is = |call: &CallRecord| (call.build, call.round) == (build, round) && call.scenario == scenario;
        self.calls.iter().any(is)
    }

    /// Why a build could not be tried; none of one that could, as far as is known.
    #[must_use]
    pub fn not_tried(&self, build: PeerId) -> Option<&str> {
        self.not_tried.iter().find(|not_tried| not_tried.build == build).map(|found| found.reason.as_str())
    }

    /// Whether all calls have been made that can be.
    #[must_use]
    pub fn are_complete(&self) -> bool {
        let HistoryQuestion { builds, scenarios, repetitions, .. } = &self.question;
        let tried = builds.iter().filter(|build| self.not_tried(build.name).is_none());
        let mut places = tried.flat_map(|build| {
            let rounds = move |scenario| (1..=*repetitions).map(move |round| (build.name, scenario, round));
            scenarios.iter().flat_map(rounds)
        });
        places.all(|(build, scenario, round): (_, &String, _)| self.has(build, scenario, round))
    }
}
