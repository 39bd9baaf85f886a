//! Calls in which candidates are handed over otherwise than they come.

use tincan_harness::{
    Call, Role, Scenario, Signal, SignalingMode, Verdict,
    exchange::{Exchange, exchange},
    judge,
    note::Note,
    procedure::{Handover, Procedure},
    testing::{
        Quirk,
        calls::{peers, scenario},
    },
};

fn handed(how: Handover) -> Scenario {
    Scenario { procedure: Procedure::Handed(how), ..scenario(SignalingMode::Trickle) }
}

/// What came of a call, and what each side was given, by kind; a candidate by its foundation.
async fn called(how: Handover, quirks: &[(Role, Quirk)]) -> (Exchange, [Vec<String>; 2]) {
    let [mut offerer, mut answerer] = peers(quirks);
    let exchange = exchange(&Call::new(handed(how)), &mut offerer, &mut answerer).await;
    let word = |signal: &Signal| match signal {
        Signal::Candidate(candidate) => {
            let foundation = candidate.candidate.strip_prefix("candidate:").unwrap();
            foundation.split(' ').next().unwrap().to_owned()
        }
        Signal::EndOfCandidates(_) => "end".to_owned(),
        Signal::Offer(_) | Signal::Answer(_) => "description".to_owned(),
    };
    let given = [offerer.delivered, answerer.delivered].map(|signals| signals.iter().map(word).collect());
    (exchange, given)
}

#[tokio::test(start_paused = true)]
async fn each_side_is_given_what_the_procedure_says_in_that_order() {
    let cases: [(Handover, &[&str]); 6] = [
        (Handover::First, &["1", "2", "end", "description"]),
        (Handover::Twice, &["description", "1", "1", "2", "2", "end", "end"]),
        (Handover::Late, &["description", "1", "2", "end"]),
        (Handover::WithoutEnd, &["description", "1", "2"]),
        (Handover::AfterEnd, &["description", "1", "2", "end", "1", "2"]),
        (Handover::Unusable, &["description", "101", "102", "103", "104", "105", "106", "1", "2", "end"]),
    ];
    for (how, expected) in cases {
        let (exchange, given) = called(how, &[]).await;
        assert_eq!(judge(&handed(how), &exchange), Verdict::Passed, "{how}");
        for given in given {
            assert_eq!(given, expected, "{how}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_late_waits_for_both_descriptions() {
    let (exchange, [_, answerer]) = called(Handover::Late, &[]).await;
    let position = |kind: &str| exchange.carried.iter().position(|carried| carried.signal.name() == kind);
    assert!(position("candidate") < position("answer"), "the offerer's candidates were there before");
    assert_eq!(answerer[0], "description");
    // Until the answer has been accepted nothing of either side crosses.
    let accepted = [(Role::Offerer, Quirk::StopsBefore(tincan_harness::Milestone::RemoteDescriptionSet))];
    let (exchange, [_, answerer]) = called(Handover::Late, &accepted).await;
    assert_eq!(answerer, ["description"]);
    assert!(
        matches!(judge(&handed(Handover::Late), &exchange), Verdict::Failed(_)),
        "that is no fault of the harness"
    );
}

#[tokio::test(start_paused = true)]
async fn after_a_restart_those_of_before_come_with_the_new_description() {
    let how = Handover::OfBefore;
    let (exchange, given) = called(how, &[]).await;
    assert_eq!(judge(&handed(how), &exchange), Verdict::Passed);
    for given in given {
        assert_eq!(given, ["description", "1", "2", "end", "description", "1", "2", "1", "2", "end"]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_given_besides_and_what_was_left_out_is_told() {
    let (exchange, _) = called(Handover::Unusable, &[]).await;
    let told = |note: &Note| note.to_string().contains("were handed over: candidate:101");
    assert!(Role::BOTH.iter().all(|role| exchange.side(*role).notes.iter().any(|(_, note)| told(note))));
    let (exchange, _) = called(Handover::WithoutEnd, &[]).await;
    let withheld = exchange.carried.iter().filter(|carried| carried.withheld);
    assert!(withheld.map(|carried| carried.signal.name()).eq(["end-of-candidates"; 2]));
}

#[tokio::test(start_paused = true)]
async fn who_has_no_candidate_or_does_not_say_their_end_was_not_asked() {
    for how in [Handover::Twice, Handover::Unusable, Handover::AfterEnd] {
        let none = tincan_harness::testing::CANDIDATES
            .map(|candidate| (Role::Answerer, Quirk::HoldsBack(candidate)));
        let (exchange, _) = called(how, &none).await;
        let Verdict::Errored(Some(Role::Answerer), trouble) = judge(&handed(how), &exchange) else {
            panic!("{how}: {:?}", exchange.ending)
        };
        assert!(trouble.to_string().contains("it had no candidate"), "{trouble}");
    }
    for how in [Handover::First, Handover::AfterEnd] {
        let (exchange, _) = called(how, &[(Role::Offerer, Quirk::NeverEnds)]).await;
        let verdict = judge(&handed(how), &exchange);
        let Verdict::Errored(Some(Role::Offerer), trouble) = verdict else { panic!("{how}: {verdict:?}") };
        assert!(trouble.to_string().contains("did not say that its candidates had ended"), "{trouble}");
    }
}
