//! Whether the descriptions of a call say of its media what they are to say.

use super::rejected::not_as_rejected;
use crate::{
    scenario::Scenario,
    sdp,
    signaling::{Role, Signal},
    timeline::{FIRST_ROUND, Round},
};

/// What is wrong with the description `signal` of `round`, by `role`: see [`not_as_directed`] and [`not_as_rejected`].
pub(super) fn not_as_asked(scenario: &Scenario, round: Round, role: Role, signal: &Signal) -> Option<String> {
    let wrong = not_as_directed(scenario, round, role, signal);
    wrong.or_else(|| not_as_rejected(scenario.procedure, round, signal))
}

/// It goes in another direction than was asked for, or it
/// describes something where there is nothing to be sent.
fn not_as_directed(scenario: &Scenario, round: Round, role: Role, signal: &Signal) -> Option<String> {
    let (sdp, name) = (signal.sdp()?, signal.name());
    if scenario.media.is_nothing() {
        let kind = sdp.lines().find_map(|line| line.strip_prefix("m=")?.split_whitespace().next())?;
        return Some(format!(
            "its {name} has an m= section of {kind}, and there is nothing to be sent (RFC 8829, section 5.2.1: one for each \
             transceiver, and one for data channels)"
        ));
    }
    if round > FIRST_ROUND || !scenario.procedure.is_directed() {
        return None;
    }
    let asked = scenario.procedure.direction(role).to_string();
    let said = sdp::directions(sdp).find(|direction| *direction != asked)?;
    Some(format!("its {name} says {said} where {asked} was asked for (RFC 8829, sections 5.2.1 and 5.3.1)"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{media::Media, signaling::SignalingMode, testing::calls};

    fn found(scenario: &Scenario, role: Role, sections: &str) -> Option<String> {
        let signal = Signal::description(role, format!("v=0\r\n{sections}"));
        not_as_directed(scenario, FIRST_ROUND, role, &signal)
    }

    fn section(port: u16, direction: &str) -> String {
        format!("m=video {port} UDP/TLS/RTP/SAVPF 96\r\na={direction}\r\n")
    }

    #[test]
    fn each_side_says_what_it_was_asked_for_in_all_that_it_takes() {
        for (procedure, offer, answer) in [
            ("only-offerer-sends", "sendonly", "recvonly"),
            ("only-answerer-sends", "recvonly", "sendonly"),
            ("nobody-sends", "inactive", "inactive"),
        ] {
            let procedure = procedure.parse().unwrap();
            let scenario = Scenario { procedure, ..calls::scenario(SignalingMode::Trickle) };
            for (role, asked) in Role::BOTH.into_iter().zip([offer, answer]) {
                assert_eq!(found(&scenario, role, &section(9, asked)), None, "{scenario}");
                let wrong = found(&scenario, role, &section(9, "sendrecv")).unwrap();
                assert!(wrong.contains(&format!("says sendrecv where {asked}")), "{wrong}");
                // What is rejected goes in no direction: that is told otherwise.
                assert_eq!(found(&scenario, role, &section(0, "sendrecv")), None);
            }
        }
        // Where nothing is said of directions, any will do here.
        let plain = calls::scenario(SignalingMode::Trickle);
        assert_eq!(found(&plain, Role::Answerer, &section(9, "recvonly")), None);
    }

    #[test]
    fn where_nothing_is_sent_nothing_is_described() {
        let nothing = Scenario { media: Media::NOTHING, ..calls::scenario(SignalingMode::Trickle) };
        assert_eq!(found(&nothing, Role::Offerer, ""), None);
        let wrong = found(&nothing, Role::Offerer, &section(9, "recvonly")).unwrap();
        assert!(wrong.starts_with("its offer has an m= section of video"), "{wrong}");
    }
}
