//! What the tests of all libraries in this process do: two peers call each other over real sockets, and one is given what is
//! no offer.

use std::time::Duration;

use tincan_harness::{
    Assignment, Call, Detail, Direction, Event, Exchange, IceConfiguration, Mailbox, Media, Milestone,
    NetworkCondition, Peer, PeerError, Role, Scenario, Signal, SignalingMode, Verdict,
    frames::FrameSource,
    judged::make,
    peer::{Posted, StatsSample},
    procedure::{Act, Procedure},
    scenario::PeerId,
    sounds::WORDS_TO_PROVE,
};
use tokio::{
    runtime::Handle,
    sync::mpsc::{self, UnboundedReceiver},
    task::yield_now,
    time::{Instant, timeout},
};

const PATIENCE: Duration = Duration::from_secs(10);

/// A library under test.
pub struct Library<P> {
    /// The name of its peer.
    pub id: &'static str,
    /// Makes a peer.
    pub new: fn(FrameSource) -> P,
}

impl<P: Peer> Library<P> {
    /// A peer of its own number.
    pub fn peer(&self, number: u8) -> P {
        (self.new)(FrameSource { peer: number, run: 0x00AB_CDEF })
    }

    /// Two calls by the same peers, which is what a run does; `examine` sees what is known of each.
    pub async fn passes_twice(&self, mode: SignalingMode, examine: impl Fn(&Exchange)) {
        self.passes_twice_with(Media::VP8, mode, examine).await;
    }

    /// Calls with sound alone, and with pictures and sound.
    pub async fn passes_with_sound(&self) {
        let both = Media { audio: Media::OPUS.audio, ..Media::VP8 };
        for media in [Media::OPUS, both] {
            self.passes_twice_with(media, SignalingMode::Trickle, sound_was_heard).await;
        }
    }

    async fn passes_twice_with(&self, media: Media, mode: SignalingMode, examine: impl Fn(&Exchange)) {
        let id: PeerId = self.id.parse().expect("a peer has a name");
        let scenario = Scenario {
            offerer: id,
            answerer: id,
            mode,
            media,
            network: NetworkCondition::Direct,
            procedure: Procedure::Once,
        };
        let call = Call::new(scenario);
        let (mut offerer, mut answerer) = (self.peer(1), self.peer(2));
        for _ in 0..2 {
            let ended = make(&call, &mut offerer, &mut answerer).await;
            assert_eq!(ended.verdict, Verdict::Passed, "{ended:#?}");
            what_is_known_is_of_this_call(&ended.exchange);
            examine(&ended.exchange);
        }
        all_tasks_end().await;
    }

    async fn offer(&self) -> String {
        let mut offerer = self.peer(1);
        let mut inbox = start(&mut offerer, Role::Offerer);
        offerer.act(Act::Offer);
        let event = next(&mut inbox, |event| matches!(event, Event::Signal(_))).await;
        offerer.close().await;
        match event {
            Event::Signal(Signal::Offer(sdp)) => sdp,
            other => panic!("no offer: {other:?}"),
        }
    }

    /// The answer to an offer, or the operation that refused it.
    async fn answer_to(&self, offer: &str) -> Result<String, String> {
        let mut answerer = self.peer(2);
        let mut inbox = start(&mut answerer, Role::Answerer);
        answerer.deliver(Signal::Offer(offer.to_owned()));
        let event = next(&mut inbox, |event| matches!(event, Event::PeerError(_) | Event::Signal(_))).await;
        answerer.close().await;
        match event {
            Event::PeerError(PeerError { operation, .. }) => Err(operation.to_string()),
            Event::Signal(Signal::Answer(sdp)) => Ok(sdp),
            other => panic!("no answer to {offer:?}: {other:?}"),
        }
    }

    /// What is no offer is refused.
    pub async fn refuses_what_is_no_offer(&self) {
        let offer = self.offer().await;
        let within_a_line = offer.find("fingerprint").expect("an offer has a fingerprint") - 1;
        for sdp in ["", "tin can", "v=0\r\n", &offer[..within_a_line]] {
            let refused = Err("setRemoteDescription(offer)".to_owned());
            assert_eq!(self.answer_to(sdp).await, refused, "{sdp:?}");
        }
    }

    /// The answer to an offer of another codec, or the operation that refused it.
    pub async fn answer_to_another_codec(&self) -> Result<String, String> {
        self.answer_to(&self.offer().await.replace("VP8", "VP9")).await
    }

    /// A peer that is dropped in a call ends it.
    pub async fn leaves_nothing_when_it_is_dropped(&self) {
        let mut offerer = self.peer(1);
        let mut inbox = start(&mut offerer, Role::Offerer);
        offerer.act(Act::Offer);
        next(&mut inbox, |event| *event == Event::Reached(Milestone::GatheringComplete)).await;
        drop(offerer);
        all_tasks_end().await;
    }
}

/// The evidence is read back from the connection: the roles, where they are told, are opposite, and what was sent has been
/// counted.
fn what_is_known_is_of_this_call(ended: &Exchange) {
    for (role, expected) in Role::BOTH.into_iter().zip(["controlling", "controlled"]) {
        let side = ended.side(role);
        let expected = side.reads_back.tells(Detail::IceRole).then_some(expected);
        assert_eq!(side.evidence.transport.ice_role.as_deref(), expected);
    }
    for role in Role::BOTH {
        let evidence = &ended.side(role).evidence;
        assert_eq!(evidence.given.as_deref(), ended.description(role.other()), "what the {role} was given");
        let sent = |sample: &StatsSample| {
            let mut transports = sample.entries.iter().filter(|entry| entry["type"] == "transport");
            transports.next().and_then(|transport| transport["bytesSent"].as_u64())
        };
        let sent: Vec<_> = evidence.stats.iter().filter_map(sent).collect();
        assert!(sent.len() > 1 && sent.is_sorted() && sent.last() > sent.first(), "bytes sent: {sent:?}");
    }
}

/// On either side there is the codec of sound, and nothing that is not by the other peer.
fn sound_was_heard(ended: &Exchange) {
    for role in Role::BOTH {
        let side = ended.side(role);
        for codec in [&side.evidence.received_audio_codec, &side.evidence.sent_audio_codec] {
            assert_eq!(codec.as_ref().expect("it is told").mime_type.to_lowercase(), "audio/opus");
        }
        let sounds = side.received.sounds;
        assert!(
            sounds.proven >= WORDS_TO_PROVE && sounds.own + sounds.foreign + sounds.stale == 0,
            "{sounds:?}"
        );
    }
}

/// Sockets belong to tasks, so where no task is left, no socket is.
async fn all_tasks_end() {
    let none = async {
        while Handle::current().metrics().num_alive_tasks() > 0 {
            yield_now().await;
        }
    };
    timeout(PATIENCE, none).await.expect("every task of a call ends with it");
}

async fn next(inbox: &mut UnboundedReceiver<Posted>, wanted: impl Fn(&Event) -> bool) -> Event {
    let found = async {
        loop {
            let event = inbox.recv().await.expect("the peer keeps its mailbox").event;
            if wanted(&event) {
                return event;
            }
        }
    };
    timeout(PATIENCE, found).await.expect("the event comes in time")
}

fn start(peer: &mut impl Peer, role: Role) -> UnboundedReceiver<Posted> {
    let (post, inbox) = mpsc::unbounded_channel();
    let assignment = Assignment {
        role,
        mode: SignalingMode::Vanilla,
        media: Media::VP8,
        flowing: Media::VP8,
        rejects_rest: false,
        direction: Direction::SendRecv,
        ice: IceConfiguration::default(),
    };
    peer.start(&assignment, Mailbox::new(role, Instant::now(), post));
    inbox
}
