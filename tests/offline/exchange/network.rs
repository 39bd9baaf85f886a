//! What the servers of a network condition saw, and what the verdict makes of it.

use super::*;

/// What the verdict is if both sides find their own end of the pair to be of `own_end`, and servers saw `served`.
async fn in_network(network: NetworkCondition, own_end: &'static str, served: Served) -> Verdict {
    let found = Role::BOTH.map(|role| (role, Quirk::Finds(Fact::CandidateType, Some(own_end))));
    let exchange = call(SignalingMode::Trickle, &found, Deadlines::default()).await;
    let scenario = Scenario { network, ..scenario(SignalingMode::Trickle) };
    judge(&scenario, &Exchange { served: Some(served), ..exchange })
}

#[tokio::test(start_paused = true)]
async fn servers_that_were_not_used_as_asked_fail_the_call() {
    use NetworkCondition::{DeadStun, LostStun, SlowStun, Stun};
    let asked =
        |binding_requests, binding_answers| Served { binding_requests, binding_answers, ..Served::default() };
    let used = [
        (Stun, asked(2, 2)),
        (SlowStun { delay_ms: 200 }, asked(2, 0)),
        (DeadStun, asked(2, 0)),
        (LostStun, asked(2, 2)),
    ];
    for (network, served) in used {
        assert_eq!(in_network(network, "host", served).await, Verdict::Passed, "{network}");
    }
    let cases = [
        (Stun, asked(1, 1), "asked 1 times, not by both sides"),
        (Stun, asked(2, 0), "the STUN server answered nothing"),
        (LostStun, asked(1, 1), "asked 1 times, not by both sides"),
        (DeadStun, asked(2, 1), "should be dead answered 1 times"),
    ];
    for (network, served, expected) in cases {
        let reason = in_network(network, "host", served).await.reason().unwrap_or_default();
        assert!(reason.contains(expected), "{network}: {reason}");
    }
}

/// The verdict takes in what the servers saw, and pictures are taken by it: it is found once.
#[tokio::test(start_paused = true)]
async fn a_call_is_pictured_unless_it_passed_with_all_that_is_known_of_it() {
    let network = NetworkCondition::Stun;
    for (asked, passed) in [(2, true), (1, false)] {
        let found = Role::BOTH.map(|role| (role, Quirk::Finds(Fact::CandidateType, Some("host"))));
        let [mut offerer, mut answerer] = peers(&found);
        let call = Call::new(Scenario { network, ..scenario(SignalingMode::Trickle) });
        let exchange = exchange(&call, &mut offerer, &mut answerer).await;
        let served = Served { binding_requests: asked, binding_answers: asked, ..Served::default() };
        let exchange = Exchange { served: Some(served), ..exchange };
        let judged = conclude(&call, exchange, &mut offerer, &mut answerer).await;
        assert_eq!(judged.verdict == Verdict::Passed, passed, "{:?}", judged.verdict);
        assert_eq!([offerer.pictured, answerer.pictured], [!passed; 2]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_relayed_call_fails_unless_it_is_relayed_on_both_sides() {
    let network = NetworkCondition::RelayUdp;
    let used = Served { allocations: 2, relayed: 100, ..Served::default() };
    let reason = |verdict: Verdict| verdict.reason().unwrap_or_default();
    let not_relayed = reason(in_network(network, "host", used).await);
    assert!(not_relayed.contains("relay-udp allows relay only as its local end"), "{not_relayed}");
    // A browser says over what it speaks to its relay; the scripted one does not.
    let unknown = reason(in_network(network, "relay", used).await);
    assert!(unknown.contains("the selected pair is relay-host/udp"), "{unknown}");
}
