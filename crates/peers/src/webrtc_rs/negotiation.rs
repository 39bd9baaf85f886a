//! The negotiation of one call: descriptions and candidates, and the pictures that follow from them.

use std::{mem, time::Duration};

use rtc::peer_connection::transport::RTCIceCandidateInit;
use tincan_harness::{
    Event, Evidence, IceCandidate, Machine, Mailbox, Milestone, Note, Operation, PeerError, Pictures, Role,
    SdpType, Signal, SignalingMode, frames::FrameSource, getstats, procedure::Act, timeline::PeerTime,
};
use tokio::{
    sync::{mpsc::UnboundedReceiver, oneshot},
    time::{Interval, MissedTickBehavior, interval},
};
use webrtc::peer_connection::{RTCIceGatheringState, RTCSessionDescription};

use super::{
    connection::{Connection, Occurrence},
    evidence,
    media::Media,
    stats::{SAMPLE_INTERVAL, Samples},
};

/// What the harness asks for.
#[derive(Debug)]
pub enum Command {
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
pub struct Negotiation {
    role: Role,
    mode: SignalingMode,
    mailbox: Mailbox,
    connection: Connection,
    /// Candidates of the other side that came before its description.
    early: Vec<IceCandidate>,
    /// Whether the description of the other side was accepted.
    remote_described: bool,
    /// To which m-section and generation of ICE the own candidates belong; none before there is a description.
    home: Option<IceCandidate>,
    /// Every candidate that was gathered.
    gathered: Vec<String>,
    /// The description of the other side as it came.
    given: Option<String>,
    samples: Samples,
    media: Media,
}

/// A step that the connection refused.
type Step = Result<(), PeerError>;

fn refused(operation: Operation) -> impl FnOnce(webrtc::error::Error) -> PeerError {
    move |error| PeerError { operation, message: error.to_string() }
}

impl Negotiation {
    /// The negotiation of `connection`, on which nothing was done yet.
    pub fn new(
        role: Role,
        mode: SignalingMode,
        source: FrameSource,
        mailbox: Mailbox,
        connection: Connection,
    ) -> Self {
        let media = Media::new(source, mailbox.clone());
        Self {
            role,
            mode,
            mailbox,
            connection,
            early: Vec::new(),
            remote_described: false,
            home: None,
            gathered: Vec::new(),
            given: None,
            samples: Samples::new(),
            media,
        }
    }

    /// Does what is asked and what follows from what the connection says, one after the other, until the call is closed.
    ///
    /// Occurrences pass through here, as events pass through a browser's task queue, so that a description always leaves
    /// before the candidates that trickle after it.
    pub async fn run(
        &mut self,
        commands: &mut UnboundedReceiver<Command>,
        occurrences: &mut UnboundedReceiver<Occurrence>,
    ) {
        self.post(Event::Reached(Milestone::Ready));
        let mut samples_due = every(SAMPLE_INTERVAL);
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
                    let now = self.now();
                    self.samples.tick(&*self.connection.peer_connection, now).await;
                    Ok(())
                }
            };
            if let Err(fault) = step {
                self.post(Event::PeerError(fault));
            }
        }
    }

    /// Ends the call.
    pub async fn end(mut self) {
        self.media.end().await;
        // Everything was asked already; a connection that fails to close has no more to say.
        let _ = self.connection.peer_connection.close().await;
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
            Command::Act(Act::Offer) => {
                self.reach(Milestone::OfferRequested);
                self.describe().await
            }
            Command::Deliver(Signal::Offer(sdp)) => {
                self.given = Some(sdp.clone());
                let offer = RTCSessionDescription::offer(sdp);
                self.accept(Operation::SetRemoteDescription(SdpType::Offer), offer).await?;
                self.describe().await
            }
            Command::Deliver(Signal::Answer(sdp)) => {
                self.given = Some(sdp.clone());
                let answer = RTCSessionDescription::answer(sdp);
                self.accept(Operation::SetRemoteDescription(SdpType::Answer), answer).await
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
                let _ = answer.send(Pictures { last_frame: self.media.last_picture(), screenshot: None });
                Ok(())
            }
            // webrtc-rs would take an empty candidate and do nothing about it: it has no end of candidates.
            Command::Deliver(Signal::EndOfCandidates(_)) => Ok(()),
        }
    }

    async fn examine(&mut self) -> Evidence {
        let now = self.now();
        let stats = self.samples.end(&*self.connection.peer_connection, now).await;
        let transport =
            stats.last().map(|last| getstats::digest(&last.entries).transport).unwrap_or_default();
        let (gathered, given) = (self.gathered.clone(), self.given.clone());
        Evidence { stats, transport, gathered, given, ..evidence::collect(&self.connection).await }
    }

    async fn follow(&mut self, occurrence: Occurrence) -> Step {
        match occurrence {
            Occurrence::Candidate(candidate) => self.trickle(candidate),
            Occurrence::Gathering(state) => self.gathering(state).await,
            Occurrence::Connected => return self.media.send(&self.connection).await,
            Occurrence::Track(track) => self.media.receive(track),
        }
        Ok(())
    }

    /// Makes the own description, and hands it over unless it has to wait for its candidates.
    async fn describe(&mut self) -> Step {
        let peer_connection = &self.connection.peer_connection;
        let (create, kind, created) = match self.role {
            Role::Offerer => {
                (Operation::CreateOffer, SdpType::Offer, peer_connection.create_offer(None).await)
            }
            Role::Answerer => {
                (Operation::CreateAnswer, SdpType::Answer, peer_connection.create_answer(None).await)
            }
        };
        let description = created.map_err(refused(create))?;
        let sdp = description.sdp.clone();
        peer_connection
            .set_local_description(description)
            .await
            .map_err(refused(Operation::SetLocalDescription(kind)))?;
        self.reach(Milestone::LocalDescriptionSet);
        self.home = Some(home(&sdp));
        if !self.mode.gathers_first(self.role) {
            // As it was created: what the connection holds by now may have candidates in it.
            self.post(Event::Signal(Signal::description(self.role, sdp)));
        }
        Ok(())
    }

    async fn accept(
        &mut self,
        operation: Operation,
        description: webrtc::error::Result<RTCSessionDescription>,
    ) -> Step {
        let description = description.map_err(refused(operation))?;
        let set = self.connection.peer_connection.set_remote_description(description).await;
        set.map_err(refused(operation))?;
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
        let init = RTCIceCandidateInit {
            candidate: candidate.candidate,
            sdp_mid: candidate.sdp_mid,
            sdp_mline_index: candidate.sdp_m_line_index,
            username_fragment: candidate.username_fragment,
            url: None,
        };
        if let Err(error) = self.connection.peer_connection.add_ice_candidate(init).await {
            let message = error.to_string();
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

    async fn gathering(&self, state: RTCIceGatheringState) {
        self.post(Event::Noted(Note::state(Machine::IceGatheringState, state)));
        if state != RTCIceGatheringState::Complete {
            return;
        }
        self.reach(Milestone::GatheringComplete);
        self.post_candidate(String::new());
        if self.mode.gathers_first(self.role)
            && let Some(description) = self.connection.peer_connection.local_description().await
        {
            self.post(Event::Signal(Signal::description(self.role, description.sdp)));
        }
    }
}

/// A timer that ticks every `period` from now on.
#[expect(clippy::disallowed_methods, reason = "what is sampled has no event; nothing is awaited by it")]
fn every(period: Duration) -> Interval {
    let mut timer = interval(period);
    timer.reset();
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    timer
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
