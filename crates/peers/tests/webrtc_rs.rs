//! Two Rust peers call each other over real sockets, and one is given what is no offer.

mod library;

use tincan_harness::{Exchange, Peer, Role, SignalingMode};
use tincan_peers::webrtc_rs::WebrtcRs;

use self::library::Library;

const LIBRARY: Library<WebrtcRs> = Library { id: "webrtc-rs", new: WebrtcRs::new };

/// Who is the client of DTLS, and what was negotiated there.
fn dtls_is_told(ended: &Exchange) {
    let role = |role: Role| ended.side(role).evidence.transport.dtls_role.clone().unwrap_or_default();
    assert_eq!(Role::BOTH.map(role), ["server", "client"]);
    for role in Role::BOTH {
        let transport = &ended.side(role).evidence.transport;
        assert!(transport.dtls_cipher.is_some() && transport.srtp_cipher.is_some(), "{transport:?}");
    }
}

#[tokio::test]
async fn vanilla_passes() {
    LIBRARY.passes_twice(SignalingMode::Vanilla, dtls_is_told).await;
}

#[tokio::test]
async fn half_trickle_passes() {
    LIBRARY.passes_twice(SignalingMode::HalfTrickle, dtls_is_told).await;
}

#[tokio::test]
async fn trickle_passes() {
    LIBRARY.passes_twice(SignalingMode::Trickle, dtls_is_told).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trickle_passes_on_threads() {
    LIBRARY.passes_twice(SignalingMode::Trickle, dtls_is_told).await;
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
async fn an_offer_of_another_codec_cannot_be_answered() {
    assert_eq!(LIBRARY.answer_to_another_codec().await, Err("createAnswer".to_owned()));
}

#[tokio::test]
async fn nothing_is_left_of_a_peer_that_is_dropped_in_a_call() {
    LIBRARY.leaves_nothing_when_it_is_dropped().await;
}

#[tokio::test]
async fn a_peer_that_was_never_started_closes() {
    assert_eq!(LIBRARY.peer(1).examine().await.pair, None);
}
