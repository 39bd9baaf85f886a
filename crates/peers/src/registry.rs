//! The registry: who can take part, one line each. Catalogue, verdict and reports know an implementation by what its entry
//! says.

use std::{collections::BTreeMap, fmt, sync::Arc};

use futures_util::future::try_join_all;
use tincan_harness::{Catalogue, HarnessError, Peer, frames::FrameSource, scenario::PeerId};

#[cfg(feature = "str0m")]
use crate::str0m;
#[cfg(feature = "webrtc-rs")]
use crate::webrtc_rs;
#[cfg(feature = "webrtc-rs-0-17")]
use crate::webrtc_rs_0_17;
use crate::{
    browser::{
        build::{self, BuildSpec},
        entry::Chromium,
        firefox::Firefox,
        options::BrowserOptions,
        page_of_calls::PageOfCalls,
    },
    camera::Film,
    kind::{Kind, Launch},
    network_host::NetworkHost,
    page::Page,
    page_map::PageMap,
    parser::Parser,
    program::{self, ProgramSpec},
};

/// The versions of crates in `Cargo.lock`.
const VERSIONS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/versions.rs"));

/// Who can take part, in the order in which they are told.
#[derive(Clone)]
pub struct Registry {
    kinds: Vec<Arc<dyn Kind>>,
}

impl Registry {
    /// Those that tincan knows by itself.
    #[must_use]
    pub fn built_in() -> Self {
        let kinds: Vec<Arc<dyn Kind>> = vec![
            Arc::new(Chromium),
            Arc::new(Firefox),
            #[cfg(feature = "webrtc-rs")]
            Arc::new(webrtc_rs::Entry),
            #[cfg(feature = "str0m")]
            Arc::new(str0m::Entry),
            #[cfg(feature = "webrtc-rs-0-17")]
            Arc::new(webrtc_rs_0_17::Entry),
        ];
        Self { kinds }
    }

    /// The same with the programs of `specs`, each of which is started once and asked what it can do.
    ///
    /// # Errors
    /// When one has the name of another peer, does not start, or does not speak the protocol.
    pub async fn with_programs(mut self, specs: Vec<ProgramSpec>) -> Result<Self, HarnessError> {
        self.names_are_free(specs.iter().map(|spec| spec.name))?;
        self.kinds.extend(try_join_all(specs.into_iter().map(program::ask)).await?);
        Ok(self)
    }

    /// The same with the browsers of `specs`, each of which is asked what it is.
    ///
    /// # Errors
    /// When one has the name of another peer, or is not there.
    pub async fn with_builds(mut self, specs: Vec<BuildSpec>) -> Result<Self, HarnessError> {
        self.names_are_free(specs.iter().map(|spec| spec.name))?;
        self.kinds.extend(try_join_all(specs.into_iter().map(build::ask)).await?);
        Ok(self)
    }

    fn names_are_free(&self, added: impl Iterator<Item = PeerId>) -> Result<(), HarnessError> {
        let mut names: Vec<_> = self.kinds.iter().map(|kind| kind.profile().id).collect();
        for name in added {
            if names.contains(&name) {
                let taken = HarnessError::new(format!("add the peer {name}"), "there is a peer of that name");
                return Err(taken.hint("give it another one"));
            }
            names.push(name);
        }
        Ok(())
    }

    /// Only those of it that are called `names`, in its order.
    #[must_use]
    pub fn only(mut self, names: &[PeerId]) -> Self {
        self.kinds.retain(|kind| names.contains(&kind.profile().id));
        self
    }

    /// What can be called with those who can take part.
    #[must_use]
    pub fn catalogue(&self) -> Catalogue {
        Catalogue::new(self.kinds.iter().map(|kind| kind.profile()).collect())
    }

    /// Who is not on this machine, and what to install, as far as that is known before a call: what takes part in every run is
    /// asked for in any case, and says itself what is missing.
    #[must_use]
    pub fn missing(&self, options: &BrowserOptions) -> Vec<(PeerId, HarnessError)> {
        self.kinds.iter().filter_map(|kind| Some((kind.profile().id, kind.missing(options)?))).collect()
    }

    /// The crates that take part in calls, with their versions.
    #[must_use]
    pub fn crates(&self) -> BTreeMap<String, String> {
        let names = self.kinds.iter().flat_map(|kind| kind.crates());
        names.map(|name| ((*name).to_owned(), locked_version(name).to_owned())).collect()
    }

    /// Starts the peer `id`, which needs no page, by itself; its pictures carry `source`.
    ///
    /// # Errors
    /// When there is none of that name, or it cannot be started.
    pub async fn start(&self, id: PeerId, source: FrameSource) -> Result<Box<dyn Peer>, HarnessError> {
        let step = format!("start {id}");
        let kind = self.kind(id).ok_or_else(|| HarnessError::new(&step, "there is no such peer"))?;
        let map = PageMap::built_in().map_err(|error| HarnessError::new(&step, error))?;
        let launch = Launch {
            source,
            film: Film::default(),
            host: NetworkHost::default(),
            page: Arc::new(PageOfCalls::new(String::new(), Page::BuiltIn, map)),
            browser: &BrowserOptions::default(),
        };
        Ok(kind.launch(launch).await?)
    }

    /// The peer `id`, to be given descriptions by themselves; browsers are started as `options` say. A library is this executable once
    /// more, which has to call [`crate::parser_process::enter`] first of all.
    ///
    /// # Errors
    /// When there is none of that name, or none on this machine.
    pub fn parser(&self, id: PeerId, options: &BrowserOptions) -> Result<Box<dyn Parser>, HarnessError> {
        let none = || HarnessError::new(format!("ask {id}"), "there is no such peer");
        self.kind(id).ok_or_else(none)?.parser(options)
    }

    /// The same in this process, which it can end; none if it is no library in Rust.
    pub(crate) fn parser_in_process(&self, id: PeerId) -> Option<Box<dyn Parser>> {
        self.kind(id)?.parser_in_process()
    }

    /// The entry of that name; none if nobody has it.
    pub(crate) fn kind(&self, id: PeerId) -> Option<&dyn Kind> {
        self.kinds.iter().find(|kind| kind.profile().id == id).map(AsRef::as_ref)
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.kinds.iter().map(|kind| kind.profile().id)).finish()
    }
}

/// What can be called with those that tincan knows by itself.
#[must_use]
pub fn catalogue() -> Catalogue {
    Registry::built_in().catalogue()
}

/// The version of a crate that is built in. It is named as cargo names it: `webrtc` is the latest, `webrtc@0.17` that of this
/// line.
pub(crate) fn locked_version(name: &str) -> &'static str {
    let (name, line) = name.split_once('@').unwrap_or((name, ""));
    let is_it = |(known, version): &&(&str, &str)| *known == name && is_in_line(version, line);
    // Versions ascend in `Cargo.lock`.
    VERSIONS.iter().rfind(is_it).map_or("", |(_, version)| version)
}

/// Whether a version begins with all numbers of `line`.
fn is_in_line(version: &str, line: &str) -> bool {
    version.strip_prefix(line).is_some_and(|rest| line.is_empty() || rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use tincan_harness::{Abilities, Detail, Scenario, testing};

    use super::*;

    #[test]
    fn everyone_has_a_name_of_their_own_and_is_found_by_it() {
        let ids: Vec<_> = catalogue().profiles().iter().map(|profile| profile.id).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
        for id in ids {
            assert_eq!(Registry::built_in().kind(id).map(|kind| kind.profile().id), Some(id));
        }
        assert!(Registry::built_in().kind(PeerId::literal("opera")).is_none());
    }

    #[test]
    fn crates_have_versions_and_a_library_is_one_of_them() {
        let crates = Registry::built_in().crates();
        assert!(
            crates.values().all(|version| version.starts_with(|first: char| first.is_ascii_digit())),
            "{crates:?}"
        );
        for library in catalogue().profiles().iter().filter_map(|profile| profile.library.as_ref()) {
            let names =
                crates.iter().filter(|(_, version)| **version == library.version).map(|(name, _)| name);
            assert!(
                names.map(|name| name.split('@').next()).any(|name| name == Some(&library.name)),
                "{library}"
            );
        }
    }

    #[test]
    fn a_line_of_a_crate_is_told_from_the_latest() {
        for (version, line, expected) in [
            ("0.17.2", "0.17", true),
            ("0.17.2", "", true),
            ("0.17.2", "0.17.2", true),
            ("0.171.2", "0.17", false),
            ("0.21.1", "0.17", false),
        ] {
            assert_eq!(is_in_line(version, line), expected, "{version} in {line:?}");
        }
        // Of no other crate that takes part are two versions locked.
        assert!(locked_version("webrtc@0.17").starts_with("0.17.") && locked_version("webrtc@9").is_empty());
        assert!(!locked_version("webrtc").starts_with("0.17."));
    }

    #[test]
    fn a_fault_says_where_it_is_described_and_is_one_of_a_version_that_there_is() {
        for profile in catalogue().profiles() {
            for fault in &profile.known_faults {
                assert!(!fault.what.is_empty() && !fault.reported.is_empty(), "{fault:?}");
                assert!(
                    fault.is_in(profile.library.as_ref().map(|library| library.version.as_str())),
                    "{fault:?}"
                );
            }
        }
    }

    /// What the tests of the harness choose from stands for this.
    #[test]
    fn the_entries_of_tests_are_chosen_as_those_of_their_names() {
        let (registry, made_up) = (catalogue(), testing::catalogue());
        let ids: Vec<_> = made_up.profiles().iter().map(|profile| profile.id).collect();
        let of_both =
            |scenario: &Scenario| [scenario.offerer, scenario.answerer].iter().all(|id| ids.contains(id));
        let named = |catalogue: &Catalogue| {
            let scenarios = catalogue.scenarios().into_iter().filter(of_both);
            scenarios.map(|scenario| (scenario, catalogue.is_by_name_only(&scenario))).collect::<Vec<_>>()
        };
        assert_eq!(named(&registry), named(&made_up));
    }

    #[test]
    fn what_a_peer_can_tell_is_what_its_statistics_hold() {
        let told = |id: &str, detail| {
            let id = id.parse().unwrap();
            catalogue().profile(id).unwrap().abilities.reads_back.tells(detail)
        };
        for browser in ["chromium", "firefox"] {
            assert!(told(browser, Detail::RelayProtocol) && !told(browser, Detail::Packets));
        }
        assert!(!told("webrtc-rs", Detail::RelayProtocol) && told("webrtc-rs", Detail::Packets));
        assert!(told("chromium", Detail::DecodedFrames) && !told("webrtc-rs", Detail::DecodedFrames));
    }

    #[cfg(feature = "webrtc-rs-0-17")]
    #[test]
    fn webrtc_rs_0_17_tells_of_ice_codecs_and_directions_alone() {
        let catalogue = catalogue();
        let profile = catalogue.profile(PeerId::literal("webrtc-rs-0.17")).unwrap();
        let told: Vec<_> =
            Detail::ALL.into_iter().filter(|detail| profile.abilities.reads_back.tells(*detail)).collect();
        let expected = [
            Detail::GivenDescription,
            Detail::GatheredCandidates,
            Detail::SelectedPair,
            Detail::ReceivedCodec,
            Detail::SentCodec,
            Detail::Direction,
            Detail::IceRole,
            Detail::IceCompletion,
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn webrtc_rs_speaks_to_turn_servers_over_udp_alone() {
        let page = Abilities::full();
        for (pair, supported) in [
            ("chromium-to-chromium", true),
            ("chromium-to-webrtc-rs", false),
            ("webrtc-rs-to-chromium", false),
            ("webrtc-rs-to-webrtc-rs", false),
            ("firefox-to-firefox", true),
            ("firefox-to-webrtc-rs", false),
        ] {
            let why = |network: &str| {
                let scenario = catalogue().select(&[format!("{pair}/trickle/vp8/{network}")]).unwrap()[0];
                catalogue().unsupported(&scenario, ("mine", &page))
            };
            let udp_only = "webrtc-rs speaks to a TURN server over UDP only".to_owned();
            let expected = (!supported).then_some(udp_only);
            assert_eq!(
                (why("relay-tcp"), why("udp-dropped"), why("relay-udp")),
                (expected.clone(), expected, None)
            );
        }
    }
}
