//! The scenarios that there are, and how some of them are chosen.

mod choice;

use std::slice;

pub use self::choice::{Patterns, SelectError};
use crate::{
    abilities::{Abilities, Subject},
    media::Media,
    network::NetworkCondition,
    procedure::Procedure,
    profile::{KnownFault, Profile},
    scenario::{PeerId, Scenario},
    signaling::{Role, SignalingMode},
};

/// The modes in which each pair calls over a network, in the order in which they alternate. What half-trickle decides in
/// signalling shows without a network as well as with one.
const fn modes(network: NetworkCondition) -> &'static [SignalingMode] {
    use SignalingMode::{HalfTrickle, Trickle, Vanilla};
    match network {
        NetworkCondition::Direct => &[Vanilla, HalfTrickle, Trickle],
        _ => &[Vanilla, Trickle],
    }
}

/// What is sent over a network that is called without other media. A page that sends no video needs no camera, and has no
/// permission for one: then browsers hide their addresses.
const fn media_over(network: NetworkCondition) -> Media {
    if network.hides_addresses() { Media::DATA } else { Media::VP8 }
}

/// Every scenario between the peers `ids`, each with each and with its like, in both roles: pair by pair.
#[must_use]
pub fn scenarios(ids: &[PeerId]) -> Vec<Scenario> {
    let pairs = ids.iter().flat_map(|offerer| ids.iter().map(move |answerer| (*offerer, *answerer)));
    let scenario = |(offerer, answerer), network, mode: &SignalingMode| Scenario {
        offerer,
        answerer,
        mode: *mode,
        media: media_over(network),
        network,
        procedure: Procedure::Once,
    };
    let each = |pair, network| modes(network).iter().map(move |mode| scenario(pair, network, mode));
    let networks = |pair| NetworkCondition::ALL.into_iter().flat_map(move |network| each(pair, network));
    // What else is sent or done shows without a network as well as with one.
    let direct = |pair| each(pair, NetworkCondition::Direct);
    let media = || Media::ALL.into_iter().filter(|media| !media.is_plain()).chain([Media::NOTHING]);
    // Where nothing is sent there are no candidates that a description could wait for.
    let is_made = |call: &Scenario| !call.media.is_nothing() || call.mode == SignalingMode::Trickle;
    let media = |pair| {
        media()
            .flat_map(move |media| direct(pair).map(move |call| Scenario { media, ..call }))
            .filter(is_made)
    };
    let procedures = || Procedure::all().filter(|procedure| !procedure.is_plain());
    let procedures = |pair| {
        let begun = move || {
            Media::ALL
                .into_iter()
                .flat_map(move |media| direct(pair).map(move |call| Scenario { media, ..call }))
        };
        let all =
            procedures().flat_map(move |procedure| begun().map(move |call| Scenario { procedure, ..call }));
        all.filter(|call| call.procedure.is_made_with(call.mode, call.media))
    };
    pairs.flat_map(|pair| networks(pair).chain(media(pair)).chain(procedures(pair))).collect()
}

/// Who can take part, and what can be called with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    profiles: Vec<Profile>,
    /// Who is not on this machine.
    absent: Vec<PeerId>,
}

impl Catalogue {
    /// The catalogue of the peers of a registry, in its order.
    #[must_use]
    pub const fn new(profiles: Vec<Profile>) -> Self {
        Self { profiles, absent: Vec::new() }
    }

    /// The same where the peers `absent` are not on this machine: their calls are made [by name only](Self::is_by_name_only),
    /// and say what is missing.
    #[must_use]
    pub fn without(self, absent: Vec<PeerId>) -> Self {
        Self { absent, ..self }
    }

    /// Every scenario that `tincan run` knows, pair by pair.
    #[must_use]
    pub fn scenarios(&self) -> Vec<Scenario> {
        scenarios(&self.ids())
    }

    /// Who can take part, in the order of the registry.
    #[must_use]
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// The peer of that name; none if the registry has none.
    #[must_use]
    pub fn profile(&self, id: PeerId) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.id == id)
    }

    fn ids(&self) -> Vec<PeerId> {
        self.profiles.iter().map(|profile| profile.id).collect()
    }

    /// The known faults by which a call of `scenario` may break, as far as versions are known before it.
    pub fn known_faults(&self, scenario: &Scenario) -> impl Iterator<Item = &KnownFault> {
        let scenario = *scenario;
        self.profiles.iter().flat_map(move |profile| {
            let version = profile.library.as_ref().map(|library| library.version.as_str());
            profile.faults_in(&scenario).filter(move |fault| fault.is_in(version))
        })
    }

    /// Whether a scenario is called only by its name: it takes most of a minute, or privileges, or peers of its own, or does something
    /// else than to set up a call and send, or
    /// some of its calls break by a [known fault](Self::known_faults), or one of its peers is not on this machine. Where servers
    /// lie between, or something else is sent than video in VP8, every peer is called with the [partner](Self::partner) of all
    /// and no other, and in trickle alone: in which mode a description was carried decides nothing about media, and what it
    /// decides about servers shows where the partner calls itself. Where a network is [as another one and slower or
    /// lossier](NetworkCondition::is_only_worse) the partner calls itself alone. Who is not called with the partner is called in
    /// vanilla and trickle: half-trickle is the offer of the one and the answer of the other.
    #[must_use]
    pub fn is_by_name_only(&self, scenario: &Scenario) -> bool {
        let network = scenario.network;
        let is_costly = network.is_slow_to_gather() || network.has_peers_of_its_own();
        let is_absent = Role::BOTH.iter().any(|role| self.absent.contains(&scenario.peer(*role)));
        let has_partner = Role::BOTH.iter().any(|role| Some(scenario.peer(*role)) == self.partner());
        let is_plain = network == NetworkCondition::Direct && scenario.media.is_plain();
        let shows_modes = scenario.media.is_plain() && (is_plain || self.is_of_partner_alone(scenario));
        let is_covered = (!is_plain && !has_partner)
            || (scenario.mode != SignalingMode::Trickle && !shows_modes)
            || (scenario.mode == SignalingMode::HalfTrickle && !has_partner)
            || (network.is_only_worse() && !self.is_of_partner_alone(scenario));
        let is_special = !scenario.procedure.is_plain() || scenario.media.is_nothing();
        is_costly || is_absent || is_covered || is_special || self.known_faults(scenario).next().is_some()
    }

    /// With whom everybody is called over each network, the first of the catalogue: what a peer does with servers shows with one
    /// partner as well as with all, and all with all would be calls by the square of their number.
    #[must_use]
    pub fn partner(&self) -> Option<PeerId> {
        self.ids().into_iter().find(|id| !self.absent.contains(id))
    }

    fn is_of_partner_alone(&self, scenario: &Scenario) -> bool {
        Role::BOTH.iter().all(|role| Some(scenario.peer(*role)) == self.partner())
    }

    /// Why the peers of `scenario` cannot make its calls, in one sentence; none if they can. Browsers take part through the
    /// `page` of that name, with these abilities. Peers that are not in the catalogue are not looked at.
    #[must_use]
    pub fn unsupported(&self, scenario: &Scenario, page: (&str, &Abilities)) -> Option<String> {
        let peers = Role::BOTH.map(|role| (role, self.profile(scenario.peer(role))));
        let peers = || peers.into_iter().filter_map(|(role, profile)| Some((role, profile?)));
        let of_peer = |(role, profile): (Role, &Profile)| {
            profile.abilities.lacks(Subject::Peer(profile.id), role, scenario)
        };
        let (name, abilities) = page;
        let of_page = |(role, profile): (Role, &Profile)| {
            profile.abilities.page.then(|| abilities.lacks(Subject::Page(name), role, scenario)).flatten()
        };
        let none_hides = || {
            let hides = |(_, profile): (Role, &Profile)| profile.abilities.page;
            let none = scenario.network.hides_addresses() && !peers().any(hides);
            none.then(|| {
                format!(
                    "{} and {} are no browsers, which hide their addresses",
                    scenario.offerer, scenario.answerer
                )
            })
        };
        peers().find_map(of_peer).or_else(|| peers().find_map(of_page)).or_else(none_hides)
    }

    /// The scenarios whose name matches any of `patterns`, in the order of the catalogue; all if there is no pattern, but
    /// for those that are called [by name only](Self::is_by_name_only): a pattern means them only if it matches no other
    /// one.
    ///
    /// # Errors
    /// When a pattern is no glob, or matches nothing.
    pub fn select(&self, patterns: &[String]) -> Result<Vec<Scenario>, SelectError> {
        let named = |scenario: Scenario| (scenario, scenario.to_string(), self.is_by_name_only(&scenario));
        let all: Vec<_> = self.scenarios().into_iter().map(named).collect();
        // A part of every name.
        let any = String::new();
        let patterns = if patterns.is_empty() { slice::from_ref(&any) } else { patterns };
        let mut chosen = vec![false; all.len()];
        for pattern in patterns {
            let compiled =
                Patterns::new(slice::from_ref(pattern), all.iter().map(|(_, name, _)| name.as_str()));
            let compiled = compiled.map_err(|error| self.unknown_peer(pattern).unwrap_or(error))?;
            // A whole name is meant as it is, also where it is a part of another one.
            let is_name = all.iter().any(|(_, name, _)| name == pattern);
            let matches = |name: &str| if is_name { name == pattern } else { compiled.match_name(name) };
            let matching = || all.iter().map(|(_, name, by_name)| (matches(name), *by_name));
            let means_usual = matching().any(|(matches, by_name)| matches && !by_name);
            for (chosen, (matches, by_name)) in chosen.iter_mut().zip(matching()) {
                *chosen |= matches && !(means_usual && by_name);
            }
        }
        Ok(all
            .iter()
            .zip(chosen)
            .filter(|(_, chosen)| *chosen)
            .map(|((scenario, ..), _)| *scenario)
            .collect())
    }

    /// The peer that `pattern` names as one of a pair, if there is none like it.
    fn unknown_peer(&self, pattern: &str) -> Option<SelectError> {
        let (offerer, answerer) = pattern.split('/').next()?.split_once("-to-")?;
        let ids = self.ids();
        let is_unknown =
            |name: &&str| name.parse::<PeerId>().is_ok() && ids.iter().all(|id| !id.as_str().contains(name));
        let name = [offerer, answerer].into_iter().find(is_unknown)?.to_owned();
        Some(SelectError::UnknownPeer { name, known: list(&ids) })
    }
}

fn list(ids: &[PeerId]) -> String {
    ids.iter().map(PeerId::as_str).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        abilities::{Abilities, Signalling},
        testing,
    };

    fn names(patterns: &[&str]) -> Vec<String> {
        let patterns: Vec<_> = patterns.iter().map(ToString::to_string).collect();
        testing::catalogue().select(&patterns).unwrap().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_plain_part_and_a_glob_choose() {
        assert_eq!(names(&["direct"]).len(), 11 + 19);
        assert_eq!(names(&["-trickle/vp8/direct"]).len(), 3);
        assert_eq!(names(&["chromium-to-*/vanilla/*/direct"]).len(), 2);
        let part = "chromium-to-chromium/vanilla/vp8/stun";
        assert_eq!(names(&[part, "chromium-to-chromium/vanilla/vp8/s"]).len(), 2);
    }

    #[test]
    fn what_is_slow_or_stalls_or_takes_privileges_is_chosen_by_its_name_only() {
        assert_eq!(names(&[]).len(), 27 + 19);
        assert_eq!((names(&["vanilla"]).len(), names(&["*stun"]).len()), (9, 4));
        assert_eq!(names(&["nat"]).len(), 16);
        assert_eq!((names(&["dead-stun"]).len(), names(&["*/trickle/*/dead*"]).len()), (8, 4));
        assert_eq!(names(&["direct", "dead-stun"]).len(), 19 + 19);
        assert_eq!((names(&["lossy"]).len(), names(&["*webrtc-rs/*/lossy-relay*"]).len()), (2, 4));
    }

    #[test]
    fn over_servers_all_but_the_partner_with_itself_are_called_in_trickle_and_else_by_name() {
        let modes = |pair: &str| names(&[&format!("{pair}/*/vp8/relay-udp")]).len();
        assert_eq!((modes("chromium-to-chromium"), modes("chromium-to-webrtc-rs")), (2, 1));
        assert_eq!(names(&["webrtc-rs-to-chromium/vanilla/vp8/stun"]).len(), 1);
    }

    #[test]
    fn what_is_only_worse_or_halfway_is_called_by_the_partner_and_else_by_name() {
        assert_eq!(names(&["slow-stun"]), names(&["chromium-to-chromium/*/slow-stun-200ms"]));
        assert_eq!(names(&["slow-stun"]).len(), 2);
        assert_eq!(
            names(&["half-trickle"]),
            names(&["{chromium-to-*,*-to-chromium}/half-trickle/vp8/direct"])
        );
        for named in
            ["webrtc-rs-to-chromium/*/slow-stun-200ms", "webrtc-rs-to-webrtc-rs/half-trickle/vp8/direct"]
        {
            assert!(!names(&[named]).is_empty(), "{named}");
        }
    }

    #[test]
    fn other_media_are_called_with_the_partner_in_trickle_and_else_by_name() {
        assert_eq!(names(&["vp9"]), names(&["{chromium-to-*,*-to-chromium}/trickle/vp9/direct"]));
        assert_eq!(names(&["vp9"]).len(), 3);
        assert_eq!(names(&["webrtc-rs-to-webrtc-rs/*/vp9/direct"]).len(), 3);
    }

    #[test]
    fn who_is_not_on_this_machine_is_called_by_name_only() {
        let there = testing::catalogue();
        let catalogue = there.clone().without(vec![PeerId::literal("webrtc-rs")]);
        let chosen = |patterns: &[&str]| {
            let patterns: Vec<_> = patterns.iter().map(ToString::to_string).collect();
            catalogue.select(&patterns).unwrap()
        };
        let takes_part = |scenario: &Scenario| scenario.to_string().contains("webrtc-rs");
        assert!(!chosen(&[]).is_empty() && !chosen(&[]).iter().any(takes_part));
        assert!(!chosen(&["direct"]).iter().any(takes_part));
        assert_eq!(chosen(&["webrtc-rs-to-chromium/trickle/vp8/direct"]).len(), 1);
        assert_eq!(catalogue.scenarios(), there.scenarios());
    }

    #[test]
    fn what_matches_nothing_is_an_error_even_beside_what_does() {
        let catalogue = testing::catalogue();
        let error = catalogue.select(&["trickle".into(), "opera".into()]).unwrap_err();
        assert!(error.to_string().contains("\"opera\""), "{error}");
        assert!(catalogue.select(&["[".into()]).unwrap_err().to_string().contains("not a glob"));
    }

    #[test]
    fn a_peer_that_there_is_not_is_named_with_those_that_there_are() {
        let catalogue = testing::catalogue();
        for pattern in
            ["opera-to-chromium", "chromium-to-opera/vanilla/vp8/direct", "*-to-opera", "opera-to-*/stun"]
        {
            let error = catalogue.select(&[pattern.to_owned()]).unwrap_err().to_string();
            assert_eq!(error, "there is no peer \"opera\"; the peers are chromium, webrtc-rs", "{pattern}");
        }
        // The peers are there, and what is wrong is something else.
        let error = catalogue.select(&["ium-to-webrtc/vanilla".to_owned()]).unwrap_err().to_string();
        assert!(error.starts_with("nothing matches"), "{error}");
    }

    #[test]
    fn every_pair_calls_in_both_roles_in_the_order_of_the_registry() {
        let mut pairs: Vec<_> = testing::catalogue().scenarios().iter().map(Scenario::pair).collect();
        pairs.dedup();
        let expected = [
            "chromium-to-chromium",
            "chromium-to-webrtc-rs",
            "webrtc-rs-to-chromium",
            "webrtc-rs-to-webrtc-rs",
        ];
        assert_eq!(pairs, expected);
    }

    #[test]
    fn unsupported_is_what_either_side_or_the_page_of_a_browser_lacks() {
        let catalogue = testing::catalogue();
        let full = Abilities::full();
        let no_trickle = Some(Signalling { trickles: false, ..Signalling::FULL });
        let page = Abilities { answers: no_trickle, ..Abilities::full() };
        let why = |name: &str, page: &Abilities| {
            let scenario = catalogue.select(&[name.to_owned()]).unwrap()[0];
            catalogue.unsupported(&scenario, ("mine", page))
        };
        let udp_only = "webrtc-rs speaks to a TURN server over UDP only";
        for pair in ["chromium-to-webrtc-rs", "webrtc-rs-to-chromium", "webrtc-rs-to-webrtc-rs"] {
            assert_eq!(why(&format!("{pair}/vanilla/vp8/relay-tcp"), &full).as_deref(), Some(udp_only));
            assert_eq!(why(&format!("{pair}/vanilla/vp8/relay-udp"), &full), None);
        }
        let page_lacks = "the page \"mine\" does not do trickle, only vanilla";
        assert_eq!(why("chromium-to-chromium/trickle/vp8/direct", &page).as_deref(), Some(page_lacks));
        assert_eq!(why("chromium-to-chromium/trickle/vp8/direct", &full), None);
        // No browser answers here, so what the page lacks is not asked for.
        assert_eq!(why("chromium-to-webrtc-rs/trickle/vp8/direct", &page), None);
        assert_eq!(why("webrtc-rs-to-webrtc-rs/trickle/vp8/direct", &page), None);
    }
}
