//! The roster: starts the peers that a scenario asks for, keeps them warm, and replaces the dead.

use std::{
    collections::HashMap,
    env,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use tincan_harness::{
    Attempt, Call, Deadlines, Exchange, IceConfiguration, Judged, NetworkCondition, Peer, PeerKind, Role,
    Scenario, Trouble, Verdict, exchange, frames::FrameSource, judged::conclude, network::ServerKind, report,
};

use crate::{
    browser::{BrowserOptions, BrowserPeer, PageOfCalls},
    camera::Film,
    ground::Ground,
    page_map::{PageMap, PageMapError},
    page_server::{PageServer, PageSource},
    warden,
    webrtc_rs::WebrtcRs,
};

/// What the peers of a run are made of.
#[derive(Debug, Clone)]
pub struct RosterOptions {
    /// The number drawn for this run, which every picture carries.
    pub run_number: u32,
    /// The numbers of the run's peers: shared by all rosters of the run, so that no two peers have the same.
    pub peer_numbers: PeerNumbers,
    /// The page's folder; none for the built-in page.
    pub page: Option<PathBuf>,
    /// Where the page's controls are.
    pub page_map: PageMap,
    /// Which browsers are started, and how.
    pub browser: BrowserOptions,
    /// How long each step of a call may take.
    pub deadlines: Deadlines,
    /// Whether pictures are taken also of calls that passed.
    pub keep_pictures: bool,
    /// How much later than it could be copied each signal is pasted.
    pub signaling_delay: Duration,
}

impl RosterOptions {
    /// Those of a run on the built-in page, with the deadlines that calls have by default.
    ///
    /// # Errors
    /// Never: a test reads the built-in page map.
    pub fn on_built_in_page(run_number: u32, browser: BrowserOptions) -> Result<Self, PageMapError> {
        Ok(Self {
            run_number,
            peer_numbers: PeerNumbers::default(),
            page: None,
            page_map: PageMap::built_in()?,
            browser,
            deadlines: Deadlines::default(),
            keep_pictures: false,
            signaling_delay: Duration::ZERO,
        })
    }
}

/// Gives each peer of a run a number of its own. They start again after 256 peers: by then the first are gone.
#[derive(Debug, Clone, Default)]
pub struct PeerNumbers(Arc<AtomicU8>);

impl PeerNumbers {
    fn next(&self) -> u8 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

/// The peers of one line of calls: what a scenario needs is started once and kept warm.
#[derive(Debug)]
pub struct Roster {
    pub(crate) options: RosterOptions,
    server: PageServer,
    page: Arc<PageOfCalls>,
    seats: HashMap<Seat, Seated>,
    browsers: Vec<report::Browser>,
    /// The network condition of the last call.
    ground: Option<Ground>,
    /// What the camera of a browser that is started next plays, by the role that it takes; else the usual film.
    pub(crate) films: HashMap<Role, Film>,
}

/// A place in a call: each has its own peer, so that the two of a pair of equals are two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Seat {
    role: Role,
    kind: PeerKind,
}

fn seats(scenario: &Scenario) -> [Seat; 2] {
    Role::BOTH.map(|role| Seat { role, kind: scenario.peer(role) })
}

/// A peer in its place.
#[derive(Debug)]
pub(crate) enum Seated {
    Browser(Box<BrowserPeer>),
    WebrtcRs(Box<WebrtcRs>),
}

impl Seated {
    pub(crate) fn peer(&mut self) -> &mut dyn Peer {
        match self {
            Self::Browser(peer) => peer.as_mut(),
            Self::WebrtcRs(peer) => peer.as_mut(),
        }
    }

    /// The browser, if it is one.
    pub(crate) fn browser(&mut self) -> Option<&mut BrowserPeer> {
        match self {
            Self::Browser(peer) => Some(peer),
            Self::WebrtcRs(_) => None,
        }
    }

    async fn end(self) {
        match self {
            Self::Browser(peer) => peer.end().await,
            Self::WebrtcRs(peer) => drop(peer),
        }
    }
}

impl Roster {
    /// A roster that has started nothing yet but the page server. Folders that a killed run left are removed.
    ///
    /// # Errors
    /// When the page cannot be served.
    pub async fn new(options: RosterOptions) -> Result<Self, Trouble> {
        warden::remove_leftovers(&env::temp_dir());
        let source = options.page.clone().map_or(PageSource::BuiltIn, PageSource::Folder);
        let server =
            PageServer::start(&source, 0).await.map_err(|error| Trouble::new("serve the page", error))?;
        let url = format!("{}{}", server.url(), options.page_map.entry);
        let page = Arc::new(PageOfCalls { url, map: options.page_map.clone() });
        Ok(Self {
            options,
            server,
            page,
            seats: HashMap::new(),
            browsers: Vec::new(),
            ground: None,
            films: HashMap::new(),
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
    /// When nothing was exchanged: the scenario is unsupported, or its peers could not be started.
    pub async fn call(&mut self, scenario: &Scenario) -> Result<Judged, Verdict> {
        if let Some(reason) = self.unsupported(scenario) {
            return Err(Verdict::Unsupported(reason));
        }
        let RosterOptions { deadlines, keep_pictures, signaling_delay, .. } = self.options;
        let ice = self.stand_on(scenario.network).await?;
        let call = Call { scenario: *scenario, deadlines, keep_pictures, ice, signaling_delay };
        let [offerer, answerer] = self.ready(scenario).await?;
        let exchange = exchange(&call, offerer.peer(), answerer.peer()).await;
        let served = self.ground.as_ref().and_then(Ground::served);
        let [offerer, answerer] = self.seated(scenario)?;
        let exchange = Exchange { served, ..exchange };
        let mut judged = conclude(&call, exchange, offerer.peer(), answerer.peer()).await;
        // Until it is closed, packets are of this call.
        judged.exchange.pcapng = self.ground.as_ref().and_then(Ground::pcapng);
        Ok(judged)
    }

    /// Makes a network condition, unless it is there, and says how peers find candidates in it.
    pub(crate) async fn stand_on(&mut self, network: NetworkCondition) -> Result<IceConfiguration, Verdict> {
        if self.ground.as_ref().map(Ground::network) != Some(network) {
            let was_inside = self.ground.as_ref().is_some_and(|ground| ground.network().is_in_namespaces());
            if was_inside || network.is_in_namespaces() {
                // Nobody moves from one network to another.
                self.dismiss().await;
            }
            if let Some(ground) = self.ground.take() {
                ground.close().await;
            }
            let ground = Ground::make(network, self.server.address(), self.options.run_number.into()).await?;
            self.ground = Some(ground);
        }
        let ice = self.ground.as_mut().map_or(Ok(IceConfiguration::default()), Ground::begin_call);
        ice.map_err(|trouble| Verdict::Errored(None, trouble))
    }

    /// Ends every peer; the next call starts its own.
    pub(crate) async fn dismiss(&mut self) {
        join_all(self.seats.drain().map(|(_, seated)| seated.end())).await;
    }

    /// The browsers that were started so far, the dead ones too.
    #[must_use]
    pub fn browsers(&self) -> &[report::Browser] {
        &self.browsers
    }

    /// Ends every peer, and waits until nothing of them is left.
    pub async fn close(self) {
        join_all(self.seats.into_values().map(Seated::end)).await;
        if let Some(ground) = self.ground {
            ground.close().await;
        }
        self.server.close().await;
    }

    /// Both peers of a scenario, up; or why the question cannot be asked.
    pub(crate) async fn ready(&mut self, scenario: &Scenario) -> Result<[&mut Seated; 2], Verdict> {
        let seats = seats(scenario);
        self.fill(&seats).await.map_err(|(role, trouble)| Verdict::Errored(Some(role), trouble))?;
        self.seated(scenario)
    }

    /// Both peers of a scenario, which were [`ready`](Self::ready).
    fn seated(&mut self, scenario: &Scenario) -> Result<[&mut Seated; 2], Verdict> {
        let seats = seats(scenario);
        let [offerer, answerer] = self.seats.get_disjoint_mut([&seats[0], &seats[1]]);
        let empty =
            || Verdict::Errored(None, Trouble::new("take the seats", "one is empty: a bug in tincan"));
        Ok([offerer.ok_or_else(empty)?, answerer.ok_or_else(empty)?])
    }

    /// Why a peer or the page cannot do what a scenario asks of it; none if they can.
    fn unsupported(&self, scenario: &Scenario) -> Option<String> {
        let takes_part = Role::BOTH.into_iter().any(|role| scenario.peer(role) == PeerKind::WebrtcRs);
        if takes_part && scenario.network.server() == Some(ServerKind::TurnTcp) {
            return Some("webrtc-rs speaks to a TURN server over UDP only".to_owned());
        }
        let browsers = Role::BOTH.into_iter().filter(|role| scenario.peer(*role).is_browser());
        browsers.into_iter().find_map(|role| self.page.map.cannot(role, scenario))
    }

    /// Starts who is missing, side by side, and replaces who is dead.
    async fn fill(&mut self, seats: &[Seat]) -> Result<(), (Role, Trouble)> {
        for seat in seats {
            let dead = self.seats.get_mut(seat).is_some_and(|seated| !seated.peer().is_usable());
            if let Some(dead) = dead.then(|| self.seats.remove(seat)).flatten() {
                dead.end().await;
            }
        }
        let missing: Vec<_> = seats.iter().filter(|seat| !self.seats.contains_key(seat)).collect();
        let launched = join_all(missing.iter().map(|seat| self.launch(seat))).await;
        let mut outcome = Ok(());
        for (seat, launched) in missing.into_iter().zip(launched) {
            match launched {
                Ok(seated) => self.take_in(*seat, seated),
                Err(trouble) => outcome = outcome.and(Err((seat.role, trouble))),
            }
        }
        outcome
    }

    async fn launch(&self, seat: &Seat) -> Result<Seated, Trouble> {
        let source = FrameSource { peer: self.options.peer_numbers.next(), run: self.options.run_number };
        let place = self.ground.as_ref().map(|ground| ground.place(seat.role)).unwrap_or_default();
        match seat.kind {
            PeerKind::Chromium => {
                let options = &self.options.browser;
                let film = self.films.get(&seat.role).copied().unwrap_or_default();
                BrowserPeer::launch(options, (source, film), Arc::clone(&self.page), &place)
                    .await
                    .map(Box::new)
                    .map(Seated::Browser)
            }
            PeerKind::WebrtcRs => Ok(Seated::WebrtcRs(Box::new(WebrtcRs::in_place(source, place)))),
        }
    }

    fn take_in(&mut self, seat: Seat, seated: Seated) {
        if let Seated::Browser(peer) = &seated {
            self.browsers.push(peer.browser().clone());
        }
        self.seats.insert(seat, seated);
    }
}
