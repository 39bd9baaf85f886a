//! What is said where the other side's pictures were not seen: from the packets to whose they are.

use super::*;

/// A call whose offerer got no track.
async fn unseen() -> Exchange {
    exchanged(Role::Offerer, Quirk::StopsBefore(Milestone::TrackReceived)).await
}

/// What a side counts: packets that it received, pictures that it decoded, packets that it sent.
fn counted([received, decoded, sent]: [u64; 3]) -> StatsSample {
    sample(&json!([
        { "type": "inbound-rtp", "kind": "video", "packetsReceived": received, "framesDecoded": decoded },
        // Who sends no sound need not say what its packets are.
        { "type": "outbound-rtp", "packetsSent": sent },
        { "type": "inbound-rtp", "kind": "audio", "packetsReceived": 900, "framesDecoded": 900 },
        { "type": "outbound-rtp", "kind": "audio", "packetsSent": 900 },
    ]))
}

fn stats<const N: usize>(counts: [[u64; 3]; N]) -> Vec<StatsSample> {
    counts.map(counted).into()
}

fn seen(seen: u32) -> FrameTally {
    FrameTally { seen, unreadable: seen, ..FrameTally::default() }
}

const UNREADABLE: &str =
    "proven the other peer's: 0; 5 have no readable code (black, or not a picture of tincan)";

#[tokio::test(start_paused = true)]
async fn where_nothing_came_it_is_told_what_was_sent_as_far_as_that_is_known() {
    let mut exchange = unseen().await;
    let received = |exchange: &Exchange| found(exchange);
    let by_offerer = |evidence: &str| (Stage::MediaReceived, Role::Offerer, format!("offerer: {evidence}"));
    let unknown = "no picture was seen and its getStats is not known";
    assert_eq!(received(&exchange), by_offerer(&format!("{unknown}, in up to 20.0 s")));
    exchange.answerer.evidence.stats = stats([[0, 0, 7]]);
    assert_eq!(
        received(&exchange),
        by_offerer(&format!("{unknown}, and the answerer sent 7, in up to 20.0 s"))
    );
    exchange.offerer.evidence.stats = stats([[0, 0, 3]]);
    assert_eq!(
        received(&exchange),
        by_offerer("no packet of video arrived, and the answerer sent 7, in up to 20.0 s")
    );
    exchange.answerer.evidence.stats = stats([[9, 9, 0]]);
    let evidence = "answerer: it sent no packet of video though connected, for up to 20.0 s".to_owned();
    assert_eq!(received(&exchange), (Stage::MediaReceived, Role::Answerer, evidence));
}

#[tokio::test(start_paused = true)]
async fn what_came_first_does_not_excuse_what_stopped() {
    let mut exchange = unseen().await;
    exchange.offerer.received.frames = seen(5);
    exchange.offerer.evidence.stats =
        stats([[1, 1, 0], [2, 1, 0], [3, 1, 0], [3, 1, 0], [3, 1, 0], [3, 1, 0]]);
    assert_eq!(found(&exchange).2, "offerer: no packet of video arrived after the first 3, in up to 20.0 s");
    exchange.answerer.evidence.stats =
        stats([[0, 0, 1], [0, 0, 2], [0, 0, 3], [0, 0, 3], [0, 0, 3], [0, 0, 3]]);
    assert_eq!(
        found(&exchange),
        (
            Stage::MediaReceived,
            Role::Answerer,
            "answerer: it sent no packet of video after the first 3 though connected, for up to 20.0 s"
                .to_owned()
        )
    );
    exchange.answerer.evidence.stats =
        stats([[0, 0, 1], [0, 0, 2], [0, 0, 3], [0, 0, 4], [0, 0, 5], [0, 0, 8]]);
    assert_eq!(
        found(&exchange).2,
        "offerer: no packet of video arrived after the first 3, and the answerer sent 4, in up to 20.0 s"
    );
    // Packets go on, and are not decoded any more.
    exchange.offerer.evidence.stats =
        stats([[1, 1, 0], [2, 2, 0], [3, 2, 0], [4, 2, 0], [5, 2, 0], [6, 2, 0]]);
    assert_eq!(
        found(&exchange),
        (
            Stage::MediaDecoded,
            Role::Offerer,
            "offerer: 6 packets of video arrived, and 2 pictures were decoded of them in up to 20.0 s"
                .to_owned()
        )
    );
}

/// Lately is the second half of the time with media, of which there have to be three samples.
#[tokio::test(start_paused = true)]
async fn what_is_recent_is_the_second_half_of_the_samples_with_media() {
    let none = [0, 0, 0];
    let cases: [(Vec<StatsSample>, Stage); 5] = [
        // Media from the fifth on, of which the second half is two samples: all are looked at.
        (stats([none, none, none, none, [5, 5, 0], [5, 5, 0], [5, 5, 0], [5, 5, 0]]), Stage::MediaIdentified),
        // Media from the third on: the second half begins with the sixth, and nothing comes in it.
        (
            stats([none, none, [1, 1, 0], [2, 2, 0], [4, 4, 0], [5, 5, 0], [5, 5, 0], [5, 5, 0]]),
            Stage::MediaReceived,
        ),
        // As many were sent as received: it is connected all the same.
        (stats([[5, 5, 5], [5, 5, 5], [5, 5, 5], [5, 5, 5], [5, 5, 5], [5, 5, 5]]), Stage::MediaReceived),
        // Too few.
        (stats([[5, 5, 0], [5, 5, 0], [5, 5, 0], [5, 5, 0]]), Stage::MediaIdentified),
        // Counts that run backwards are of another connection.
        (stats([[9, 9, 0], [9, 9, 0], [9, 9, 0], [2, 2, 0], [2, 2, 0], [1, 1, 0]]), Stage::MediaReceived),
    ];
    for (stats, stage) in cases {
        let mut exchange = unseen().await;
        exchange.offerer.evidence.stats = stats;
        assert_eq!(found(&exchange).0, stage, "{:?}", exchange.offerer.evidence.stats);
    }
}

#[tokio::test(start_paused = true)]
async fn packets_that_came_were_decoded_or_not() {
    let mut exchange = unseen().await;
    exchange.offerer.evidence.stats = stats([[50, 0, 0]]);
    let decoded = |exchange: &Exchange| {
        let (stage, role, evidence) = found(exchange);
        assert_eq!((stage, role), (Stage::MediaDecoded, Role::Offerer));
        evidence
    };
    assert_eq!(
        decoded(&exchange),
        "offerer: 50 packets of video arrived, and 0 pictures were decoded of them in up to 20.0 s"
    );
    exchange.offerer.reads_back = ReadBack::everything().without(&[Detail::DecodedFrames]);
    assert_eq!(
        decoded(&exchange),
        "offerer: 50 packets of video arrived, and no picture was seen of them in up to 20.0 s"
    );
    // It does not count them: those that were seen were decoded.
    exchange.offerer.received.frames = seen(5);
    let evidence = format!("offerer: of 5 pictures decoded within 20.0 s, {UNREADABLE}");
    assert_eq!(found(&exchange), (Stage::MediaIdentified, Role::Offerer, evidence.clone()));
    exchange.offerer.evidence.stats.clear();
    assert_eq!(found(&exchange), (Stage::MediaIdentified, Role::Offerer, evidence));
}

#[tokio::test(start_paused = true)]
async fn pictures_that_are_not_the_other_peers_are_told_by_whose_they_are() {
    let mut exchange = unseen().await;
    exchange.offerer.evidence.stats = stats([[50, 10, 0]]);
    let said = |exchange: &Exchange| {
        let (stage, role, evidence) = found(exchange);
        assert_eq!((stage, role), (Stage::MediaIdentified, Role::Offerer));
        evidence
    };
    assert_eq!(
        said(&exchange),
        "offerer: pictures were decoded, and the remote video showed none within 20.0 s"
    );
    exchange.offerer.received.frames = FrameTally { seen: 4, proven: 4, ..FrameTally::default() };
    assert_eq!(
        said(&exchange),
        "offerer: of 4 pictures decoded within 20.0 s, proven the other peer's: 4; then no more came"
    );
    exchange.offerer.received.frames = FrameTally {
        seen: 28,
        proven: 7,
        own: 1,
        foreign: 2,
        stale: 3,
        backwards: 4,
        repeated: 5,
        unreadable: 6,
        ..FrameTally::default()
    };
    assert_eq!(
        said(&exchange),
        "offerer: of 28 pictures decoded within 20.0 s, proven the other peer's: 7; 1 show its own camera, 2 are by a \
         third peer, 3 are of another run, 4 have a counter that runs backwards, 5 repeat the one before, 6 have no \
         readable code (black, or not a picture of tincan)"
    );
}

#[tokio::test(start_paused = true)]
async fn a_side_that_does_not_offer_to_send_is_to_blame() {
    for (sender, stage, name) in
        [(Role::Offerer, Stage::Offer, "offer"), (Role::Answerer, Stage::Answer, "answer")]
    {
        for direction in ["recvonly", "inactive", "sendonly", "sendrecv"] {
            let mut exchange = exchanged(sender.other(), Quirk::StopsBefore(Milestone::TrackReceived)).await;
            let sound = "m=audio 9 X 0\r\na=inactive\r\n";
            describe(&mut exchange, sender, |sdp| format!("{sdp}a={direction}\r\n{sound}"));
            let diagnosis = of(&exchange);
            if direction.starts_with("send") {
                assert_eq!(diagnosis.peer, Some(sender.other()), "{direction}");
                continue;
            }
            assert_eq!((diagnosis.stage, diagnosis.peer), (stage, Some(sender)));
            assert_eq!(
                diagnosis.evidence,
                format!("{sender}: its {name} says a={direction}: it sends no video")
            );
            assert_eq!(
                diagnosis.look_at,
                "whether the page adds the camera's track before it describes itself"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn two_sides_of_one_dtls_role_are_told() {
    let mut exchange = unseen().await;
    exchange.answerer.evidence.transport.dtls_role = Some("server".to_owned());
    let evidence = "offerer: both sides say that they are the DTLS server: fingerprint or role".to_owned();
    assert_eq!(found(&exchange), (Stage::Dtls, Role::Offerer, evidence));
    exchange.offerer.evidence.transport.dtls_role = None;
    exchange.answerer.evidence.transport.dtls_role = None;
    assert_eq!(found(&exchange).0, Stage::MediaReceived, "of what is not known nothing is said");
}
