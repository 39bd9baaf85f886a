//! The roster: starts the peers that a scenario asks for, keeps them warm, and replaces the dead.

mod environment;
pub(crate) mod options;

use std::{collections::HashMap, env, net::SocketAddr, sync::Arc, time::Instant};

use futures_util::future::join_all;
use tincan_harness::{
    Attempt, Call, Exchange, HarnessError, IceConfiguration, Judged, NetworkCondition, Role, Scenario,
    Verdict, attempt::BySide, environment::Browser, exchange, exchange::Ending, frames::FrameSource,
    judged::conclude, scenario::PeerId,
};

pub use self::{
    environment::environment,
    options::{PeerNumbers, RosterOptions},
};
use crate::{
    browser::{page_command::PageCommand, page_of_calls::PageOfCalls},
    camera::Film,
    interfaces::{Changes, explain, held_against, take},
    kind::{Launch, LivePeer},
    network_host::NetworkHost,
    network_setup::NetworkSetup,
    page::Page,
    page_server::PageServer,
    warden,
};

/// The peers of one line of calls: what a scenario needs is started once and kept warm.
#[derive(Debug)]
pub struct Roster {
    options: RosterOptions,
    server: PageServer,
    /// What serves the page, where its map has a command for that.
    command: Option<PageCommand>,
    /// Where the page is, if it is not that of the server.
    elsewhere: Option<SocketAddr>,
    page: Arc<PageOfCalls>,
    slots: HashMap<Slot, Box<dyn LivePeer>>,
    browsers: Vec<Browser>,
    /// The addresses that come and go on this machine's own network.
    changes: Option<Changes>,
    /// The network condition of the last call.
    network: Option<NetworkSetup>,
}

/// A place in a call: each has its own peer, so that the two of a pair of equals are two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Slot {
    role: Role,
    peer: PeerId,
}

fn slots(scenario: &Scenario) -> [Slot; 2] {
    Role::BOTH.map(|role| Slot { role, peer: scenario.peer(role) })
}

impl Roster {
    /// A roster that has started nothing yet but the page server. Folders that a killed run left are removed.
    ///
    /// # Errors
    /// When the page cannot be served.
    pub async fn new(mut options: RosterOptions) -> Result<Self, HarnessError> {
        warden::remove_leftovers(&env::temp_dir());
        options.check()?;
        let command = options.page.serve(&options.page_map).await?;
        if let Some(command) = &command {
            options.page = Page::At(command.url().clone());
        }
        let elsewhere = options.page.look().await?;
        options.browser.origins.extend(options.page.origins(&options.page_map));
        let server = match PageServer::start(&options.page.source(), 0).await {
            Ok(server) => server,
            Err(error) => {
                return Err(
                    explain(HarnessError::new("serve the page", error), &NetworkHost::default()).await
                );
            }
        };
        let page = Arc::new(PageOfCalls::new(server.url(), options.page.clone(), options.page_map.clone()));
        Ok(Self {
            options,
            server,
            command,
            elsewhere,
            page,
            slots: HashMap::new(),
            browsers: Vec::new(),
            // A kernel that does not tell is no reason to make no calls.
            changes: Changes::listen().ok(),
            network: None,
        })
    }

    /// Makes one call; whatever goes wrong is in the attempt's verdict.
    pub async fn attempt(&mut self, scenario: &Scenario, repetition: u32) -> Attempt {
        self.attempt_with_exchange(scenario, repetition).await.0
    }

    /// The same, with all that was exchanged; none if the call never began.
    pub async fn attempt_with_exchange(
        &mut self,
        scenario: &Scenario,
        repetition: u32,
    ) -> (Attempt, Option<Exchange>) {
        let began = Instant::now();
        let (attempt, exchange) = match self.call(scenario).await {
            Ok(judged) => (Attempt::of(scenario, repetition, &judged), Some(judged.exchange)),
            Err(verdict) => (Attempt::without_exchange(scenario, repetition, &verdict), None),
        };
        (attempt.that_took(began.elapsed()), exchange)
    }

    /// Makes one call, with all that it yielded and the verdict on it.
    ///
    /// # Errors
    /// When nothing is known of it but the verdict: the scenario is unsupported, or its peers could not be started.
    pub async fn call(&mut self, scenario: &Scenario) -> Result<Judged, Verdict> {
        if let Some(reason) = self.unsupported(scenario) {
            return Err(Verdict::Unsupported(reason));
        }
        let RosterOptions { deadlines, keep_pictures, signaling_delay, .. } = self.options;
        let ice = self.enter_network(scenario.network).await?;
        let call = Call { scenario: *scenario, deadlines, keep_pictures, ice, signaling_delay };
        take(&mut self.changes);
        let [offerer, answerer] = match self.ready(scenario).await {
            Ok(peers) => peers,
            Err(verdict) => return Judged::never_begun(scenario, verdict),
        };
        let exchange = exchange(&call, offerer, answerer).await;
        let served = self.network.as_ref().and_then(NetworkSetup::served);
        let changes = take(&mut self.changes);
        let [offerer, answerer] = self.started(scenario)?;
        let exchange = Exchange { served, ..exchange };
        let mut judged = held_against(conclude(&call, exchange, offerer, answerer).await, &changes);
        // Until it is closed, packets are of this call.
        judged.exchange.pcapng = self.network.as_ref().and_then(NetworkSetup::pcapng);
        Ok(self.held_against_page(judged).await)
    }

    /// A call that failed says nothing about its peers if the server of the page has gone meanwhile.
    async fn held_against_page(&self, judged: Judged) -> Judged {
        let Verdict::Failed(shortfall) = &judged.verdict else { return judged };
        let Err(gone) = self.options.page.look().await else { return judged };
        let gone = match &self.command {
            Some(command) => command.in_its_words(gone),
            None => gone,
        };
        let message = format!("it was there before the call, and now: {}; {shortfall}", gone.message);
        let trouble = HarnessError { message, ..gone };
        let ending = Ending::HarnessFailed(shortfall.role, trouble.clone());
        let verdict = Verdict::Errored(Some(shortfall.role), trouble);
        Judged { exchange: Exchange { ending, ..judged.exchange }, verdict }
    }

    /// Makes a network condition, unless it is there, and says how peers find candidates in it.
    pub(crate) async fn enter_network(
        &mut self,
        network: NetworkCondition,
    ) -> Result<IceConfiguration, Verdict> {
        if self.network.as_ref().map(NetworkSetup::network) != Some(network) {
            let had_peers_of_its_own =
                self.network.as_ref().is_some_and(|network| network.network().has_peers_of_its_own());
            if had_peers_of_its_own || network.has_peers_of_its_own() {
                // Nobody moves from one network to another.
                self.stop_all().await;
            }
            if let Some(network) = self.network.take() {
                network.close().await;
            }
            let pages = [self.server.address()].into_iter().chain(self.elsewhere).collect();
            let network = NetworkSetup::make(network, pages, self.options.run_number.into()).await?;
            self.network = Some(network);
        }
        let ice = match &mut self.network {
            Some(network) => network.begin_call().await,
            None => Ok(IceConfiguration::default()),
        };
        ice.map_err(|trouble| Verdict::Errored(None, trouble))
    }

    /// Ends every peer; the next call starts its own.
    pub async fn stop_all(&mut self) {
        join_all(self.slots.drain().map(|(_, peer)| peer.end())).await;
    }

    /// Ends the peer that plays `role`, if it runs; the next call starts another one.
    pub(crate) async fn stop(&mut self, role: Role, peer: PeerId) {
        if let Some(running) = self.slots.remove(&Slot { role, peer }) {
            running.end().await;
        }
    }

    /// The browsers that were started so far, the dead ones too.
    #[must_use]
    pub fn browsers(&self) -> &[Browser] {
        &self.browsers
    }

    /// What ran on each side of the last call of `scenario`, by name and version as it says itself; empty where nothing did.
    #[must_use]
    pub fn who(&self, scenario: &Scenario) -> BySide<String> {
        let who = |role| {
            let peer = self.slots.get(&Slot { role, peer: scenario.peer(role) });
            peer.map(|peer| peer.software().to_string()).unwrap_or_default()
        };
        BySide { offerer: who(Role::Offerer), answerer: who(Role::Answerer) }
    }

    /// Ends every peer, and waits until nothing of them is left.
    pub async fn close(mut self) {
        self.stop_all().await;
        if let Some(network) = self.network {
            network.close().await;
        }
        self.server.close().await;
        if let Some(command) = self.command {
            command.end().await;
        }
    }

    /// Both peers of a scenario, up; or why the question cannot be asked.
    pub(crate) async fn ready(
        &mut self,
        scenario: &Scenario,
    ) -> Result<[&mut (dyn LivePeer + 'static); 2], Verdict> {
        let slots = slots(scenario);
        self.fill(&slots).await.map_err(|(role, trouble)| Verdict::Errored(Some(role), trouble))?;
        self.started(scenario)
    }

    /// Both peers of a scenario, which were [`ready`](Self::ready).
    fn started(&mut self, scenario: &Scenario) -> Result<[&mut (dyn LivePeer + 'static); 2], Verdict> {
        let slots = slots(scenario);
        let [offerer, answerer] = self.slots.get_disjoint_mut([&slots[0], &slots[1]]);
        let empty =
            || Verdict::Errored(None, HarnessError::new("fill the slots", "one is empty: a bug in tincan"));
        Ok([offerer.ok_or_else(empty)?.as_mut(), answerer.ok_or_else(empty)?.as_mut()])
    }

    /// Why a peer or the page cannot do what a scenario asks of it; none if they can.
    fn unsupported(&self, scenario: &Scenario) -> Option<String> {
        let has_page = |role| {
            let catalogue = self.options.registry.catalogue();
            catalogue.profile(scenario.peer(role)).is_some_and(|profile| profile.abilities.page)
        };
        if self.page.map.signals_itself
            && let Some(library) = Role::BOTH.into_iter().find(|role| !has_page(*role))
        {
            let (page, peer) = (&self.page.map.name, scenario.peer(library));
            return Some(format!(
                "the page {page} signals for itself, and {peer} is given no description by it"
            ));
        }
        let of_page = Role::BOTH.into_iter().any(has_page).then(|| self.options.page.unsupported(scenario));
        if let Some(reason) = of_page.flatten() {
            return Some(reason);
        }
        let map = &self.page.map;
        self.options.registry.catalogue().unsupported(scenario, (&map.name, &map.abilities()))
    }

    /// Starts who is missing, side by side, and replaces who is dead.
    async fn fill(&mut self, slots: &[Slot]) -> Result<(), (Role, HarnessError)> {
        for slot in slots {
            let dead = self.slots.get(slot).is_some_and(|peer| !peer.is_usable());
            if let Some(dead) = dead.then(|| self.slots.remove(slot)).flatten() {
                dead.end().await;
            }
        }
        let missing: Vec<_> = slots.iter().filter(|slot| !self.slots.contains_key(slot)).collect();
        let launched = join_all(missing.iter().map(|slot| self.launch(slot))).await;
        let mut outcome = Ok(());
        for (slot, launched) in missing.into_iter().zip(launched) {
            match launched {
                Ok(peer) => self.put(slot.role, slot.peer, peer),
                Err(trouble) => outcome = outcome.and(Err((slot.role, trouble))),
            }
        }
        outcome
    }

    async fn launch(&self, slot: &Slot) -> Result<Box<dyn LivePeer>, HarnessError> {
        self.start(slot.role, slot.peer, Film::default(), &self.options).await
    }

    /// Starts a peer as `options` say, whose camera plays `film`. It takes part once it was [`put`](Self::put) in its place.
    pub(crate) async fn start(
        &self,
        role: Role,
        peer: PeerId,
        film: Film,
        options: &RosterOptions,
    ) -> Result<Box<dyn LivePeer>, HarnessError> {
        let Some(kind) = options.registry.kind(peer) else {
            let known: Vec<_> = options
                .registry
                .catalogue()
                .profiles()
                .iter()
                .map(|profile| profile.id.to_string())
                .collect();
            let there_are = format!("there is no such peer; the peers are {}", known.join(", "));
            return Err(HarnessError::new(format!("start the peer {:?}", peer.as_str()), there_are));
        };
        let launch = Launch {
            source: FrameSource { peer: options.peer_numbers.next(), run: options.run_number },
            film,
            host: self.network.as_ref().map(|network| network.host(role)).unwrap_or_default(),
            page: Arc::clone(&self.page),
            browser: &options.browser,
        };
        kind.launch(launch).await
    }

    /// Lets `live` take part as the peer `peer` in `role`.
    pub(crate) fn put(&mut self, role: Role, peer: PeerId, live: Box<dyn LivePeer>) {
        let browser = live.browser().cloned();
        self.browsers.extend(browser.map(|browser| Browser { peer: Some(peer), ..browser }));
        self.slots.insert(Slot { role, peer }, live);
    }

    /// What the peers are made of.
    pub(crate) const fn options(&self) -> &RosterOptions {
        &self.options
    }
}
