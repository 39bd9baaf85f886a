//! What was read back from both sides, held against what the scenario asked for. What a side's statistics cannot tell is not
//! asked of it.

// Addresses without sockets.
use core::net::Ipv4Addr;

use super::found::{Found, otherwise};
use crate::{
    abilities::Detail,
    exchange::{Exchange, Side},
    media::Flow,
    network::{Answers, NetworkCondition, Served, ServerKind},
    peer::{CandidatePair, Codec, Evidence, PairEnd},
    scenario::Scenario,
    signaling::Role,
    stage::Stage,
};

/// What WebRTC allows (RFC 8827, section 6.5, asks for DTLS 1.2 at least).
const DTLS_VERSIONS: [&str; 2] = ["DTLS 1.2", "DTLS 1.3"];
/// Over what a candidate can be (RFC 8839, section 5.1, and RFC 6544).
const PROTOCOLS: [&str; 2] = ["udp", "tcp"];

/// The codecs are those that were asked for, in both directions.
pub(super) fn codecs(scenario: &Scenario, exchange: &Exchange, role: Role) -> Result<(), Found> {
    let (side, Scenario { media, procedure, .. }) = (exchange.side(role), scenario);
    let Evidence { received_codec, sent_codec, received_audio_codec, sent_audio_codec, .. } = &side.evidence;
    let flowing = procedure.flowing(*media);
    let flows = |flow| [role.other(), role].map(|sender| procedure.sends(sender, flow, *media));
    if let Some(video) = flowing.video {
        codec(side, &video.mime_type(), flows(Flow::Video(video)), [received_codec, sent_codec])?;
    }
    match flowing.audio {
        Some(audio) => {
            let found = [received_audio_codec, sent_audio_codec];
            codec(side, audio.mime_type(), flows(Flow::Audio(audio)), found)
        }
        None => Ok(()),
    }
}

/// It is `asked` wherever something `flows`: what is received, and what is sent.
fn codec(
    side: &Side,
    asked: &str,
    flows: [bool; 2],
    [received, sent]: [&Option<Codec>; 2],
) -> Result<(), Found> {
    let codecs = [("received", Detail::ReceivedCodec, received), ("sent", Detail::SentCodec, sent)];
    for ((direction, detail, codec), _) in codecs.into_iter().zip(flows).filter(|(_, flows)| *flows) {
        let other =
            told(side, detail, codec.as_ref())?.filter(|codec| !codec.mime_type.eq_ignore_ascii_case(asked));
        if let Some(codec) = other {
            return otherwise(Stage::Answer, format!("{direction} {codec}, asked for {asked}"));
        }
    }
    Ok(())
}

/// The type of a candidate that is a relay's.
const RELAY: &str = "relay";
/// The type of a candidate that was learned by a connectivity check.
const PEER_REFLEXIVE: &str = "prflx";

/// The selected pair, where it is told, is one that can be between peers that the network condition stands between.
///
/// The two sides need not have selected the same pair: each says what it sends on (RFC 8445, section 8.1.1).
pub(super) fn pair(scenario: &Scenario, exchange: &Exchange, role: Role) -> Result<(), Found> {
    let side = exchange.side(role);
    let Some(pair) = told(side, Detail::SelectedPair, side.evidence.pair.as_ref())? else { return Ok(()) };
    let CandidatePair { local, remote } = pair;
    let network = scenario.network;
    for (whose, end, allowed) in
        [("local", local, own_types(network)), ("remote", remote, other_types(network))]
    {
        if !allowed.contains(&end.candidate_type.as_str()) {
            let allowed = allowed.join(" and ");
            let what = format!(
                "the selected pair is {pair}, and {network} allows {allowed} only as its {whose} end"
            );
            return otherwise(Stage::Ice, what);
        }
        if !PROTOCOLS.contains(&end.protocol.as_str()) {
            let what = format!("the selected pair goes over {}, neither udp nor tcp", end.protocol);
            return otherwise(Stage::Ice, what);
        }
    }
    if network.is_relayed() && local.candidate_type != RELAY && remote.candidate_type != RELAY {
        return otherwise(
            Stage::Ice,
            format!("the selected pair is {pair}, and {network} works over relays only"),
        );
    }
    family(network, pair)?;
    relay_protocol(scenario, side, local)
}

/// Where both sides hide their addresses, the end of the other side is what it has named. An address that was learned by a check
/// (peer-reflexive) takes no name that is resolved.
pub(super) fn names(scenario: &Scenario, exchange: &Exchange, role: Role) -> Result<(), Found> {
    if !scenario.network.hides_addresses() {
        return Ok(());
    }
    let [own, other] = [role, role.other()].map(|role| exchange.names_hosts_only(role));
    if !own && !other {
        let what = "no host candidate of either side is a name of mDNS: both show their addresses";
        return Err(Found::Unknown(what.to_owned()));
    }
    let side = exchange.side(role);
    let Some(pair) = told(side, Detail::SelectedPair, side.evidence.pair.as_ref())? else { return Ok(()) };
    // A library shows its addresses, and does not tell what it has resolved.
    if own && other && pair.remote.candidate_type == PEER_REFLEXIVE {
        let whose = role.other();
        let what = format!(
            "the selected pair is {pair}: its remote end was learned by a check, and the names of mDNS that the {whose} gave were not \
             resolved"
        );
        return otherwise(Stage::Ice, what);
    }
    Ok(())
}

/// A relay is spoken to over what was asked for.
fn relay_protocol(scenario: &Scenario, side: &Side, local: &PairEnd) -> Result<(), Found> {
    let asked = match scenario.network.server() {
        Some(ServerKind::TurnUdp) => "udp",
        Some(ServerKind::TurnTcp) => "tcp",
        Some(ServerKind::Stun) | None => return Ok(()),
    };
    if local.candidate_type != RELAY {
        return Ok(());
    }
    match told(side, Detail::RelayProtocol, local.relay_protocol.as_ref())? {
        Some(found) if found != asked => {
            otherwise(Stage::Ice, format!("the relay is used over {found}, not {asked}"))
        }
        _ => Ok(()),
    }
}

/// The types of candidate (RFC 8445, section 4) that the own end of a pair may have under a network condition.
const fn own_types(network: NetworkCondition) -> &'static [&'static str] {
    match network.server() {
        _ if network.is_relay_only() => &["relay"],
        // What leaves by a NAT of its own is peer-reflexive (RFC 8445, section 7.2.5.3.1); not every library makes a candidate of
        // it, and then its base is named.
        _ if matches!(network, NetworkCondition::SymmetricNat) => &["relay", "prflx", "host"],
        // One side's relay is enough: the other side's packets reach it.
        _ if network.is_relayed() => &["relay", "prflx"],
        Some(_) => &["host", "prflx", "srflx"],
        // With no server and no NAT there is nothing that could make another one.
        None => &["host", "prflx"],
    }
}

/// The same for the other side's end. A relay can be found by its packets before it is named; and behind a NAT nobody has
/// an address that the other side could reach.
const fn other_types(network: NetworkCondition) -> &'static [&'static str] {
    match network {
        _ if network.is_relayed() => &["relay", "prflx"],
        NetworkCondition::HomeNat { .. } => &["srflx", "prflx"],
        _ => own_types(network),
    }
}

/// Over IPv6 alone nothing else is used.
fn family(network: NetworkCondition, pair: &CandidatePair) -> Result<(), Found> {
    let is_v4 =
        |end: &&PairEnd| end.address.as_deref().is_some_and(|address| address.parse::<Ipv4Addr>().is_ok());
    match [&pair.local, &pair.remote].into_iter().find(is_v4) {
        Some(end) if network == NetworkCondition::Ipv6 => otherwise(
            Stage::Ice,
            format!("the selected pair uses {}, asked for IPv6", end.address.as_deref().unwrap_or_default()),
        ),
        _ => Ok(()),
    }
}

/// The servers that the condition stands for were used as they should be: by both sides.
pub(super) fn servers(scenario: &Scenario, exchange: &Exchange) -> Result<(), Found> {
    let Some(served) = exchange.served else { return Ok(()) };
    let Served { binding_requests, binding_answers, allocations, relayed, .. } = served;
    match scenario.network.server() {
        Some(ServerKind::Stun) => {
            if binding_requests < 2 {
                return otherwise(
                    Stage::Gathering,
                    format!("the STUN server was asked {binding_requests} times, not by both sides"),
                );
            }
            match (scenario.network.answers(), binding_answers) {
                // What it answers gets lost behind it.
                (Answers::Never, _) if scenario.network == NetworkCondition::LostStun => Ok(()),
                (Answers::AtOnce, 0) => otherwise(Stage::Gathering, "the STUN server answered nothing"),
                (Answers::Never, 1..) => otherwise(
                    Stage::Gathering,
                    format!("a STUN server that should be dead answered {binding_answers} times"),
                ),
                _ => Ok(()),
            }
        }
        Some(ServerKind::TurnUdp | ServerKind::TurnTcp) if allocations < 2 || relayed == 0 => otherwise(
            Stage::Ice,
            format!("{allocations} relays were allocated, and {relayed} packets went through them"),
        ),
        Some(ServerKind::TurnUdp | ServerKind::TurnTcp) | None => Ok(()),
    }
}

/// Both sides have their own roles, in ICE (RFC 8445, section 2.3) and in DTLS (RFC 8842, section 5), and DTLS is recent. Where
/// there is data alone, nothing is protected by SRTP.
pub(super) fn transport(scenario: &Scenario, exchange: &Exchange, role: Role) -> Result<(), Found> {
    let side = exchange.side(role);
    let [own, other] = [role, role.other()].map(|role| &exchange.side(role).evidence.transport);
    let layers = [
        (Stage::Ice, Detail::IceRole, &own.ice_role, &other.ice_role),
        (Stage::Dtls, Detail::DtlsRole, &own.dtls_role, &other.dtls_role),
    ];
    for (layer, detail, own, other) in layers {
        if let Some(own) = told(side, detail, own.as_ref())?.filter(|own| other.as_ref() == Some(*own)) {
            return otherwise(layer, format!("both sides have the {layer} role {own}"));
        }
    }
    let version = told(side, Detail::DtlsVersion, own.dtls_version.as_deref())?;
    if let Some(version) = version.filter(|version| !DTLS_VERSIONS.contains(version)) {
        return otherwise(Stage::Dtls, format!("the transport is {version}, asked for DTLS 1.2 or later"));
    }
    if !scenario.media.has_rtp() {
        return Ok(());
    }
    told(side, Detail::SrtpProfile, own.srtp_cipher.as_ref()).map(drop)
}

/// What a side told; nothing if its statistics cannot tell it. What they can tell and did not is not known.
pub(super) fn told<T>(side: &Side, detail: Detail, value: Option<T>) -> Result<Option<T>, Found> {
    match value {
        None if side.reads_back.tells(detail) => Err(Found::Unknown(format!("{detail} is not known"))),
        value => Ok(value),
    }
}
