//! An envelope is opened by looking at what there is.

use base64::Engine;
use serde_json::Value;
use tincan_harness::IceCandidate;
use url::form_urlencoded;

use super::{
    candidates::{into_sdp, within},
    form::{Envelope, Json, engine},
    json::Key,
};

/// Longer texts are not looked at: a description has some thousand characters.
const LONGEST: usize = 1 << 20;
/// So many envelopes may stand in one another.
const DEEPEST: usize = 6;

/// What an envelope holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Opened {
    /// The description, with the candidates that stood beside it.
    pub(crate) sdp: String,
    /// What stood around it.
    pub(crate) envelope: Envelope,
}

/// Finds the description in `text`.
///
/// # Errors
/// When there is none: what there is instead, in words that follow "it holds".
pub(crate) fn open(text: &str) -> Result<Opened, String> {
    if text.len() > LONGEST {
        return Err(format!("{} characters, and a description is never as long as that", text.len()));
    }
    let found = look(text, DEEPEST).map_err(|why| format!("{} characters, {why}", text.chars().count()))?;
    Ok(Opened { sdp: into_sdp(&found.sdp, &found.candidates), envelope: found.envelope })
}

struct Found {
    sdp: String,
    candidates: Vec<IceCandidate>,
    envelope: Envelope,
}

impl Found {
    fn inside(self, envelope: impl FnOnce(Box<Envelope>) -> Envelope) -> Self {
        Self { envelope: envelope(Box::new(self.envelope)), ..self }
    }
}

fn look(text: &str, deep: usize) -> Result<Found, String> {
    let trimmed = text.trim();
    let Some(deep) = deep.checked_sub(1) else {
        return Err(format!("and more than {DEEPEST} envelopes in one another"));
    };
    if trimmed.starts_with("v=") {
        return Ok(Found { sdp: text.to_owned(), candidates: Vec::new(), envelope: Envelope::Bare });
    }
    if trimmed.starts_with(['{', '[', '"']) {
        return in_json(trimmed, deep);
    }
    if let Some((before, rest)) = link(trimmed) {
        let inner = look(rest, deep)?;
        return Ok(inner.inside(|inner| Envelope::Link { before: before.to_owned(), inner }));
    }
    if trimmed.contains('%') && !trimmed.contains(char::is_whitespace) {
        let decoded = percent_decoded(trimmed);
        if decoded != trimmed {
            return Ok(look(&decoded, deep)?.inside(Envelope::Percent));
        }
    }
    in_base64(trimmed, deep)
}

/// An address in two: up to what it carries, and that.
fn link(text: &str) -> Option<(&str, &str)> {
    let is_link = ["http://", "https://", "#", "?"].iter().any(|start| text.starts_with(start));
    if !is_link || text.contains(char::is_whitespace) {
        return None;
    }
    // Base64 may end in `=`.
    let end = text.trim_end_matches('=').len();
    let place = text[..end].rfind('=').or_else(|| text.rfind('#')).or_else(|| text.rfind('?'))?;
    Some(text.split_at(place + 1))
}

fn percent_decoded(text: &str) -> String {
    // A `+` is itself in what encodeURIComponent() leaves.
    let plain = text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(plain.as_bytes()).map(|(name, _)| name.into_owned()).collect()
}

fn in_json(text: &str, deep: usize) -> Result<Found, String> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| format!("which begin as JSON does but are none ({error}): {}", beginning(text)))?;
    let mut place = Vec::new();
    let Some(found) = description(&value, &mut place, deep) else {
        return Err(format!("JSON without a description in it: {}", beginning(text)));
    };
    let (mut candidates, array) = within(&value);
    candidates.extend(found.candidates);
    let json = Json { pretty: text.contains('\n'), value, place, inner: found.envelope, candidates: array };
    Ok(Found { sdp: found.sdp, candidates, envelope: Envelope::Json(Box::new(json)) })
}

/// The first description within `value`; its place is put behind `place`.
fn description(value: &Value, place: &mut Vec<Key>, deep: usize) -> Option<Found> {
    let inner: Vec<(Key, &Value)> = match value {
        // What is short is a name or a number, and not worth a look.
        Value::String(text) if text.trim().starts_with("v=") || text.len() > 100 => {
            return look(text, deep).ok();
        }
        Value::Array(items) => {
            items.iter().enumerate().map(|(number, item)| (Key::Item(number), item)).collect()
        }
        Value::Object(fields) => {
            let field = |(name, field): (&String, _)| (Key::Field(name.clone()), field);
            let (first, rest): (Vec<_>, Vec<_>) =
                fields.iter().map(field).partition(|(key, _)| *key == Key::Field("sdp".to_owned()));
            first.into_iter().chain(rest).collect()
        }
        _ => return None,
    };
    for (key, inner) in inner {
        place.push(key);
        if let Some(found) = description(inner, place, deep) {
            return Some(found);
        }
        place.pop();
    }
    None
}

fn in_base64(text: &str, deep: usize) -> Result<Found, String> {
    // It may be broken into lines.
    let joined: String = text.split_whitespace().collect();
    let is_base64 = |letter: char| letter.is_ascii_alphanumeric() || "+/-_=".contains(letter);
    let none = || format!("which are neither SDP nor JSON nor base64 of these: {}", beginning(text));
    if text.contains(' ') || joined.len() < 16 || !joined.chars().all(is_base64) {
        return Err(none());
    }
    let padded = joined.ends_with('=') || (joined.len().is_multiple_of(4) && !joined.contains(['-', '_']));
    let url_safe = joined.contains(['-', '_']) || (!padded && !joined.contains(['+', '/']));
    let bytes = engine(url_safe, padded).decode(&joined).map_err(|error| {
        format!("which could be base64 but are cut or damaged ({error}): {}", beginning(text))
    })?;
    let inner = String::from_utf8(bytes).map_err(|error| {
        let bytes = error.as_bytes();
        let first: Vec<_> = bytes.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        format!("base64 of {} bytes that are no text and begin with {}", bytes.len(), first.join(" "))
    })?;
    let found = look(&inner, deep).map_err(|_| {
        format!("base64 of something that is neither SDP nor JSON with it: {}", beginning(&inner))
    })?;
    Ok(found.inside(|inner| Envelope::Base64 { url_safe, padded, inner }))
}

fn beginning(text: &str) -> String {
    format!("{:?}", text.chars().take(60).collect::<String>())
}
