//! A scenario that fails, told to those who maintain one of its sides: Markdown that can stand in their bug tracker as it is.
//!
//! What identifies machines is masked, since such a text is public.

mod described;
mod rule;

use std::fmt::Write as _;

use tincan_harness::{
    attempt::{Attempt, NoteAt, ReachedAt, SignalAt},
    diagnosis::Diagnosis,
    scenario::PeerId,
    signaling::Role,
    stage::Stage,
    timeline::{FIRST_ROUND, Round},
    verdict::Outcome,
};

pub use self::described::{Minimized, Reacts, Refused};
use self::{described::one_line, rule::rule};
use crate::{
    again::command,
    group::{Group, groups},
    html::words::date,
    redact::Redaction,
    report::Report,
};

/// Lines of the course of a call, and of what a side said: those before the end tell most.
const MOST_LINES: usize = 60;

/// Why there is no bug to be told of a scenario.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoBug {
    /// The report has no call of it.
    #[error("the report has no call of {scenario:?}; {there}")]
    NoSuchScenario {
        /// What was named.
        scenario: String,
        /// Those that have failed.
        there: String,
    },
    /// Nobody is to blame.
    #[error("{scenario} has not failed: {outcomes}; {there}")]
    NotFailed {
        /// Which.
        scenario: String,
        /// What became of its calls.
        outcomes: String,
        /// Those that have failed.
        there: String,
    },
}

/// A scenario that has failed, of which there is something to be told.
#[derive(Debug)]
pub struct Bug<'r> {
    report: &'r Report,
    group: Group<'r>,
    /// The call that is told.
    attempt: &'r Attempt,
}

impl<'r> Bug<'r> {
    /// That of `scenario`, a whole name or the only one of which this is a part.
    ///
    /// # Errors
    /// When the report has no such scenario, or none of its calls has failed: what is unsupported or errored is no peer's fault.
    pub fn find(report: &'r Report, scenario: &str) -> Result<Self, NoBug> {
        let mut groups = groups(report);
        let place = find(&groups, scenario)?;
        let group = &groups[place];
        let failed = || group.attempts.iter().map(|(_, attempt)| *attempt).filter(|one| is_failed(one));
        // One of which all is known tells more.
        let whole = failed().find(|attempt| !attempt.details_left_out);
        let Some(attempt) = whole.or_else(|| failed().next()) else {
            return Err(NoBug::NotFailed {
                scenario: group.first().scenario.clone(),
                outcomes: group.summary(),
                there: there(&groups),
            });
        };
        Ok(Self { report, group: groups.swap_remove(place), attempt })
    }

    /// The description that was refused in it, if that is what broke first.
    #[must_use]
    pub fn refused(&self) -> Option<Refused<'r>> {
        Refused::in_call(self.attempt)
    }

    /// The stage that broke first; none if that is not known.
    #[must_use]
    pub fn stage(&self) -> Option<Stage> {
        self.attempt.diagnosis.as_ref().map(|diagnosis| diagnosis.stage)
    }

    /// It as Markdown, with what is left of the description that was refused, if somebody has tried.
    #[must_use]
    pub fn render(&self, minimized: Option<&Minimized>) -> String {
        let Self { report, group, attempt } = self;
        let text = [
            heading(report, group, attempt),
            who(report, attempt),
            what(group, attempt),
            minimized.map(|minimized| minimized.in_words(attempt)).unwrap_or_default(),
            course(attempt),
            described::descriptions(attempt),
            said(attempt),
            repeat(report, group, attempt),
        ];
        masks(attempt).text(&text.concat())
    }
}

/// What masks all that identifies the machines of a call.
fn masks(attempt: &Attempt) -> Redaction {
    let mut redaction = Redaction::default();
    redaction.learn_attempt(attempt);
    redaction
}

const fn is_failed(attempt: &Attempt) -> bool {
    matches!(attempt.verdict, Outcome::Failed)
}

/// The place of what is meant.
fn find(groups: &[Group<'_>], scenario: &str) -> Result<usize, NoBug> {
    let whole = groups.iter().position(|group| group.first().scenario == scenario);
    let is_part = |(_, group): &(usize, &Group<'_>)| group.first().scenario.contains(scenario);
    let mut parts = groups.iter().enumerate().filter(is_part).map(|(place, _)| place);
    let only = parts.next().filter(|_| parts.next().is_none());
    let none = || NoBug::NoSuchScenario { scenario: scenario.to_owned(), there: there(groups) };
    whole.or(only).ok_or_else(none)
}

/// What can be told.
fn there(groups: &[Group<'_>]) -> String {
    let failed = groups.iter().filter(|group| group.count(Outcome::Failed) > 0);
    let failed: Vec<_> = failed.map(|group| group.first().scenario.as_str()).collect();
    match failed.as_slice() {
        [] => "nothing in it has failed".to_owned(),
        names => format!("failed have {}", names.join(", ")),
    }
}

fn heading(report: &Report, group: &Group<'_>, attempt: &Attempt) -> String {
    let Attempt { offerer, answerer, scenario, .. } = attempt;
    let label = |id| name(report, id);
    let broke = attempt.diagnosis.as_ref().map(|diagnosis| {
        let at = diagnosis.peer.map(|role| format!(" at the {role}"));
        format!(": breaks in {}{}", diagnosis.stage, at.unwrap_or_default())
    });
    let (platform, date) = (&report.environment.platform, date(report.environment.started_at_s));
    format!(
        "# {} calls {}{}\n\n`{scenario}`: {}, on {platform}, {date}\n",
        label(*offerer),
        label(*answerer),
        broke.unwrap_or_default(),
        group.summary(),
    )
}

fn who(report: &Report, attempt: &Attempt) -> String {
    let mut text = "\n| side | implementation |\n| --- | --- |\n".to_owned();
    for role in Role::BOTH {
        let id = attempt.scenario().peer(role);
        let label = name(report, id);
        let remarks = report.environment.profile(id).map(|profile| profile.remarks().join(", "));
        let remarks = remarks.filter(|remarks| !remarks.is_empty());
        let _ =
            writeln!(text, "| {role} | {label}{} |", remarks.map(|r| format!(" ({r})")).unwrap_or_default());
    }
    if let Some((profile, fault)) = report.environment.known_fault(attempt) {
        let _ = writeln!(text, "\nThis is a known fault {}.", fault.describe(profile.id));
    }
    text
}

/// What broke, by which rule it should not, and how else it broke.
fn what(group: &Group<'_>, attempt: &Attempt) -> String {
    let mut text = format!("\n## What happens\n\n{}\n", attempt.reason.as_deref().unwrap_or_default());
    let Some(Diagnosis { stage, round, evidence, look_at, peer }) = &attempt.diagnosis else { return text };
    let _ = writeln!(text, "\nThe first stage that breaks is **{stage}**{}: {evidence}.", in_round(*round));
    let _ = writeln!(
        text,
        "\n## What should happen\n\n{}\n\nTo look at: {look_at}.",
        rule(*stage, attempt.media)
    );
    let failed = group.attempts.iter().map(|(_, other)| *other).filter(|other| is_failed(other));
    let broken = failed.filter_map(|other| Some((other, other.diagnosis.as_ref()?)));
    let elsewhere: Vec<_> =
        broken.filter(|(_, other)| (other.stage, other.peer) != (*stage, *peer)).collect();
    if let Some((_, other)) = elsewhere.first() {
        let like = |other: &Attempt| group.like(other).map_or(0, |alike| alike.repetitions.len());
        let n: usize = elsewhere.iter().map(|(other, _)| 1 + like(other)).sum();
        let _ = writeln!(
            text,
            "\n{n} of {} calls that failed broke elsewhere, the first of them in {}: {}.",
            group.count(Outcome::Failed),
            other.stage,
            other.evidence
        );
    }
    text
}

/// What was sent and what came back, in the order in which it happened.
fn course(attempt: &Attempt) -> String {
    if attempt.details_left_out {
        return "\nThe course of the call and its descriptions are left out of this report to keep it small; the run that it is from has \
                them.\n"
            .to_owned();
    }
    let reached = attempt
        .milestones
        .iter()
        .map(|ReachedAt { peer, name, round, at_ms }| (*at_ms, *peer, format!("{name}{}", in_round(*round))));
    let sent = attempt.signals.iter().map(|SignalAt { from, kind, round, withheld, at_ms, .. }| {
        let withheld = if *withheld { ", which is not handed over" } else { "" };
        (*at_ms, *from, format!("its {kind}{}{withheld}", in_round(*round)))
    });
    let noted = attempt.notes.iter().map(|NoteAt { peer, text, at_ms, .. }| (*at_ms, *peer, text.clone()));
    let mut lines: Vec<_> = reached.chain(sent).chain(noted).collect();
    lines.sort_by(|a, b| a.0.total_cmp(&b.0));
    let left_out = lines.len().saturating_sub(MOST_LINES);
    let mut text =
        "\n## What was sent, and what came back\n\nMilliseconds from the request for the offer:\n\n```text\n"
            .to_owned();
    if left_out > 0 {
        let _ = writeln!(text, "({left_out} lines before these are left out)");
    }
    for (at_ms, role, what) in lines.iter().skip(left_out) {
        let _ = writeln!(text, "{at_ms:>9.1}  {role:<8}  {}", one_line(what));
    }
    text + "```\n"
}

/// What each side says itself.
fn said(attempt: &Attempt) -> String {
    let mut text = String::new();
    for (role, lines) in
        [(Role::Offerer, &attempt.console.offerer), (Role::Answerer, &attempt.console.answerer)]
    {
        let left_out = lines.len().saturating_sub(MOST_LINES);
        if !lines.is_empty() {
            let lines: Vec<_> = lines[left_out..].iter().map(|line| one_line(line)).collect();
            let _ = write!(text, "\n## What the {role} logs\n\n```text\n{}\n```\n", lines.join("\n"));
        }
    }
    text
}

fn repeat(report: &Report, group: &Group<'_>, attempt: &Attempt) -> String {
    let command = command(&report.environment, attempt, group.number().max(5));
    let mut text = format!(
        "\n## To see it again\n\n```sh\n{command}\n```\n\ntincan {}, which makes real calls and judges them by what arrives.\n",
        report.environment.tincan
    );
    if let Some(folder) = &attempt.evidence {
        let _ = writeln!(
            text,
            "\nTo be attached, from `{folder}` beside the report: statistics, packets and logs. They are masked only if the run was made \
             with `--redact`."
        );
    }
    text
}

/// Who, and of which version.
fn name(report: &Report, id: PeerId) -> String {
    let version = report.environment.version(id).map(|version| format!(" {version}"));
    format!("{id}{}", version.unwrap_or_default())
}

/// ` in round 2`; nothing in the first one.
fn in_round(round: Round) -> String {
    if round == FIRST_ROUND { String::new() } else { format!(" in round {round}") }
}

#[cfg(test)]
mod tests;
