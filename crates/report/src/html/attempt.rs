//! One attempt: what became of it, why, and the details.

use maud::{Markup, html};
use tincan_harness::{attempt::Attempt, environment::Environment, verdict::Outcome};

use super::{
    bars, charts, pictures, sequence, tables,
    words::{badge, clipped, ms},
};
use crate::alike::Alike;

/// A reason longer than this is clipped, in characters.
const MOST_REASON: usize = 1500;
/// But to no fewer than these, however many attempts there are.
const LEAST_REASON: usize = 120;
/// As many characters have all reasons of a page together, three for each attempt.
const ALL_REASONS: usize = 450_000;

/// To how many characters a reason is clipped on a page of so many attempts.
pub(super) fn clip(attempts: usize) -> usize {
    (ALL_REASONS / 3 / attempts.max(1)).clamp(LEAST_REASON, MOST_REASON)
}

/// Those that came out alike.
pub(super) fn alike(alike: &Alike) -> Markup {
    let number = alike.repetitions.len();
    html! {
        p class="note" {
            @if number == 1 { "Another attempt" } @else { (number) " more attempts" } " came out alike (" (listed(&alike.repetitions))
            "); to keep this report small, no more is told of " @if number == 1 { "it" } @else { "them" } "."
        }
    }
}

/// Ascending numbers, with a dash for those between: `2–5, 7`.
fn listed(numbers: &[u32]) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => runs.push((*number, *number)),
        }
    }
    let run = |(first, last): &(u32, u32)| {
        if first == last { format!("#{first}") } else { format!("#{first}–{last}") }
    };
    runs.iter().map(run).collect::<Vec<_>>().join(", ")
}

/// What is seen of every attempt: the verdict and why.
pub(super) fn head(attempt: &Attempt, id: &str, clip: usize) -> Markup {
    html! {
        h4 id={ (id) "-h" } { "Attempt " (attempt.repetition) " " (badge(attempt.verdict, &attempt.verdict.to_string())) }
        @if let Some(reason) = &attempt.reason { p class="reason" { (clipped(reason, clip)) } }
        @if let Some(diagnosis) = &attempt.diagnosis {
            dl class="diagnosis" {
                dt { "First break" }
                dd { strong { (diagnosis.stage) } @if let Some(peer) = diagnosis.peer { ", " (peer) } }
                dt { "What shows it" } dd { (clipped(&diagnosis.evidence, clip)) }
                dt { "What to look at" } dd { (clipped(&diagnosis.look_at, clip)) }
            }
        }
        @if attempt.verdict == Outcome::Passed || attempt.evidence.is_some() {
            p class="facts" {
                @if let Some(first) = attempt.first_frame_ms { "First frame " strong { (ms(first)) } ". " }
                @if attempt.verdict == Outcome::Passed && attempt.media.video.is_some() {
                    "Pictures proven: " (attempt.frames.offerer.proven) " by the offerer, "
                    (attempt.frames.answerer.proven) " by the answerer. "
                }
                @if let (Outcome::Passed, Some(sounds)) = (attempt.verdict, &attempt.sounds) {
                    "Words of sound proven: " (sounds.offerer.proven) " by the offerer, "
                    (sounds.answerer.proven) " by the answerer. "
                }
                @if let (Outcome::Passed, Some(messages)) = (attempt.verdict, &attempt.messages) {
                    "Messages proven: " (messages.offerer.proven) " by the offerer, "
                    (messages.answerer.proven) " by the answerer. "
                }
                @if let Some(folder) = &attempt.evidence { a href=(pictures::link(folder)) { "Evidence folder" } }
            }
        }
    }
}

/// The details of an attempt but for its descriptions and pictures, which have a room of their own.
pub(super) struct Part {
    drawings: Markup,
    tables: Markup,
}

impl Part {
    /// In bytes.
    pub(super) fn size(&self) -> usize {
        self.drawings.0.len() + self.tables.0.len()
    }

    /// All details, with these descriptions and pictures among them.
    pub(super) fn with(self, sdp: &Markup, pictures: &Markup) -> Markup {
        html! {
            (self.drawings)
            (pictures)
            div class="described" { p class="label" { "Descriptions (SDP)" } (sdp) }
            (self.tables)
        }
    }
}

/// Whether there was an exchange, of which something can be told.
pub(super) fn has_details(attempt: &Attempt) -> bool {
    !attempt.milestones.is_empty() || !attempt.signals.is_empty() || !attempt.notes.is_empty()
}

/// The drawings and tables of `attempt`, whose elements have names that begin with `id`. One that is `again` what an
/// earlier one was has no table of its connection: but for the ports it is the same.
pub(super) fn details(attempt: &Attempt, environment: &Environment, id: &str, again: bool) -> Part {
    let drawings = html! { (sequence::draw(attempt, id)) (bars::draw(attempt, id)) (charts::draw(attempt, environment, id)) };
    let tables = html! {
        @if !again { (tables::connection(attempt, environment)) (tables::packets(attempt)) }
        @if attempt.media.video.is_some() { (tables::frames(attempt)) }
        (tables::sounds(attempt))
        (tables::messages(attempt))
        @if attempt.verdict != Outcome::Passed { (tables::notes(attempt)) }
        (tables::console(attempt))
    };
    Part { drawings, tables }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_share_the_room_that_there_is() {
        assert_eq!([0, 1, 100, 300, 1000, 1_000_000].map(clip), [1500, 1500, 1500, 500, 150, 120]);
    }

    #[test]
    fn numbers_in_a_row_are_told_by_the_first_and_the_last() {
        assert_eq!(listed(&[2, 3, 4, 7, 9, 10]), "#2–4, #7, #9–10");
    }
}
