//! One sentence for each ability that a call needs and a peer lacks.

use super::*;
use crate::{media::Media, procedure::Procedure};

const PEER: Subject<'_> = Subject::Peer(PeerId::literal("dummy"));
const PAGE: Subject<'_> = Subject::Page("mine");

/// Takes an ability away.
type Change<T> = fn(&mut T);

fn scenario(mode: SignalingMode, network: &str) -> Scenario {
    let [offerer, answerer] = ["one", "other"].map(PeerId::literal);
    let network = network.parse().expect("there is such a network");
    Scenario { offerer, answerer, mode, media: Media::VP8, network, procedure: Procedure::Once }
}

fn signals(change: Change<Signalling>) -> Abilities {
    let mut signalling = Signalling::FULL;
    change(&mut signalling);
    Abilities { offers: Some(signalling), answers: Some(signalling), ..Abilities::full() }
}

fn uses(change: Change<Servers>) -> Abilities {
    let mut abilities = Abilities::full();
    change(&mut abilities.servers);
    abilities
}

fn offers(abilities: &Abilities, who: Subject<'_>, mode: SignalingMode, network: &str) -> Option<String> {
    abilities.lacks(who, Role::Offerer, &scenario(mode, network))
}

#[test]
fn who_can_do_everything_lacks_nothing() {
    use SignalingMode::{HalfTrickle, Trickle, Vanilla};
    for network in NetworkCondition::ALL {
        for (mode, role) in
            [Vanilla, HalfTrickle, Trickle].into_iter().flat_map(|m| Role::BOTH.map(|r| (m, r)))
        {
            for who in [PEER, PAGE] {
                let lacks = Abilities::full().lacks(who, role, &scenario(mode, &network.to_string()));
                assert_eq!(lacks, None, "{mode} {role} {network}");
            }
        }
    }
}

#[test]
fn who_does_not_resolve_names_lacks_that_where_addresses_are_hidden() {
    let abilities = Abilities { resolves_names: false, ..Abilities::full() };
    let lacks = |network| offers(&abilities, PEER, SignalingMode::Trickle, network);
    assert_eq!(lacks("mdns").as_deref(), Some("dummy does not resolve names of mDNS, which mdns needs"));
    assert_eq!(lacks("direct"), None);
}

#[test]
fn a_role_that_a_peer_does_not_play_is_named() {
    let scenario = scenario(SignalingMode::Vanilla, "direct");
    let lacks = |abilities: &Abilities, role| abilities.lacks(PEER, role, &scenario);
    let answers_only = Abilities { offers: None, ..Abilities::full() };
    assert_eq!(lacks(&answers_only, Role::Offerer).as_deref(), Some("dummy does not make offers"));
    assert_eq!(lacks(&answers_only, Role::Answerer), None);
    let offers_only = Abilities { answers: None, ..Abilities::full() };
    assert_eq!(lacks(&offers_only, Role::Answerer).as_deref(), Some("dummy does not answer offers"));
    assert_eq!(lacks(&offers_only, Role::Offerer), None);
}

#[test]
fn media_are_asked_in_both_directions() {
    let lacks = |sends, receives| {
        let of = |can: bool| if can { Flow::all().into_iter().collect() } else { BTreeSet::new() };
        let abilities = Abilities { sends: of(sends), receives: of(receives), ..Abilities::full() };
        offers(&abilities, PEER, SignalingMode::Vanilla, "direct")
    };
    assert_eq!(lacks(false, true).as_deref(), Some("dummy does not send vp8"));
    assert_eq!(lacks(true, false).as_deref(), Some("dummy does not receive vp8"));
    assert_eq!(lacks(false, false).as_deref(), Some("dummy neither sends nor receives vp8"));
    assert_eq!(lacks(true, true), None);
}

#[test]
fn what_a_mode_sends_and_what_it_receives_are_asked_of_each_role() {
    use Role::{Answerer, Offerer};
    use SignalingMode::{HalfTrickle, Trickle, Vanilla};
    let no_trickle = "dummy does not do trickle, only vanilla";
    let no_vanilla = "dummy does not do vanilla, only trickle";
    let takes_none = "dummy takes no candidates, which its answerer sends in half-trickle";
    let table: [(Change<Signalling>, Role, SignalingMode, Option<&str>); 12] = [
        (|s| s.trickles = false, Offerer, Trickle, Some(no_trickle)),
        (|s| s.trickles = false, Answerer, HalfTrickle, Some(no_trickle)),
        (|s| s.trickles = false, Offerer, HalfTrickle, None),
        (|s| s.trickles = false, Answerer, Vanilla, None),
        (|s| s.gathers_first = false, Offerer, HalfTrickle, Some(no_vanilla)),
        (|s| s.gathers_first = false, Answerer, Vanilla, Some(no_vanilla)),
        (|s| s.gathers_first = false, Answerer, HalfTrickle, None),
        (|s| s.takes_candidates = false, Offerer, HalfTrickle, Some(takes_none)),
        (|s| s.takes_candidates = false, Answerer, HalfTrickle, None),
        (|s| s.takes_candidates = false, Offerer, Vanilla, None),
        (
            |s| s.takes_candidates = false,
            Answerer,
            Trickle,
            Some("dummy takes no candidates, which its offerer sends in trickle"),
        ),
        (
            |s| *s = Signalling { gathers_first: false, trickles: false, takes_candidates: true },
            Offerer,
            Vanilla,
            Some("dummy does not do vanilla"),
        ),
    ];
    for (change, role, mode, expected) in table {
        let lacks = signals(change).lacks(PEER, role, &scenario(mode, "direct"));
        assert_eq!(lacks.as_deref(), expected, "{role} {mode}");
    }
}

#[test]
fn the_server_of_a_network_has_to_be_one_that_the_peer_can_use() {
    let table: [(Change<Servers>, Subject<'_>, &str, Option<&str>); 11] = [
        (|s| s.stun.clear(), PEER, "stun", Some("dummy does not speak to a STUN server, which stun needs")),
        (|s| s.stun.clear(), PEER, "relay-udp", None),
        (
            |s| s.turn.retain(|over| *over != ServerTransport::Tcp),
            PEER,
            "relay-tcp",
            Some("dummy speaks to a TURN server over UDP only"),
        ),
        (|s| s.turn.retain(|over| *over != ServerTransport::Tcp), PEER, "symmetric-nat", None),
        (
            |s| s.turn.retain(|over| *over != ServerTransport::Udp),
            PEER,
            "relay-udp",
            Some("dummy speaks to a TURN server over TCP only"),
        ),
        (
            |s| s.turn.clear(),
            PEER,
            "udp-dropped",
            Some("dummy does not speak to a TURN server, which udp-dropped needs"),
        ),
        (
            |s| s.relay_only = false,
            PEER,
            "relay-udp",
            Some("dummy cannot be told to use relays only, which relay-udp needs"),
        ),
        (|s| s.relay_only = false, PEER, "symmetric-nat", None),
        (|s| *s = Servers::default(), PEER, "direct", None),
        (
            |s| *s = Servers::default(),
            PAGE,
            "stun",
            Some("the page \"mine\" has no control for ICE servers, which stun needs"),
        ),
        (
            |s| s.relay_only = false,
            PAGE,
            "relay-tcp",
            Some("the page \"mine\" has no control for iceTransportPolicy, which relay-tcp needs"),
        ),
    ];
    for (change, who, network, expected) in table {
        let lacks = offers(&uses(change), who, SignalingMode::Vanilla, network);
        assert_eq!(lacks.as_deref(), expected, "{who} {network}");
    }
}

#[test]
fn what_is_left_out_is_not_told() {
    let told = ReadBack::everything().without(&[Detail::RoundTrip]);
    let not_told: Vec<_> = Detail::ALL.into_iter().filter(|detail| !told.tells(*detail)).collect();
    assert_eq!(not_told, [Detail::RoundTrip]);
    assert_eq!(ReadBack::default(), ReadBack::everything());
}
