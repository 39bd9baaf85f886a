//! Calls on a page that carries its signals by itself: nothing is handed over, and what each side was given is what was carried.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use tincan_harness::{
    Assignment, Call, Event, Evidence, IceCandidate, Mailbox, Milestone, Peer, Pictures, ReadBack, Role,
    Signal, SignalingMode,
    exchange::{Ending, Exchange, exchange},
    frames::FrameSource,
    procedure::Act,
    testing::calls::scenario,
};

type Mailboxes = Arc<Mutex<Vec<(Role, Mailbox)>>>;

/// A side whose page says what it says, on both sides, when the call begins.
struct OnPage {
    role: Role,
    mailboxes: Mailboxes,
    says: Vec<(Role, Event)>,
    delivered: Arc<Mutex<usize>>,
}

#[async_trait]
impl Peer for OnPage {
    fn source(&self) -> FrameSource {
        FrameSource { peer: self.role as u8, run: 1 }
    }

    fn reads_back(&self) -> ReadBack {
        ReadBack::everything()
    }

    fn start(&mut self, _: &Assignment, mailbox: Mailbox) {
        mailbox.post(Duration::ZERO, Event::Reached(Milestone::Ready));
        self.mailboxes.lock().unwrap().push((self.role, mailbox));
    }

    fn act(&mut self, _: Act) {
        for (at, (role, event)) in (1..).zip(self.says.drain(..)) {
            let mailboxes = self.mailboxes.lock().unwrap();
            let (_, mailbox) = mailboxes.iter().find(|(own, _)| *own == role).unwrap();
            mailbox.post(Duration::from_millis(at), event);
        }
    }

    fn deliver(&mut self, _: Signal) {
        *self.delivered.lock().unwrap() += 1;
    }

    async fn examine(&mut self) -> Evidence {
        Evidence::default()
    }

    async fn pictures(&mut self) -> Pictures {
        Pictures::default()
    }

    async fn close(&mut self) {}
}

/// What comes of a call in which the pages say `says`, and how many signals were handed over.
async fn called(says: Vec<(Role, Event)>) -> (Exchange, usize) {
    let (mailboxes, delivered) = (Mailboxes::default(), Arc::default());
    let side = |role, says| OnPage {
        role,
        mailboxes: Arc::clone(&mailboxes),
        says,
        delivered: Arc::clone(&delivered),
    };
    let (mut offerer, mut answerer) = (side(Role::Offerer, says), side(Role::Answerer, Vec::new()));
    let call = Call::new(scenario(SignalingMode::Trickle));
    let exchange = exchange(&call, &mut offerer, &mut answerer).await;
    let delivered = *delivered.lock().unwrap();
    (exchange, delivered)
}

fn candidate() -> Signal {
    let candidate = "candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host".to_owned();
    Signal::candidate(IceCandidate { candidate, ..IceCandidate::default() })
}

const OFFER: &str = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\n";

#[tokio::test(start_paused = true)]
async fn what_a_side_was_given_is_what_was_carried_to_it_and_nothing_is_handed_over() {
    let (exchange, delivered) = called(vec![
        (Role::Offerer, Event::Reached(Milestone::DescriptionSent)),
        (Role::Answerer, Event::Given(Signal::Offer(OFFER.to_owned()))),
        (Role::Answerer, Event::Given(candidate())),
        (Role::Offerer, Event::Given(Signal::Answer(OFFER.to_owned()))),
    ])
    .await;
    assert_eq!(delivered, 0);
    let carried: Vec<_> = exchange.carried.iter().map(|one| (one.from, one.signal.name())).collect();
    let expected = [(Role::Offerer, "offer"), (Role::Offerer, "candidate"), (Role::Answerer, "answer")];
    assert_eq!(carried, expected);
    assert!(exchange.carried.iter().all(|one| one.by_page));
    assert_eq!(exchange.description(Role::Offerer), Some(OFFER));
}

#[tokio::test(start_paused = true)]
async fn a_page_on_which_the_answerer_offers_was_used_in_the_wrong_way() {
    let (exchange, _) = called(vec![(Role::Offerer, Event::Given(Signal::Offer(OFFER.to_owned())))]).await;
    let Ending::HarnessFailed(Role::Answerer, trouble) = exchange.ending else {
        panic!("{:?}", exchange.ending)
    };
    assert!(trouble.to_string().contains("its page made the offer"), "{trouble}");
}

#[tokio::test(start_paused = true)]
async fn what_leaves_no_way_for_the_video_is_told_at_once() {
    let (exchange, _) = called(vec![
        (Role::Answerer, Event::Given(Signal::Offer(OFFER.to_owned()))),
        (Role::Offerer, Event::Given(Signal::Answer(OFFER.replace("video 9", "video 0")))),
    ])
    .await;
    assert!(matches!(exchange.ending, Ending::NotNegotiated(Role::Answerer, _)), "{:?}", exchange.ending);
}

#[tokio::test(start_paused = true)]
async fn what_was_given_to_a_connection_that_is_not_the_calls_is_forgotten() {
    let (exchange, _) = called(vec![
        (Role::Answerer, Event::Given(Signal::Offer("v=0\r\ns=first\r\n".to_owned()))),
        (Role::Offerer, Event::Given(Signal::Answer(OFFER.to_owned()))),
        (Role::Answerer, Event::ConnectionChosen),
        (Role::Answerer, Event::Given(Signal::Offer(OFFER.to_owned()))),
    ])
    .await;
    let carried: Vec<_> = exchange.carried.iter().map(|one| one.signal.name()).collect();
    assert_eq!(carried, ["answer", "offer"]);
}
