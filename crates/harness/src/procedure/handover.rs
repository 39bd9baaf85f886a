//! Candidates that are handed over otherwise than they come.

use super::change::Change;
use crate::signaling::Role;

/// How candidates are handed over, if it is otherwise than they come: as signalling may do it, and what a peer has to bear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, strum::Display, strum::VariantArray)]
#[strum(serialize_all = "kebab-case", prefix = "candidates-")]
pub enum Handover {
    /// All before the description to which they belong. `addIceCandidate()` refuses them until there is one (webrtc-pc, section
    /// 4.4.2), so who is given them has to keep them.
    First,
    /// Each twice, end-of-candidates too.
    Twice,
    /// When both descriptions have been accepted, and not before.
    Late,
    /// Without end-of-candidates.
    WithoutEnd,
    /// All once more after end-of-candidates.
    AfterEnd,
    /// Together with such as nobody can use: of an unknown transport and type, of TCP, of a second component, with the zone of an IPv6
    /// address, with an unknown extension (RFC 8839, section 5.1). They lead to a closed port of this machine, if anywhere.
    Unusable,
    /// After a restart of ICE, those of the generation before once more.
    OfBefore,
}

impl Handover {
    /// What the call is changed by before candidates can be handed over like this, and by whom.
    pub(super) const fn after(self) -> Option<(Change, Role)> {
        if let Self::OfBefore = self { Some((Change::IceRestart, Role::Offerer)) } else { None }
    }
}
