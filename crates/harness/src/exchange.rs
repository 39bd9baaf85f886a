//! One call: carries what each side posts to the other, and takes down what was reached.
//!
//! There is one loop for every mode and every pair: the modes differ in what a peer posts and when, not here.

mod assigned;
mod courier;
mod directed;
mod recorded;
mod rejected;
mod renegotiated;
mod waits;

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use tokio::{
    sync::mpsc::{self, UnboundedReceiver},
    time::{Instant, timeout_at},
};

use crate::{
    deadlines::{Deadlines, Wait},
    media::{Proofs, not_negotiated},
    network::IceConfiguration,
    note::Note,
    peer::{Event, HarnessError, Mailbox, Peer, Posted},
    procedure::{Act, Awaited, Change, Step},
    scenario::Scenario,
    signaling::{Role, Signal},
    timeline::{FIRST_ROUND, Milestone, PeerTime, Round},
};

pub use self::recorded::{Carried, Ending, Exchange, Side};
use self::{
    assigned::assignment,
    courier::{Courier, Handed},
    directed::not_as_asked,
    recorded::blank,
    renegotiated::not_as_before,
    waits::wait_number,
};

/// A call to be made.
#[derive(Debug, Clone)]
pub struct Call {
    /// What is called, and how.
    pub scenario: Scenario,
    /// How long each step may take.
    pub deadlines: Deadlines,
    /// Whether pictures are taken also of a call that passed.
    pub keep_pictures: bool,
    /// How the peers are to find candidates.
    pub ice: IceConfiguration,
    /// How much later than it could be copied each signal is pasted: people and servers take time.
    pub signaling_delay: Duration,
}

impl Call {
    /// A call without servers, with the usual deadlines, in which every signal is pasted at once.
    #[must_use]
    pub fn new(scenario: Scenario) -> Self {
        Self {
            scenario,
            deadlines: Deadlines::default(),
            keep_pictures: false,
            ice: IceConfiguration::default(),
            signaling_delay: Duration::ZERO,
        }
    }
}

/// Makes one call between two peers that are up, and leaves it up: whoever asked for it ends it, with
/// [`conclude`](crate::judged::conclude).
pub async fn exchange<'p>(call: &Call, offerer: &'p mut dyn Peer, answerer: &'p mut dyn Peer) -> Exchange {
    let (post, mut inbox) = mpsc::unbounded_channel();
    let zero = Instant::now();
    let Scenario { media, procedure, .. } = call.scenario;
    let flowing = procedure.flowing(media);
    let proofs = [(&*offerer, &*answerer), (&*answerer, &*offerer)]
        .map(|(own, other)| Proofs::of(flowing, own.source(), other.source()));
    let (peers, delay) = ([offerer, answerer], call.signaling_delay);
    let mut running = Running {
        peers,
        proofs,
        scenario: call.scenario,
        done: 0,
        delay,
        courier: Courier::new(procedure.handover()),
        crossing: VecDeque::new(),
        rounds: [FIRST_ROUND; 2],
        record: blank(),
    };
    for (role, peer) in Role::BOTH.into_iter().zip(&mut running.peers) {
        running.record.side_mut(role).reads_back = peer.reads_back();
        peer.start(&assignment(&call.scenario, &call.ice, role), Mailbox::new(role, zero, post.clone()));
    }
    running.record.ending = running.carry(call, &mut inbox).await;
    running.examine(call, &mut inbox).await;
    running.record
}

struct Running<'p> {
    peers: [&'p mut dyn Peer; 2],
    /// What proves that each side receives what the other sends.
    proofs: [Proofs; 2],
    scenario: Scenario,
    /// How many steps of the script were done that are not waited for.
    done: usize,
    delay: Duration,
    courier: Courier,
    /// What was copied and is not yet pasted: when it is due, to whom, and what.
    crossing: VecDeque<(Instant, Role, Signal)>,
    /// In which round each side is: in a new one as soon as it is asked for something, or is handed an offer. What it says before that
    /// is of the round before.
    rounds: [Round; 2],
    record: Exchange,
}

impl Running<'_> {
    /// Asks both sides what they know, while the call is up.
    async fn examine(&mut self, call: &Call, inbox: &mut UnboundedReceiver<Posted>) {
        let [offerer, answerer] = &mut self.peers;
        let evidence = tokio::join!(offerer.examine(), answerer.examine());
        (self.record.offerer.evidence, self.record.answerer.evidence) = evidence;
        self.last_look(call, inbox);
    }

    /// The loop: does the next step of the script, or waits for it and takes what is posted until it is there.
    async fn carry(&mut self, call: &Call, inbox: &mut UnboundedReceiver<Posted>) -> Ending {
        let script = call.scenario.script();
        // When each wait began: a page that makes connection after connection gains no time by that.
        let mut began = HashMap::new();
        while let Some(step) = self.next(&script) {
            let Awaited { round, role, milestone } = match step {
                Step::Await(awaited) => awaited,
                other => {
                    self.begin(other);
                    continue;
                }
            };
            self.record.round = round;
            let wait = Wait::on(milestone);
            let number = wait_number(&script, Awaited { round, role, milestone });
            let since = *began.entry(number).or_insert_with(Instant::now);
            let (deadline, due) = (since + call.deadlines.of(wait), self.crossing.front().map(|next| next.0));
            let ending = match timeout_at(due.map_or(deadline, |due| due.min(deadline)), inbox.recv()).await {
                Ok(Some(posted)) => self.take(posted),
                Err(_) if due.is_some_and(|due| due <= Instant::now()) => self.paste(),
                Ok(None) | Err(_) => Some(Ending::Stalled { role, milestone, wait, waited: since.elapsed() }),
            };
            if let Some(ending) = ending {
                return ending;
            }
        }
        Ending::Complete
    }

    /// Does a step that is not waited for.
    fn begin(&mut self, step: Step) {
        self.done += 1;
        match step {
            Step::Do(round, role, act) => {
                self.record.round = round;
                self.rounds[role as usize] = round;
                if !act.is_offered() {
                    self.rounds = [round; 2];
                }
                // What had come before it was hung up is what came.
                if round > FIRST_ROUND && act != Act::HangUp {
                    self.proofs.iter_mut().for_each(Proofs::begin_round);
                }
                if act == Act::ShareScreen {
                    self.proofs[role.other() as usize].expect_screen();
                }
                self.peers[role as usize].act(act);
            }
            Step::ProveAnew(_) => self.proofs.iter_mut().for_each(Proofs::begin_anew),
            Step::Await(_) => {}
        }
        for role in Role::BOTH {
            self.record.side_mut(role).received = self.proofs[role as usize].tallies();
        }
    }

    fn hangs_up(&self) -> bool {
        self.scenario.procedure.change() == Some(Change::HangUp) && self.record.round > FIRST_ROUND
    }

    /// The first step of the script that was not done, or is not there.
    fn next(&self, script: &[Step]) -> Option<Step> {
        let mut done = 0;
        let is_open = |step: &&Step| match step {
            Step::Do(..) | Step::ProveAnew(_) => {
                done += 1;
                done > self.done
            }
            Step::Await(awaited) => !self.record.has(*awaited),
        };
        script.iter().find(is_open).copied()
    }

    /// Takes down one event and does what follows from it; answers how the call ended, if it did.
    fn take(&mut self, Posted { from, at, event }: Posted) -> Option<Ending> {
        match event {
            Event::Signal(signal) => return self.carry_across(from, at, signal),
            Event::Given(signal) => return self.was_given(from, at, signal),
            // Who loses sight of the other side for a while may take it for gone: that counts where it is to go.
            Event::Reached(Milestone::CloseHeard) if !self.hangs_up() => {}
            Event::Reached(milestone) => {
                self.reach(from, milestone, at);
                let released = self.courier.reached(from, milestone);
                released.into_iter().for_each(|(from, signal)| self.cross(from, signal));
            }
            Event::Media(sighting) => {
                let proofs = &mut self.proofs[from as usize];
                let milestone = proofs.see(&sighting);
                self.record.side_mut(from).received = proofs.tallies();
                if let Some(milestone) = milestone {
                    self.reach(from, milestone, sighting.reached(milestone));
                }
                return self.not_as_sent(from);
            }
            Event::ConnectionChosen => {
                // What was given to another connection of its page is of another call.
                self.record.carried.retain(|carried| !carried.by_page || carried.from == from);
                self.record.side_mut(from).begin_connection();
                self.courier.begin(from);
            }
            Event::Noted(note) => self.record.side_mut(from).notes.push((at, note)),
            // What a side makes of it that there is nothing to be sent is what it does, and no fault.
            Event::PeerError(fault) if self.scenario.media.is_nothing() => {
                self.record.side_mut(from).notes.push((at, Note::other(fault.to_string())));
                return Some(Ending::Complete);
            }
            Event::PeerError(fault) => return Some(Ending::PeerFailed(from, fault)),
            Event::Unsupported(reason) => return Some(self.unsupported(from, reason)),
            Event::HarnessError(trouble) => return Some(Ending::HarnessFailed(from, trouble)),
        }
        None
    }

    /// Takes down what was said while the peers were examined: a page may hand over late what it had seen in time. What is
    /// missing after a stall is looked at anew, so that it is not blamed on a step that had succeeded.
    fn last_look(&mut self, call: &Call, inbox: &mut UnboundedReceiver<Posted>) {
        while let Ok(posted) = inbox.try_recv() {
            let told = !matches!(
                posted.event,
                Event::Signal(_)
                    | Event::Given(_)
                    | Event::PeerError(_)
                    | Event::Unsupported(_)
                    | Event::HarnessError(_)
            );
            if told {
                self.take(posted);
            }
        }
        // A side that does not even answer its harness was not seen to fall short: it could not be asked.
        let silent = |role| Some((role, self.record.side(role).evidence.silent.clone()?));
        if let (Ending::Stalled { .. }, Some((role, silent))) =
            (&self.record.ending, Role::BOTH.into_iter().find_map(silent))
        {
            self.record.ending = Ending::HarnessFailed(role, HarnessError::new("hear from the peer", silent));
        }
        if let Ending::Stalled { waited, .. } = self.record.ending {
            let missing = call.scenario.path().find(|awaited| !self.record.has(*awaited));
            let stalled = |Awaited { role, milestone, .. }| Ending::Stalled {
                role,
                milestone,
                wait: Wait::on(milestone),
                waited,
            };
            self.record.ending = missing.map_or(Ending::Complete, stalled);
        }
        if self.record.ending == Ending::Complete
            && let Some(wrong) = Role::BOTH.into_iter().find_map(|role| self.not_as_sent(role))
        {
            self.record.ending = wrong;
        }
        self.record.blame_nobody_unasked();
        let unasked = match self.record.ending {
            Ending::Complete => self.courier.unasked(),
            Ending::Stalled { .. } => self.courier.waits(),
            _ => None,
        };
        if let Some((role, trouble)) = unasked {
            self.record.ending = Ending::HarnessFailed(role, trouble);
        }
    }

    fn not_as_sent(&self, role: Role) -> Option<Ending> {
        let wrong = self.proofs[role as usize].wrong()?;
        Some(Ending::NotAsSent(role, wrong.stage, wrong.what.clone()))
    }

    /// Who has described what it does can no longer say that it cannot: what comes after that would be quiet about a failure.
    fn unsupported(&self, role: Role, reason: String) -> Ending {
        if self.description_left(role) {
            let late = format!("only after its description had left it said that it {reason}");
            return Ending::HarnessFailed(role, HarnessError::new("make the call", late));
        }
        Ending::Unsupported(role, reason)
    }

    fn description_left(&self, role: Role) -> bool {
        self.record
            .side(role)
            .timeline
            .at_in(self.rounds[role as usize], Milestone::DescriptionSent)
            .is_some()
    }

    /// Answers how the call ended, if nothing can come of what was offered and answered.
    fn carry_across(&mut self, from: Role, at: PeerTime, signal: Signal) -> Option<Ending> {
        if signal.sdp().is_some() {
            self.reach(from, Milestone::DescriptionSent, at);
        }
        let lacking = self.lacking(from, &signal);
        let (round, taken_back) = (self.rounds[from as usize], self.is_withheld(from, &signal));
        let Handed { now, withheld, besides } =
            if taken_back { Handed::nothing() } else { self.courier.take(from, signal.clone()) };
        self.record.carried.push(Carried { round, from, at, signal, withheld, by_page: false });
        let besides = besides.map(|text| (at, Note::Other { text }));
        self.record.side_mut(from).notes.extend(besides);
        now.into_iter().for_each(|signal| self.cross(from, signal));
        lacking.map(|(role, what)| Ending::NotNegotiated(role, what))
    }

    /// Hands over a signal of `from`, as soon as it has crossed.
    fn cross(&mut self, from: Role, signal: Signal) {
        self.crossing.push_back((Instant::now() + self.delay, from.other(), signal));
        if self.delay.is_zero() {
            self.paste();
        }
    }

    /// Takes down what a page has carried to `to` by itself. Answers how the call ended, as [`Self::carry_across`] does.
    fn was_given(&mut self, to: Role, at: PeerTime, signal: Signal) -> Option<Ending> {
        let from = to.other();
        if matches!(signal, Signal::Offer(_)) && from == Role::Answerer {
            let trouble = HarnessError::new("meet as the page map says", "its page made the offer");
            let hint = "in the page map, let the offerer take the steps of the side that makes the offer";
            return Some(Ending::HarnessFailed(from, trouble.hint(hint)));
        }
        let (round, lacking) = (self.rounds[from as usize], self.lacking(from, &signal));
        self.record.carried.push(Carried { round, from, at, signal, withheld: false, by_page: true });
        lacking.map(|(role, what)| Ending::NotNegotiated(role, what))
    }

    /// Whether a signal belongs to an offer that is taken back: candidates do until their side describes itself anew.
    fn is_withheld(&self, from: Role, signal: &Signal) -> bool {
        let mut own = self.record.carried.iter().filter(|carried| carried.from == from);
        match signal.sdp() {
            Some(_) => self.scenario.procedure.takes_back(self.rounds[from as usize]) == Some(from),
            None => own.rfind(|carried| carried.signal.sdp().is_some()).is_some_and(|last| last.withheld),
        }
    }

    /// Why nothing can come of a description: who has left something out, and what.
    fn lacking(&self, from: Role, signal: &Signal) -> Option<(Role, String)> {
        let (Scenario { media, procedure, .. }, round) = (self.scenario, self.rounds[from as usize]);
        let sdp = signal.sdp()?;
        let offerer = procedure.offerer_of(round);
        if let Some(what) = not_as_asked(&self.scenario, round, from, signal) {
            return Some((from, what));
        }
        if round > FIRST_ROUND {
            let before = self.record.description(from).unwrap_or_default();
            let offer = self.record.description_in(round, offerer).filter(|_| from != offerer);
            if let Some(what) = not_as_before(procedure, round, before, offer, sdp) {
                return Some((from, what));
            }
        }
        if !matches!(signal, Signal::Answer(_)) {
            return None;
        }
        let flowing =
            if round > FIRST_ROUND { procedure.flowing(media) } else { procedure.begins_with(media) };
        let (part, what) = not_negotiated(flowing, self.record.description_in(round, from.other())?, sdp)?;
        Some((if part == Role::Offerer { from.other() } else { from }, what))
    }

    /// Hands over what has crossed. The call never ends by that.
    fn paste(&mut self) -> Option<Ending> {
        while let Some((_, to, signal)) = self.crossing.pop_front_if(|(due, ..)| *due <= Instant::now()) {
            if matches!(signal, Signal::Offer(_)) {
                self.rounds[to as usize] = self.rounds[to.other() as usize];
            }
            self.peers[to as usize].deliver(signal);
        }
        None
    }

    fn reach(&mut self, role: Role, milestone: Milestone, at: PeerTime) {
        let round = self.rounds[role as usize];
        self.record.side_mut(role).timeline.record(round, milestone, at);
    }
}
