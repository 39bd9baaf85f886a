//! What peers can tell of a call, and who can take part: a third implementation is one more entry.

use std::time::Duration;

use tincan_harness::{
    Abilities, Attempt, Call, Catalogue, Detail, Environment, Exchange, Judged, Profile, ReadBack, Scenario,
    SignalingMode, Verdict,
    abilities::Signalling,
    exchange,
    scenario::PeerId,
    testing::{
        Quirk, ScriptedPeer,
        calls::{ANSWERER, OFFERER},
        profiles,
    },
    verdict::Outcome,
};
use tincan_peers::{BrowserOptions, Roster, RosterOptions};

const DUMMY: PeerId = PeerId::literal("dummy");

/// A registry with one entry more than the others have: a library that answers only, takes nothing but whole descriptions,
/// and tells nothing of a call.
fn catalogue() -> Catalogue {
    let answers = Signalling { takes_candidates: false, ..Signalling::FULL };
    let reads_back = ReadBack::everything().without(&Detail::ALL);
    let abilities = Abilities { offers: None, answers: Some(answers), reads_back, ..Abilities::full() };
    let dummy = Profile::new(DUMMY, abilities);
    Catalogue::new([profiles(), vec![dummy]].concat())
}

fn scenario(name: &str) -> Scenario {
    let found = catalogue().select(&[name.to_owned()]).unwrap();
    assert_eq!(found.len(), 1, "{name} is of {found:?}");
    found[0]
}

/// A call of `scenario`, in which the answerer says nothing of it, and can tell what its entry says.
async fn call(scenario: Scenario, tells: ReadBack) -> Exchange {
    let mut offerer = ScriptedPeer::new(OFFERER, ANSWERER, Duration::ZERO);
    let answerer = ScriptedPeer::new(ANSWERER, OFFERER, Duration::ZERO).tells(tells);
    let mut answerer =
        Detail::ALL.iter().fold(answerer, |answerer, detail| answerer.quirk(Quirk::Withholds(*detail)));
    exchange(&Call::new(scenario), &mut offerer, &mut answerer).await
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
    let judged = Judged::of(&scenario, call(scenario, tells).await);
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
