//! A page map that is being made, with what of it is guessed.

use tincan_harness::{Role, SignalingMode};

use super::lines::{Line, Own};
use crate::page_map::{CandidateControls, Dialogs, target::Target};

/// A page map that is being made.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) name: String,
    /// What concerns all of it.
    pub(super) guesses: Vec<String>,
    pub(super) signals_itself: bool,
    /// That in which the call was made.
    pub(super) mode: SignalingMode,
    pub(super) entry: Option<String>,
    pub(super) signals: Option<String>,
    pub(super) offerer: RoleDraft,
    pub(super) answerer: RoleDraft,
    pub(super) candidates: Option<CandidateControls>,
    pub(super) video: VideosDraft,
    pub(super) dialogs: Dialogs,
}

/// What one role does.
#[derive(Debug, Clone, Default)]
pub(super) struct RoleDraft {
    pub(super) open: Option<String>,
    pub(super) lines: Vec<Line>,
    /// What was seen of it and is no step.
    pub(super) guesses: Vec<String>,
}

/// The videos; of one that is not named, why.
#[derive(Debug, Clone, Default)]
pub(super) struct VideosDraft {
    pub(super) local: Option<Target>,
    pub(super) remote: Option<Target>,
    pub(super) guesses: Vec<String>,
}

impl Draft {
    /// One of the page `name`, on which a call was made in `mode`.
    pub(super) fn new(name: &str, mode: SignalingMode) -> Self {
        Self {
            name: name.to_owned(),
            guesses: Vec::new(),
            signals_itself: false,
            mode,
            entry: None,
            signals: None,
            offerer: RoleDraft::default(),
            answerer: RoleDraft::default(),
            candidates: None,
            video: VideosDraft::default(),
            dialogs: Dialogs::default(),
        }
    }

    /// Takes what `role` has done.
    pub(super) fn take(&mut self, role: Role, own: Own) {
        let Own { lines, guesses, dialogs } = own;
        let draft = match role {
            Role::Offerer => &mut self.offerer,
            Role::Answerer => &mut self.answerer,
        };
        (draft.lines, draft.guesses) = (lines, guesses);
        self.dialogs.confirm = dialogs.confirm.or(self.dialogs.confirm);
        self.dialogs.prompt = dialogs.prompt.or(self.dialogs.prompt.take());
    }
}
