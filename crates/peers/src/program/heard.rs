//! What a line of a program means.

use tincan_harness::{
    Event, Machine, Milestone, Note, Operation, PeerError, Role, Signal,
    frames::{FrameCode, FrameSighting},
    media::Sighting,
    procedure::Act,
    timeline::PeerTime,
};

use super::{
    lines::beginning,
    protocol::{Description, DescriptionType, FromProgram, Refusal, What},
};

/// Reads a line.
///
/// # Errors
/// When it is no message of the protocol: what is wrong with it, and how it begins.
pub(super) fn read(line: &str) -> Result<FromProgram, String> {
    serde_json::from_str(line).map_err(|error| {
        format!("it said {:?}, which is no message of the protocol: {error}", beginning(line))
    })
}

/// What a program that has the part of `role` in this round, which `has_accepted` the other side's description or not, says by a message that is about the call
/// alone, in the order in which it happened; nothing if the message is about something else.
///
/// # Errors
/// When it contradicts itself.
pub(super) fn events(
    what: &What,
    role: Role,
    has_accepted: bool,
    at: PeerTime,
) -> Result<Vec<Event>, String> {
    Ok(match what {
        What::Ready => reached(Milestone::Ready),
        What::Track => reached(Milestone::TrackReceived),
        What::Muted => reached(Milestone::Muted),
        What::Done { act: Act::ReplaceTrack | Act::ShareScreen } => reached(Milestone::TrackReplaced),
        What::Done { act: Act::CloseChannels } => reached(Milestone::ChannelsClosed),
        What::Done { act: Act::RollBack } => reached(Milestone::RolledBack),
        What::Done { act } => {
            return Err(format!("it says that {act} is done, which an offer or its state tells"));
        }
        What::Accepted => reached(Milestone::RemoteDescriptionSet),
        What::Description { description } => described(description, role)?,
        What::Candidate { candidate } => vec![Event::Signal(Signal::candidate(candidate.clone()))],
        What::Refused { operation, message } => vec![Event::PeerError(PeerError {
            operation: refused(*operation, role),
            message: message.clone(),
        })],
        What::CandidateRefused { candidate, message } => vec![Event::Noted(Note::CandidateRefused {
            candidate: candidate.clone(),
            message: message.clone(),
        })],
        What::State { machine, state } => state_events(*machine, state, has_accepted),
        What::Frame { blocks } => {
            let bits = u64::from_str_radix(blocks, 16)
                .map_err(|error| format!("the blocks {blocks:?} are no 16 hexadecimal digits: {error}"))?;
            vec![Event::Media(Sighting::Frame(FrameSighting { at, code: FrameCode::from_bits(bits) }))]
        }
        What::Note { text } => vec![Event::Noted(Note::other(text))],
        What::Unsupported { reason } => vec![Event::Unsupported(reason.clone())],
        _ => Vec::new(),
    })
}

fn reached(milestone: Milestone) -> Vec<Event> {
    vec![Event::Reached(milestone)]
}

/// A description is handed over once it is set, or before: where no state has said so, it is set in the same moment, as far as
/// can be told.
fn described(description: &Description, role: Role) -> Result<Vec<Event>, String> {
    let expected = own(role);
    if description.kind != expected {
        return Err(format!("it has handed over an {}, and is the {role} now", description.kind));
    }
    let signal = Signal::description(role, description.sdp.clone());
    Ok(vec![Event::Reached(Milestone::LocalDescriptionSet), Event::Signal(signal)])
}

const fn own(role: Role) -> DescriptionType {
    match role {
        Role::Offerer => DescriptionType::Offer,
        Role::Answerer => DescriptionType::Answer,
    }
}

const fn refused(refusal: Refusal, role: Role) -> Operation {
    match refusal {
        Refusal::CreateConnection => Operation::CreateConnection,
        Refusal::CreateOffer => Operation::CreateOffer,
        Refusal::CreateAnswer => Operation::CreateAnswer,
        Refusal::SetLocalDescription => Operation::SetLocalDescription(own(role).sdp_type()),
        Refusal::SetRemoteDescription => Operation::SetRemoteDescription(own(role.other()).sdp_type()),
        Refusal::Send => Operation::Send,
    }
}

/// A state, and the milestone that is reached by it: ICE and DTLS are connected when the connection is (webrtc-pc,
/// `RTCPeerConnectionState`), so a library that tells no more than that tells enough. The own description is set where there is an
/// offer of its own, or, once the other side's was accepted, where both are there (`RTCSignalingState`).
fn state_events(machine: Machine, state: &str, has_accepted: bool) -> Vec<Event> {
    let milestones: &[Milestone] = match (machine, state) {
        (Machine::SignalingState, "have-local-offer") => &[Milestone::LocalDescriptionSet],
        (Machine::SignalingState, "stable") if has_accepted => &[Milestone::LocalDescriptionSet],
        (Machine::IceGatheringState, "complete") => &[Milestone::GatheringComplete],
        (Machine::IceConnectionState, "connected" | "completed") => &[Milestone::IceConnected],
        (Machine::DtlsState, "connected") => &[Milestone::DtlsConnected],
        (Machine::SignalingState, "closed") => &[Milestone::Closed],
        (Machine::DtlsState, "closed") | (Machine::IceConnectionState, "disconnected" | "failed") => {
            &[Milestone::CloseHeard]
        }
        (Machine::ConnectionState, "connected") => &[Milestone::IceConnected, Milestone::DtlsConnected],
        _ => &[],
    };
    let reached = milestones.iter().map(|milestone| Event::Reached(*milestone));
    std::iter::once(Event::Noted(Note::state(machine, state))).chain(reached).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn said(line: &str, role: Role) -> Result<Vec<Event>, String> {
        read(line).and_then(|message| events(&message.what, role, false, Duration::ZERO))
    }

    #[test]
    fn a_connection_that_is_connected_has_ice_and_dtls() {
        let events =
            said(r#"{"kind":"state","machine":"connectionState","state":"connected"}"#, Role::Offerer);
        let events = events.unwrap();
        assert_eq!(events[0], Event::Noted(Note::state(Machine::ConnectionState, "connected")));
        assert_eq!(
            events[1..],
            [Event::Reached(Milestone::IceConnected), Event::Reached(Milestone::DtlsConnected)]
        );
    }

    #[test]
    fn a_description_is_set_when_the_signaling_state_says_so() {
        let set = |state: &str, accepted| {
            state_events(Machine::SignalingState, state, accepted)
                .contains(&Event::Reached(Milestone::LocalDescriptionSet))
        };
        assert!(set("have-local-offer", false) && set("stable", true));
        assert!(!set("stable", false), "as a connection begins");
        assert!(!set("have-remote-offer", true));
    }

    #[test]
    fn descriptions_candidates_and_refusals_are_those_of_the_role() {
        let answer = r#"{"at":3.5,"kind":"description","description":{"type":"answer","sdp":"v=0\r\n"}}"#;
        let events = said(answer, Role::Answerer).unwrap();
        assert_eq!(events[1], Event::Signal(Signal::Answer("v=0\r\n".to_owned())));
        assert!(
            said(answer, Role::Offerer).unwrap_err().contains("handed over an answer, and is the offerer")
        );
        let end = r#"{"kind":"candidate","candidate":{"candidate":"","sdpMid":"0"}}"#;
        let events = said(end, Role::Offerer).unwrap();
        assert!(matches!(&events[..], [Event::Signal(Signal::EndOfCandidates(_))]), "{events:?}");
        let no = r#"{"kind":"refused","operation":"setRemoteDescription","message":"no"}"#;
        let events = said(no, Role::Offerer).unwrap();
        assert!(
            matches!(&events[..], [Event::PeerError(error)] if error.to_string() == "setRemoteDescription(answer) failed: no"),
            "{events:?}"
        );
    }

    #[test]
    fn what_is_no_message_is_quoted_with_what_is_wrong() {
        for (line, wrong) in [
            ("hello", "expected value"),
            (r#"{"kind":"hallo"}"#, "unknown variant `hallo`"),
            (r#"{"kind":"state","machine":"ice","state":"x"}"#, "unknown variant `ice`"),
            (r#"{"at":"now","kind":"ready"}"#, "invalid type"),
            (r#"{"kind":"frame","blocks":"xyz"}"#, "no 16 hexadecimal digits"),
            ("", "EOF"),
        ] {
            let error = said(line, Role::Offerer).unwrap_err();
            assert!(error.contains(wrong), "{line}: {error}");
        }
    }
}
