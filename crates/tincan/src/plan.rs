//! What a call is going to be: everything that can be found wrong before anything is started.

use std::{fmt, str::FromStr};

use tincan_harness::{
    Deadlines, NetworkCondition, PeerId, Scenario, deadlines::Setting, procedure::Procedure,
};
use tincan_peers::{BrowserOptions, ProgramSpec, Registry, RosterOptions};

use crate::{
    error::{Error, Result},
    pair::Pair,
};

/// A call that can be begun.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) scenario: Scenario,
    pub(crate) roster: RosterOptions,
}

impl Plan {
    /// What `pair` asks for. Its programs are started once, and asked what they can do.
    ///
    /// # Errors
    /// When something of it is not understood or not there.
    pub(crate) async fn of(pair: Pair) -> Result<Self> {
        let Pair { headed, accept_certificate, .. } = pair;
        let browser = BrowserOptions { headed, accept_certificate, ..BrowserOptions::default() };
        let page = pair.page.clone().find()?;
        let map = page.map(pair.map.as_deref())?.map;
        let registry = Registry::built_in().with_programs(programs(&pair)?).await?;
        let scenario = scenario(&pair, &registry)?;
        let roster = RosterOptions {
            registry,
            deadlines: deadlines(&pair)?,
            keep_pictures: pair.keep_evidence,
            ..RosterOptions::new(page, map, browser)
        };
        Ok(Self { scenario, roster })
    }
}

fn scenario(pair: &Pair, registry: &Registry) -> Result<Scenario> {
    let [offerer, answerer] = pair.peers.as_slice() else {
        let named = pair.peers.join(", ");
        let why = format!("it takes two peers, and there are {}: {named:?}", pair.peers.len());
        return Err(Error::misused("the call", why));
    };
    let network: NetworkCondition = understood("network", &pair.network)?;
    let procedure: Procedure = understood("procedure", &pair.procedure)?;
    Ok(Scenario {
        offerer: known(offerer, registry)?,
        answerer: known(answerer, registry)?,
        mode: pair.mode,
        media: understood("media", &pair.media)?,
        network,
        procedure,
    })
}

fn understood<T: FromStr<Err: fmt::Display>>(what: &str, text: &str) -> Result<T> {
    text.parse().map_err(|why| Error::misused(format!("the {what} {text:?}"), why))
}

fn known(name: &str, registry: &Registry) -> Result<PeerId> {
    let id: PeerId = understood("peer", name)?;
    let catalogue = registry.catalogue();
    if catalogue.profile(id).is_some() {
        return Ok(id);
    }
    let known: Vec<_> = catalogue.profiles().iter().map(|profile| profile.id.to_string()).collect();
    Err(Error::misused(format!("the peer {name:?}"), format!("there are {}", known.join(", "))))
}

fn programs(pair: &Pair) -> Result<Vec<ProgramSpec>> {
    let spec = |(name, command): &(String, String)| {
        Ok(ProgramSpec { name: understood("peer", name)?, command: command.clone() })
    };
    let mut specs: Vec<ProgramSpec> = pair.programs.iter().map(spec).collect::<Result<_>>()?;
    // One program may play both sides.
    specs.dedup_by(|a, b| a.name == b.name && a.command == b.command);
    Ok(specs)
}

fn deadlines(pair: &Pair) -> Result<Deadlines> {
    pair.deadlines.iter().try_fold(Deadlines::default(), |deadlines, (step, length)| {
        let Setting(wait, length) = understood("deadline", &format!("{step}={}", length.as_secs_f64()))?;
        Ok(deadlines.with(wait, length))
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::{Media, NetworkCondition, Procedure, built_in, pair};

    use super::*;

    fn plan(pair: Pair) -> Result<Plan> {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(Plan::of(pair))
    }

    #[test]
    fn what_was_asked_for_is_the_scenario() {
        let asked = pair(built_in()).chromium().webrtc_rs().trickle().media("vp9+opus").network("stun");
        let plan = plan(asked.procedure("hold-by-answerer").deadline("ice", Duration::from_millis(500)));
        let plan = plan.unwrap();
        assert_eq!(plan.scenario.to_string(), "chromium-to-webrtc-rs/trickle/vp9+opus/stun/hold-by-answerer");
        assert_eq!(plan.roster.deadlines.of(tincan_harness::Wait::Ice), Duration::from_millis(500));
    }

    #[test]
    fn typed_values_are_those_of_their_names() {
        let typed = pair(built_in()).str0m().str0m().media(Media::VP8).network(NetworkCondition::Direct);
        let named = pair(built_in()).str0m().str0m().media("vp8").network("direct");
        let scenario = |pair| plan(pair).unwrap().scenario;
        assert_eq!(scenario(typed.procedure(Procedure::Once)), scenario(named));
    }

    #[test]
    fn what_is_not_understood_says_what_of_it() {
        let page = || pair(built_in()).chromium();
        for (asked, words) in [
            (page(), "the call: it takes two peers, and there are 1: \"chromium\""),
            (page().firefox().str0m(), "there are 3"),
            (page().peer("opera"), "the peer \"opera\": there are chromium, firefox"),
            (page().firefox().media("vp7"), "the media \"vp7\""),
            (page().firefox().network("mars"), "the network \"mars\""),
            (page().firefox().procedure("dance"), "the procedure \"dance\""),
            (page().firefox().deadline("tea", Duration::from_secs(1)), "no deadline is named \"tea\""),
            (page().firefox().map("nowhere.toml"), "failed to read the page map nowhere.toml"),
            (pair("http://").chromium().firefox(), "the page: \"http://\" is no address of a page"),
            (pair("nowhere").chromium().firefox(), "failed to open the page nowhere"),
        ] {
            let error = plan(asked).unwrap_err();
            let said = format!("{error:?}");
            assert!(matches!(error, Error::Misused { .. }) && said.contains(words), "{said} / {words}");
        }
    }
}
