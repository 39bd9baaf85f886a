//! Who calls whom, how, over what, and what is expected: a value, never a function.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    media::Media,
    network::NetworkCondition,
    procedure::{Awaited, Procedure, Step},
    signaling::{Role, SignalingMode},
};

/// The most letters that a name has.
const MOST_LETTERS: usize = 32;

/// An implementation that can take part in a call, by its name: `chromium`. Which there are, the registry says.
///
/// The name is part of the names of scenarios, of files and of folders, so it is short and plain. Therefore it fits into a
/// value that is copied, as the scenarios are in which it stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PeerId {
    /// In ASCII, with zeros behind it.
    letters: [u8; MOST_LETTERS],
}

/// Why a text is no name of a peer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no name of a peer: it is made of a to z, 0 to 9 and single hyphens and dots between them, at most \
     {MOST_LETTERS} in all, and no part of it is \"to\", which stands between the two peers of a scenario"
)]
pub struct PeerIdError(String);

impl PeerId {
    /// The name `name`, known when tincan is built.
    ///
    /// # Panics
    /// When it is no name of a peer; in a constant, the build fails.
    #[must_use]
    pub const fn literal(name: &'static str) -> Self {
        let name = name.as_bytes();
        assert!(is_name(name), "no name of a peer");
        Self::of(name)
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let length = self.letters.iter().position(|letter| *letter == 0).unwrap_or(MOST_LETTERS);
        str::from_utf8(&self.letters[..length]).unwrap_or_default()
    }

    const fn of(name: &[u8]) -> Self {
        let mut letters = [0; MOST_LETTERS];
        let (head, _) = letters.split_at_mut(name.len());
        head.copy_from_slice(name);
        Self { letters }
    }
}

/// Whether it is parts of small letters and digits with single hyphens or dots between them, of which none is `to`.
const fn is_name(name: &[u8]) -> bool {
    let (mut index, mut part) = (0, 0);
    while index <= name.len() {
        if index == name.len() || matches!(name[index], b'-' | b'.') {
            let is_to = index - part == 2 && name[part] == b't' && name[part + 1] == b'o';
            if index == part || is_to {
                return false;
            }
            part = index + 1;
        } else if !name[index].is_ascii_lowercase() && !name[index].is_ascii_digit() {
            return false;
        }
        index += 1;
    }
    name.len() <= MOST_LETTERS
}

impl FromStr for PeerId {
    type Err = PeerIdError;

    fn from_str(name: &str) -> Result<Self, PeerIdError> {
        let is_name = is_name(name.as_bytes());
        if is_name { Ok(Self::of(name.as_bytes())) } else { Err(PeerIdError(name.to_owned())) }
    }
}

impl TryFrom<String> for PeerId {
    type Error = PeerIdError;

    fn try_from(name: String) -> Result<Self, PeerIdError> {
        name.parse()
    }
}

impl From<PeerId> for String {
    fn from(id: PeerId) -> Self {
        id.as_str().to_owned()
    }
}

impl fmt::Debug for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PeerId({})", self.as_str())
    }
}

impl fmt::Display for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl JsonSchema for PeerId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PeerId".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "An implementation that can take part in a call, by its name in the registry.",
            "type": "string",
            "pattern": "^[a-z0-9]+([-.][a-z0-9]+)*$",
            "maxLength": MOST_LETTERS,
        })
    }
}

/// A call to be made. It is expected to pass: each side proves that all arrives that the other sends, in the mode and with
/// the codecs that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scenario {
    /// Who creates the offer.
    pub offerer: PeerId,
    /// Who answers.
    pub answerer: PeerId,
    /// When descriptions leave.
    pub mode: SignalingMode,
    /// What is sent.
    pub media: Media,
    /// What lies between.
    pub network: NetworkCondition,
    /// What is done.
    pub procedure: Procedure,
}

impl Scenario {
    /// Who plays `role`.
    #[must_use]
    pub const fn peer(&self, role: Role) -> PeerId {
        match role {
            Role::Offerer => self.offerer,
            Role::Answerer => self.answerer,
        }
    }

    /// The steps of its call.
    #[must_use]
    pub fn script(&self) -> Vec<Step> {
        self.procedure.script(self.mode, self.media)
    }

    /// What has to be reached in its call, in the order of its script.
    pub fn path(&self) -> impl Iterator<Item = Awaited> {
        self.procedure.path(self.mode, self.media)
    }

    /// `OFFERER-to-ANSWERER`, the part of the name that says who takes part.
    #[must_use]
    pub fn pair(&self) -> String {
        format!("{}-to-{}", self.offerer, self.answerer)
    }
}

/// `OFFERER-to-ANSWERER/MODE/MEDIA/NETWORK`, and the procedure behind it if it is not the plain one.
impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let procedure =
            if self.procedure.is_plain() { String::new() } else { format!("/{}", self.procedure) };
        f.pad(&format!("{}/{}/{}/{}{procedure}", self.pair(), self.mode, self.media, self.network))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_plain_and_leaves_scenarios_readable() {
        let longest = "a".repeat(MOST_LETTERS);
        for name in
            ["chromium", "webrtc-rs", "webrtc-rs-0.17", "str0m", "a", "tomato-o", "1.2.3", longest.as_str()]
        {
            let id: PeerId = name.parse().unwrap();
            assert_eq!((id.as_str(), id.to_string().as_str()), (name, name));
            assert_eq!(serde_json::from_str::<PeerId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
        }
        let too_long = "a".repeat(MOST_LETTERS + 1);
        for wrong in [
            "", "-", "a-", "-a", "a--b", ".", "a.", ".a", "a..b", "a.-b", "a-.b", "Chromium", "a b", "../a",
            "a/b", "ä", "to", "a-to-b", "a-to", "a.to-b", &too_long,
        ] {
            assert_eq!(wrong.parse::<PeerId>(), Err(PeerIdError(wrong.to_owned())));
            assert!(serde_json::from_str::<PeerId>(&format!("{wrong:?}")).is_err(), "{wrong:?} was taken");
        }
        assert!(PeerId::literal("chromium") < PeerId::literal("webrtc-rs"));
    }
}
