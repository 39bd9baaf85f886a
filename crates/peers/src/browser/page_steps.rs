//! What the commands of a call become on a page.

use std::collections::HashSet;

use serde_json::{Value, json};
use tincan_harness::{Evidence, IceCandidate, Pictures, Role, Signal, procedure::Act};
use tokio::sync::oneshot;

use super::{clipboard::Pasted, command::Command, page_of_calls::PageOfCalls};

/// The step of the probe by which the call begins.
pub(super) const OFFER: &str = "offer";
/// The step of the probe by which a page that signals for itself may be called.
pub(super) const ALLOW: &str = "allow";

/// What is done on the page.
#[derive(Debug)]
pub(super) enum Step {
    /// A step of the probe, with what it is told.
    Act(&'static str, Value),
    /// See [`Command::Examine`].
    Examine(oneshot::Sender<(Evidence, bool)>),
    /// Pictures are taken.
    Pictures(oneshot::Sender<Pictures>),
    /// The page is left.
    Close,
}

/// What was pasted into a page so far.
#[derive(Debug, Default)]
pub(super) struct PastedBefore {
    /// Whether a description was.
    description: bool,
    /// The lines of candidates.
    lines: HashSet<String>,
}

/// The steps of some commands on `page`, into which `before` was pasted. Candidates that are there at the same time are pasted together.
pub(super) fn steps(
    commands: impl Iterator<Item = Command>,
    page: &PageOfCalls,
    before: &mut PastedBefore,
) -> Vec<Step> {
    let (mut steps, mut candidates) = (Vec::new(), Vec::new());
    for command in commands {
        if let Command::Deliver(Signal::Candidate(candidate) | Signal::EndOfCandidates(candidate)) = command {
            candidates.push(candidate);
            continue;
        }
        steps.extend(pasted(&mut candidates, page, before));
        steps.push(match command {
            // Who was given a description offers again.
            Command::Act(Act::Offer) if !before.description => Step::Act(OFFER, Value::Null),
            Command::Act(act) => Step::Act("change", json!(act)),
            Command::Examine(answer) => Step::Examine(answer),
            Command::Pictures(answer) => Step::Pictures(answer),
            Command::Close => Step::Close,
            Command::Deliver(signal) => {
                before.description = true;
                received(&signal, page)
            }
        });
    }
    steps.extend(pasted(&mut candidates, page, before));
    steps
}

fn pasted(candidates: &mut Vec<IceCandidate>, page: &PageOfCalls, before: &mut PastedBefore) -> Option<Step> {
    let candidates = std::mem::take(candidates);
    if candidates.is_empty() {
        return None;
    }
    let lines = page.clipboard().paste_candidates(&candidates, &mut before.lines);
    Some(Step::Act("receiveCandidates", json!({ "lines": lines, "early": !before.description })))
}

/// What is pasted for a description, in the form in which the page takes it.
fn received(signal: &Signal, page: &PageOfCalls) -> Step {
    let sdp = signal.sdp().unwrap_or_default();
    // A map is read only if this can be understood.
    let mapped = page.map.envelope().ok().flatten();
    let by = if matches!(signal, Signal::Offer(_)) { Role::Offerer } else { Role::Answerer };
    let pasted = page.clipboard().paste_description(by, sdp, mapped.as_ref());
    let Pasted { text, made } = pasted;
    Step::Act("receive", json!({ "what": signal.name(), "text": text, "made": made }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PageMap;

    #[test]
    fn candidates_are_pasted_together_but_never_before_the_description_they_follow() {
        let candidate = |text: &str| {
            let candidate = IceCandidate { candidate: text.to_owned(), ..IceCandidate::default() };
            Command::Deliver(Signal::candidate(candidate))
        };
        let commands =
            [candidate("a"), Command::Deliver(Signal::Answer("v=0".into())), candidate("b"), candidate("")];
        let page = PageOfCalls::new(String::new(), crate::Page::BuiltIn, PageMap::built_in().unwrap());
        let steps: Vec<_> = steps(commands.into_iter(), &page, &mut PastedBefore::default())
            .into_iter()
            .map(|step| match step {
                Step::Act(name, argument) => {
                    let lines = argument["lines"].as_str().unwrap_or_default().lines().count();
                    (name, lines, argument["early"].as_bool())
                }
                _ => ("another", 0, None),
            })
            .collect();
        let candidates = |count, early| ("receiveCandidates", count, Some(early));
        assert_eq!(steps, [candidates(1, true), ("receive", 0, None), candidates(2, false)]);
    }
}
