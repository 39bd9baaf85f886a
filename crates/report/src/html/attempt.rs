//! One attempt: what became of it, why, and the details.

use maud::{Markup, html};
use tincan_harness::{attempt::Attempt, environment::Environment, verdict::Outcome};

use super::{
    bars, charts, pictures, sequence, tables,
    words::{badge, clipped, ms},
};

/// A reason longer than this is clipped, in characters.
const MOST_REASON: usize = 1500;

/// What is seen of every attempt: the verdict and why.
pub(super) fn head(attempt: &Attempt, id: &str) -> Markup {
    html! {
        h4 id={ (id) "-h" } { "Attempt " (attempt.repetition) " " (badge(attempt.verdict, &attempt.verdict.to_string())) }
        @if let Some(reason) = &attempt.reason { p class="reason" { (clipped(reason, MOST_REASON)) } }
        @if let Some(diagnosis) = &attempt.diagnosis {
            dl class="diagnosis" {
                dt { "First break" }
                dd { strong { (diagnosis.stage) } @if let Some(peer) = diagnosis.peer { ", " (peer) } }
                dt { "What shows it" } dd { (clipped(&diagnosis.evidence, MOST_REASON)) }
                dt { "What to look at" } dd { (clipped(&diagnosis.look_at, MOST_REASON)) }
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
