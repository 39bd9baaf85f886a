//! The negotiation of one call: descriptions and candidates, and the pictures that follow from them.

use std::{mem, sync::Arc};

use tincan_harness::{
    Assignment, Event, Evidence, Flow, IceCandidate, Machine, Mailbox, Milestone, Note, PeerError, Pictures,
    Role, SdpType, Signal, SignalingMode, frames::FrameSource, getstats, peer::Transport, procedure::Act,
    sdp::is_rejected, timeline::PeerTime,
};
use tokio::sync::{mpsc::UnboundedReceiver, oneshot};

use super::{
    channel::DataChannel,
    connection::Connection,
    data::DataChannels,
    media::Media,
    observer::Occurrence,
    samples::{Samples, ticks},
};

/// What the harness asks for.
#[derive(Debug)]
pub(super) enum Command {
    /// Do something.
    Act(Act),
    /// Take what the other side sent.
    Deliver(Signal),
    /// Say what is known about the call.
    Examine(oneshot::Sender<Evidence>),
    /// Show the last picture.
    Pictures(oneshot::Sender<Pictures>),
}

/// One call, from the offer to its end.
pub(super) struct Negotiation<C> {
    role: Role,
    /// Whether it offers or answers in this round.
    part: Role,
    mode: SignalingMode,
    source: FrameSource,
    mailbox: Mailbox,
    connection: C,
    /// Candidates of the other side that came before its description.
    early: Vec<IceCandidate>,
    /// Whether the description of the other side was accepted.
    remote_described: bool,
    /// Whether its own offer is neither answered nor taken back.
    has_offered: bool,
    /// To which m-section and generation of ICE the own candidates belong; none before there is a description.
    home: Option<IceCandidate>,
    /// Whether the last description that waits for its candidates was handed over: some say more than once that all are there.
    handed_over: bool,
    /// Every candidate that was gathered.
    gathered: Vec<String>,
    /// The description of the other side as it came.
    given: Option<String>,
    samples: Samples,
    media: Media,
    /// What is to be sent as soon as that is possible.
    to_send: Vec<Flow>,
    /// Whether media can be sent.
    connected: bool,
    /// What goes on on data channels, in a call that has them at some time.
    channels: Option<DataChannels>,
    /// Whether data channels are opened with the next description.
    opens_channels: bool,
    /// What was known when the connection was closed, by either side.
    at_close: Option<Evidence>,
}

/// A step that the connection refused.
type Step = Result<(), PeerError>;

impl<C: Connection> Negotiation<C> {
    /// The negotiation of `connection`, on which nothing was done yet.
    pub(super) fn new(assignment: &Assignment, source: FrameSource, mailbox: Mailbox, connection: C) -> Self {
        let Assignment { role, mode, media: asked, flowing, direction, .. } = *assignment;
        let mut media = Media::default();
        let channels = flowing.data.then(|| {
            let (channels, sending) = DataChannels::new(source, mailbox.clone());
            media.start(sending);
            channels
        });
        Self {
            role,
            part: role,
            mode,
            source,
            mailbox,
            connection,
            early: Vec::new(),
            remote_described: false,
            has_offered: false,
            home: None,
            handed_over: false,
            gathered: Vec::new(),
            given: None,
            samples: Samples::new(),
            media,
            to_send: asked.flows().filter(|_| direction.sends()).collect(),
            connected: false,
            channels,
            opens_channels: asked.data,
            at_close: None,
        }
    }

    /// Does what is asked and what follows from what the connection says, one after the other, until the call is closed.
    ///
    /// Occurrences pass through here, as events pass through a browser's task queue, so that a description always leaves
    /// before the candidates that trickle after it.
    pub(super) async fn run(
        &mut self,
        commands: &mut UnboundedReceiver<Command>,
        occurrences: &mut UnboundedReceiver<Occurrence<C::Track>>,
    ) {
        self.post(Event::Reached(Milestone::Ready));
        let mut samples_due = ticks();
        loop {
            let step = tokio::select! {
                command = commands.recv() => match command {
                    Some(command) => self.obey(command).await,
                    None => return,
                },
                Some(occurrence) = occurrences.recv() => self.follow(occurrence).await,
                Some(trouble) = self.media.trouble() => {
                    self.post(Event::HarnessError(trouble));
                    Ok(())
                }
                _ = samples_due.tick() => {
                    self.sample().await;
                    Ok(())
                }
            };
            if let Err(fault) = step {
                self.post(Event::PeerError(fault));
            }
        }
    }

    /// Ends the call.
    pub(super) async fn end(mut self) {
        self.media.end().await;
        self.connection.close().await;
    }

    fn now(&self) -> PeerTime {
        self.mailbox.zero().elapsed()
    }

    fn post(&self, event: Event) {
        self.mailbox.post(self.now(), event);
    }

    fn reach(&self, milestone: Milestone) {
        self.post(Event::Reached(milestone));
    }

    async fn obey(&mut self, command: Command) -> Step {
        match command {
            Command::Act(Act::HangUp) => self.hang_up().await,
            Command::Act(Act::RollBack) => self.roll_back().await,
            Command::Act(act) => self.offer(act).await,
            Command::Deliver(Signal::Offer(sdp)) => {
                // In a call that is up both sides may have offered: the one to whom an offer is carried gives way.
                if self.has_offered {
                    self.roll_back().await?;
                }
                self.part = Role::Answerer;
                self.opens_channels |= self.adds_channels(&sdp);
                self.accept(SdpType::Offer, sdp).await?;
                self.describe().await
            }
            Command::Deliver(Signal::Answer(sdp)) => {
                // What is rejected is sent by nobody.
                self.to_send.retain(|flow| !is_rejected(&sdp, flow.section()));
                self.accept(SdpType::Answer, sdp).await?;
                self.has_offered = false;
                self.send().await
            }
            Command::Deliver(Signal::Candidate(candidate)) => {
                self.add(candidate).await;
                Ok(())
            }
            Command::Examine(answer) => {
                // Who asked and waits no longer has taken the call for dead.
                let _ = answer.send(self.examine().await);
                Ok(())
            }
            Command::Pictures(answer) => {
                let _ = answer
                    .send(Pictures { last_frame: self.media.last_picture().as_png(), screenshot: None });
                Ok(())
            }
            // No library here has an end of candidates: an empty one would be taken, and nothing done about it.
            Command::Deliver(Signal::EndOfCandidates(_)) => Ok(()),
        }
    }

    async fn sample(&mut self) {
        if self.samples.tick() {
            let (now, entries) = (self.now(), self.connection.stats().await);
            self.samples.add(now, entries);
        }
    }

    /// Offers, first or anew, what `act` changes.
    async fn offer(&mut self, act: Act) -> Step {
        self.reach(Milestone::OfferRequested);
        self.part = Role::Offerer;
        self.connection.change(act).await?;
        match act.added() {
            Some(Flow::Data) => self.opens_channels = true,
            added => self.to_send.extend(added),
        }
        self.has_offered = true;
        self.describe().await
    }

    /// Takes its own offer back.
    async fn roll_back(&mut self) -> Step {
        self.connection.change(Act::RollBack).await?;
        self.has_offered = false;
        self.home = self.connection.local_description().await.map(|sdp| home(&sdp));
        self.reach(Milestone::RolledBack);
        Ok(())
    }

    /// Whether an offer has data channels where there were none.
    fn adds_channels(&self, offer: &str) -> bool {
        let has = |sdp: &str| sdp.lines().any(|line| line.starts_with("m=application"));
        self.given.as_deref().is_some_and(|given| !has(given) && has(offer))
    }

    async fn hang_up(&mut self) -> Step {
        self.at_close = Some(self.examine().await);
        self.connection.close().await;
        self.reach(Milestone::Closed);
        Ok(())
    }

    /// The other side has hung up.
    async fn hear_of_close(&mut self) {
        if self.at_close.is_none() {
            self.reach(Milestone::CloseHeard);
            self.at_close = Some(self.examine().await);
        }
    }

    async fn examine(&mut self) -> Evidence {
        if let Some(known) = &self.at_close {
            return known.clone();
        }
        let (now, entries) = (self.now(), self.connection.stats().await);
        let stats = self.samples.end(now, entries);
        let known = self.connection.examine().await;
        let of_stats = stats.last().map(|last| getstats::digest(&last.entries)).unwrap_or_default();
        // Where getStats does not tell it, the connection may.
        let ice_role = of_stats.transport.ice_role.or_else(|| known.transport.ice_role.clone());
        let transport = Transport { ice_role, ..of_stats.transport };
        let (gathered, given) = (self.gathered.clone(), self.given.clone());
        Evidence { stats, transport, gathered, given, ..known }
    }

    async fn follow(&mut self, occurrence: Occurrence<C::Track>) -> Step {
        match occurrence {
            Occurrence::Candidate(candidate) => self.trickle(candidate),
            Occurrence::Gathering { state, is_complete } => self.gathering(state, is_complete).await,
            Occurrence::Connected => {
                self.connected = true;
                self.send().await?;
            }
            Occurrence::Closed => self.hear_of_close().await,
            Occurrence::Channel(channel) => self.hear(channel),
            Occurrence::Track(track) => {
                let (mailbox, last) = (self.mailbox.clone(), self.media.last_picture().clone());
                self.media.start(self.connection.receive(track, mailbox, last));
            }
        }
        Ok(())
    }

    /// Sends what was negotiated and is not sent yet.
    async fn send(&mut self) -> Step {
        if !self.connected {
            return Ok(());
        }
        for flow in mem::take(&mut self.to_send) {
            self.media.start(match flow {
                Flow::Video(_) => self.connection.send(self.source).await?,
                Flow::Audio(_) => self.connection.send_sound(self.source).await?,
                // Messages are sent when the channels are open.
                Flow::Data => continue,
            });
        }
        Ok(())
    }

    /// A channel in a call that is to have none is nobody's.
    fn hear(&mut self, channel: Arc<dyn DataChannel>) {
        if let Some(channels) = &self.channels {
            self.media.start(channels.hear(channel));
        }
    }

    /// Makes the own description, and hands it over unless it has to wait for its candidates.
    async fn describe(&mut self) -> Step {
        if mem::take(&mut self.opens_channels) {
            for channel in self.connection.open_channels(self.part).await? {
                self.hear(channel);
            }
        }
        let sdp = self.connection.describe(self.part).await?;
        self.reach(Milestone::LocalDescriptionSet);
        // Candidates are gathered for each user name fragment once (RFC 8839, section 5.4).
        let home = home(&sdp);
        let before = self.home.replace(home.clone());
        self.handed_over = false;
        let gathers = before.is_none_or(|before| before.username_fragment != home.username_fragment);
        if !self.mode.gathers_first(self.role) {
            self.post(Event::Signal(Signal::description(self.part, sdp)));
        } else if !gathers {
            self.hand_over().await;
        }
        Ok(())
    }

    async fn accept(&mut self, kind: SdpType, sdp: String) -> Step {
        self.given = Some(sdp.clone());
        if let Some(channels) = &self.channels {
            channels.keep_to(&sdp);
        }
        self.connection.accept(kind, sdp).await?;
        self.reach(Milestone::RemoteDescriptionSet);
        self.remote_described = true;
        for candidate in mem::take(&mut self.early) {
            self.add(candidate).await;
        }
        Ok(())
    }

    async fn add(&mut self, candidate: IceCandidate) {
        if !self.remote_described {
            return self.early.push(candidate);
        }
        let refused = candidate.candidate.clone();
        if let Err(message) = self.connection.add(candidate).await {
            self.post(Event::Noted(Note::CandidateRefused { candidate: refused, message }));
        }
    }

    fn trickle(&mut self, candidate: String) {
        self.gathered.push(candidate.clone());
        self.post_candidate(candidate);
    }

    /// Posts a candidate, or the end of candidates when it is empty, unless the description carries it.
    fn post_candidate(&self, candidate: String) {
        if !self.mode.gathers_first(self.role) {
            let home = self.home.clone().unwrap_or_default();
            self.post(Event::Signal(Signal::candidate(IceCandidate { candidate, ..home })));
        }
    }

    async fn gathering(&mut self, state: String, is_complete: bool) {
        self.post(Event::Noted(Note::state(Machine::IceGatheringState, state)));
        if !is_complete {
            return;
        }
        self.reach(Milestone::GatheringComplete);
        self.post_candidate(String::new());
        if self.mode.gathers_first(self.role) {
            self.hand_over().await;
        }
    }

    /// Hands over the own description with the candidates that there are.
    async fn hand_over(&mut self) {
        if !mem::replace(&mut self.handed_over, true)
            && let Some(sdp) = self.connection.local_description().await
        {
            self.post(Event::Signal(Signal::description(self.part, sdp)));
        }
    }
}

/// Where the candidates of a description belong: its first m-section, on which all others are bundled (RFC 9143), with no
/// candidate in it.
fn home(sdp: &str) -> IceCandidate {
    let value =
        |name| sdp.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned());
    IceCandidate {
        candidate: String::new(),
        sdp_mid: value("a=mid:"),
        sdp_m_line_index: Some(0),
        username_fragment: value("a=ice-ufrag:"),
    }
}
