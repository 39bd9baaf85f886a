//! What a person has carried from one window to the other: found by what it holds.

use tincan_harness::{HarnessError, Role, SdpType, sdp::user_name_fragment};

use super::{
    log::{Cast, Logged, Named, Seen, Window},
    trouble::cannot,
};
use crate::{
    envelope::{Envelope, candidate, open},
    page_map::{CandidateControls, Described},
};

/// A description that was put into a window.
#[derive(Debug)]
pub(super) struct Pasted<'l> {
    /// Its place in the log.
    pub(super) at: usize,
    /// Where it was put.
    pub(super) window: Window,
    /// Which it is.
    pub(super) kind: Described,
    /// By what it is told from others.
    fragment: String,
    envelope: Envelope,
    text: &'l str,
}

/// The offer and the answer of the call.
#[derive(Debug)]
pub(super) struct Carried<'l> {
    /// Who has which role.
    pub(super) cast: Cast,
    /// As it was put in at last.
    pub(super) offer: Pasted<'l>,
    /// The same.
    pub(super) answer: Pasted<'l>,
}

/// From where something was copied.
#[derive(Debug)]
pub(super) struct Source<'l> {
    /// Its place in the log.
    pub(super) at: usize,
    /// What showed it.
    pub(super) from: &'l Named,
    /// How many did.
    pub(super) count: usize,
    /// Whether the page has copied it by itself.
    pub(super) by_page: bool,
}

/// The text that was put into a window, by a field or a prompt.
pub(super) fn put_in(seen: &Seen) -> Option<&str> {
    match seen {
        Seen::Typed { shown, .. } => Some(shown),
        Seen::Answered { shown, .. } => shown.as_deref(),
        _ => None,
    }
}

/// Whether a text is one that is carried from side to side.
pub(super) fn is_signal(text: &str) -> bool {
    is_description(text) || is_candidates(text)
}

pub(super) fn is_description(text: &str) -> bool {
    open(text).is_ok()
}

/// Candidates a line each, or as an array.
pub(super) fn is_candidates(text: &str) -> bool {
    let text = text.trim();
    let items = serde_json::from_str::<Vec<serde_json::Value>>(text);
    let first = match &items {
        Ok(items) => items.first().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)),
        Err(_) => text.lines().next().map(str::to_owned),
    };
    first.is_some_and(|line| candidate(&line).is_some())
}

/// What was carried in the call that `log` shows; none if nothing was.
///
/// # Errors
/// When it is not a whole call.
pub(super) fn carried(log: &[Logged]) -> Result<Option<Carried<'_>>, HarnessError> {
    let mut pasted: Vec<_> = (0..log.len()).filter_map(|at| pasted(log, at)).collect();
    if pasted.is_empty() {
        return Ok(None);
    }
    let hint = "make the call once more: the answer is copied from the window into which the offer was pasted, and goes back";
    let answer = pasted.iter().rposition(|one| one.kind == Described::Answer);
    let Some(answer) = answer.map(|place| pasted.remove(place)) else {
        let message =
            format!("the offer was pasted into the {} window, and no answer came back", pasted[0].window);
        return Err(cannot(message, hint));
    };
    let is_its_offer = |one: &Pasted<'_>| {
        one.kind == Described::Offer && one.at < answer.at && one.window == answer.window.other()
    };
    let Some(offer) = pasted.iter().rposition(is_its_offer).map(|place| pasted.remove(place)) else {
        let message = format!(
            "an answer was pasted into the {} window, and before that no offer into the {} one",
            answer.window,
            answer.window.other()
        );
        return Err(cannot(message, hint));
    };
    Ok(Some(Carried { cast: Cast { offerer: answer.window }, offer, answer }))
}

/// The description that was put in at `at`, if one was that the other window has made.
fn pasted(log: &[Logged], at: usize) -> Option<Pasted<'_>> {
    let Logged { window, seen } = &log[at];
    let text = put_in(seen)?;
    let opened = open(text).ok()?;
    let fragment = user_name_fragment(&opened.sdp)?.to_owned();
    let made = |by: Window| {
        log.iter().find_map(|logged| match &logged.seen {
            Seen::Described { kind, sdp }
                if logged.window == by && user_name_fragment(sdp) == Some(&fragment) =>
            {
                Some(*kind)
            }
            _ => None,
        })
    };
    // Whoever pastes into a window what it has made itself has made a mistake.
    let kind = match (made(*window), made(window.other())) {
        (Some(_), None) => return None,
        (_, Some(SdpType::Answer | SdpType::Pranswer)) => Described::Answer,
        (_, Some(_)) => Described::Offer,
        // A page may write it anew (RFC 8839, section 5.4): then it is told by who may become what in DTLS (RFC 8842, section 5.2).
        (None, None) if opened.sdp.contains("a=setup:actpass") => Described::Offer,
        (None, None) => Described::Answer,
    };
    Some(Pasted { at, window: *window, kind, fragment, envelope: opened.envelope, text })
}

impl Pasted<'_> {
    /// In what form it is, as a map says it; none if it has no word for that.
    pub(super) fn form(&self) -> Option<String> {
        let words = self.envelope.to_string().replace(" with candidates", "");
        let words = words.replace("SDP", "sdp").replace("JSON", "json");
        words.parse::<Envelope>().is_ok().then_some(words)
    }

    fn is_in(&self, text: &str) -> bool {
        text == self.text
            || open(text).is_ok_and(|opened| user_name_fragment(&opened.sdp) == Some(&self.fragment))
    }

    /// Whether its window has described it between two places in the log.
    pub(super) fn is_made_between(&self, log: &[Logged], after: usize, before: usize) -> bool {
        log[after..before].iter().any(|logged| match &logged.seen {
            Seen::Described { sdp, .. } => user_name_fragment(sdp) == Some(&self.fragment),
            _ => false,
        })
    }

    /// From where it was copied: what a person has copied, or what showed it when it was pasted.
    ///
    /// # Errors
    /// When nothing on the page shows it, or nothing by which it can be found.
    pub(super) fn source<'l>(&self, log: &'l [Logged]) -> Result<Source<'l>, HarnessError> {
        let own = |(at, logged): (usize, &'l Logged)| match &logged.seen {
            _ if logged.window == self.window => None,
            Seen::Copied { shown, from, by_page } if at < self.at && self.is_in(shown) => {
                Some((at, from, *by_page))
            }
            Seen::Shows { shown, from } if at > self.at && shown == self.text => Some((at, from, false)),
            _ => None,
        };
        let all: Vec<_> = log.iter().enumerate().filter_map(own).collect();
        let copied = all.iter().rfind(|(at, ..)| *at < self.at);
        let shown = all.iter().find(|(at, from, _)| *at > self.at && !from.is_empty());
        let named = copied.filter(|(_, from, _)| !from.is_empty()).or(shown);
        let (what, window) = (self.kind, self.window.other());
        let Some((at, from, by_page)) = named.map(|(at, from, _)| {
            let (at, by_page) = copied.map_or((*at, false), |(at, _, by_page)| (*at, *by_page));
            (at, *from, by_page)
        }) else {
            let message = format!("no element in the {window} window shows the {what} that was copied there");
            let hint =
                "a map copies from what the page shows: have the page show the text that its button copies";
            return Err(cannot(message, hint));
        };
        let Some(first) = from.iter().find(|named| named.target.is_some()) else {
            let message = format!(
                "nothing tells {}, which shows the {what} in the {window} window, from its like",
                from[0].words
            );
            return Err(cannot(message, "give it an id"));
        };
        Ok(Source { at, from: first, count: from.len(), by_page })
    }
}

impl<'l> Carried<'l> {
    /// What `role` has put in, which the other one has made.
    pub(super) const fn put_in_by(&self, role: Role) -> &Pasted<'l> {
        match role {
            Role::Offerer => &self.answer,
            Role::Answerer => &self.offer,
        }
    }

    /// What `role` has made.
    pub(super) const fn made_by(&self, role: Role) -> &Pasted<'l> {
        self.put_in_by(role.other())
    }

    /// Where candidates are shown, pasted and added, if they were carried on their own.
    ///
    /// # Errors
    /// When one of these cannot be named.
    pub(super) fn candidates(&self, log: &[Logged]) -> Result<Option<CandidateControls>, HarnessError> {
        let is_pasted = |logged: &Logged| put_in(&logged.seen).is_some_and(is_candidates);
        let Some(at) = log.iter().position(is_pasted) else { return Ok(None) };
        let Logged { window, seen } = &log[at];
        let received = match seen {
            Seen::Typed { field, .. } => field.css.clone(),
            _ => None,
        };
        let shows = |logged: &Logged| match &logged.seen {
            Seen::Copied { shown, from, .. } | Seen::Shows { shown, from }
                if logged.window != *window && is_candidates(shown) =>
            {
                from.iter().find_map(|named| named.css.clone())
            }
            _ => None,
        };
        let send = log.iter().find_map(shows);
        let add = adds(log, at);
        match (send, received, add) {
            (Some(send), Some(received), Some(add)) => Ok(Some(CandidateControls { send, received, add })),
            (send, received, _) => {
                let missing = match (send, received) {
                    (None, _) => "what shows them",
                    (_, None) => "the field that takes them",
                    _ => "the button that adds them",
                };
                let message = format!("candidates were pasted on their own, and {missing} was not found");
                Err(cannot(message, "a map names these by selectors of CSS: give them ids"))
            }
        }
    }
}

/// What was clicked in the same window after candidates were pasted at `at`.
pub(super) fn adds(log: &[Logged], at: usize) -> Option<String> {
    log[at..].iter().find_map(|logged| match &logged.seen {
        Seen::Clicked { on, .. } if logged.window == log[at].window => on.css.clone(),
        _ => None,
    })
}
