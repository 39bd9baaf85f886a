//! What is said where ICE or DTLS did not connect.

use super::*;

/// A call whose answerer did not reach `milestone`.
async fn without(milestone: Milestone) -> Exchange {
    exchanged(Role::Answerer, Quirk::StopsBefore(milestone)).await
}

fn pair(sent: u64, answered: u64, received: u64) -> Value {
    json!({
        "type": "candidate-pair",
        "requestsSent": sent,
        "responsesReceived": answered,
        "requestsReceived": received,
    })
}

#[tokio::test(start_paused = true)]
async fn what_became_of_the_checks_is_counted_over_all_pairs() {
    let mut exchange = without(Milestone::IceConnected).await;
    let begin = "answerer: iceConnectionState has not changed for 20.0 s; ";
    assert_eq!(found(&exchange), (Stage::Ice, Role::Answerer, format!("{begin}its getStats is not known")));
    let cases = [
        (
            json!([pair(4, 0, 0), pair(5, 0, 0)]),
            "2 candidate pairs, 9 checks sent, 0 answered, 0 received: nothing comes from the other side",
        ),
        (
            json!([pair(4, 0, 1), pair(5, 0, 2)]),
            "2 candidate pairs, 9 checks sent, 0 answered, 3 received: the way is open, so user name fragment or \
             password",
        ),
        (json!([pair(4, 1, 1), pair(5, 2, 0)]), "2 candidate pairs, 9 checks sent, 3 answered, 1 received"),
        (json!([pair(4, 1, 0)]), "1 candidate pairs, 4 checks sent, 1 answered, 0 received"),
        (
            json!([{ "type": "candidate-pair" }, { "type": "transport", "requestsSent": 3 }]),
            "1 candidate pairs, 0 checks sent, 0 answered, 0 received: nothing comes from the other side",
        ),
    ];
    for (mut entries, checks) in cases {
        entries.as_array_mut().unwrap().push(json!({ "type": "remote-candidate" }));
        // What was counted last is what counts.
        exchange.answerer.evidence.stats = vec![sample(&json!([])), sample(&entries)];
        let diagnosis = of(&exchange);
        assert_eq!(diagnosis.evidence, format!("{begin}{checks}"));
        assert_eq!(diagnosis.look_at, LOOK_AT_ICE);
    }
}

const LOOK_AT_ICE: &str =
    "the candidates of both sides, the candidate pairs in getStats, and what lies between the peers";

#[tokio::test(start_paused = true)]
async fn the_last_state_of_ice_is_told() {
    let mut exchange = without(Milestone::IceConnected).await;
    let states = [(Machine::IceConnectionState, "checking"), (Machine::IceConnectionState, "failed")];
    let states = states.into_iter().chain([(Machine::ConnectionState, "connecting")]);
    exchange.answerer.notes =
        states.map(|(machine, state)| (Duration::ZERO, Note::state(machine, state))).collect();
    assert_eq!(
        found(&exchange).2,
        "answerer: iceConnectionState: failed for 20.0 s; its getStats is not known"
    );
}

#[tokio::test(start_paused = true)]
async fn who_knows_no_candidate_of_the_other_side_is_named() {
    let no_candidate = |sdp: &str| {
        let lines = sdp.split_inclusive('\n').filter(|line| !line.starts_with("a=candidate:"));
        lines.collect::<String>()
    };
    for role in Role::BOTH {
        let mut exchange = without(Milestone::IceConnected).await;
        // Of a side that cannot tell what it was given nothing is said.
        side_mut(&mut exchange, role.other()).evidence.given = None;
        let given = side_mut(&mut exchange, role).evidence.given.clone().unwrap();
        side_mut(&mut exchange, role).evidence.given = Some(no_candidate(&given));
        let diagnosis = of(&exchange);
        assert_eq!(
            diagnosis.evidence,
            format!(
                "answerer: iceConnectionState has not changed for 20.0 s: the {role} knows no candidate of the other side"
            )
        );
        assert_eq!(diagnosis.look_at, "whether candidates were gathered, copied and pasted (candidates.txt)");
        // Its getStats knows better: candidates may have come after the description.
        side_mut(&mut exchange, role).evidence.stats = vec![sample(&json!([{ "type": "remote-candidate" }]))];
        assert_eq!(of(&exchange).look_at, LOOK_AT_ICE);
        side_mut(&mut exchange, role).evidence.stats = vec![sample(&json!([{ "type": "local-candidate" }]))];
        assert!(
            of(&exchange).evidence.ends_with(&format!("the {role} knows no candidate of the other side"))
        );
    }
}

#[tokio::test(start_paused = true)]
async fn where_dtls_did_not_connect_states_and_roles_of_both_sides_are_told() {
    let mut exchange = without(Milestone::DtlsConnected).await;
    describe(&mut exchange, Role::Offerer, |sdp| format!("{sdp}a=setup:actpass\r\n"));
    exchange.offerer.notes =
        [Note::state(Machine::DtlsState, "connecting"), Note::state(Machine::ConnectionState, "failed")]
            .map(|note| (Duration::ZERO, note))
            .into();
    let begin = "answerer: ICE connected, DTLS did not within 10.0 s (offerer dtlsState: connecting, answerer has not \
                 begun; offerer says setup:actpass, answerer says setup:nothing): ";
    let direct = of(&exchange);
    assert_eq!((direct.stage, direct.peer), (Stage::Dtls, Some(Role::Answerer)));
    assert_eq!(direct.evidence, format!("{begin}fingerprint or role"));
    assert_eq!(direct.look_at, "a=fingerprint and a=setup in both descriptions");
    let lossy = Scenario { network: NetworkCondition::Lossy, ..scenario(VANILLA) };
    let lossy = diagnose(&lossy, &exchange, &judge(&lossy, &exchange)).unwrap();
    assert_eq!(lossy.evidence, format!("{begin}a flight that was lost, fingerprint or role"));
    assert_eq!(
        lossy.look_at,
        "whether both sides repeat their flights (packets.pcapng), then a=fingerprint and a=setup"
    );
    // Who does not tell of DTLS may tell of its connection.
    exchange.answerer.notes = vec![(Duration::ZERO, Note::state(Machine::ConnectionState, "connecting"))];
    assert!(of(&exchange).evidence.contains("answerer connectionState: connecting;"), "{exchange:?}");
}

#[tokio::test(start_paused = true)]
async fn other_line_ends_are_not_to_blame_for_ice_and_what_was_changed_first_is() {
    let mut exchange = without(Milestone::IceConnected).await;
    let mangled = |exchange: &mut Exchange, role: Role, edit: fn(&str) -> String| {
        let copied = exchange.description(role.other()).unwrap().to_owned();
        side_mut(exchange, role).evidence.given = Some(edit(&copied));
    };
    mangled(&mut exchange, Role::Answerer, |sdp| sdp.trim_end().to_owned());
    assert_eq!(of(&exchange).stage, Stage::Ice);
    mangled(&mut exchange, Role::Offerer, |sdp| format!("{sdp}a=x\r\n"));
    let evidence = "offerer: line 8: it was given \"a=x\" where the end was copied".to_owned();
    assert_eq!(found(&exchange), (Stage::AnswerCarried, Role::Offerer, evidence));
    mangled(&mut exchange, Role::Answerer, |sdp| format!("{sdp}a=y\r\n"));
    assert_eq!((found(&exchange).0, found(&exchange).1), (Stage::OfferCarried, Role::Answerer));
    exchange.answerer.evidence.rewrites = true;
    assert_eq!(found(&exchange).1, Role::Offerer);
}
