//! What a program does by itself, without a peer on the other side: tried step by step.

use std::time::Duration;

use tincan_harness::{
    Assignment, Direction, Event, HarnessError, IceConfiguration, Mailbox, Media, Milestone, Peer, Role,
    Signal, SignalingMode, frames::FrameSource, peer::Posted,
};
use tokio::{
    sync::mpsc::{self, UnboundedReceiver},
    time::{Instant, timeout},
};

use super::{
    greeting::greeted,
    peer::ProgramPeer,
    protocol::{Abilities, Hello},
    spec::ProgramSpec,
};
use crate::{kind::LivePeer, network_host::NetworkHost};

/// How long each answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// What no parser takes for SDP.
const NONSENSE: &str = "this is no SDP\r\n";

/// A step that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What the program should do.
    pub expected: String,
    /// What it did, if that is what it should; else what it did instead.
    pub found: Result<String, String>,
    /// What was said meanwhile, both ways, a line each.
    pub said: Vec<String>,
}

/// Tries the program of `spec`: whether it says hello, is ready, refuses what is no description, and ends its calls.
///
/// # Errors
/// When it cannot even be asked what it can do.
pub async fn steps(spec: &ProgramSpec) -> Result<Vec<Step>, HarnessError> {
    let (process, hello) = greeted(spec, &NetworkHost::default()).await?;
    let mut steps = vec![Step {
        expected: "says hello".to_owned(),
        found: Ok(format!("{} {}", hello.library.name, hello.library.version)),
        said: Vec::new(),
    }];
    let (reusable, roles) = (hello.reusable, roles(&hello.abilities));
    let mut peer = live(spec, hello, process);
    for role in roles {
        if !peer.is_usable() {
            let (process, hello) = greeted(spec, &NetworkHost::default()).await?;
            peer = live(spec, hello, process);
        }
        steps.extend(one(&mut peer, role, reusable).await);
    }
    Box::new(peer).end().await;
    Ok(steps)
}

fn live(spec: &ProgramSpec, hello: Hello, process: super::process::Process) -> ProgramPeer {
    let source = FrameSource { peer: 1, run: rand::random::<u32>() & 0xFF_FFFF };
    ProgramPeer::new(spec.name, hello.into(), source, process)
}

fn roles(abilities: &Abilities) -> Vec<Role> {
    let able = [(Role::Offerer, abilities.offerer), (Role::Answerer, abilities.answerer)];
    able.into_iter().filter(|(_, signals)| signals.is_some()).map(|(role, _)| role).collect()
}

/// A call as `role` that comes to nothing: it is made ready, an answerer is given nonsense, and it is ended.
async fn one(peer: &mut ProgramPeer, role: Role, reusable: bool) -> Vec<Step> {
    let (post, mut inbox) = mpsc::unbounded_channel();
    let assignment = Assignment {
        role,
        mode: SignalingMode::Trickle,
        media: Media::VP8,
        flowing: Media::VP8,
        rejects_rest: false,
        direction: Direction::SendRecv,
        ice: IceConfiguration::default(),
    };
    peer.start(&assignment, Mailbox::new(role, Instant::now(), post));
    let mut steps = vec![(format!("is ready as the {role}"), ready(&mut inbox).await)];
    if role == Role::Answerer && steps[0].1.is_ok() {
        peer.deliver(Signal::Offer(NONSENSE.to_owned()));
        steps.push(("refuses what is no description".to_owned(), refused(&mut inbox).await));
    }
    let said = peer.examine().await.driver_log;
    peer.close().await;
    let closed = match (peer.closed_in_time(), reusable) {
        (true, true) => Ok("and takes another call".to_owned()),
        (true, false) => Ok("in time".to_owned()),
        (false, _) => Err("it did not say `closed` within 2 s of `close`".to_owned()),
    };
    steps.push((format!("ends a call as the {role}"), closed));
    let step = |(expected, found): (String, Result<String, String>)| {
        let said = if found.is_ok() { Vec::new() } else { said.clone() };
        Step { expected, found, said }
    };
    steps.into_iter().map(step).collect()
}

async fn ready(inbox: &mut UnboundedReceiver<Posted>) -> Result<String, String> {
    match first(inbox, |event| matches!(event, Event::Reached(Milestone::Ready))).await? {
        Event::Reached(_) => Ok("in time".to_owned()),
        other => Err(in_words(&other)),
    }
}

async fn refused(inbox: &mut UnboundedReceiver<Posted>) -> Result<String, String> {
    let answers = |event: &Event| matches!(event, Event::PeerError(_) | Event::Signal(Signal::Answer(_)));
    match first(inbox, answers).await? {
        Event::PeerError(error) => Ok(error.to_string()),
        other => Err(in_words(&other)),
    }
}

/// The first event that is `wanted`, or that ends the call.
async fn first(
    inbox: &mut UnboundedReceiver<Posted>,
    wanted: impl Fn(&Event) -> bool,
) -> Result<Event, String> {
    let ends =
        |event: &Event| matches!(event, Event::PeerError(_) | Event::HarnessError(_) | Event::Unsupported(_));
    let found = async {
        while let Some(Posted { event, .. }) = inbox.recv().await {
            if wanted(&event) || ends(&event) {
                return Some(event);
            }
        }
        None
    };
    let found = timeout(PATIENCE, found).await;
    let late = |_| format!("it said nothing of it within {} s", PATIENCE.as_secs());
    found.map_err(late)?.ok_or_else(|| "its call ended".to_owned())
}

fn in_words(event: &Event) -> String {
    match event {
        Event::PeerError(error) => error.to_string(),
        Event::HarnessError(error) => error.message.clone(),
        Event::Unsupported(reason) => format!("it is unsupported: it {reason}"),
        Event::Signal(_) => "it answered what is no offer".to_owned(),
        _ => "it said something else".to_owned(),
    }
}
