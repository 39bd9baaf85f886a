//! The steps that a person takes on a page, as a map writes them.

use serde::{Deserialize, Serialize};

use super::target::Target;

/// One step: one of the actions, with what belongs to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Clicks on it.
    pub click: Option<Target>,
    /// Types this, into `into`.
    #[serde(rename = "type")]
    pub type_text: Option<String>,
    /// Chooses the option with this text or value, in `in`.
    pub choose: Option<String>,
    /// Ticks it, if it is not ticked.
    pub tick: Option<Target>,
    /// Takes the tick away.
    pub untick: Option<Target>,
    /// Waits until it is there, and shows `shows` or plays if that is asked for.
    pub wait_for: Option<Target>,
    /// Waits until the page has come so far.
    pub until: Option<State>,
    /// Copies this, from `from`.
    pub copy: Option<Described>,
    /// Pastes this, into `into`.
    pub paste: Option<Described>,
    /// Whence is copied.
    pub from: Option<Target>,
    /// Where is typed, or pasted.
    pub into: Option<Target>,
    /// The list in which is chosen.
    #[serde(rename = "in")]
    pub list: Option<Target>,
    /// What is answered to the `prompt` that a click opens.
    pub prompt: Option<Prompt>,
    /// What is answered to the `confirm` that a click opens.
    pub confirm: Option<bool>,
    /// The text that an element has to show.
    pub shows: Option<String>,
    /// Whether an element has to play a picture.
    #[serde(default)]
    pub plays: bool,
    /// Left out, unless its element is there when it is its turn.
    #[serde(default)]
    pub optional: bool,
    /// Whether the call begins with it, on a page that signals for itself: it is taken when both sides have taken those before it.
    #[serde(default)]
    pub begins_call: bool,
    /// Left out where this side sends neither video nor sound.
    #[serde(default)]
    pub for_camera: bool,
}

/// How far a page has come, where nothing on it may show that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It has made a connection.
    Connection,
    /// The own picture plays; without an own video, what is sent was put on a connection.
    Camera,
    /// What was pasted last has been taken by `setRemoteDescription`.
    RemoteDescription,
}

/// What is copied and pasted by a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Described {
    /// The offer.
    Offer,
    /// The answer.
    Answer,
}

/// What is answered to a `prompt`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prompt {
    /// This text is typed.
    Text(String),
    /// What came from the other side is pasted.
    Paste(Described),
}

impl<'de> Deserialize<'de> for Prompt {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::{Error, MapAccess, Visitor, value::MapAccessDeserializer};

        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Pasted {
            paste: Described,
        }
        struct Answer;
        impl<'de> Visitor<'de> for Answer {
            type Value = Prompt;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text, or { paste = \"offer\" } or { paste = \"answer\" }")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Prompt, E> {
                Ok(Prompt::Text(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Prompt, A::Error> {
                let Pasted { paste } = Pasted::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Prompt::Paste(paste))
            }
        }
        deserializer.deserialize_any(Answer)
    }
}
