//! The envelopes: what they are called, and how one is made.

use std::{fmt, str::FromStr};

use base64::Engine;
use serde_json::{Value, json};
use tincan_harness::Role;
use url::form_urlencoded::byte_serialize;

use super::{
    candidates::of_value,
    json::{self, Key},
};

/// What stands around a description.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Envelope {
    /// Nothing: it is bare SDP.
    Bare,
    /// JSON, in which the description is one of the strings.
    Json(Box<Json>),
    /// Base64 (RFC 4648).
    Base64 {
        /// Whether by the alphabet that is safe in URLs.
        url_safe: bool,
        /// Whether it is filled up with `=`.
        padded: bool,
        /// What was encoded.
        inner: Box<Self>,
    },
    /// A part of an address, in percent-encoding.
    Percent(Box<Self>),
    /// An address that ends in it.
    Link {
        /// The address up to it.
        before: String,
        /// The rest.
        inner: Box<Self>,
    },
}

/// JSON around a description.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Json {
    /// All of it.
    pub(super) value: Value,
    /// Whether it stands in several lines.
    pub(super) pretty: bool,
    /// Where the description is.
    pub(super) place: Vec<Key>,
    /// What stands around it there.
    pub(super) inner: Envelope,
    /// Where the array of candidates is, if there is one beside it.
    pub(super) candidates: Option<Vec<Key>>,
}

/// The engine of one kind of base64.
pub(super) const fn engine(url_safe: bool, padded: bool) -> base64::engine::GeneralPurpose {
    use base64::{
        alphabet::{STANDARD, URL_SAFE},
        engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
    };
    let config = GeneralPurposeConfig::new()
        .with_encode_padding(padded)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(if url_safe { &URL_SAFE } else { &STANDARD }, config)
}

impl Envelope {
    /// `{"type": …, "sdp": …}`, as `RTCSessionDescription.toJSON()` gives it.
    fn of_json() -> Self {
        Self::Json(Box::new(Json {
            value: json!({ "type": "offer", "sdp": "" }),
            pretty: false,
            place: vec![Key::Field("sdp".to_owned())],
            inner: Self::Bare,
            candidates: None,
        }))
    }

    /// Whether it is of the same kind as `other`, whatever fields its JSON has.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let kind = |envelope: &Self| envelope.to_string().replace(" with candidates", "");
        kind(self) == kind(other)
    }

    /// The same envelope around `sdp`, the description of `role`.
    pub(crate) fn around(&self, role: Role, sdp: &str) -> String {
        match self {
            Self::Bare => sdp.to_owned(),
            Self::Json(json) => json.around(role, sdp),
            Self::Base64 { url_safe, padded, inner } => {
                engine(*url_safe, *padded).encode(inner.around(role, sdp))
            }
            Self::Percent(inner) => {
                let encoded: String = byte_serialize(inner.around(role, sdp).as_bytes()).collect();
                // `+` for a space is of forms, and decodeURIComponent() leaves it as it is.
                encoded.replace('+', "%20")
            }
            Self::Link { before, inner } => {
                json::of_role(before, role).into_owned() + &inner.around(role, sdp)
            }
        }
    }
}

impl Json {
    fn around(&self, role: Role, sdp: &str) -> String {
        let mut value = self.value.clone();
        let place = self.without_candidates(&mut value);
        json::set(&mut value, &place, role, self.inner.around(role, sdp));
        if self.pretty { format!("{value:#}") } else { value.to_string() }
    }
}

impl Json {
    /// Takes the candidates away, since a description that was gathered holds its own. Answers where the description is then: it
    /// may stand among them.
    fn without_candidates(&self, value: &mut Value) -> Vec<Key> {
        let mut place = self.place.clone();
        let Some(array) = &self.candidates else { return place };
        let Some(Value::Array(items)) = json::at(value, array) else { return place };
        if place.starts_with(array)
            && let Some(Key::Item(number)) = place.get_mut(array.len())
        {
            *number -= items.iter().take(*number).filter(|item| of_value(item).is_some()).count();
        }
        items.retain(|item| of_value(item).is_none());
        place
    }
}

impl fmt::Display for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bare => f.write_str("SDP"),
            Self::Json(json) => {
                if json.inner != Self::Bare {
                    write!(f, "{} in ", json.inner)?;
                }
                f.write_str(if json.candidates.is_some() { "JSON with candidates" } else { "JSON" })
            }
            Self::Base64 { url_safe: false, inner, .. } => write!(f, "{inner} in base64"),
            Self::Base64 { url_safe: true, inner, .. } => write!(f, "{inner} in base64url"),
            Self::Percent(inner) => write!(f, "{inner} in percent-encoding"),
            Self::Link { inner, .. } => write!(f, "{inner} in a link"),
        }
    }
}

/// By the words in a page map: `sdp` or `json`, each also `in base64` or `in base64url`.
impl FromStr for Envelope {
    type Err = String;

    fn from_str(words: &str) -> Result<Self, String> {
        let (content, encoding) = words.split_once(" in ").map_or((words, None), |(a, b)| (a, Some(b)));
        let inner = match content {
            "sdp" => Self::Bare,
            "json" => Self::of_json(),
            _ => return Err(unknown(words)),
        };
        let encoded = |url_safe| Self::Base64 { url_safe, padded: !url_safe, inner: Box::new(inner.clone()) };
        match encoding {
            None => Ok(inner),
            Some("base64") => Ok(encoded(false)),
            Some("base64url") => Ok(encoded(true)),
            Some(_) => Err(unknown(words)),
        }
    }
}

fn unknown(words: &str) -> String {
    format!("`signals` is {words:?}, and not \"sdp\" or \"json\", alone or \"in base64\" or \"in base64url\"")
}
