//! A description that a peer is given by itself, outside of any call: what it holds, and whether it is an offer or an answer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::peer::SdpType;

/// The longest description that is given to anybody, in bytes: hundreds of times what a call has.
pub const LONGEST: usize = 1 << 20;

/// A description, to be given to a peer that has never heard of its writer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// As what it is given.
    pub kind: DescriptionKind,
    /// It, unchanged in every byte.
    pub sdp: String,
}

/// As what a description is given: as an offer to a connection that is new, or as the answer to an offer that it has made.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, strum::Display, strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "lowercase")]
pub enum DescriptionKind {
    /// `offer`
    Offer,
    /// `answer`
    Answer,
}

impl From<DescriptionKind> for SdpType {
    fn from(kind: DescriptionKind) -> Self {
        match kind {
            DescriptionKind::Offer => Self::Offer,
            DescriptionKind::Answer => Self::Answer,
        }
    }
}

/// How it is known as what a description is to be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ToldBy {
    /// Whoever asks has said so.
    Option,
    /// The file is JSON, and has its `type`.
    Type,
    /// Its `a=setup:actpass`, which an offer has and no answer may have (RFC 8842, section 5.2).
    Setup,
    /// Nothing: then it is taken for an offer.
    Nothing,
}

/// Why a file holds no description that could be given to a peer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QuestionError {
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// It is too long.
    #[error("it has {0} bytes, and {LONGEST} are the most that is given to a peer")]
    TooLong(usize),
    /// It is not text.
    #[error("it is no text: byte {0} is not UTF-8")]
    NoText(usize),
    /// It is JSON of another form.
    #[error("it is JSON, and not {{\"type\": …, \"sdp\": …}}: {0}")]
    OtherJson(String),
    /// Its type is none that can be asked.
    #[error("its type is {0:?}, and not offer or answer")]
    OtherType(String),
}

/// `RTCSessionDescription.toJSON()` (webrtc-pc).
#[derive(Deserialize)]
struct InJson {
    #[serde(rename = "type")]
    kind: String,
    sdp: String,
}

impl Question {
    /// The description in a file with these bytes: bare SDP, or JSON as `RTCSessionDescription.toJSON()` gives it. With `asked` it
    /// is given as that, whatever the file says.
    ///
    /// # Errors
    /// When there is none in it.
    pub fn read(bytes: &[u8], asked: Option<DescriptionKind>) -> Result<(Self, ToldBy), QuestionError> {
        if bytes.is_empty() {
            return Err(QuestionError::Empty);
        }
        if bytes.len() > LONGEST {
            return Err(QuestionError::TooLong(bytes.len()));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| QuestionError::NoText(error.valid_up_to()))?;
        let (sdp, told) = match text.trim_start().starts_with('{') {
            true => of_json(text)?,
            false => (text.to_owned(), None),
        };
        let (kind, told_by) = match (asked, told) {
            (Some(asked), _) => (asked, ToldBy::Option),
            (None, Some(told)) => (told, ToldBy::Type),
            (None, None) if is_offer(&sdp) => (DescriptionKind::Offer, ToldBy::Setup),
            (None, None) => (DescriptionKind::Offer, ToldBy::Nothing),
        };
        Ok((Self { kind, sdp }, told_by))
    }

    /// The kinds of its m-sections, in their order, as far as a peer can offer such.
    #[must_use]
    pub fn sections(&self) -> Vec<Section> {
        let kind = |line: &str| line.strip_prefix("m=")?.split(' ').next()?.parse().ok();
        self.sdp.lines().filter_map(kind).collect()
    }
}

fn of_json(text: &str) -> Result<(String, Option<DescriptionKind>), QuestionError> {
    let InJson { kind, sdp } =
        serde_json::from_str(text).map_err(|error| QuestionError::OtherJson(error.to_string()))?;
    let told = kind.parse().map_err(|_| QuestionError::OtherType(kind))?;
    match sdp.is_empty() {
        true => Err(QuestionError::Empty),
        false => Ok((sdp, Some(told))),
    }
}

fn is_offer(sdp: &str) -> bool {
    sdp.lines().any(|line| line.trim_end() == "a=setup:actpass")
}

/// An m-section that a peer can offer, by its kind (RFC 8866, section 5.14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, strum::EnumString)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Section {
    /// `m=video`
    Video,
    /// `m=audio`
    Audio,
    /// `m=application`
    Application,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, asked: Option<DescriptionKind>) -> (DescriptionKind, ToldBy, String) {
        let (question, told_by) = Question::read(text.as_bytes(), asked).unwrap();
        (question.kind, told_by, question.sdp)
    }

    #[test]
    fn an_offer_is_told_from_an_answer() {
        use DescriptionKind::{Answer, Offer};
        let (offer, answer) = ("v=0\r\na=setup:actpass\r\n", "v=0\na=setup:active\n");
        let json = |kind: &str, sdp: &str| serde_json::json!({ "type": kind, "sdp": sdp }).to_string();
        let table = [
            (offer.to_owned(), None, Offer, ToldBy::Setup, offer),
            (answer.to_owned(), None, Offer, ToldBy::Nothing, answer),
            (answer.to_owned(), Some(Answer), Answer, ToldBy::Option, answer),
            (json("answer", offer), None, Answer, ToldBy::Type, offer),
            (format!("\n {}\n", json("offer", answer)), None, Offer, ToldBy::Type, answer),
            (json("offer", answer), Some(Answer), Answer, ToldBy::Option, answer),
        ];
        for (text, asked, kind, told_by, sdp) in table {
            assert_eq!(told(&text, asked), (kind, told_by, sdp.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_holds_no_description_says_why() {
        let long = vec![b'v'; LONGEST + 1];
        let table: [(&[u8], &str); 7] = [
            (b"", "it is empty"),
            (&long, "it has 1048577 bytes"),
            (b"v=0\xff", "byte 3 is not UTF-8"),
            (b"{", "it is JSON, and not {"),
            (b"{\"sdp\":\"v=0\"}", "missing field `type`"),
            (b"{\"type\":\"pranswer\",\"sdp\":\"v=0\"}", "its type is \"pranswer\""),
            (b"{\"type\":\"offer\",\"sdp\":\"\"}", "it is empty"),
        ];
        for (bytes, said) in table {
            let error = Question::read(bytes, None).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn sections_are_told_by_their_kind_in_their_order() {
        let sdp = "v=0\nm=video 9 x\nm=audio 9 x\r\nm=video 0 x\nm=text 9 x\nm=application 9 x\nm=videos"
            .to_owned();
        let question = Question { kind: DescriptionKind::Answer, sdp };
        let expected = [Section::Video, Section::Audio, Section::Video, Section::Application];
        assert_eq!(question.sections(), expected);
    }
}
