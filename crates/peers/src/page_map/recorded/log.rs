//! What was seen of a call that a person has made by hand, in two windows.

use serde::Deserialize;
use tincan_harness::{Role, SdpType};

use crate::page_map::target::Target;

/// One of the two windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, strum::Display)]
#[strum(serialize_all = "lowercase")]
pub enum Window {
    /// The one that was opened first.
    First,
    /// The other one.
    Second,
}

impl Window {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::First, Self::Second];

    /// The one that is not this.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }
}

/// Something that was seen, in the order in which it was.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Logged {
    /// Where.
    pub(crate) window: Window,
    /// What.
    pub(crate) seen: Seen,
}

/// An element, as a page map can name it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Named {
    /// What it is, for people.
    pub(crate) words: String,
    /// What finds it, and nothing else; none where nothing does.
    pub(crate) target: Option<Target>,
    /// A selector of CSS that does.
    pub(crate) css: Option<String>,
    /// Why `target` may not last.
    pub(crate) guessed: Option<String>,
}

/// What a page, or a person on it, has done.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub(crate) enum Seen {
    /// A document has come into the window.
    Hello {
        /// Its address.
        url: String,
    },
    /// Something was clicked.
    Clicked {
        /// What.
        on: Named,
        /// Whether it is a control, and not something else whose clicks somebody listens to.
        is_control: bool,
    },
    /// A field was typed or pasted into.
    Typed {
        /// Which.
        field: Named,
        /// What it showed then.
        shown: String,
        /// Whether nobody is to read it.
        secret: bool,
    },
    /// An option was chosen.
    Chosen {
        /// In which list.
        list: Named,
        /// Its text, or its value.
        option: String,
    },
    /// A box was ticked, or the tick taken away.
    Ticked {
        /// Which.
        on: Named,
        /// Whether it is ticked now.
        ticked: bool,
    },
    /// A dialog was answered.
    Answered {
        /// `confirm` or `prompt`.
        dialog: String,
        /// What was typed or pasted; none if it was cancelled, or has no text.
        shown: Option<String>,
        /// Whether it was accepted.
        accepted: bool,
    },
    /// A signal was copied.
    Copied {
        /// It.
        shown: String,
        /// What showed it, the likeliest first.
        from: Vec<Named>,
        /// Whether the page has copied it by itself, when a button of its own was clicked.
        by_page: bool,
    },
    /// The signal that was pasted into the other window was looked for in this one.
    Shows {
        /// It.
        shown: String,
        /// What shows it, the likeliest first.
        from: Vec<Named>,
    },
    /// Something was done that no step of a map does.
    Unsaid {
        /// In words.
        what: String,
    },
    /// A connection has an own description.
    Described {
        /// Of which type.
        #[serde(rename = "type")]
        kind: SdpType,
        /// It.
        sdp: String,
    },
    /// A connection was given a candidate by itself.
    GivenCandidate,
    /// A connection is connected.
    Connected,
    /// A video shows its first picture.
    Plays {
        /// Which.
        video: Named,
        /// Whether that came by a connection.
        is_remote: bool,
    },
    /// Something that says nothing about what a person does.
    #[serde(other)]
    Other,
}

/// Which window played which role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cast {
    /// The one whose page made the offer.
    pub(super) offerer: Window,
}

impl Cast {
    /// The window of `role`.
    pub(super) const fn window(self, role: Role) -> Window {
        match role {
            Role::Offerer => self.offerer,
            Role::Answerer => self.offerer.other(),
        }
    }
}
