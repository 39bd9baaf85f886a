//! What a scripted peer knows of the changes of its call.

use crate::{media::Direction, procedure::Act, signaling::Role};

/// What has become of a call since it was up.
#[derive(Debug)]
pub(super) struct Changed {
    /// Whether it has been offered.
    pub(super) begun: bool,
    /// How often it was changed.
    pub(super) changes: u8,
    /// Whether this side has changed it last.
    pub(super) by_this: bool,
    /// How often ICE has started anew.
    pub(super) generation: u8,
    /// What this side is about to receive that it did not before.
    pub(super) adds: Option<Act>,
    /// What its descriptions say of its media.
    pub(super) direction: &'static str,
    /// The kind of section that was rejected.
    pub(super) rejected: Option<&'static str>,
    /// The user name fragment of the other side.
    pub(super) other_fragment: Option<String>,
    /// Which picture was shown last.
    pub(super) shown: u16,
}

impl Default for Changed {
    fn default() -> Self {
        Self::of(Direction::SendRecv.into())
    }
}

impl Changed {
    /// What is known of a call that begins in this direction.
    pub(super) const fn of(direction: &'static str) -> Self {
        Self {
            begun: false,
            changes: 0,
            by_this: false,
            generation: 0,
            adds: None,
            direction,
            rejected: None,
            other_fragment: None,
            shown: 0,
        }
    }

    /// Whether it receives nothing any more.
    pub(super) fn is_muted(&self) -> bool {
        matches!(self.direction, "inactive" | "sendonly")
    }

    pub(super) const fn is_later(&self) -> bool {
        self.changes > 0
    }

    /// Whether a side that plays `role` offers or answers now.
    pub(super) const fn part(&self, role: Role) -> Role {
        match (self.is_later(), self.by_this) {
            (false, _) => role,
            (true, true) => Role::Offerer,
            (true, false) => Role::Answerer,
        }
    }
}
