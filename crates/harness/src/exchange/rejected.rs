//! Whether a section that is rejected stays so.

use crate::{
    procedure::Procedure,
    signaling::Signal,
    timeline::{FIRST_ROUND, Round},
};

/// What is wrong with the description `signal` of `round`: the first answer takes what it was to reject, or a later description revives
/// it.
pub(super) fn not_as_rejected(procedure: Procedure, round: Round, signal: &Signal) -> Option<String> {
    let (rejecting, sdp, name) = (procedure.rejecting()?, signal.sdp()?, signal.name());
    if round == FIRST_ROUND && matches!(signal, Signal::Offer(_)) {
        return None;
    }
    let kind = rejecting.section();
    let mut ports = sdp.lines().filter_map(|line| {
        let mut fields = line.strip_prefix("m=")?.split_whitespace();
        (fields.next() == Some(kind)).then(|| fields.next().unwrap_or_default())
    });
    let taken = ports.find(|port| *port != "0")?;
    Some(match round {
        FIRST_ROUND => format!("its {name} takes the {kind} that it was to reject (its port is {taken})"),
        _ => format!(
            "its {name} revives the {kind} that was rejected (its port is {taken}): the answer had stopped its transceiver (RFC 8829, \
             sections 5.2.2 and 5.11)"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signaling::Role;

    #[test]
    fn what_is_rejected_stays_rejected_and_the_rest_need_not() {
        let procedure = "reject-video".parse().unwrap();
        let description = |role, port: u16| {
            let video = format!("m=video {port} UDP/TLS/RTP/SAVPF 96\r\n");
            Signal::description(role, format!("v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n{video}"))
        };
        let found = |round, role, port| not_as_rejected(procedure, round, &description(role, port));
        assert_eq!(found(1, Role::Offerer, 9), None);
        assert_eq!(found(1, Role::Answerer, 0), None);
        assert!(found(1, Role::Answerer, 9).unwrap().starts_with("its answer takes the video"));
        assert_eq!(found(2, Role::Offerer, 0), None);
        assert!(found(2, Role::Offerer, 9).unwrap().starts_with("its offer revives the video"));
        assert!(found(2, Role::Answerer, 9).unwrap().starts_with("its answer revives the video"));
        assert_eq!(not_as_rejected(Procedure::Once, 1, &description(Role::Answerer, 9)), None);
    }
}
