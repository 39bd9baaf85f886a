//! The facts of a call.

use std::collections::BTreeSet;

use tincan_harness::{peer::Codec, peer::Transport, signaling::Role, verdict::Outcome};

use super::{
    call::CallRecord,
    description,
    fact::{Area, Fact},
};
use crate::recording::{Recorded, Recording};

/// The facts of a call. Of one that did not pass only its verdict is known, and of one that could not be asked nothing.
#[must_use]
pub fn facts(call: &CallRecord) -> BTreeSet<Fact> {
    let mut facts = BTreeSet::new();
    let said = match (call.verdict, call.stage) {
        (Outcome::Passed, _) => "passed".to_owned(),
        (Outcome::Failed, Some(stage)) => format!("failed, first break: {stage}"),
        (Outcome::Failed, None) => "failed".to_owned(),
        (Outcome::Unsupported | Outcome::Errored, _) => return facts,
    };
    facts.insert(Fact { area: Area::Verdict, role: None, what: "verdict".to_owned(), value: said });
    if call.verdict != Outcome::Passed {
        return facts;
    }
    let recording = Recording::read(&call.recording).unwrap_or_default();
    for role in Role::BOTH {
        let (transport, codecs) = match role {
            Role::Offerer => (&call.transport.offerer, &call.codecs.offerer),
            Role::Answerer => (&call.transport.answerer, &call.codecs.answerer),
        };
        let side = recording.side(role);
        description::facts(&mut facts, role, side);
        sequences(&mut facts, role, side);
        statistics(&mut facts, role, side);
        facts.extend(
            of_transport(transport).map(|(what, value)| Fact::new(Area::Transport, role, what, value)),
        );
        let named = [
            ("video received", &codecs.received),
            ("video sent", &codecs.sent),
            ("sound received", &codecs.received_audio),
            ("sound sent", &codecs.sent_audio),
        ];
        let known = named.into_iter().filter_map(|(what, codec)| Some((what, codec.as_ref()?)));
        facts.extend(known.flat_map(|(what, codec)| of_codec(role, what, codec)));
    }
    facts
}

fn of_codec(role: Role, what: &str, codec: &Codec) -> Vec<Fact> {
    let mut facts = vec![Fact::new(Area::Codecs, role, what, &codec.mime_type)];
    let more = [
        ("payload type", codec.payload_type.map(|number| number.to_string())),
        ("format parameters", codec.format.clone()),
    ];
    let known = more.into_iter().filter_map(|(name, value)| Some((name, value?)));
    facts.extend(known.map(|(name, value)| Fact::new(Area::Codecs, role, format!("{what}: {name}"), value)));
    facts
}

fn of_transport(transport: &Transport) -> impl Iterator<Item = (&'static str, String)> + use<> {
    let Transport { ice_role, dtls_version, dtls_role, dtls_cipher, srtp_cipher } = transport.clone();
    let named = [
        ("ICE role", ice_role),
        ("DTLS version", dtls_version),
        ("DTLS role", dtls_role),
        ("DTLS cipher", dtls_cipher),
        ("SRTP profile", srtp_cipher),
    ];
    named.into_iter().filter_map(|(what, value)| Some((what, value?)))
}

fn sequences(facts: &mut BTreeSet<Fact>, role: Role, side: &Recorded) {
    for (area, all) in [(Area::Milestones, &side.milestones), (Area::States, &side.states)] {
        facts.extend(all.iter().map(|(name, reached)| Fact::new(area, role, name, reached.join(", "))));
    }
}

fn statistics(facts: &mut BTreeSet<Fact>, role: Role, side: &Recorded) {
    for (kind, fields) in &side.stats {
        facts.insert(Fact::new(Area::Statistics, role, kind, ""));
        let of_kind = |field| Fact::new(Area::Statistics, role, format!("{kind}: field {field}"), "");
        facts.extend(fields.iter().map(of_kind));
    }
}
