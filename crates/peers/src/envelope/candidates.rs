//! Candidates as pages show them.

use serde_json::Value;
use tincan_harness::IceCandidate;

use super::json::Key;

/// So many candidates are taken from one text at the most.
const MOST: usize = 1000;

/// The candidate that `text` is: JSON as `RTCIceCandidate.toJSON()` gives it, or an attribute of SDP, with `a=` or without.
/// An attribute says nothing of its m-section: it is taken for the first, with which the others are bundled.
pub(crate) fn candidate(text: &str) -> Option<IceCandidate> {
    let text = text.trim().trim_end_matches(',');
    match serde_json::from_str(text) {
        Ok(value) => of_value(&value),
        Err(_) => of_attribute(text),
    }
}

fn of_attribute(text: &str) -> Option<IceCandidate> {
    let candidate = text.strip_prefix("a=").unwrap_or(text);
    candidate.starts_with("candidate:").then(|| IceCandidate {
        candidate: candidate.to_owned(),
        sdp_m_line_index: Some(0),
        ..IceCandidate::default()
    })
}

/// The candidate that a value of JSON is, or holds as its `candidate`.
pub(super) fn of_value(value: &Value) -> Option<IceCandidate> {
    match value {
        Value::String(text) => of_attribute(text),
        Value::Object(fields) => match fields.get("candidate")? {
            inner @ Value::Object(_) => of_value(inner),
            _ => serde_json::from_value(value.clone()).ok(),
        },
        _ => None,
    }
}

/// The candidates within `value`, and the place of the array that the first of them is in, if it is in one.
pub(super) fn within(value: &Value) -> (Vec<IceCandidate>, Option<Vec<Key>>) {
    let mut found = Found::default();
    found.look(value, &mut Vec::new());
    (found.candidates, found.place)
}

#[derive(Default)]
struct Found {
    candidates: Vec<IceCandidate>,
    place: Option<Vec<Key>>,
}

impl Found {
    fn look(&mut self, value: &Value, path: &mut Vec<Key>) {
        if self.candidates.len() >= MOST {
            return;
        }
        if let Some(candidate) = of_value(value) {
            if self.candidates.is_empty()
                && let Some((Key::Item(_), array)) = path.split_last()
            {
                self.place = Some(array.to_vec());
            }
            self.candidates.push(candidate);
            return;
        }
        let inner: Vec<_> = match value {
            Value::Array(items) => {
                items.iter().enumerate().map(|(place, item)| (Key::Item(place), item)).collect()
            }
            Value::Object(fields) => {
                fields.iter().map(|(name, field)| (Key::Field(name.clone()), field)).collect()
            }
            _ => return,
        };
        for (key, inner) in inner {
            path.push(key);
            self.look(inner, path);
            path.pop();
        }
    }
}

/// `sdp` with `candidates` in their m-sections, where it does not hold them.
pub(super) fn into_sdp(sdp: &str, candidates: &[IceCandidate]) -> String {
    let mut sections: Vec<String> = Vec::new();
    for line in sdp.split_inclusive('\n') {
        if line.starts_with("m=") || sections.is_empty() {
            sections.push(String::new());
        }
        if let Some(section) = sections.last_mut() {
            section.push_str(line);
        }
    }
    for candidate in candidates.iter().filter(|candidate| !candidate.candidate.is_empty()) {
        let of_mid = |section: &String| {
            let mid = candidate.sdp_mid.as_deref()?;
            section.lines().any(|line| line.strip_prefix("a=mid:") == Some(mid)).then_some(())
        };
        let by_mid = sections.iter().position(|section| of_mid(section).is_some());
        // The first part is that of the session.
        let place = by_mid.unwrap_or_else(|| usize::from(candidate.sdp_m_line_index.unwrap_or(0)) + 1);
        let Some(section) = sections.get_mut(place) else { continue };
        let end = if section.ends_with("\r\n") { "\r\n" } else { "\n" };
        if !section.contains(&candidate.candidate) {
            if !section.ends_with('\n') {
                section.push_str(end);
            }
            section.push_str(&format!("a={}{end}", candidate.candidate));
        }
    }
    sections.concat()
}
