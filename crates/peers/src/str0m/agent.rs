//! The task of one call: it owns str0m's `Rtc` and its sockets, and is the time that passes for it.
//!
//! str0m wants to be polled until it waits after each thing that is done to it ("the single-mutation invariant" of its docs).

use std::{collections::VecDeque, sync::Arc, time::Instant};

use str0m::{
    Candidate, Event, IceConnectionState, Input, Output, Rtc, RtcError,
    change::SdpPendingOffer,
    error::IceError,
    media::{MediaAdded, MediaData, MediaKind, Mid},
    net::{Protocol, Receive, Transmit},
};
use tincan_harness::{
    Assignment, Direction, Event as Said, IceConfiguration, Machine, Media, Milestone, Note, procedure::Act,
};
use tokio::{
    sync::{
        Notify,
        mpsc::{UnboundedReceiver, UnboundedSender, WeakUnboundedSender, unbounded_channel},
        oneshot,
    },
    time::timeout_at,
};

use super::{
    channels::Channels,
    counted::Counted,
    gathering::{self, Gathering},
    relays::{self, Relays},
    sockets::{Datagram, Sockets},
    sound::Sound,
};
use crate::library::observer::{Observer, Occurrence};

/// The other side's track.
#[derive(Debug)]
pub struct Track {
    pub(super) kind: MediaKind,
    /// The frames that come.
    pub(super) frames: UnboundedReceiver<MediaData>,
}

/// Something to be done to the agent: one thing, after which str0m is polled.
pub(super) type Request = Box<dyn FnOnce(&mut Agent) + Send>;

/// What one call is made of.
pub(super) struct Agent {
    pub(super) rtc: Rtc,
    pub(super) sockets: Sockets,
    pub(super) observer: Observer<Track>,
    pub(super) ice: IceConfiguration,
    /// What is to be sent from the beginning.
    pub(super) asked: Media,
    /// In which direction it is to go.
    pub(super) direction: Direction,
    /// What flows at the end.
    pub(super) flowing: Media,
    /// What the next offer changes, in the order in which it was asked for; if nothing, it is the first one.
    pub(super) acts: Vec<Act>,
    /// The user name fragment of the own description.
    pub(super) fragment: Option<String>,
    pub(super) channels: Channels,
    /// How a channel asks for something.
    pub(super) requests: WeakUnboundedSender<Request>,
    /// The offer that waits for its answer.
    pub(super) pending: Option<SdpPendingOffer>,
    /// The own description, as str0m made it.
    pub(super) description: Option<String>,
    /// The own description before the offer that waits, with its user name fragment.
    pub(super) agreed: (Option<String>, Option<String>),
    /// The video of the call.
    pub(super) mid: Option<Mid>,
    /// The sound of the call.
    pub(super) sound: Sound,
    /// Notified when the other side asks for a key frame.
    pub(super) key_frame_asked: Arc<Notify>,
    /// The own candidates that str0m has yet to be given.
    pub(super) found: VecDeque<Candidate>,
    /// Requests to STUN servers; none before the own description, and when gathering is complete.
    pub(super) gathering: Option<Gathering>,
    pub(super) relays: Relays,
    /// The own candidates.
    pub(super) local: Vec<Candidate>,
    /// The other side's, as it told them.
    pub(super) remote: Vec<Candidate>,
    pub(super) counted: Counted,
    /// Where the frames go that come.
    pub(super) frames: Option<UnboundedSender<MediaData>>,
    /// Who waits until the call has ended; set when it is to end.
    pub(super) closed: Option<oneshot::Sender<()>>,
}

impl Agent {
    /// A call on `rtc`, to which nothing was done yet.
    pub(super) fn new(
        rtc: Rtc,
        sockets: Sockets,
        assignment: Assignment,
        requests: WeakUnboundedSender<Request>,
        observer: Observer<Track>,
    ) -> Self {
        let Assignment { media: asked, flowing, direction, ice, .. } = assignment;
        Self {
            rtc,
            sockets,
            observer,
            ice,
            asked,
            direction,
            flowing,
            acts: Vec::new(),
            fragment: None,
            channels: Channels::default(),
            requests,
            pending: None,
            description: None,
            agreed: (None, None),
            mid: None,
            sound: Sound::default(),
            key_frame_asked: Arc::default(),
            found: VecDeque::new(),
            gathering: None,
            relays: Relays::default(),
            local: Vec::new(),
            remote: Vec::new(),
            counted: Counted::default(),
            frames: None,
            closed: None,
        }
    }

    /// Does what is asked, what comes in asks for, and what its time has come for, until it is to end.
    pub(super) async fn run(mut self, mut requests: UnboundedReceiver<Request>) {
        while self.closed.is_none() {
            let due = self.settle().await;
            tokio::select! {
                request = requests.recv() => match request {
                    Some(request) => request(&mut self),
                    None => break,
                },
                came = timeout_at(due.into(), self.sockets.receive()) => match came {
                    Ok(datagram) => self.take(&datagram),
                    Err(_) => self.input(Input::Timeout(Instant::now())),
                },
            }
        }
        // What it has to say to the other side at the end; if it fails, that was all.
        let _ = self.rtc.close();
        self.poll().await;
        self.relays.close(Instant::now());
        self.proceed().await;
        if let Some(closed) = self.closed {
            let _ = closed.send(());
        }
    }

    /// Does all that can be done now; answers until when then nothing happens of itself.
    async fn settle(&mut self) -> Instant {
        let due = loop {
            let due = self.poll().await;
            if self.proceed().await {
                continue;
            }
            match self.found.pop_front() {
                Some(candidate) => self.tell(candidate),
                None => break due,
            }
        };
        let is_over = |gathering: &mut Gathering| gathering.is_over() && self.relays.are_gathered();
        if self.gathering.take_if(is_over).is_some() {
            self.observer.pass_on(Occurrence::Gathering { state: "complete".to_owned(), is_complete: true });
        }
        let others = [self.gathering.as_ref().and_then(Gathering::due), self.relays.due()];
        others.into_iter().flatten().fold(due, Instant::min)
    }

    /// Polls str0m until it waits; answers until when.
    async fn poll(&mut self) -> Instant {
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(due)) => return due,
                Ok(Output::Transmit(transmit)) => self.send(&transmit).await,
                Ok(Output::Event(event)) => self.follow(event),
                Err(error) => self.fail(&error),
            }
        }
    }

    async fn send(&mut self, transmit: &Transmit) {
        let Transmit { source, destination, contents, .. } = transmit;
        // All but connectivity checks goes over the selected pair (RFC 7983, section 7, for the first byte).
        if contents.first().is_some_and(|first| *first > 3) {
            self.counted.pair = Some((*source, *destination));
        }
        if !self.relays.send(*source, *destination, contents, Instant::now()) {
            self.sockets.send(*source, *destination, contents).await;
        }
    }

    fn take(&mut self, datagram: &Datagram) {
        if let Some(outcome) = self.gathering.as_mut().and_then(|gathering| gathering.take(datagram)) {
            return self.gathered(outcome);
        }
        if !self.relays.take(datagram) {
            self.receive(datagram);
        }
    }

    fn receive(&mut self, datagram: &Datagram) {
        // What is no packet of a call has come astray.
        if let Ok(receive) = Receive::new(Protocol::Udp, datagram.from, datagram.to, &datagram.bytes) {
            self.input(Input::Receive(datagram.at, receive));
        }
    }

    fn input(&mut self, input: Input<'_>) {
        if let Err(error) = self.rtc.handle_input(input) {
            self.fail(&error);
        }
    }

    /// str0m has no failed states: what it cannot do ends its connection, and it says why.
    fn fail(&mut self, error: &RtcError) {
        self.note(Note::other(format!("str0m: {error}")));
        self.rtc.disconnect();
    }

    pub(super) fn note(&self, note: Note) {
        self.observer.post(Said::Noted(note));
    }

    /// Sends what is due to servers, and takes what comes of it; answers whether that was something for str0m.
    async fn proceed(&mut self) -> bool {
        let now = Instant::now();
        let (mut outgoing, outcomes) = match &mut self.gathering {
            Some(gathering) => gathering.proceed(now),
            None => Default::default(),
        };
        outcomes.into_iter().for_each(|outcome| self.gathered(outcome));
        let (relayed, outcomes) = self.relays.proceed(now);
        outgoing.extend(relayed);
        for datagram in outgoing {
            self.sockets.send(datagram.from, datagram.to, &datagram.bytes).await;
        }
        let mut has_come = false;
        for outcome in outcomes {
            match outcome {
                relays::Outcome::Allocated { base, address } => {
                    self.find(Candidate::relayed(address, base, Protocol::Udp));
                }
                relays::Outcome::Received(datagram) => {
                    has_come = true;
                    self.receive(&datagram);
                    self.poll().await;
                }
                relays::Outcome::Error(message) => self.note(Note::CandidateError { message }),
            }
        }
        has_come
    }

    fn gathered(&mut self, outcome: gathering::Outcome) {
        match outcome {
            gathering::Outcome::Error(message) => self.note(Note::CandidateError { message }),
            gathering::Outcome::Reflexive { base, address } => {
                self.find(Candidate::server_reflexive(address, base, Protocol::Udp));
            }
        }
    }

    /// Keeps an own candidate until str0m can be given it.
    fn find(&mut self, candidate: Result<Candidate, IceError>) {
        match candidate {
            Ok(candidate) => self.found.push_back(candidate),
            Err(error) => self.note(Note::CandidateError { message: error.to_string() }),
        }
    }

    /// Gives str0m an own candidate, and tells it, unless it is one that str0m has already, as without a NAT.
    fn tell(&mut self, candidate: Candidate) {
        if let Some(taken) = self.rtc.add_local_candidate(candidate) {
            let taken = taken.clone();
            self.observer.candidate(Ok::<_, IceError>(taken.to_sdp_string()));
            self.local.push(taken);
        }
    }

    fn follow(&mut self, event: Event) {
        match event {
            Event::IceConnectionStateChange(state) => self.ice(state),
            Event::Connected => {
                self.observer.state(Machine::DtlsState, "connected");
                self.observer.reach(Milestone::DtlsConnected);
                self.observer.pass_on(Occurrence::Connected);
            }
            Event::MediaAdded(MediaAdded { mid, kind, direction, .. }) => {
                self.media_added(kind, mid, direction);
            }
            Event::MediaData(data) if Some(data.mid) == self.sound.mid => self.sound.take(data),
            Event::MediaData(data) => {
                self.counted.received = Some(data.params);
                if let Some(frames) = &self.frames {
                    // Nobody receives them any more when the call ends.
                    let _ = frames.send(data);
                }
            }
            Event::ChannelOpen(id, label) => self.channel_opened(id, label),
            Event::ChannelData(data) => self.channels.take(data),
            Event::ChannelClose(id) => self.channels.close(id),
            Event::KeyframeRequest(_) => self.key_frame_asked.notify_one(),
            Event::PeerStats(stats) => self.counted.peer = Some(stats),
            Event::MediaIngressStats(stats) if Some(stats.mid) == self.sound.mid => {
                self.sound.ingress = Some(stats);
            }
            Event::MediaEgressStats(stats) if Some(stats.mid) == self.sound.mid => {
                self.sound.egress = Some(stats);
            }
            Event::MediaIngressStats(stats) => self.counted.ingress = Some(stats),
            Event::MediaEgressStats(stats) => self.counted.egress = Some(stats),
            Event::Closed => {
                self.observer.state(Machine::DtlsState, "closed");
                self.observer.pass_on(Occurrence::Closed);
            }
            _ => {}
        }
    }

    fn ice(&self, state: IceConnectionState) {
        use IceConnectionState as S;
        let name = match state {
            S::New => "new",
            S::Checking => "checking",
            S::Connected => "connected",
            S::Completed => "completed",
            S::Disconnected => "disconnected",
        };
        self.observer.state(Machine::IceConnectionState, name);
        if state.is_connected() {
            self.observer.reach(Milestone::IceConnected);
        }
    }

    /// The other side's track was signalled.
    pub(super) fn track(&mut self, kind: MediaKind) {
        let (sender, frames) = unbounded_channel();
        match kind {
            MediaKind::Video => self.frames = Some(sender),
            MediaKind::Audio => self.sound.packets = Some(sender),
        }
        self.observer.track(Track { kind, frames });
    }
}
