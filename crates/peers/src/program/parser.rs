//! A program that is given descriptions: each in a call of its own, of which nothing but the descriptions is made.

use async_trait::async_trait;
use tincan_harness::{
    HarnessError, IceServer, Role, SignalingMode,
    frames::FrameSource,
    media::VideoCodec,
    procedure::Act,
    sdp::{
        question::{DescriptionKind, Question, Section},
        reaction::Reaction,
    },
};
use tokio::time::timeout;

use super::{
    call::{CLOSE_DEADLINE, trouble},
    greeting::greeted,
    heard::read,
    lines::Heard,
    process::Process,
    protocol::{Description, DescriptionType, Hello, IceTransportPolicy, Refusal, ToProgram, Video, What},
    spec::ProgramSpec,
};
use crate::{
    network_host::NetworkHost,
    parser::{ANSWER_DEADLINE, Parser},
};

/// What a program can offer: calls of programs have one video.
const ONE_VIDEO: &[Section] = &[Section::Video];
/// A program, which is started anew when it has ended or hangs, or cannot make one call after another.
pub(super) struct ProgramParser {
    spec: ProgramSpec,
    hello: Hello,
    process: Option<Process>,
}

/// Why a program has said nothing that could be a reaction.
enum Silence {
    /// Its process has ended.
    Ended,
    /// It does not keep to the protocol, or cannot go on: how.
    Lost(String),
    /// It is not asked, or can no longer be: what it makes of the description is known.
    Told(Reaction),
}

impl ProgramParser {
    /// The program of `spec`, which has said `hello` before.
    pub(super) const fn new(spec: ProgramSpec, hello: Hello) -> Self {
        Self { spec, hello, process: None }
    }

    /// Begins a call in which it is given `question`; why it cannot, if it has said so before.
    fn start(&self, question: &Question) -> Result<ToProgram, Reaction> {
        let (role, signals) = match question.kind {
            DescriptionKind::Offer => (Role::Answerer, self.hello.abilities.answerer),
            DescriptionKind::Answer => (Role::Offerer, self.hello.abilities.offerer),
        };
        let unsupported = |reason: &str| Reaction::Unsupported { reason: reason.to_owned() };
        let signals = signals.ok_or_else(|| unsupported(&format!("it is never the {role}")))?;
        if role == Role::Offerer && question.sections() != ONE_VIDEO {
            return Err(unsupported("a program offers one video, and this answers another offer"));
        }
        let mode = if signals.trickles { SignalingMode::Trickle } else { SignalingMode::Vanilla };
        Ok(ToProgram::Start {
            role,
            mode,
            gathers_first: mode.gathers_first(role),
            ice_servers: Vec::<IceServer>::new(),
            ice_transport_policy: match self.hello.abilities.relay_only {
                // Nothing leaves the machine then.
                true => IceTransportPolicy::Relay,
                false => IceTransportPolicy::All,
            },
            video: Video {
                codec: tincan_harness::Flow::Video(VideoCodec::Vp8),
                peer: FrameSource::NOBODY.peer,
                run: FrameSource::NOBODY.run,
            },
        })
    }
}

#[async_trait]
impl Parser for ProgramParser {
    async fn ask(&mut self, question: &Question) -> Result<Reaction, HarnessError> {
        let start = match self.start(question) {
            Ok(start) => start,
            Err(reaction) => return Ok(reaction),
        };
        let mut process = match self.process.take() {
            Some(process) => process,
            None => greeted(&self.spec, &NetworkHost::default()).await?.0,
        };
        let name = self.spec.name;
        match timeout(ANSWER_DEADLINE, give(&mut process, &start, question)).await {
            Err(_) => {
                process.end().await;
                Ok(Reaction::Hangs { after_s: ANSWER_DEADLINE.as_secs() })
            }
            Ok(Ok(reaction)) => {
                let answers = matches!(reaction, Reaction::Accepts { no_answer: None });
                let is_whole = question.kind == DescriptionKind::Answer || !answers;
                let reaction = if is_whole { reaction } else { answer(&mut process, reaction).await };
                self.process = close(process, self.hello.reusable).await;
                Ok(reaction)
            }
            Ok(Err(Silence::Told(reaction))) => {
                self.process = close(process, self.hello.reusable).await;
                Ok(reaction)
            }
            Ok(Err(Silence::Ended)) => {
                let words = last_words(&mut process).await;
                process.end().await;
                Ok(Reaction::crash(&words))
            }
            Ok(Err(Silence::Lost(why))) => {
                let trouble = trouble(name, &why, &process);
                process.end().await;
                Err(trouble)
            }
        }
    }

    fn software(&self) -> String {
        let library = &self.hello.library;
        format!("{} {}", library.name, library.version)
    }

    async fn end(self: Box<Self>) {
        if let Some(process) = self.process {
            process.end().await;
        }
    }
}

/// What it makes of the description, as far as `setRemoteDescription` goes.
async fn give(process: &mut Process, start: &ToProgram, question: &Question) -> Result<Reaction, Silence> {
    process.input.say(start);
    expect(process, |what| *what == What::Ready).await?;
    let kind = match question.kind {
        DescriptionKind::Offer => DescriptionType::Offer,
        DescriptionKind::Answer => {
            process.input.say(&ToProgram::Act { act: Act::Offer });
            expect(process, |what| matches!(what, What::Description { .. })).await?;
            DescriptionType::Answer
        }
    };
    let description = Description { kind, sdp: question.sdp.clone() };
    process.input.say(&ToProgram::Description { description });
    loop {
        match next(process).await? {
            What::Accepted => return Ok(Reaction::acceptance(None)),
            What::Refused { operation: Refusal::SetRemoteDescription, message } => {
                return Ok(Reaction::refusal(&message, None, &question.sdp));
            }
            _ => {}
        }
    }
}

/// The same, with whether it can answer.
async fn answer(process: &mut Process, accepted: Reaction) -> Reaction {
    let described = timeout(ANSWER_DEADLINE, async {
        loop {
            match next(process).await {
                Ok(What::Description { .. }) => return accepted,
                Ok(What::Refused { message, .. }) => return Reaction::acceptance(Some(&message)),
                Ok(_) => {}
                Err(Silence::Ended) => return Reaction::crash(&last_words(process).await),
                Err(Silence::Lost(why)) => return Reaction::acceptance(Some(&why)),
                Err(Silence::Told(reaction)) => return reaction,
            }
        }
    });
    let none = || Reaction::acceptance(Some(&format!("none came within {} s", ANSWER_DEADLINE.as_secs())));
    described.await.unwrap_or_else(|_| none())
}

/// Waits for what `is` it; a refusal before it says that this cannot be asked.
async fn expect(process: &mut Process, is: impl Fn(&What) -> bool) -> Result<(), Silence> {
    loop {
        match next(process).await? {
            what if is(&what) => return Ok(()),
            What::Refused { message, .. } => {
                return Err(Silence::Told(Reaction::Unsupported { reason: message }));
            }
            _ => {}
        }
    }
}

async fn next(process: &mut Process) -> Result<What, Silence> {
    match process.output.next().await {
        None => Err(Silence::Ended),
        Some(Heard::Unfit(why)) => Err(Silence::Lost(format!("it said {why}"))),
        Some(Heard::Line(line)) => match read(&line).map_err(Silence::Lost)?.what {
            What::Error { message } => Err(Silence::Lost(format!("it cannot go on: {message}"))),
            What::Unsupported { reason } => Err(Silence::Told(Reaction::Unsupported { reason })),
            what => Ok(what),
        },
    }
}

async fn last_words(process: &mut Process) -> String {
    let ending = process.ending().await;
    process.printed().await.pop().map_or_else(|| ending.clone(), |line| format!("{ending}: {line}"))
}

/// Ends the call; answers the process if another one can be made in it.
async fn close(mut process: Process, reusable: bool) -> Option<Process> {
    process.input.say(&ToProgram::Close);
    let closed = timeout(CLOSE_DEADLINE, expect(&mut process, |what| *what == What::Closed)).await;
    if reusable && matches!(closed, Ok(Ok(()))) {
        return Some(process);
    }
    process.end().await;
    None
}
