//! The end of a call: what is said while the peers are examined, who does not answer, who was never started.

use async_trait::async_trait;
use tincan_harness::{
    Assignment, Event, Evidence, FrameCode, HarnessError, Judged, Mailbox, Note, Operation, Peer, PeerError,
    Pictures, ReadBack, Signal,
    exchange::Ending,
    frames::{FRAMES_TO_PROVE, FrameSighting},
    judged::conclude,
    media::Sighting,
    network::Served,
    procedure::Act,
};

use super::*;

/// A scripted peer that says more while it is examined, and may not answer.
struct Late {
    peer: ScriptedPeer,
    mailbox: Option<Mailbox>,
    says: Vec<Event>,
    silent: Option<&'static str>,
}

impl Late {
    const fn new(peer: ScriptedPeer, says: Vec<Event>) -> Self {
        Self { peer, mailbox: None, says, silent: None }
    }
}

#[async_trait]
impl Peer for Late {
    fn source(&self) -> FrameSource {
        self.peer.source()
    }

    fn reads_back(&self) -> ReadBack {
        self.peer.reads_back()
    }

    fn start(&mut self, assignment: &Assignment, mailbox: Mailbox) {
        self.mailbox = Some(mailbox.clone());
        self.peer.start(assignment, mailbox);
    }

    fn act(&mut self, act: Act) {
        self.peer.act(act);
    }

    fn deliver(&mut self, signal: Signal) {
        self.peer.deliver(signal);
    }

    async fn examine(&mut self) -> Evidence {
        let mailbox = self.mailbox.take().expect("it was started");
        self.says.drain(..).for_each(|event| mailbox.post(Duration::from_secs(9), event));
        Evidence { silent: self.silent.map(str::to_owned), ..self.peer.examine().await }
    }

    async fn pictures(&mut self) -> Pictures {
        self.peer.pictures().await
    }

    async fn close(&mut self) {
        self.peer.close().await;
    }
}

/// A call in which the answerer has this quirk, and says this while it is examined.
async fn late(quirk: Quirk, says: Vec<Event>, silent: Option<&'static str>) -> Exchange {
    let [mut offerer, answerer] = peers(&[(Role::Answerer, quirk)]);
    let mut answerer = Late { silent, ..Late::new(answerer, says) };
    exchange(&Call::new(scenario(SignalingMode::Trickle)), &mut offerer, &mut answerer).await
}

fn reached(milestones: &[Milestone]) -> Vec<Event> {
    milestones.iter().map(|milestone| Event::Reached(*milestone)).collect()
}

fn stalled(milestone: Milestone, wait: Wait) -> Ending {
    Ending::Stalled { role: Role::Answerer, milestone, wait, waited: Duration::from_secs(10) }
}

/// Without DTLS, as a page that hands over late what it had seen in time.
const STOPS: Quirk = Quirk::StopsBefore(Milestone::DtlsConnected);

#[tokio::test(start_paused = true)]
async fn what_is_handed_over_late_is_not_held_against_a_peer() {
    use Milestone as M;
    assert_eq!(late(STOPS, Vec::new(), None).await.ending, stalled(M::DtlsConnected, Wait::Dtls));
    let some = late(STOPS, reached(&[M::DtlsConnected]), None).await;
    assert_eq!(some.ending, stalled(M::TrackReceived, Wait::Media), "the first that is missing then");
    let picture = |counter| {
        let code = Some(FrameCode::new(OFFERER, counter));
        Event::Media(Sighting::Frame(FrameSighting { at: Duration::from_secs(8), code }))
    };
    let pictures = (0..FRAMES_TO_PROVE as u16).map(picture);
    let all: Vec<_> = reached(&[M::DtlsConnected, M::TrackReceived]).into_iter().chain(pictures).collect();
    let whole = late(STOPS, all, None).await;
    assert_eq!(whole.ending, Ending::Complete);
    assert_eq!(whole.answerer.timeline.at(M::FramesProven), Some(Duration::from_secs(8)));
    assert_eq!(judge(&scenario(SignalingMode::Trickle), &whole), Verdict::Passed);
}

#[tokio::test(start_paused = true)]
async fn what_comes_after_the_end_neither_ends_the_call_anew_nor_is_carried() {
    let fault = PeerError { operation: Operation::CreateOffer, message: "late".to_owned() };
    let says = vec![
        Event::PeerError(fault),
        Event::HarnessError(HarnessError::new("read the page", "late")),
        Event::Signal(Signal::Answer("v=0\r\n".to_owned())),
        Event::Noted(Note::other("late")),
    ];
    let exchange = late(STOPS, says, None).await;
    assert_eq!(exchange.ending, stalled(Milestone::DtlsConnected, Wait::Dtls));
    assert!(exchange.carried.iter().all(|carried| carried.signal.sdp() != Some("v=0\r\n")));
    assert_eq!(exchange.answerer.notes, [(Duration::from_secs(9), Note::other("late"))]);
}

#[tokio::test(start_paused = true)]
async fn what_the_page_said_stays_when_another_connection_turns_out_to_be_the_calls() {
    let page = Note::PageSays { text: "please wait".to_owned() };
    let says =
        vec![Event::Noted(page.clone()), Event::Noted(Note::ConnectionCreated), Event::ConnectionChosen];
    let exchange = late(STOPS, says, None).await;
    assert_eq!(exchange.answerer.notes, [(Duration::from_secs(9), page)]);
    let kept = [Milestone::Ready, Milestone::DescriptionSent];
    assert!(exchange.answerer.timeline.iter().map(|reached| reached.milestone).eq(kept));
}

#[tokio::test(start_paused = true)]
async fn who_does_not_even_answer_was_not_seen_to_fall_short() {
    let silent = Some("it was stopped");
    let trouble = HarnessError::new("hear from the peer", "it was stopped");
    assert_eq!(late(STOPS, Vec::new(), silent).await.ending, Ending::HarnessFailed(Role::Answerer, trouble));
    let refused = late(Quirk::Refuses("no"), Vec::new(), silent).await.ending;
    assert!(matches!(refused, Ending::PeerFailed(Role::Answerer, _)), "it had spoken before: {refused:?}");
    let good = Quirk::Sees(OFFERER);
    assert_eq!(late(good, Vec::new(), silent).await.ending, Ending::Complete);
}

#[tokio::test(start_paused = true)]
async fn a_signal_that_takes_longer_than_a_deadline_is_not_waited_for() {
    let [mut offerer, mut answerer] = peers(&[]);
    let began = Instant::now();
    let call =
        Call { signaling_delay: Duration::from_secs(11), ..Call::new(scenario(SignalingMode::Trickle)) };
    let exchange = exchange(&call, &mut offerer, &mut answerer).await;
    let (milestone, waited) = (Milestone::RemoteDescriptionSet, Duration::from_secs(10));
    assert_eq!(
        exchange.ending,
        Ending::Stalled { role: Role::Answerer, milestone, wait: Wait::Accepted, waited }
    );
    assert_eq!(began.elapsed(), waited);
    assert_eq!(answerer.delivered, []);
}

/// What one side has taken of its time is not taken from the other: each description may cross for nearly as long as its deadline.
#[tokio::test(start_paused = true)]
async fn each_side_has_the_time_of_its_own_wait() {
    let [mut offerer, mut answerer] = peers(&[]);
    let call =
        Call { signaling_delay: Duration::from_secs(9), ..Call::new(scenario(SignalingMode::Vanilla)) };
    let exchange = exchange(&call, &mut offerer, &mut answerer).await;
    assert_eq!(exchange.ending, Ending::Complete);
}

/// The verdict takes in what the servers saw, and pictures are taken by it: it is found once.
#[tokio::test(start_paused = true)]
async fn a_call_is_pictured_unless_it_passed_with_all_that_is_known_of_it() {
    let network = NetworkCondition::Stun;
    for (asked, passed) in [(2, true), (1, false)] {
        let [mut offerer, mut answerer] = peers(&[]);
        let call = Call::new(Scenario { network, ..scenario(SignalingMode::Trickle) });
        let exchange = exchange(&call, &mut offerer, &mut answerer).await;
        let served = Served { binding_requests: asked, binding_answers: asked, ..Served::default() };
        let exchange = Exchange { served: Some(served), ..exchange };
        let judged = conclude(&call, exchange, &mut offerer, &mut answerer).await;
        assert_eq!(judged.verdict == Verdict::Passed, passed, "{:?}", judged.verdict);
        assert_eq!([offerer.pictured, answerer.pictured], [!passed; 2]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_passed_is_pictured_if_that_is_wanted() {
    for wanted in [false, true] {
        let [mut offerer, mut answerer] = peers(&[]);
        let call = Call { keep_pictures: wanted, ..Call::new(scenario(SignalingMode::Vanilla)) };
        assert_eq!(make(&call, &mut offerer, &mut answerer).await.verdict, Verdict::Passed);
        assert_eq!([offerer.pictured, answerer.pictured], [wanted; 2]);
    }
}

#[test]
fn of_a_call_that_never_began_there_is_what_was_printed_or_nothing() {
    let scenario = scenario(SignalingMode::Vanilla);
    let trouble = HarnessError::new("start chromedriver", "it ended");
    let printed = trouble.clone().printed(vec!["no display".to_owned()]);
    for role in Role::BOTH {
        let verdict = Verdict::Errored(Some(role), printed.clone());
        let judged = Judged::never_begun(&scenario, verdict.clone()).expect("something was printed");
        assert_eq!(judged.verdict, verdict);
        assert_eq!(judged.exchange.ending, Ending::HarnessFailed(role, printed.clone()));
        assert_eq!(judged.exchange.side(role).evidence.driver_log, ["no display"]);
        assert_eq!(judged.exchange.side(role.other()).evidence, Evidence::default());
        assert_eq!(judged.exchange.carried, []);
    }
    for verdict in
        [Verdict::Errored(Some(Role::Offerer), trouble), Verdict::Errored(None, printed), Verdict::Passed]
    {
        assert_eq!(Judged::never_begun(&scenario, verdict.clone()), Err(verdict));
    }
}
