//! One call of a program: what the harness asks is said to it, and what it says is posted.

use std::{future::pending, sync::Arc, time::Duration};

use tincan_harness::{
    Assignment, Event, Evidence, HarnessError, Mailbox, Milestone, Pictures, Role, Signal,
    frames::FrameSource,
    getstats::digest,
    peer::{Posted, StatsSample},
    procedure::Act,
    profile::MediaBy,
    scenario::PeerId,
    sdp,
    timeline::PeerTime,
};
use tokio::{
    sync::{
        mpsc::{self, UnboundedReceiver},
        oneshot,
    },
    time::{Instant, timeout, timeout_at},
};

use super::{
    clock::ProgramClock,
    heard::{events, read},
    lines::Heard,
    media::ProxiedVideo,
    process::Process,
    protocol::{
        Description, DescriptionType, FromProgram, Hello, IceTransportPolicy, ToProgram, Video, What,
    },
    transcript::Transcript,
};
use crate::video::LastPicture;

/// How long a program may take to give its statistics.
const ANSWER_DEADLINE: Duration = Duration::from_secs(2);
/// How long a program may take to say that a call has ended.
pub(super) const CLOSE_DEADLINE: Duration = Duration::from_secs(2);
/// The most that a program says in a call, without what it says of pictures: hundreds of times what a call takes.
const MOST_MESSAGES: u32 = 100_000;

/// What the harness asks of a call that runs.
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

/// A call that has ended.
pub(super) struct Closed {
    /// The process in which it was made.
    pub(super) process: Process,
    /// Whether the program kept to the protocol, and ended the call when it was asked to.
    pub(super) in_time: bool,
}

/// A call of a program.
pub(super) struct ProgramCall {
    name: PeerId,
    hello: Arc<Hello>,
    assignment: Assignment,
    /// Whether it offers or answers in this round.
    part: Role,
    mailbox: Mailbox,
    process: Process,
    clock: ProgramClock,
    transcript: Transcript,
    video: Option<ProxiedVideo>,
    /// What was seen in pictures, in the call's clock.
    sighted: Option<UnboundedReceiver<Posted>>,
    /// Whether it has accepted the other side's description.
    has_accepted: bool,
    last_picture: LastPicture,
    gathered: Vec<String>,
    stats: Vec<StatsSample>,
    /// Who waits for the evidence, and until when it is waited for the statistics.
    examining: Option<(Instant, oneshot::Sender<Evidence>)>,
    /// How many messages it has said that are not about pictures.
    said: u32,
    /// Nothing more is posted: it was examined, or is beyond being heard.
    muted: bool,
    /// It does not keep to the protocol, or has ended.
    lost: bool,
}

impl ProgramCall {
    /// A call of which nothing was said yet.
    pub(super) fn new(
        name: PeerId,
        hello: Arc<Hello>,
        assignment: Assignment,
        mailbox: Mailbox,
        process: Process,
    ) -> Self {
        let clock = ProgramClock::new(mailbox.zero(), hello.stamps);
        Self {
            name,
            hello,
            part: assignment.role,
            assignment,
            mailbox,
            process,
            clock,
            transcript: Transcript::default(),
            video: None,
            sighted: None,
            has_accepted: false,
            last_picture: LastPicture::default(),
            gathered: Vec::new(),
            stats: Vec::new(),
            examining: None,
            said: 0,
            muted: false,
            lost: false,
        }
    }

    /// Makes the call, in which its pictures carry `video`, until nobody can ask anything of it any more.
    pub(super) async fn run(mut self, video: Video, mut commands: UnboundedReceiver<Command>) -> Closed {
        self.begin(video);
        loop {
            let due = self.video.as_ref().and_then(ProxiedVideo::due);
            tokio::select! {
                command = commands.recv() => match command {
                    Some(command) => self.obey(command),
                    None => break,
                },
                heard = self.process.output.next(), if !self.lost => self.hear(heard).await,
                () = until(due) => self.send_picture(),
                () = until(self.examining.as_ref().map(|(due, _)| *due)) => self.answer_silent(),
            }
        }
        self.close().await
    }

    fn begin(&mut self, video: Video) {
        if let Some(line) = self.process.output.at_once() {
            return self.lose(&format!("it spoke while there was no call: {line:?}"));
        }
        if let (Some(codec), true) = (self.assignment.media.video, self.hello.abilities.media != MediaBy::Own)
        {
            let source = FrameSource { peer: video.peer, run: video.run };
            let (post, sighted) = mpsc::unbounded_channel();
            self.sighted = Some(sighted);
            let mailbox = Mailbox::new(self.assignment.role, self.mailbox.zero(), post);
            let last = self.last_picture.clone();
            let by = self.hello.abilities.media;
            match ProxiedVideo::new(codec, by, source, mailbox, last, self.process.input.clone()) {
                Ok(video) => self.video = Some(video),
                Err(error) => {
                    return self.post(Event::HarnessError(HarnessError::new("send pictures", error)));
                }
            }
        }
        let Assignment { role, mode, ice, .. } = &self.assignment;
        let policy = if ice.relay_only { IceTransportPolicy::Relay } else { IceTransportPolicy::All };
        let start = ToProgram::Start {
            role: *role,
            mode: *mode,
            gathers_first: mode.gathers_first(*role),
            ice_servers: ice.servers.clone(),
            ice_transport_policy: policy,
            video,
        };
        self.say(&start);
        self.ask_clock();
    }

    fn say(&mut self, message: &ToProgram) {
        self.transcript.told(message);
        self.process.input.say(message);
    }

    fn ask_clock(&mut self) {
        self.clock.asked();
        self.say(&ToProgram::Clock);
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Act(act) => {
                self.part = Role::Offerer;
                self.say(&ToProgram::Act { act });
                if act.is_offered() {
                    self.post(Event::Reached(Milestone::OfferRequested));
                }
            }
            Command::Deliver(Signal::Offer(sdp)) => {
                self.part = Role::Answerer;
                self.say(&description(DescriptionType::Offer, sdp));
            }
            Command::Deliver(Signal::Answer(sdp)) => self.say(&description(DescriptionType::Answer, sdp)),
            Command::Deliver(Signal::Candidate(candidate) | Signal::EndOfCandidates(candidate)) => {
                self.say(&ToProgram::Candidate { candidate });
            }
            Command::Examine(answer) => {
                self.examining = Some((Instant::now() + ANSWER_DEADLINE, answer));
                if self.lost {
                    return self.answer_with(None);
                }
                self.ask_clock();
                self.say(&ToProgram::Statistics);
            }
            Command::Pictures(answer) => {
                // Who asked and waits no longer has taken the call for dead.
                let _ = answer.send(Pictures { last_frame: self.last_picture.as_png(), screenshot: None });
            }
        }
    }

    async fn hear(&mut self, heard: Option<Heard>) {
        let taken = match heard {
            Some(Heard::Line(line)) => self.line(&line),
            Some(Heard::Unfit(why)) => Err(format!("it said {why}")),
            None => Err(self.process.ending().await),
        };
        if let Err(why) = taken {
            self.lose(&why);
        }
    }

    fn line(&mut self, line: &str) -> Result<(), String> {
        let message = read(line);
        if !message.as_ref().is_ok_and(|message| message.what.is_of_pictures()) {
            self.transcript.heard(line);
            self.said += 1;
        }
        if self.said > MOST_MESSAGES {
            return Err(format!("it said more than {MOST_MESSAGES} messages in one call"));
        }
        self.take(message?)
    }

    /// Takes a message; an error says in which way it does not keep to the protocol.
    fn take(&mut self, message: FromProgram) -> Result<(), String> {
        let at = self.clock.stamp(message.at)?;
        self.has_accepted |= message.what == What::Accepted;
        for event in events(&message.what, self.part, self.has_accepted, at)? {
            self.keep(&event);
            self.post_at(at, event);
        }
        match message.what {
            What::Clock => self.clock.answered(message.at),
            What::Statistics { entries } => {
                self.stats.push(StatsSample { at, entries });
                self.answer_with(None);
                Ok(())
            }
            What::SendingOpen { ssrc, payload_type } => {
                self.proxied().map(|video| video.open(ssrc, payload_type))
            }
            What::Packet { data } => self.proxied()?.packet(&data).map(|()| self.pass_on_sightings()),
            What::EncodedFrame(frame) => self.proxied()?.frame(&frame).map(|()| self.pass_on_sightings()),
            What::KeyFrameRequest => self.proxied().map(ProxiedVideo::key_frame_requested),
            What::Error { message } => Err(format!("it cannot go on: {message}")),
            What::Hello(_) => Err("it said hello once more".to_owned()),
            What::Closed => Err("it closed the call without being asked to".to_owned()),
            _ => Ok(()),
        }
    }

    /// What is evidence as well.
    fn keep(&mut self, event: &Event) {
        match event {
            Event::Signal(Signal::Candidate(candidate)) => self.gathered.push(candidate.candidate.clone()),
            Event::Signal(signal) => {
                let held = sdp::candidates(signal.sdp().unwrap_or_default());
                self.gathered.extend(held.map(str::to_owned));
            }
            _ => {}
        }
    }

    fn proxied(&mut self) -> Result<&mut ProxiedVideo, String> {
        let own = || "it passes on pictures, and has said that its media are its own".to_owned();
        self.video.as_mut().ok_or_else(own)
    }

    /// Pictures are read here, by the call's clock; what this side says is by its own.
    fn pass_on_sightings(&mut self) {
        while let Some(Posted { at, event, .. }) =
            self.sighted.as_mut().and_then(|sighted| sighted.try_recv().ok())
        {
            let at = self.clock.of_call(at);
            let event = match event {
                Event::Media(sighting) => Event::Media(sighting.stamped(at)),
                other => other,
            };
            self.post_at(at, event);
        }
    }

    fn send_picture(&mut self) {
        let sent = self.video.as_mut().map_or(Ok(()), ProxiedVideo::send);
        if let Err(error) = sent {
            self.video = None;
            self.post(Event::HarnessError(HarnessError::new("send pictures", error)));
        }
    }

    /// It does not answer: that is told, with all that is known without it.
    fn answer_silent(&mut self) {
        let (limit, last) = (ANSWER_DEADLINE.as_secs(), self.process.output.last().quote());
        let silent =
            format!("the program {} gave no statistics within {limit} s; it said last {last}", self.name);
        self.answer_with(Some(silent));
    }

    fn answer_with(&mut self, silent: Option<String>) {
        let Some((_, answer)) = self.examining.take() else { return };
        let last = self.stats.last().map(|last| digest(&last.entries)).unwrap_or_default();
        let evidence = Evidence {
            clock: self.clock.alignment(),
            pair: last.pair,
            received_codec: last.received_codec,
            sent_codec: last.sent_codec,
            received_audio_codec: last.received_audio_codec,
            sent_audio_codec: last.sent_audio_codec,
            transport: last.transport,
            gathered: std::mem::take(&mut self.gathered),
            stats: std::mem::take(&mut self.stats),
            console: self.process.log.take(),
            driver_log: self.transcript.take(),
            silent,
            ..Evidence::default()
        };
        self.muted = true;
        let _ = answer.send(evidence);
    }

    fn post(&self, event: Event) {
        self.post_at(self.clock.now(), event);
    }

    fn post_at(&self, at: PeerTime, event: Event) {
        if !self.muted {
            self.mailbox.post(at, event);
        }
    }

    /// What it does costs it this call, and nothing else.
    fn lose(&mut self, why: &str) {
        self.post(Event::HarnessError(trouble(self.name, why, &self.process)));
        (self.lost, self.video) = (true, None);
        self.answer_with(None);
    }

    /// Ends the call, in bounded time.
    async fn close(mut self) -> Closed {
        self.muted = true;
        if self.lost {
            return Closed { process: self.process, in_time: false };
        }
        self.process.input.say(&ToProgram::Close);
        let in_time = timeout(CLOSE_DEADLINE, self.hear_closed()).await.unwrap_or(false);
        Closed { process: self.process, in_time }
    }

    /// Waits for the end of the call; what else is said until then is of no interest any more.
    async fn hear_closed(&mut self) -> bool {
        while let Some(Heard::Line(line)) = self.process.output.next().await {
            if read(&line).is_ok_and(|message| message.what == What::Closed) {
                return true;
            }
        }
        false
    }
}

/// Why a program could not be asked: with what it said last, and what to do.
pub(super) fn trouble(name: PeerId, why: &str, process: &Process) -> HarnessError {
    let last = process.output.last().quote();
    let log = process.log.last().map(|line| format!(", and in its log {line:?}")).unwrap_or_default();
    HarnessError::new(format!("hear from the program {name}"), format!("{why}; it said last {last}{log}"))
        .hint("`tincan peer check COMMAND` tries a program step by step")
}

fn description(kind: DescriptionType, sdp: String) -> ToProgram {
    ToProgram::Description { description: Description { kind, sdp } }
}

/// Ends when it is `due`; never if nothing is.
async fn until(due: Option<Instant>) {
    match due {
        Some(due) => {
            let _ = timeout_at(due, pending::<()>()).await;
        }
        None => pending().await,
    }
}
