//! Two peers on str0m call each other over real sockets, and one is given what is no offer.

mod library;

use tincan_harness::{
    Exchange, Peer, Role, SignalingMode,
    peer::{CandidatePair, PairEnd, StatsSample},
};
use tincan_peers::str0m::Str0m;

use self::library::Library;

const LIBRARY: Library<Str0m> = Library { id: "str0m", new: Str0m::new };

/// Both sides say the same of what they share, and all is counted that passes.
fn what_is_shared_is_told(ended: &Exchange) {
    let pair = |role: Role| ended.side(role).evidence.pair.clone().expect("a pair is selected");
    let [CandidatePair { local, remote }, answerers] = Role::BOTH.map(pair);
    let address = |end: &PairEnd| (end.address.clone(), end.port);
    assert_eq!([&local, &remote].map(address), [&answerers.remote, &answerers.local].map(address));
    for role in Role::BOTH {
        let evidence = &ended.side(role).evidence;
        assert_eq!(evidence.transport.dtls_version.as_deref(), Some("DTLS 1.2"));
        assert!(evidence.packets.is_some_and(|packets| packets.checks > 0 && packets.dtls_flights > 0));
        for (kind, field) in [("outbound-rtp", "packetsSent"), ("inbound-rtp", "packetsReceived")] {
            let count = |sample: &StatsSample| {
                let mut entries = sample.entries.iter();
                entries.find(|entry| entry["type"] == kind).and_then(|entry| entry[field].as_u64())
            };
            let counts: Vec<_> = evidence.stats.iter().filter_map(count).collect();
            assert!(
                counts.len() > 1 && counts.is_sorted() && counts.last() > counts.first(),
                "{kind}: {counts:?}"
            );
        }
    }
}

#[tokio::test]
async fn vanilla_passes() {
    LIBRARY.passes_twice(SignalingMode::Vanilla, what_is_shared_is_told).await;
}

#[tokio::test]
async fn half_trickle_passes() {
    LIBRARY.passes_twice(SignalingMode::HalfTrickle, what_is_shared_is_told).await;
}

#[tokio::test]
async fn trickle_passes() {
    LIBRARY.passes_twice(SignalingMode::Trickle, what_is_shared_is_told).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trickle_passes_on_threads() {
    LIBRARY.passes_twice(SignalingMode::Trickle, what_is_shared_is_told).await;
}

#[tokio::test]
async fn sound_passes() {
    LIBRARY.passes_with_sound().await;
}

#[tokio::test]
async fn what_is_no_offer_is_refused() {
    LIBRARY.refuses_what_is_no_offer().await;
}

#[tokio::test]
async fn an_offer_of_another_codec_is_answered_without_media() {
    // RFC 3264, section 6: a port of zero rejects the stream.
    let answer = LIBRARY.answer_to_another_codec().await.expect("an answer");
    assert!(answer.lines().any(|line| line.starts_with("m=video 0 ")), "{answer}");
}

#[tokio::test]
async fn nothing_is_left_of_a_peer_that_is_dropped_in_a_call() {
    LIBRARY.leaves_nothing_when_it_is_dropped().await;
}

#[tokio::test]
async fn a_peer_that_was_never_started_closes() {
    assert_eq!(LIBRARY.peer(1).examine().await.pair, None);
}
