//! How a page is used: a TOML file of what a person does on it, and where its controls are.

mod acts;
mod controls;
pub(crate) mod plan;
pub(crate) mod recorded;
mod steps;
mod target;

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use tincan_harness::{
    Abilities, Role, SignalingMode,
    abilities::{Servers, Signalling},
};

use self::plan::RolePlan;
pub use self::{
    acts::ActControls,
    controls::{
        AnswererControls, CandidateControls, Dialogs, IceControls, MediaControls, ModeControls,
        OffererControls, TextAreas, Videos,
    },
    steps::{Described, Prompt, State, Step},
    target::Target,
};
use crate::{envelope::Envelope, reach::Origin};

/// The page map of the built-in page.
const BUILT_IN: &str = include_str!("../../../fixtures/pages/tincan.toml");

/// How a page is used, and which modes it can do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageMap {
    /// What the page is called in reports.
    pub name: String,
    /// The file to open, within the page's folder: `index.html` without it. Of a page that a command serves, the path.
    pub entry: Option<String>,
    /// The command that serves the page, where it has a server of its own. It is run in the page's folder, and finds in `PORT` where
    /// it has to listen.
    pub serve: Option<String>,
    /// Whether the page carries offer, answer and candidates to the other side by itself.
    #[serde(default)]
    pub signals_itself: bool,
    /// What the page may fetch from besides where it is: nothing else leaves the machine.
    #[serde(default)]
    pub origins: Vec<Origin>,
    /// The modes that the page can do.
    pub modes: Vec<SignalingMode>,
    /// Whether the page changes on purpose what is pasted, before it gives it to `setRemoteDescription`. Otherwise a
    /// description that comes across changed makes a call fail.
    #[serde(default)]
    pub rewrites_descriptions: bool,
    /// What to click to choose a mode, where there is a choice.
    #[serde(default)]
    pub mode: ModeControls,
    /// What to choose or to click for each thing that is sent, before the connection is made. Without a control the page sends
    /// VP8 by itself, or as its browser prefers.
    #[serde(default)]
    pub media: MediaControls,
    /// What to click to change a call that is up; a page without them is called once.
    #[serde(default)]
    pub acts: ActControls,
    /// In what form the page takes a description that comes from no page: `sdp` or `json`, alone or `in base64` or `in base64url`.
    /// Without it the form is that in which the page shows its own.
    pub signals: Option<String>,
    /// What the offerer does.
    pub offerer: OffererControls,
    /// What the answerer does.
    pub answerer: AnswererControls,
    /// The boxes of descriptions, in the short form.
    pub sdp: Option<TextAreas>,
    /// The boxes of candidates and the button that adds them; a page without them does vanilla only.
    pub candidates: Option<CandidateControls>,
    /// Where ICE servers are given; a page without them calls without servers only.
    pub ice: Option<IceControls>,
    /// The videos.
    #[serde(default)]
    pub video: Videos,
    /// What is answered to the page's dialogs.
    #[serde(default)]
    pub dialogs: Dialogs,
}

/// What is opened where a map does not say it.
const INDEX: &str = "index.html";

/// Why a page map cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PageMapError {
    /// The file cannot be read.
    #[error("failed to read the page map {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The text is no page map.
    #[error("failed to understand the page map {path}: {source}")]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// The map contradicts itself.
    #[error("the page map {path} cannot be used: {reason}")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

impl PageMap {
    /// The map of the built-in page.
    ///
    /// # Errors
    /// Never: a test reads it.
    pub fn built_in() -> Result<Self, PageMapError> {
        Self::parse(BUILT_IN, Path::new("(built in)"))
    }

    /// Reads a map from a file.
    ///
    /// # Errors
    /// When the file cannot be read, or is no page map.
    pub fn read(path: &Path) -> Result<Self, PageMapError> {
        let text = fs::read_to_string(path)
            .map_err(|source| PageMapError::Read { path: path.to_owned(), source })?;
        Self::parse(&text, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, PageMapError> {
        let map: Self = toml::from_str(text)
            .map_err(|source| PageMapError::Parse { path: path.to_owned(), source: Box::new(source) })?;
        if let Err(reason) = map.check() {
            return Err(PageMapError::Invalid { path: path.to_owned(), reason });
        }
        let reason = match () {
            () if map.modes.is_empty() => "`modes` is empty",
            () if map.modes.contains(&SignalingMode::HalfTrickle) => {
                "`modes` names what each side can do: \"vanilla\" and \"trickle\"; half-trickle is one of each"
            }
            () if map.signals_itself && (map.candidates.is_some() || map.sdp.is_some()) => {
                "the page signals for itself (`signals_itself`): it has no [sdp] and no [candidates]"
            }
            () if map.signals_itself && map.acts != ActControls::default() => {
                "[acts] cannot be used on a page that signals for itself (`signals_itself`)"
            }
            () if map.modes.contains(&SignalingMode::Trickle)
                && map.candidates.is_none()
                && !map.signals_itself =>
            {
                "`modes` has trickle, but there is no [candidates]"
            }
            () if (map.media.opus.is_some() || map.media.data.is_some()) && map.media.no_video.is_none() => {
                "[media] has something beside video, but no `no_video`"
            }
            () => return Ok(map),
        };
        Err(PageMapError::Invalid { path: path.to_owned(), reason: reason.to_owned() })
    }

    fn check(&self) -> Result<(), String> {
        Role::BOTH.into_iter().try_for_each(|role| self.plan(role).map(drop))?;
        self.envelope().map(drop)
    }

    /// Whether it is in the short form, in which the first of several elements is meant.
    pub(crate) fn is_short(&self) -> bool {
        self.offerer.steps.is_empty() && self.answerer.steps.is_empty()
    }

    /// What is opened for `role`.
    #[must_use]
    pub fn entry_of(&self, role: Role) -> &str {
        self.open_of(role).or(self.entry.as_deref()).unwrap_or(INDEX)
    }

    /// What is opened for `role` alone, if the map says something.
    pub(crate) fn open_of(&self, role: Role) -> Option<&str> {
        let own = match role {
            Role::Offerer => &self.offerer.open,
            Role::Answerer => &self.answerer.open,
        };
        own.as_deref()
    }

    /// The form in which the page takes a description, where the map says it.
    pub(crate) fn envelope(&self) -> Result<Option<Envelope>, String> {
        self.signals.as_deref().map(str::parse).transpose()
    }

    /// What `role` does, whichever form the map has.
    pub(crate) fn plan(&self, role: Role) -> Result<RolePlan, String> {
        let (steps, has_buttons) = match role {
            Role::Offerer => (&self.offerer.steps, self.offerer.has_buttons()),
            Role::Answerer => (&self.answerer.steps, self.answerer.has_buttons()),
        };
        if !steps.is_empty() {
            if has_buttons {
                return Err(format!("the {role} has both `steps` and buttons"));
            }
            if self.signals_itself {
                let is_begun_elsewhere = self.begins(role.other());
                return RolePlan::of_a_page_that_signals(role, steps, is_begun_elsewhere);
            }
            return RolePlan::of_steps(role, steps);
        }
        if self.signals_itself {
            return Err(format!(
                "the page signals for itself (`signals_itself`), and the {role} has no `steps`"
            ));
        }
        let none = || format!("the {role} has no `steps`, and there is no [sdp] with `send` and `received`");
        let sdp = self.sdp.as_ref().ok_or_else(none)?;
        match role {
            Role::Offerer => RolePlan::of_offerer(&self.offerer, sdp),
            Role::Answerer => RolePlan::of_answerer(&self.answerer, sdp),
        }
    }

    /// Whether a step of `role` begins the call.
    fn begins(&self, role: Role) -> bool {
        let steps = match role {
            Role::Offerer => &self.offerer.steps,
            Role::Answerer => &self.answerer.steps,
        };
        steps.iter().any(|step| step.begins_call)
    }

    /// What can be done on the page, in either role: what a browser lacks on it. A page without text areas for candidates
    /// neither sends them nor takes any, and one that is not told of servers uses none.
    #[must_use]
    pub fn abilities(&self) -> Abilities {
        let signalling = Signalling {
            gathers_first: self.modes.contains(&SignalingMode::Vanilla),
            trickles: self.modes.contains(&SignalingMode::Trickle),
            takes_candidates: self.candidates.is_some() || self.signals_itself,
        };
        let servers =
            self.ice.as_ref().map(|ice| Servers { relay_only: ice.relay_only.is_some(), ..Servers::every() });
        Abilities {
            page: true,
            offers: Some(signalling),
            answers: Some(signalling),
            acts: self.acts.acts(),
            renegotiates: self.acts != ActControls::default(),
            sends: self.media.flows(),
            receives: self.media.flows(),
            directions: self.media.directions(),
            rejects_rest: self.media.reject_rest.is_some(),
            without_media: self.media.no_video.is_some(),
            servers: servers.unwrap_or_default(),
            ..Abilities::full()
        }
    }
}

#[cfg(test)]
mod tests;
