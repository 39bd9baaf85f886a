//! What a side tells of a call that went through, and what the verdict makes of it.

mod network;

use std::time::Duration;

use tincan_harness::{
    Deadlines, Detail, ReadBack, Role, SignalingMode, Verdict, exchange,
    exchange::Call,
    judge,
    testing::{
        Quirk, ScriptedPeer,
        calls::{ANSWERER, OFFERER, call, scenario},
    },
};

const TRICKLE: SignalingMode = SignalingMode::Trickle;

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

/// The verdict on a call whose answerer can tell what it `tells`, and has this `quirk`.
async fn verdict(tells: ReadBack, quirk: Quirk) -> Verdict {
    let mut offerer = ScriptedPeer::new(OFFERER, ANSWERER, Duration::ZERO);
    let mut answerer = ScriptedPeer::new(ANSWERER, OFFERER, Duration::ZERO).tells(tells).quirk(quirk);
    let exchange = exchange(&Call::new(scenario(TRICKLE)), &mut offerer, &mut answerer).await;
    judge(&scenario(TRICKLE), &exchange)
}

#[tokio::test(start_paused = true)]
async fn what_could_have_been_told_is_errored_and_what_could_not_is_not_told() {
    for detail in ASKED {
        let withheld = async |tells| verdict(tells, Quirk::Withholds(detail)).await;
        let Verdict::Errored(Some(Role::Answerer), trouble) = withheld(ReadBack::everything()).await else {
            panic!("{detail} was not missed")
        };
        assert_eq!(trouble.to_string(), format!("failed to read back the call: {detail} is not known"));
        assert_eq!(withheld(ReadBack::everything().without(&[detail])).await, Verdict::Passed, "{detail}");
        let other = ASKED.into_iter().find(|other| *other != detail).unwrap();
        assert_ne!(withheld(ReadBack::everything().without(&[other])).await, Verdict::Passed, "{detail}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_told_and_is_told_all_the_same_is_looked_at() {
    let tells = ReadBack::everything().without(&Detail::ALL);
    assert!(matches!(verdict(tells, Quirk::Negotiates("video/H264")).await, Verdict::Failed(_)));
}
