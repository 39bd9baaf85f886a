//! The selected pair and what the servers saw, held against the network condition.

use tincan_harness::{
    Exchange, NetworkCondition, Scenario, Signal,
    network::Served,
    peer::{CandidatePair, PairEnd},
};

use super::*;

/// An end of a pair: its type, over what, and its address.
fn end(candidate_type: &str, protocol: &str, address: &str) -> PairEnd {
    PairEnd {
        candidate_type: candidate_type.to_owned(),
        protocol: protocol.to_owned(),
        address: (!address.is_empty()).then(|| address.to_owned()),
        port: None,
        relay_protocol: None,
        username_fragment: None,
    }
}

fn pair(local: &str, remote: &str) -> CandidatePair {
    CandidatePair { local: end(local, "udp", ""), remote: end(remote, "udp", "") }
}

/// Why a call over `network` failed or errored whose sides both have selected this pair; none if it passed.
async fn over(network: NetworkCondition, selected: CandidatePair, served: Option<Served>) -> Option<String> {
    let exchange = call(TRICKLE, &[], Deadlines::default()).await;
    let mut exchange = Exchange { served, ..exchange };
    exchange.offerer.evidence.pair = Some(selected.clone());
    exchange.answerer.evidence.pair = Some(selected);
    let reason = judge(&Scenario { network, ..scenario(TRICKLE) }, &exchange).reason()?;
    Some(reason.split("; last reached").next().unwrap_or_default().to_owned())
}

/// Which types of candidate each network lets a side use as its own, and as the other side's.
#[tokio::test(start_paused = true)]
async fn each_network_allows_its_own_types_of_candidate() {
    use NetworkCondition as N;
    const TYPES: [&str; 4] = ["host", "srflx", "prflx", "relay"];
    let table: [(N, &[&str], &[&str]); 9] = [
        (N::Direct, &["host", "prflx"], &["host", "prflx"]),
        (N::Routed, &["host", "prflx"], &["host", "prflx"]),
        (N::Stun, &["host", "prflx", "srflx"], &["host", "prflx", "srflx"]),
        (N::DeadStun, &["host", "prflx", "srflx"], &["host", "prflx", "srflx"]),
        (N::HomeNat { delay_ms: 0 }, &["host", "prflx", "srflx"], &["srflx", "prflx"]),
        (N::RelayUdp, &["relay"], &["relay", "prflx"]),
        (N::LossyRelay, &["relay"], &["relay", "prflx"]),
        (N::SymmetricNat, &["relay", "prflx", "host"], &["relay", "prflx"]),
        (N::UdpDropped, &["relay", "prflx"], &["relay", "prflx"]),
    ];
    for (network, own, other) in table {
        for [local, remote] in TYPES.iter().flat_map(|local| TYPES.map(|remote| [*local, remote])) {
            let mut selected = pair(local, remote);
            let over_tcp = network == N::UdpDropped;
            selected.local.relay_protocol = Some(if over_tcp { "tcp" } else { "udp" }.to_owned());
            let only = |whose: &str, types: &[&str]| {
                let types = types.join(" and ");
                Some(format!(
                    "offerer: the selected pair is {local}-{remote}/udp, and {network} allows {types} only as its \
                     {whose} end"
                ))
            };
            let expected = match (own.contains(&local), other.contains(&remote)) {
                (false, _) => only("local", own),
                (true, false) => only("remote", other),
                (true, true) if own.contains(&"relay") && ![local, remote].contains(&"relay") => {
                    Some(format!(
                        "offerer: the selected pair is {local}-{remote}/udp, and {network} works over relays only"
                    ))
                }
                (true, true) => None,
            };
            assert_eq!(over(network, selected, None).await, expected, "{network}: {local}-{remote}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_pair_goes_over_udp_or_tcp_at_both_its_ends() {
    for [local, remote] in [["udp", "tcp"], ["tls", "udp"], ["udp", "tls"]] {
        let selected = CandidatePair { local: end("host", local, ""), remote: end("host", remote, "") };
        let other = [local, remote].contains(&"tls");
        let expected =
            other.then(|| "offerer: the selected pair goes over tls, neither udp nor tcp".to_owned());
        assert_eq!(over(NetworkCondition::Direct, selected, None).await, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn over_ipv6_alone_no_end_is_of_ipv4() {
    let of = |local, remote| CandidatePair {
        local: end("host", "udp", local),
        remote: end("host", "udp", remote),
    };
    let used = |address: &str| Some(format!("offerer: the selected pair uses {address}, asked for IPv6"));
    let cases = [
        (of("fd00::1", "fd00::2"), None),
        // A name of mDNS, and an address that is not told.
        (of("9b36eaac.local", ""), None),
        (of("192.0.2.1", "fd00::2"), used("192.0.2.1")),
        (of("fd00::1", "192.0.2.2"), used("192.0.2.2")),
    ];
    for (selected, expected) in cases {
        assert_eq!(over(NetworkCondition::Ipv6, selected.clone(), None).await, expected, "{selected:?}");
        assert_eq!(over(NetworkCondition::Routed, selected, None).await, None);
    }
}

/// Why a call over mdns failed or errored in which each side named its host candidates by these addresses, and selected a pair whose
/// remote end is of this type; none if it passed.
async fn hidden(addresses: [&str; 2], remote: [&str; 2]) -> Option<String> {
    let mut exchange = call(TRICKLE, &[], Deadlines::default()).await;
    for carried in &mut exchange.carried {
        if let Signal::Candidate(candidate) = &mut carried.signal {
            let address = addresses[carried.from as usize];
            candidate.candidate = format!("candidate:1 1 udp 2113937151 {address} 5000 typ host");
        }
    }
    exchange.offerer.evidence.pair = Some(pair("host", remote[0]));
    exchange.answerer.evidence.pair = Some(pair("host", remote[1]));
    let network = NetworkCondition::Mdns;
    let reason = judge(&Scenario { network, ..scenario(TRICKLE) }, &exchange).reason()?;
    Some(reason.split("; last reached").next().unwrap_or_default().to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_name_of_mdns_has_to_be_resolved_by_the_side_that_is_given_it() {
    let (own, other) =
        ("0a1b2c3d-0000-4000-8000-000000000001.local", "0a1b2c3d-0000-4000-8000-000000000002.local");
    assert_eq!(hidden([own, other], ["host", "host"]).await, None);
    let unresolved = |role: &str, whose: &str| {
        Some(format!(
            "{role}: the selected pair is host-prflx/udp: its remote end was learned by a check, and the names of mDNS that the {whose} \
             gave were not resolved"
        ))
    };
    assert_eq!(hidden([own, other], ["prflx", "host"]).await, unresolved("offerer", "answerer"));
    assert_eq!(hidden([own, other], ["host", "prflx"]).await, unresolved("answerer", "offerer"));
    // A library shows its addresses: they need not be resolved.
    assert_eq!(hidden([own, "192.0.2.1"], ["prflx", "host"]).await, None);
    // And it does not tell what it has resolved.
    assert_eq!(hidden([own, "192.0.2.1"], ["host", "prflx"]).await, None);
    let shown = "offerer: failed to read back the call: no host candidate of either side is a name of mDNS: both show their addresses";
    assert_eq!(hidden(["192.0.2.1", "192.0.2.2"], ["host", "host"]).await.as_deref(), Some(shown));
}

#[tokio::test(start_paused = true)]
async fn a_relay_is_spoken_to_over_what_was_asked_for() {
    use NetworkCondition as N;
    for (network, asked, other) in [
        (N::RelayUdp, "udp", "tcp"),
        (N::SymmetricNat, "udp", "tls"),
        (N::RelayTcp, "tcp", "udp"),
        (N::UdpDropped, "tcp", "udp"),
    ] {
        let relayed = |protocol: Option<&str>| {
            let mut selected = pair("relay", "relay");
            selected.local.relay_protocol = protocol.map(str::to_owned);
            selected
        };
        assert_eq!(over(network, relayed(Some(asked)), None).await, None, "{network}");
        let reason = format!("offerer: the relay is used over {other}, not {asked}");
        assert_eq!(over(network, relayed(Some(other)), None).await, Some(reason), "{network}");
        let unknown = "offerer: failed to read back the call: the protocol to the relay is not known";
        assert_eq!(over(network, relayed(None), None).await.as_deref(), Some(unknown), "{network}");
    }
    // Of the other side's relay this side does not know it, and without a relay there is nothing to know.
    assert_eq!(over(N::UdpDropped, pair("prflx", "relay"), None).await, None);
    assert_eq!(over(N::Direct, pair("host", "host"), None).await, None);
}

#[tokio::test(start_paused = true)]
async fn servers_are_used_by_both_sides_and_answer_as_they_should() {
    use NetworkCondition as N;
    let stun =
        |binding_requests, binding_answers| Served { binding_requests, binding_answers, ..Served::default() };
    let turn = |allocations, relayed| Served { allocations, relayed, ..Served::default() };
    let asked = |times: u32| Some(format!("the STUN server was asked {times} times, not by both sides"));
    let relays = |allocations: u32, relayed: u32| {
        Some(format!("{allocations} relays were allocated, and {relayed} packets went through them"))
    };
    let cases = [
        (N::Direct, stun(0, 0), None),
        (N::Stun, stun(3, 1), None),
        (N::Stun, stun(2, 2), None),
        (N::Stun, stun(1, 1), asked(1)),
        (N::Stun, stun(0, 0), asked(0)),
        (N::Stun, stun(2, 0), Some("the STUN server answered nothing".to_owned())),
        (N::SlowStun { delay_ms: 200 }, stun(2, 0), None),
        (N::SlowStun { delay_ms: 200 }, stun(1, 1), asked(1)),
        (N::HomeNat { delay_ms: 0 }, stun(2, 0), Some("the STUN server answered nothing".to_owned())),
        (N::DeadStun, stun(2, 0), None),
        (N::DeadStun, stun(2, 1), Some("a STUN server that should be dead answered 1 times".to_owned())),
        (N::LostStun, stun(2, 2), None),
        (N::LostStun, stun(1, 1), asked(1)),
        (N::RelayUdp, turn(2, 1), None),
        (N::RelayUdp, turn(3, 1), None),
        (N::RelayUdp, turn(1, 1), relays(1, 1)),
        (N::RelayUdp, turn(2, 0), relays(2, 0)),
        (N::RelayTcp, turn(2, 1), None),
        (N::RelayTcp, turn(1, 5), relays(1, 5)),
        (N::UdpDropped, turn(4, 0), relays(4, 0)),
    ];
    for (network, served, expected) in cases {
        let relayed = matches!(network, N::RelayUdp | N::RelayTcp | N::UdpDropped);
        let end = if relayed { "relay" } else { "prflx" };
        let mut selected = pair(end, end);
        let over_tcp = matches!(network, N::RelayTcp | N::UdpDropped);
        selected.local.relay_protocol = relayed.then(|| if over_tcp { "tcp" } else { "udp" }.to_owned());
        let expected = expected.map(|what| format!("offerer: {what}"));
        assert_eq!(over(network, selected, Some(served)).await, expected, "{network}: {served:?}");
    }
}
