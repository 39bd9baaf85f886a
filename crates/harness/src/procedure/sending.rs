//! Who sends media in a call, if not both sides do.

use crate::{media::Direction, signaling::Role};

/// Who sends media in a call, if not both sides do. The offerer says so in its offer, and a side that does not send opens neither
/// camera nor microphone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, strum::Display, strum::VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Sending {
    /// The offerer: its offer says `sendonly`, as one that publishes does (RFC 9725, section 4.2).
    OnlyOffererSends,
    /// The answerer: the offer says `recvonly`, as one that subscribes does.
    OnlyAnswererSends,
    /// Neither: the offer says `inactive`.
    NobodySends,
}

impl Sending {
    /// Whether `role` sends.
    pub(super) const fn sends(self, role: Role) -> bool {
        matches!(
            (self, role),
            (Self::OnlyOffererSends, Role::Offerer) | (Self::OnlyAnswererSends, Role::Answerer)
        )
    }

    /// In which direction media go, as `role` says it.
    pub(super) const fn direction(self, role: Role) -> Direction {
        Direction::of(self.sends(role), self.sends(role.other()))
    }
}
