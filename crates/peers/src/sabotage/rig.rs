//! Makes a call with a saboteur in it.

use std::{
    any::Any,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use rustix::process::{Pid, Signal as KillSignal, kill_process};
use tincan_harness::{
    Assignment, Call, Evidence, Judged, Mailbox, Peer, Pictures, ReadBack, Role, Scenario, Signal, Verdict,
    exchange::Carried, frames::FrameSource, judged::make, procedure::Act, scenario::PeerId,
};

use super::saboteur::{InFlight, Means, Saboteur, Tamper, Target};
use crate::{
    browser::peer::BrowserPeer,
    camera::Film,
    kind::LivePeer,
    roster::{Roster, RosterOptions},
    warden,
};

impl Roster {
    /// Makes the call of `saboteur` between two of `browser`, broken by it.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn sabotage(&mut self, saboteur: &Saboteur, browser: PeerId) -> Result<Judged, Verdict> {
        let scenario = saboteur.scenario(browser);
        let earlier = match saboteur.means {
            Means::TamperFromEarlier(_) => self.call(&scenario).await?.exchange.carried,
            _ => Vec::new(),
        };
        // A browser with another film, or another version, is one of its own, before and after.
        let apart = match saboteur.means {
            Means::Camera(role, _) => Some(role),
            Means::OtherVersion(_) => Some(Role::Offerer),
            _ => None,
        };
        if let Some(role) = apart {
            self.stop(role, browser).await;
        }
        let outcome = self.call_rigged(&scenario, saboteur, &earlier).await;
        if let Some(role) = apart {
            self.stop(role, browser).await;
        }
        outcome
    }

    async fn call_rigged(
        &mut self,
        scenario: &Scenario,
        saboteur: &Saboteur,
        earlier: &[Carried],
    ) -> Result<Judged, Verdict> {
        let ice = self.enter_network(scenario.network).await?;
        let call = Call { ice, deadlines: saboteur.deadlines(), ..Call::new(*scenario) };
        match saboteur.means {
            Means::Camera(role, film) => {
                self.put_other(scenario, role, film, &self.options().clone()).await?;
            }
            Means::OtherVersion(version) => {
                let mut options = self.options().clone();
                options.browser.version = Some(version.to_owned());
                self.put_other(scenario, Role::Offerer, Film::default(), &options).await?;
            }
            _ => {}
        }
        let [offerer, answerer] = self.ready(scenario).await?;
        let before = Arc::default();
        let [mut offerer, mut answerer] = [(Role::Offerer, offerer), (Role::Answerer, answerer)]
            .map(|(role, peer)| Rigged::new(saboteur, role, peer, earlier, &before));
        Ok(make(&call, &mut offerer, &mut answerer).await)
    }

    /// Lets another browser than the usual one play `role`.
    async fn put_other(
        &mut self,
        scenario: &Scenario,
        role: Role,
        film: Film,
        options: &RosterOptions,
    ) -> Result<(), Verdict> {
        let peer = scenario.peer(role);
        let started = self.start(role, peer, film, options).await;
        self.put(role, peer, started.map_err(|error| Verdict::Errored(Some(role), error))?);
        Ok(())
    }
}

impl<'p> Rigged<'p> {
    fn new(
        saboteur: &Saboteur,
        role: Role,
        peer: &'p mut (dyn LivePeer + 'static),
        earlier: &'p [Carried],
        before: &Arc<Mutex<Vec<Signal>>>,
    ) -> Self {
        let (mut tamper, mut kill, mut script) = (None, None, None);
        match saboteur.means {
            Means::Page { at, script: text } | Means::PageWith { at, script: text, .. }
                if at.contains(&role) =>
            {
                script = Some(text);
            }
            Means::Tamper(how) | Means::TamperFromEarlier(how) => tamper = Some(how),
            Means::Kill { at, target, signal } if at == role => {
                let warden = as_browser(peer).and_then(|browser| browser.warden());
                kill = warden.map(|warden| Kill { warden, target, signal });
            }
            _ => {}
        }
        if let Some(browser) = as_browser(peer) {
            browser.preload = script;
        }
        Self { peer, role, tamper, earlier, before: Arc::clone(before), kill }
    }
}

/// The browser, if it is one: what a saboteur does below the port, it does to browsers.
fn as_browser<'p>(peer: &'p mut (dyn LivePeer + 'static)) -> Option<&'p mut BrowserPeer> {
    let peer: &mut dyn Any = peer;
    peer.downcast_mut()
}

/// A peer to which signals come through a saboteur's hands.
struct Rigged<'p> {
    /// Who is sabotaged.
    peer: &'p mut dyn Peer,
    /// Its role in the call.
    role: Role,
    /// What becomes of the signals that are carried to it.
    tamper: Option<Tamper>,
    /// What was carried in an earlier call.
    earlier: &'p [Carried],
    /// What has been carried to either side, as it was copied.
    before: Arc<Mutex<Vec<Signal>>>,
    /// What is sent to its browser when a description is carried to it.
    kill: Option<Kill>,
}

/// A signal to some of the processes below a warden.
struct Kill {
    warden: Pid,
    target: Target,
    signal: KillSignal,
}

impl Kill {
    /// They are looked up only now: a page that is opened can get a process of its own.
    fn send(self) {
        let processes = warden::commands_below(self.warden);
        for (pid, _) in processes.into_iter().filter(|(_, command)| self.target.is(command)) {
            // One that has ended meanwhile was struck by another one's end.
            let _ = kill_process(pid, self.signal);
        }
    }
}

#[async_trait]
impl Peer for Rigged<'_> {
    fn source(&self) -> FrameSource {
        self.peer.source()
    }

    fn reads_back(&self) -> ReadBack {
        self.peer.reads_back()
    }

    fn start(&mut self, assignment: &Assignment, mailbox: Mailbox) {
        self.peer.start(assignment, mailbox);
    }

    fn act(&mut self, act: Act) {
        self.peer.act(act);
    }

    fn deliver(&mut self, signal: Signal) {
        if signal.sdp().is_some() {
            self.kill.take().into_iter().for_each(Kill::send);
        }
        let mut before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        let carried = match self.tamper {
            Some(tamper) => {
                let in_flight = InFlight { to: self.role, before: &before, earlier: self.earlier };
                tamper(&in_flight, signal.clone())
            }
            None => vec![signal.clone()],
        };
        before.push(signal);
        drop(before);
        for signal in carried {
            self.peer.deliver(signal);
        }
    }

    async fn examine(&mut self) -> Evidence {
        self.peer.examine().await
    }

    async fn pictures(&mut self) -> Pictures {
        self.peer.pictures().await
    }

    async fn close(&mut self) {
        self.peer.close().await;
    }

    fn is_usable(&self) -> bool {
        self.peer.is_usable()
    }
}
