//! What peers can tell of a call, and who can take part: a third implementation is one more entry.

use std::time::Duration;

use tincan_harness::{
    Abilities, Attempt, Call, Catalogue, Detail, Environment, Exchange, Judged, Profile, ReadBack, Role,
    Scenario, SignalingMode, Verdict,
    abilities::Signalling,
    exchange,
    frames::FrameSource,
    judge,
    scenario::PeerId,
    testing::{Quirk, ScriptedPeer, profiles},
    verdict::Outcome,
};
use tincan_peers::{BrowserOptions, Roster, RosterOptions};

const DUMMY: PeerId = PeerId::literal("dummy");

/// What the verdict asks of each side of a call without a relay.
const ASKED: [Detail; 8] = [
    Detail::GivenDescription,
    Detail::SelectedPair,
    Detail::ReceivedCodec,
    Detail::SentCodec,
    Detail::IceRole,
    Detail::DtlsRole,
    Detail::DtlsVersion,
    Detail::SrtpProfile,
];

/// A registry with one entry more than the others have: a library that answers only, takes nothing but whole descriptions,
/// and tells nothing of a call.
fn catalogue() -> Catalogue {
    let answers = Signalling { takes_candidates: false, ..Signalling::FULL };
    let reads_back = ReadBack::everything().without(&Detail::ALL);
    let abilities = Abilities { offers: None, answers: Some(answers), reads_back, ..Abilities::full() };
    let dummy = Profile { id: DUMMY, library: None, abilities, known_faults: Vec::new() };
    Catalogue::new([profiles(), vec![dummy]].concat())
}

fn scenario(name: &str) -> Scenario {
    let found = catalogue().select(&[name.to_owned()]).unwrap();
    assert_eq!(found.len(), 1, "{name} is of {found:?}");
    found[0]
}

/// A call of `scenario`, in which the answerer withholds `details`, and can tell what its entry says.
async fn call(scenario: Scenario, tells: ReadBack, details: &[Detail]) -> Exchange {
    let (one, other) = (FrameSource { peer: 1, run: 7 }, FrameSource { peer: 2, run: 7 });
    let mut offerer = ScriptedPeer::new(one, other, Duration::ZERO);
    let answerer = ScriptedPeer::new(other, one, Duration::ZERO).tells(tells);
    let mut answerer =
        details.iter().fold(answerer, |answerer, detail| answerer.quirk(Quirk::Withholds(*detail)));
    exchange(&Call::new(scenario), &mut offerer, &mut answerer).await
}

#[tokio::test(start_paused = true)]
async fn what_could_have_been_told_is_errored_and_what_could_not_is_not_told() {
    let scenario = scenario("chromium-to-webrtc-rs/trickle/vp8/direct");
    for detail in ASKED {
        let verdict = async |tells: ReadBack| judge(&scenario, &call(scenario, tells, &[detail]).await);
        let Verdict::Errored(Some(Role::Answerer), trouble) = verdict(ReadBack::everything()).await else {
            panic!("{detail} was not missed")
        };
        assert!(trouble.message.ends_with("is not known"), "{trouble}");
        assert!(trouble.message.contains(&detail.to_string()), "{trouble}");
        assert_eq!(verdict(ReadBack::everything().without(&[detail])).await, Verdict::Passed, "{detail}");
        let other = ASKED.into_iter().find(|other| *other != detail).unwrap();
        assert_ne!(verdict(ReadBack::everything().without(&[other])).await, Verdict::Passed, "{detail}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_told_and_is_told_all_the_same_is_looked_at() {
    let scenario = scenario("chromium-to-webrtc-rs/trickle/vp8/direct");
    let (one, other) = (FrameSource { peer: 1, run: 7 }, FrameSource { peer: 2, run: 7 });
    let mut offerer = ScriptedPeer::new(one, other, Duration::ZERO);
    let tells = ReadBack::everything().without(&Detail::ALL);
    let mut answerer =
        ScriptedPeer::new(other, one, Duration::ZERO).tells(tells).quirk(Quirk::Negotiates("video/H264"));
    let exchange = exchange(&Call::new(scenario), &mut offerer, &mut answerer).await;
    assert!(matches!(judge(&scenario, &exchange), Verdict::Failed(_)));
}

#[tokio::test(start_paused = true)]
async fn a_third_implementation_is_one_entry() {
    let catalogue = catalogue();
    let mut pairs: Vec<_> = catalogue.scenarios().iter().map(Scenario::pair).collect();
    pairs.dedup();
    assert_eq!(pairs.len(), 9);
    let scenario = scenario("chromium-to-dummy/vanilla/vp8/direct");
    assert_eq!(catalogue.unsupported(&scenario, ("mine", &Abilities::full())), None);
    let tells = catalogue.profile(DUMMY).unwrap().abilities.reads_back.clone();
    let judged = Judged::of(&scenario, call(scenario, tells, &Detail::ALL).await);
    assert_eq!(judged.verdict, Verdict::Passed);
    let attempt = Attempt::of(&scenario, 1, &judged);
    assert_eq!(serde_json::to_value(&attempt).unwrap()["answerer"], "dummy");
    let environment = Environment { peers: catalogue.profiles().to_vec(), ..Environment::default() };
    let files = tincan_report::evidence::files(&attempt, Some(&judged.exchange), &environment, None);
    let found = files.iter().find(|file| file.name == "asked-and-found.txt").unwrap();
    let found = String::from_utf8(found.content.bytes().unwrap()).unwrap();
    let (offerer, answerer) = found.split_once("found by the answerer").unwrap();
    assert_eq!(answerer.matches("not told by this implementation").count(), 8, "{found}");
    assert!(!offerer.contains("not told"), "{found}");
    let why = |name: &str, mode| {
        let scenario = Scenario { mode, ..self::scenario(name) };
        catalogue.unsupported(&scenario, ("mine", &Abilities::full()))
    };
    assert_eq!(
        why("dummy-to-chromium/vanilla/vp8/direct", SignalingMode::Vanilla).unwrap(),
        "dummy does not make offers"
    );
    assert_eq!(
        why("webrtc-rs-to-dummy/trickle/vp8/direct", SignalingMode::Trickle).unwrap(),
        "dummy takes no candidates, which its offerer sends in trickle"
    );
    // The offer waits for its candidates there, and nothing else has to be taken.
    assert_eq!(why("webrtc-rs-to-dummy/trickle/vp8/direct", SignalingMode::HalfTrickle), None);
}

#[tokio::test]
async fn a_peer_that_nobody_has_registered_is_errored_with_those_that_there_are() {
    let options = RosterOptions::on_built_in_page(7, BrowserOptions::default()).unwrap();
    let mut roster = Roster::new(options).await.unwrap();
    let attempt = roster.attempt(&scenario("webrtc-rs-to-dummy/vanilla/vp8/direct"), 1).await;
    roster.close().await;
    assert_eq!(attempt.verdict, Outcome::Errored);
    let reason = attempt.reason.unwrap();
    let expected =
        "answerer: failed to start the peer \"dummy\": there is no such peer; the peers are chromium, ";
    assert!(reason.starts_with(expected), "{reason}");
}
