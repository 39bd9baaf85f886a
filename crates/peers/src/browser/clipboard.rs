//! What the pages of a call have copied: the texts as they are shown, by what they hold.
//!
//! What travels from side to side is what is meant, bare SDP and candidates. A page that gets it from another page has the text
//! pasted in which it was copied, unchanged; what comes from no page, or was changed on the way, is put into the envelope in
//! which the page shows its own.

use std::collections::{HashMap, HashSet};

use serde_json::json;
use tincan_harness::{IceCandidate, Role};

use crate::envelope::Envelope;

/// What the pages of a call have copied.
#[derive(Debug, Default)]
pub(super) struct Clipboard {
    /// The text in which each description was shown, by its SDP.
    descriptions: HashMap<String, String>,
    /// The line in which each candidate was shown, by itself as JSON.
    candidates: HashMap<String, String>,
    /// The envelope in which a page has shown its own description.
    envelope: Option<Envelope>,
    /// Whether candidates are shown as an array.
    array: bool,
}

/// Why a page that has shown nothing gets bare SDP.
const UNKNOWN: &str = "as bare SDP, since the page map does not say in which form the page takes one (`signals = \"json\"` or the like)";

/// What is pasted for a description.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pasted {
    /// The text.
    pub(super) text: String,
    /// In what form tincan has made it, and why in that one; none if it was copied as it is, or is as bare as what the page shows.
    pub(super) made: Option<String>,
}

impl Clipboard {
    /// A description was copied: `shown` is the text, in which `sdp` stands in `envelope`.
    pub(super) fn copy_description(&mut self, sdp: &str, shown: String, envelope: Envelope) {
        self.descriptions.insert(sdp.to_owned(), shown);
        self.envelope = Some(envelope);
    }

    /// A candidate was copied, which was shown as `line`, alone or in an array.
    pub(super) fn copy_candidate(&mut self, candidate: &IceCandidate, line: String, array: bool) {
        self.candidates.insert(json!(candidate).to_string(), line);
        self.array = array;
    }

    /// What is pasted as the description `sdp` of `role`, on a page whose map says `mapped`.
    pub(super) fn paste_description(&self, role: Role, sdp: &str, mapped: Option<&Envelope>) -> Pasted {
        if let Some(shown) = self.descriptions.get(sdp) {
            return Pasted { text: shown.clone(), made: None };
        }
        let (envelope, made) = match (mapped, &self.envelope) {
            // What a page shows says more than a name does.
            (Some(mapped), own) if own.as_ref().is_none_or(|own| !own.is_like(mapped)) => {
                (mapped, Some(format!("as {mapped}, as the page map says")))
            }
            (_, Some(Envelope::Bare)) => (&Envelope::Bare, None),
            (_, Some(own)) => (own, Some(format!("as {own}, which is how the page shows its own"))),
            (_, None) => (&Envelope::Bare, Some(UNKNOWN.to_owned())),
        };
        Pasted { text: envelope.around(role, sdp), made }
    }

    /// What is pasted as `candidates`: a line each, or an array if that is how they are shown. A page may well pass over a line that stands
    /// in its box already, so what was `pasted` before is written otherwise, where that can be done without changing what it means.
    pub(super) fn paste_candidates(
        &self,
        candidates: &[IceCandidate],
        pasted: &mut HashSet<String>,
    ) -> String {
        let line = |candidate: &IceCandidate| {
            let own = json!(candidate).to_string();
            let mut line = self.candidates.get(&own).cloned().unwrap_or(own);
            while !pasted.insert(line.clone()) && line.starts_with('{') {
                line.insert(1, ' ');
            }
            line
        };
        let lines: Vec<_> = candidates.iter().map(line).collect();
        if !self.array {
            return lines.join("\n");
        }
        // An item that is a string was shown without its quotation marks.
        let item = |line: &String| if line.starts_with('{') { line.clone() } else { json!(line).to_string() };
        format!("[{}]", lines.iter().map(item).collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_has_shown_is_pasted_as_it_was() {
        let mut clipboard = Clipboard::default();
        let json: Envelope = "json".parse().unwrap();
        let shown = "{ \"sdp\": \"v=0\",  \"type\": \"offer\" }";
        clipboard.copy_description("v=0", shown.to_owned(), json);
        let paste = |sdp| clipboard.paste_description(Role::Answerer, sdp, None);
        assert_eq!(paste("v=0"), Pasted { text: shown.to_owned(), made: None });
        let made = Some("as JSON, which is how the page shows its own".to_owned());
        assert_eq!(paste("v=1"), Pasted { text: r#"{"sdp":"v=1","type":"answer"}"#.to_owned(), made });
    }

    #[test]
    fn where_nobody_has_said_how_it_is_bare_and_a_guess() {
        let paste =
            |mapped: Option<&Envelope>| Clipboard::default().paste_description(Role::Offerer, "v=0", mapped);
        assert_eq!(paste(None), Pasted { text: "v=0".to_owned(), made: Some(UNKNOWN.to_owned()) });
        let mapped = paste(Some(&"sdp in base64".parse().unwrap()));
        let made = Some("as SDP in base64, as the page map says".to_owned());
        assert_eq!(mapped, Pasted { text: "dj0w".to_owned(), made });
    }

    #[test]
    fn candidates_go_line_by_line_or_as_an_array() {
        let candidate = |text: &str| IceCandidate { candidate: text.to_owned(), ..IceCandidate::default() };
        let (one, other) = (candidate("candidate:1"), candidate("candidate:2"));
        let mut clipboard = Clipboard::default();
        clipboard.copy_candidate(&one, "candidate:1".to_owned(), false);
        let own = json!(other).to_string();
        let mut pasted = HashSet::new();
        let both = [one.clone(), other];
        assert_eq!(clipboard.paste_candidates(&both, &mut pasted), format!("candidate:1\n{own}"));
        // What can be written otherwise is, so that a page takes it for another line.
        let again = format!("candidate:1\n{{ {}", &own[1..]);
        assert_eq!(clipboard.paste_candidates(&both, &mut pasted), again);
        clipboard.copy_candidate(&one, "candidate:1".to_owned(), true);
        assert_eq!(
            clipboard.paste_candidates(&both, &mut HashSet::new()),
            format!("[\"candidate:1\",{own}]")
        );
    }
}
