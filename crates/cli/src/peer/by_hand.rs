//! `tincan peer offer` and `tincan peer answer`: a peer in the terminal, whose signals a person copies and pastes.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use tincan_harness::{
    Assignment, Direction, Event, IceConfiguration, Mailbox, Media, Milestone, Note, Peer, PeerId, Role,
    Signal, SignalingMode, frames::FrameSource, media::Sighting, peer::Posted, procedure::Act,
};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines, Stdin, stdin},
    runtime,
    sync::mpsc::{self, UnboundedReceiver},
    time::Instant,
};

use super::pasted::Pasted;
use crate::{args::ByHandArgs, exit::Exit, peers, print, stop::Stop};

/// As often at the most it is said what is seen.
const TOLD_EVERY: Duration = Duration::from_secs(1);

/// Lends a peer to a person, who carries its signals.
pub fn call(role: Role, args: ByHandArgs) -> anyhow::Result<Exit> {
    let registry = peers::registry(&args.peers)?;
    let catalogue = registry.catalogue();
    let profile = catalogue.profile(args.library);
    let profile = profile.with_context(|| format!("there is no peer {:?}", args.library.as_str()))?;
    ensure!(!profile.abilities.page, "{} takes part through a page: `tincan serve` shows it", args.library);
    let mode = if args.vanilla { SignalingMode::Vanilla } else { SignalingMode::Trickle };
    let runtime = runtime::Builder::new_multi_thread().enable_all().build().context("failed to start")?;
    let exit = runtime.block_on(async {
        let source = FrameSource { peer: rand::random(), run: rand::random::<u32>() & 0xFF_FFFF };
        let mut peer = registry.start(args.library, source).await?;
        let ended = ByHand::new(role, args.library, source).run(&mut *peer, mode).await;
        peer.close().await;
        ended
    });
    // Who reads the terminal is left to its end, which comes with that of this process.
    runtime.shutdown_background();
    exit
}

/// A call whose other side is a person.
struct ByHand {
    role: Role,
    library: PeerId,
    own: FrameSource,
    pasted: Pasted,
    seen: Seen,
}

/// The pictures since it was last told.
struct Seen {
    since: Instant,
    count: u32,
}

impl ByHand {
    fn new(role: Role, library: PeerId, own: FrameSource) -> Self {
        let seen = Seen { since: Instant::now(), count: 0 };
        Self { role, library, own, pasted: Pasted::new(role.other()), seen }
    }

    async fn run(mut self, peer: &mut dyn Peer, mode: SignalingMode) -> anyhow::Result<Exit> {
        let stop = Stop::by_signals().context("failed to watch for Ctrl-C")?;
        let (post, mut posted) = mpsc::unbounded_channel();
        let (role, media, ice) = (self.role, Media::VP8, IceConfiguration::default());
        let assignment = Assignment {
            role,
            mode,
            media,
            rejects_rest: false,
            flowing: media,
            direction: Direction::SendRecv,
            ice,
        };
        peer.start(&assignment, Mailbox::new(self.role, Instant::now(), post));
        let mut lines = Some(BufReader::new(stdin()).lines());
        self.greet(mode);
        loop {
            tokio::select! {
                biased;
                () = stop.ordered() => return Ok(Exit::Well),
                event = next(&mut posted) => self.hear(peer, event).await?,
                line = line(&mut lines) => match line? {
                    Some(line) => self.paste(peer, &line),
                    None => {
                        lines = None;
                        self.pasted.end().into_iter().for_each(|signal| peer.deliver(signal));
                    }
                },
            }
        }
    }

    fn greet(&self, mode: SignalingMode) {
        let (library, role) = (self.library, self.role);
        let then = match role {
            Role::Offerer => "give its offer to the other side, and paste the answer",
            Role::Answerer => "paste the other side's offer, and give its answer back",
        };
        print::to_stderr(&format!(
            "{library} is the {role}, in {mode}: {then}. A description ends with an empty line; Ctrl-C ends the call."
        ));
    }

    fn paste(&mut self, peer: &mut dyn Peer, line: &str) {
        for signal in self.pasted.line(line) {
            match signal {
                Ok(signal) => peer.deliver(signal),
                Err(why) => print::to_stderr(&format!("not taken: {why}")),
            }
        }
    }

    async fn hear(&mut self, peer: &mut dyn Peer, event: Event) -> anyhow::Result<()> {
        match event {
            Event::Reached(Milestone::Ready) if self.role == Role::Offerer => peer.act(Act::Offer),
            Event::Signal(signal) => print::to_stdout(&as_text(&signal))?,
            Event::Noted(note @ (Note::State { .. } | Note::CandidateRefused { .. })) => {
                print::to_stderr(&note.to_string());
            }
            Event::Media(Sighting::Frame(sighting)) => {
                self.seen.count += 1;
                if self.seen.since.elapsed() >= TOLD_EVERY {
                    let size = size(peer.pictures().await.last_frame.as_deref());
                    let whose = self.whose(sighting.code.map(|code| code.source));
                    print::to_stderr(&format!("video: {size}, {} pictures, {whose}", self.rate()));
                }
            }
            Event::PeerError(error) => bail!("{error}"),
            Event::HarnessError(error) => return Err(error.into()),
            Event::Unsupported(reason) => bail!("{} {reason}", self.library),
            _ => {}
        }
        Ok(())
    }

    fn rate(&mut self) -> String {
        let seconds = self.seen.since.elapsed().as_secs_f64();
        let rate = format!("{:.0} a second", f64::from(self.seen.count) / seconds);
        self.seen = Seen { since: Instant::now(), count: 0 };
        rate
    }

    fn whose(&self, source: Option<FrameSource>) -> String {
        match source {
            Some(source) if source == self.own => "its own: they came back".to_owned(),
            Some(FrameSource { peer, run }) => format!("of peer {peer} of tincan's run {run}"),
            None => "without a code of tincan's".to_owned(),
        }
    }
}

async fn next(posted: &mut UnboundedReceiver<Posted>) -> Event {
    match posted.recv().await {
        Some(Posted { event, .. }) => event,
        None => std::future::pending().await,
    }
}

/// The next line that is pasted; none at the end of what there is. After it nothing ever comes.
async fn line(lines: &mut Option<Lines<BufReader<Stdin>>>) -> anyhow::Result<Option<String>> {
    match lines {
        Some(lines) => lines.next_line().await.context("failed to read what was pasted"),
        None => std::future::pending().await,
    }
}

/// A signal as it is pasted into a page: a description with an empty line behind it, a candidate as JSON.
fn as_text(signal: &Signal) -> String {
    match signal {
        Signal::Offer(sdp) | Signal::Answer(sdp) => format!("{}\n", sdp.replace("\r\n", "\n")),
        Signal::Candidate(candidate) | Signal::EndOfCandidates(candidate) => {
            serde_json::to_string(candidate).unwrap_or_default() + "\n"
        }
    }
}

/// The size of a picture, as the header of its PNG says (PNG Specification, section 11.2.1).
fn size(png: Option<&[u8]>) -> String {
    let number = |at: usize| {
        let bytes = png?.get(at..at + 4)?;
        Some(u32::from_be_bytes(bytes.try_into().ok()?))
    };
    match (number(16), number(20)) {
        (Some(width), Some(height)) => format!("{width} × {height}"),
        _ => "of a size that is not told".to_owned(),
    }
}
