//! What was read back from both sides, held against what the scenario asked for.

use super::{Found, otherwise};
use crate::{
    diagnosis::Stage, exchange::Exchange, network::NetworkCondition, peer::CandidatePair, scenario::Scenario,
    signaling::Role,
};

/// What WebRTC allows (RFC 8827, section 6.5, asks for DTLS 1.2 at least).
const DTLS_VERSIONS: [&str; 2] = ["DTLS 1.2", "DTLS 1.3"];
/// Over what a candidate can be (RFC 8839, section 5.1, and RFC 6544).
const PROTOCOLS: [&str; 2] = ["udp", "tcp"];

/// The codec is the one that was asked for, in both directions.
pub(super) fn codecs(scenario: &Scenario, exchange: &Exchange, role: Role) -> Result<(), Found> {
    let evidence = &exchange.side(role).evidence;
    let asked = scenario.media.mime_type();
    for (direction, codec) in [("received", &evidence.received_codec), ("sent", &evidence.sent_codec)] {
        let codec = known(codec.as_ref(), || format!("the codec that was {direction}"))?;
        if !codec.mime_type.eq_ignore_ascii_case(asked) {
            return otherwise(Stage::Answer, format!("{direction} {codec}, asked for {asked}"));
        }
    }
    Ok(())
}

/// The selected pair is known, and one that can be between peers that the network condition stands between.
///
/// The two sides need not have selected the same pair: each says what it sends on (RFC 8445, section 8.1.1).
pub(super) fn pair(scenario: &Scenario, exchange: &Exchange, role: Role) -> Result<(), Found> {
    let pair = exchange.side(role).evidence.pair.as_ref();
    let pair = known(pair, || "the selected candidate pair".to_owned())?;
    let allowed = candidate_types(scenario.network);
    let CandidatePair { local, remote } = pair;
    for end in [local, remote] {
        if !allowed.contains(&end.candidate_type.as_str()) {
            let (network, allowed) = (scenario.network, allowed.join(" and "));
            return otherwise(
                Stage::Ice,
                format!("the selected pair is {pair}, and {network} allows {allowed} only"),
            );
        }
        if !PROTOCOLS.contains(&end.protocol.as_str()) {
            return otherwise(
                Stage::Ice,
                format!("the selected pair goes over {}, neither udp nor tcp", end.protocol),
            );
        }
    }
    Ok(())
}

/// The types of candidate (RFC 8445, section 4) that a pair may have under a network condition.
const fn candidate_types(network: NetworkCondition) -> &'static [&'static str] {
    match network {
        // With no server and no NAT there is nothing that could make another one.
        NetworkCondition::Direct => &["host", "prflx"],
    }
}

/// Both sides have their own roles, in ICE (RFC 8445, section 2.3) and in DTLS (RFC 8842, section 5), and DTLS is recent.
///
/// Both kinds of peer know all of it. Only the protection profile of SRTP is asked of browsers alone.
pub(super) fn transport(scenario: &Scenario, exchange: &Exchange, role: Role) -> Result<(), Found> {
    let [own, other] = [role, role.other()].map(|role| &exchange.side(role).evidence.transport);
    let layers =
        [(Stage::Ice, &own.ice_role, &other.ice_role), (Stage::Dtls, &own.dtls_role, &other.dtls_role)];
    for (layer, own, other) in layers {
        let own = known(own.as_ref(), || format!("the {layer} role"))?;
        if other.as_ref() == Some(own) {
            return otherwise(layer, format!("both sides have the {layer} role {own}"));
        }
    }
    if let Some(version) = own.dtls_version.as_deref().filter(|version| !DTLS_VERSIONS.contains(version)) {
        return otherwise(Stage::Dtls, format!("the transport is {version}, asked for DTLS 1.2 or later"));
    }
    if scenario.peer(role).is_browser() {
        known(own.srtp_cipher.as_ref(), || "the protection profile of SRTP".to_owned())?;
    }
    Ok(())
}

fn known<T>(value: Option<T>, what: impl FnOnce() -> String) -> Result<T, Found> {
    value.ok_or_else(|| Found::Unknown(format!("{} is not known", what())))
}
