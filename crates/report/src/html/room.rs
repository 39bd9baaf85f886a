//! How much may stand in a page.

use maud::{Markup, html};
use tincan_harness::{attempt::Attempt, verdict::Outcome};

use super::{attempt::Part, bytes::fits, sdp, words::anchor};

/// Room for a page, in bytes: it stays below 1 MB.
const PAGE: usize = 980_000;
/// Room for the drawings and tables of attempts that show what a scenario is like, or did not pass, in thousandths of what the
/// rest of the page leaves. What they, the SDPs and the pictures leave is for the others.
const DETAILS: usize = 480;
/// Room for SDPs, likewise.
const SDP: usize = 260;
/// Room for pictures as they stand in the page, likewise: base64 makes 4 of 3.
const PICTURES: usize = 260;

/// What stands around the details of an attempt, in bytes.
const FRAME: usize = 600;

/// What may still be written, in bytes.
pub(super) struct Room {
    details: usize,
    sdp: usize,
    pub(super) pictures: usize,
}

impl Room {
    /// All that there is in a page that holds so much without it.
    pub(super) const fn beside(used: usize) -> Self {
        let left = PAGE.saturating_sub(used);
        Self { details: left / 1000 * DETAILS, sdp: left / 1000 * SDP, pictures: left / 1000 * PICTURES }
    }

    /// What is left for details when so much stands in the page; pictures have no more room.
    pub(super) const fn rest(&mut self, used: usize) {
        self.details = PAGE.saturating_sub(used);
        self.pictures = 0;
    }

    /// `part`, if there is room for it.
    pub(super) fn take_details(&mut self, part: Part) -> Option<Part> {
        fits(&mut self.details, part.size() + FRAME).then_some(part)
    }

    /// The descriptions of `attempt`, and whether they are there in full: so they are for the first of a scenario and
    /// for what did not pass, as long as there is room.
    pub(super) fn sdp(&mut self, attempt: &Attempt, shown: Option<(usize, &Attempt)>) -> (Markup, bool) {
        if attempt.sdp.offer.is_none() && attempt.sdp.answer.is_none() {
            return (html! { p { "No description was carried." } }, false);
        }
        if shown.is_none() || attempt.verdict != Outcome::Passed {
            let in_full = sdp::in_full(&attempt.sdp);
            if fits(&mut self.sdp, in_full.0.len()) {
                return (in_full, true);
            }
        }
        let brief = match shown {
            Some((place, shown)) => sdp::against(attempt, shown, &anchor(place)),
            None => html! { p class="note" { "Left out to keep this page small; report.json has it." } },
        };
        self.details = self.details.saturating_sub(brief.0.len());
        (brief, false)
    }
}
