//! The descriptions of a call that failed: the lines that bear on it, and what is left of one that was refused.

use std::{fmt::Write as _, slice};

use tincan_harness::{
    attempt::Attempt,
    scenario::PeerId,
    sdp::question::{DescriptionKind, Question},
    signaling::Role,
    stage::Stage,
    timeline::FIRST_ROUND,
};

use super::rule::lines_read;

/// A description that a peer refused in a call, so that it can be asked again outside of any call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused<'r> {
    /// Who refused it.
    pub by: PeerId,
    /// As what it was given.
    pub kind: DescriptionKind,
    /// It.
    pub sdp: &'r str,
    /// Why the call failed: what the peer said is in it.
    reason: &'r str,
}

impl<'r> Refused<'r> {
    /// That of a call which broke when a description was given to a peer that had none before; none of any other.
    pub(super) fn in_call(attempt: &'r Attempt) -> Option<Self> {
        let diagnosis = attempt.diagnosis.as_ref().filter(|diagnosis| diagnosis.round == FIRST_ROUND)?;
        let (kind, sdp, role) = match diagnosis.stage {
            Stage::OfferCarried => (DescriptionKind::Offer, &attempt.sdp.offer, Role::Answerer),
            Stage::AnswerCarried => (DescriptionKind::Answer, &attempt.sdp.answer, Role::Offerer),
            _ => return None,
        };
        let by = attempt.scenario().peer(role);
        let is_refusal = diagnosis.evidence.contains("was rejected: ");
        let reason = attempt.reason.as_deref().filter(|_| is_refusal)?;
        Some(Self { by, kind, sdp: sdp.as_deref()?, reason })
    }

    /// It, to be given to a peer by itself.
    #[must_use]
    pub fn question(&self) -> Question {
        Question { kind: self.kind, sdp: self.sdp.to_owned() }
    }

    /// Whether these are the words in which it was refused in the call; numbers in them, as those of lines, may be others.
    #[must_use]
    pub fn is_refused_like(&self, words: &str) -> bool {
        without_numbers(self.reason).contains(&without_numbers(words))
    }
}

/// A text by which refusals of a description and of a part of it are the same: without numbers, blanks, and the sign that it was cut.
fn without_numbers(words: &str) -> String {
    words.chars().filter(|letter| !letter.is_numeric() && !letter.is_whitespace() && *letter != '…').collect()
}

/// What was left of a description that was refused in a call, or why nothing can be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Minimized {
    /// What the call and each peer that was asked make of the whole they still make of this.
    To {
        /// What was left.
        sdp: String,
        /// How many lines of how many.
        lines: (usize, usize),
        /// How many descriptions were tried.
        tried: usize,
        /// Whether none of the lines can be left out alone.
        is_least: bool,
        /// Who refuses it, and who accepts it.
        reacts: Vec<Reacts>,
    },
    /// The peer does not refuse it as in the call when it is given to it by itself.
    NotByItself(Reacts),
    /// Nobody accepts the whole, so that what is left would show nothing.
    AcceptedByNobody(Vec<Reacts>),
}

/// Who was asked, and what it made of a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reacts {
    /// Its name.
    pub name: PeerId,
    /// What ran, by name and version.
    pub software: String,
    /// What it made of it, in a few words and its own.
    pub how: String,
}

impl Minimized {
    /// A section of the bug of `attempt`.
    pub(super) fn in_words(&self, attempt: &Attempt) -> String {
        let Some(Refused { kind, by, .. }) = Refused::in_call(attempt) else { return String::new() };
        match self {
            Self::To { sdp, lines: (lines, of), tried, is_least, reacts } => {
                let least = match is_least {
                    true => "none of which can be left out alone",
                    false => "and perhaps fewer would do",
                };
                let lines_of_it = sdp.trim_end().replace("\r\n", "\n");
                format!(
                    "\n## A short {kind} that shows it\n\nThese {lines} of {of} lines, {least}, are refused in the same words when they are \
                     given to `setRemoteDescription` outside of any call ({tried} descriptions were tried).\n\n```sdp\n{lines_of_it}\n```\n\n{}",
                    table(reacts)
                )
            }
            Self::NotByItself(reacts) => format!(
                "\n## The {kind} by itself\n\nGiven to `setRemoteDescription` outside of any call, {by} does not refuse it as in this call, so \
                 that what came before matters, and no line was left out.\n\n{}",
                table(slice::from_ref(reacts))
            ),
            Self::AcceptedByNobody(reacts) => format!(
                "\n## The {kind} by itself\n\nNobody who was asked accepts it, so that what is left of it would show nothing, and no line was \
                 left out.\n\n{}",
                table(reacts)
            ),
        }
    }
}

fn table(reacts: &[Reacts]) -> String {
    let mut text = "| peer | what it makes of it |\n| --- | --- |\n".to_owned();
    for Reacts { name, software, how } in reacts {
        let software = if software.is_empty() { String::new() } else { format!(" ({software})") };
        let _ = writeln!(text, "| {name}{software} | {} |", one_line(how).replace('|', "\\|"));
    }
    text
}

pub(super) fn descriptions(attempt: &Attempt) -> String {
    let stage = attempt.diagnosis.as_ref().map(|diagnosis| diagnosis.stage);
    let sdp = [("offer", &attempt.sdp.offer), ("answer", &attempt.sdp.answer)];
    let mut text = String::new();
    for (name, sdp) in sdp.into_iter().filter_map(|(name, sdp)| Some((name, sdp.as_deref()?))) {
        let whole = format!("```sdp\n{}\n```\n", sdp.trim_end().replace("\r\n", "\n"));
        match stage.and_then(|stage| lines_read(stage, sdp)) {
            Some(lines) => {
                let _ = writeln!(
                    text,
                    "\n## The {name}\n\nThe lines that this stage reads:\n\n```sdp\n{lines}```\n\n<details><summary>All of \
                     it</summary>\n\n{whole}\n</details>"
                );
            }
            None => {
                let _ = write!(text, "\n## The {name}\n\n{whole}");
            }
        }
    }
    text
}

/// A text that cannot end the block in which it stands.
pub(super) fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ").replace("```", "'''")
}
