//! What each side has to do in a call.

use crate::{network::IceConfiguration, peer::Assignment, scenario::Scenario, signaling::Role};

/// What `role` has to do in a call of `scenario`, with these servers.
pub(super) fn assignment(scenario: &Scenario, ice: &IceConfiguration, role: Role) -> Assignment {
    let Scenario { mode, media, procedure, .. } = *scenario;
    let flowing = procedure.flowing(media);
    // What is rejected is offered all the same, and not taken.
    let (media, flowing) = match role {
        Role::Offerer => (media, media.and(flowing)),
        Role::Answerer => (procedure.begins_with(media), flowing),
    };
    Assignment {
        role,
        mode,
        media,
        rejects_rest: role == Role::Answerer && procedure.rejecting().is_some(),
        flowing,
        direction: procedure.direction(role),
        ice: ice.clone(),
    }
}
