//! What was copied from a page: what it holds, and what becomes of it.

use tincan_harness::{Event, HarnessError, Note, Operation, PeerError, Role, Signal};

use super::clipboard::Clipboard;
use crate::envelope::{Envelope, candidate, open};

/// What is said by the description of `role` that `from` shows: it, and in what form it is if it is not bare.
pub(super) fn description(role: Role, shown: String, from: &str, clipboard: &mut Clipboard) -> Vec<Event> {
    let opened = match open(&shown) {
        Ok(opened) => opened,
        Err(why) => {
            let name = Signal::description(role, String::new()).name();
            let trouble = HarnessError::new(format!("understand the {name}"), format!("{from} holds {why}"));
            return vec![Event::HarnessError(
                trouble.hint("see docs/page-maps.md for the forms that are known"),
            )];
        }
    };
    let form = (opened.envelope != Envelope::Bare).then(|| {
        let name = Signal::description(role, String::new()).name();
        Event::Noted(Note::other(format_args!(
            "the {name} is shown as {} ({} characters)",
            opened.envelope,
            shown.len()
        )))
    });
    clipboard.copy_description(&opened.sdp, shown, opened.envelope);
    form.into_iter().chain([Event::Signal(Signal::description(role, opened.sdp))]).collect()
}

/// What is said by a candidate that is shown as `line`, alone or in an array.
pub(super) fn candidate_line(line: String, array: bool, clipboard: &mut Clipboard) -> Event {
    let Some(found) = candidate(&line) else {
        let message = format!("the page shows {line:?}, which is no candidate in JSON, and none of SDP");
        return Event::PeerError(PeerError { operation: Operation::ShowSignal, message });
    };
    clipboard.copy_candidate(&found, line, array);
    Event::Signal(Signal::candidate(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_that_is_not_bare_is_noted() {
        let mut clipboard = Clipboard::default();
        let mut events = |shown: &str| description(Role::Answerer, shown.to_owned(), "#out", &mut clipboard);
        assert_eq!(events("v=0"), [Event::Signal(Signal::Answer("v=0".to_owned()))]);
        let [Event::Noted(note), Event::Signal(Signal::Answer(sdp))] = &events(r#"{"sdp":"v=0"}"#)[..] else {
            panic!("a note and the answer");
        };
        assert_eq!(
            (note.to_string().as_str(), sdp.as_str()),
            ("the answer is shown as JSON (13 characters)", "v=0")
        );
    }

    #[test]
    fn what_cannot_be_understood_is_said_with_where_it_is() {
        let events = description(Role::Offerer, "hello".to_owned(), "#out", &mut Clipboard::default());
        let [Event::HarnessError(trouble)] = &events[..] else { panic!("{events:?}") };
        let said = trouble.to_string();
        assert!(said.contains("understand the offer") && said.contains("#out holds 5 characters"), "{said}");
    }

    #[test]
    fn a_candidate_in_an_unknown_form_is_the_pages_fault() {
        let mut clipboard = Clipboard::default();
        let event = |line: &str, clipboard: &mut Clipboard| candidate_line(line.to_owned(), false, clipboard);
        let end = event(r#"{"candidate":"","sdpMid":"0","sdpMLineIndex":0}"#, &mut clipboard);
        assert!(matches!(end, Event::Signal(Signal::EndOfCandidates(_))), "{end:?}");
        let bare = event("candidate:1 1 udp", &mut clipboard);
        assert!(matches!(bare, Event::Signal(Signal::Candidate(_))), "{bare:?}");
        let nonsense = event("nonsense", &mut clipboard);
        assert!(
            matches!(&nonsense, Event::PeerError(fault) if fault.message.contains("\"nonsense\"")),
            "{nonsense:?}"
        );
    }
}
