//! Why ICE or DTLS did not connect.

use serde_json::Value;

use super::finding::{Examination, Finding, state_of};
use crate::{
    abilities::Detail, exchange::Side, note::Machine, sdp, signaling::Role, stage::Stage,
    timeline::FIRST_ROUND,
};

impl Examination<'_> {
    pub(super) fn no_ice(&self, seconds: &str) -> Finding {
        let state = self.state(Machine::IceConnectionState);
        let known = Role::BOTH.map(|role| (role, self.known_candidates(role)));
        let evidence = format!("{state} for {seconds}; {}", self.checks());
        let finding = Finding::new(Stage::Ice, self.role, evidence);
        match known.iter().find(|(_, known)| *known == Some(0)) {
            Some((role, _)) => {
                let evidence =
                    format!("{state} for {seconds}: the {role} knows no candidate of the other side");
                Finding { evidence, ..finding }
                    .look_at("whether candidates were gathered, copied and pasted (candidates.txt)")
            }
            None => finding,
        }
    }

    /// How many candidates of the other side a side was given, as far as it says: in getStats, else in its description.
    fn known_candidates(&self, role: Role) -> Option<usize> {
        let Side { evidence, reads_back, .. } = self.exchange.side(role);
        let tells = reads_back.tells(Detail::SelectedPair);
        let sample = evidence.stats.last().filter(|_| tells);
        let of_stats = sample.map(|sample| of_type(&sample.entries, "remote-candidate").count());
        of_stats.or_else(|| evidence.given.as_deref().map(|given| sdp::candidates(given).count()))
    }

    /// What became of the connectivity checks of the side that fell short.
    fn checks(&self) -> String {
        let Side { evidence, reads_back, .. } = self.side(self.role);
        let tells = reads_back.tells(Detail::SelectedPair);
        let Some(sample) = evidence.stats.last().filter(|_| tells) else {
            return "its getStats is not known".to_owned();
        };
        let pairs: Vec<_> = of_type(&sample.entries, "candidate-pair").collect();
        let sum = |field: &str| pairs.iter().filter_map(|pair| pair[field].as_u64()).sum::<u64>();
        let (sent, answered, received) =
            (sum("requestsSent"), sum("responsesReceived"), sum("requestsReceived"));
        let pairs = pairs.len();
        let guess = match (answered, received) {
            (0, 0) => ": nothing comes from the other side",
            // Who cannot check the integrity of a request does not answer it well (RFC 8445, section 7.3).
            (0, _) => ": the way is open, so user name fragment or password",
            _ => "",
        };
        format!(
            "{pairs} candidate pairs, {sent} checks sent, {answered} answered, {received} received{guess}"
        )
    }

    /// An answer that changes a call must leave the DTLS association its roles (RFC 8842, section 5.3, where nothing else asks for a
    /// new one): who answered otherwise, and how.
    pub(super) fn other_dtls_role(&self) -> Option<Finding> {
        let (sender, round) = (self.role.other(), self.exchange.round);
        let answered = setup(self.exchange.description(Role::Answerer)?);
        let own = match (sender, answered) {
            (Role::Answerer, own) => own,
            (Role::Offerer, "active") => "passive",
            (Role::Offerer, _) => "active",
        };
        let now = setup(self.exchange.description_in(round, sender)?);
        (round > FIRST_ROUND && now != own).then(|| {
            let what = format!(
                "its answer says a=setup:{now}, and in the DTLS association that goes on it is {own}"
            );
            Finding::new(Stage::Answer, sender, what)
                .look_at("how it makes a=setup of a later answer (RFC 8842, section 5.3)")
        })
    }

    pub(super) fn no_dtls(&self, seconds: &str) -> Finding {
        let states = Role::BOTH.map(|role| {
            let state = state_of(self.side(role), Machine::DtlsState);
            let state = state.or_else(|| state_of(self.side(role), Machine::ConnectionState));
            format!("{role} {}", state.unwrap_or_else(|| "has not begun".to_owned()))
        });
        let setups = Role::BOTH.map(|role| {
            format!("{} says setup:{}", role, setup(self.exchange.description(role).unwrap_or_default()))
        });
        let (states, setups) = (states.join(", "), setups.join(", "));
        let is_lossy = self.network.is_lossy();
        let guess =
            if is_lossy { "a flight that was lost, fingerprint or role" } else { "fingerprint or role" };
        let evidence = format!("ICE connected, DTLS did not within {seconds} ({states}; {setups}): {guess}");
        let finding = Finding::new(Stage::Dtls, self.role, evidence);
        if is_lossy {
            finding.look_at(
                "whether both sides repeat their flights (packets.pcapng), then a=fingerprint and a=setup",
            )
        } else {
            finding
        }
    }
}

/// The entries of one type of an `RTCStatsReport`.
pub(super) fn of_type<'s>(entries: &'s [Value], kind: &'s str) -> impl Iterator<Item = &'s Value> {
    entries.iter().filter(move |entry| entry["type"] == kind)
}

fn setup(sdp: &str) -> &str {
    sdp.lines().find_map(|line| line.strip_prefix("a=setup:")).map_or("nothing", str::trim)
}
