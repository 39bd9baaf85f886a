//! Whether a description that changes a call changes what it was to change.

use crate::{
    procedure::{Change, Procedure},
    sdp,
    timeline::{FIRST_ROUND, Round},
};

/// What is wrong with the description `sdp` of `round` of a call that `procedure` changes. `before` is the first one of the same
/// side; an answer has an `offer`.
pub(super) fn not_as_before(
    procedure: Procedure,
    round: Round,
    before: &str,
    offer: Option<&str>,
    sdp: &str,
) -> Option<String> {
    let name = if offer.is_some() { "answer" } else { "offer" };
    match procedure.change()? {
        Change::IceRestart | Change::RollBack | Change::Glare => {
            let (old, new) = (sdp::user_name_fragment(before)?, sdp::user_name_fragment(sdp));
            (new == Some(old)).then(|| {
                format!(
                    "its {name} does not restart ICE: it has the user name fragment of before, {old} (RFC 8839, section \
                     4.4.3.1.1)"
                )
            })
        }
        // What is added is looked for as in the first round.
        Change::AddVideo
        | Change::AddAudio
        | Change::AddData
        | Change::ReplaceTrack
        | Change::ShareScreen
        | Change::CloseChannels
        | Change::HangUp => None,
        Change::RemoveTrack => {
            let wrong = if offer.is_some() { ["sendrecv", "recvonly"] } else { ["sendrecv", "sendonly"] };
            let said = sdp::directions(sdp).find(|direction| wrong.contains(direction))?;
            let whose = if offer.is_some() { "the other side's" } else { "its" };
            Some(format!(
                "its {name} says {said} after {whose} track was removed (RFC 8829, sections 5.2.2 and 5.3.2)"
            ))
        }
        Change::Hold if round == FIRST_ROUND + 1 => {
            let flowing = sdp::directions(sdp).find(|direction| *direction != "inactive")?;
            Some(format!(
                "its {name} does not hold: it says {flowing} where inactive was asked for (RFC 8829, section 5.2.2)"
            ))
        }
        Change::Hold => {
            let held = sdp::directions(sdp).find(|direction| *direction != "sendrecv")?;
            Some(format!(
                "its {name} does not resume: it says {held} where sendrecv was asked for (RFC 8829, section 5.2.2)"
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(direction: &str, fragment: &str) -> String {
        format!("v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na={direction}\r\na=ice-ufrag:{fragment}\r\n")
    }

    #[test]
    fn a_restart_has_new_fragments_on_both_sides() {
        let restart = "ice-restart-by-answerer".parse().unwrap();
        let (before, after) = (section("sendrecv", "abcd"), section("sendrecv", "efgh"));
        assert_eq!(not_as_before(restart, 2, &before, None, &after), None);
        let what = not_as_before(restart, 2, &before, Some(&after), &before).unwrap();
        assert!(what.starts_with("its answer does not restart ICE") && what.contains("abcd"), "{what}");
    }

    #[test]
    fn a_held_call_is_inactive_and_a_resumed_one_is_not() {
        let hold = "hold-by-offerer".parse().unwrap();
        let (flowing, held) = (section("sendrecv", "abcd"), section("inactive", "abcd"));
        assert_eq!(not_as_before(hold, 2, &flowing, None, &held), None);
        assert_eq!(not_as_before(hold, 3, &flowing, None, &flowing), None);
        assert!(not_as_before(hold, 2, &flowing, None, &flowing).unwrap().contains("does not hold"));
        assert!(not_as_before(hold, 3, &flowing, Some(&flowing), &held).unwrap().contains("does not resume"));
        // A session that says it for all of its sections, which then say nothing.
        let session = held.replace("m=video", "a=sendrecv\r\nm=video").replace("a=inactive\r\n", "");
        assert!(not_as_before(hold, 2, &flowing, None, &session).unwrap().contains("sendrecv"));
    }
}
