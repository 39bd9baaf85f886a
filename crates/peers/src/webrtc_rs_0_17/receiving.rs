//! Receives pictures: puts the packets of a track together, and asks for a key frame where one is missing. And sound.

use std::{future::pending, sync::Arc, time::Instant};

use rtc_rtp::{header::Header, packet::Packet};
use tincan_harness::{Mailbox, VideoCodec};
use webrtc_0_17::{
    dtls_transport::RTCDtlsTransport, error::Error, interceptor,
    rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication, rtp,
    rtp_transceiver::rtp_receiver::RTCRtpReceiver, track::track_remote::TrackRemote,
};

use super::observing::Received;
use crate::{
    audio::SoundSink,
    library::connection::MediaFault,
    video::{Assembly, LastPicture, VideoSink},
};

/// Posts every picture in `codec` that comes on the track, and keeps the `last`, until the track ends.
///
/// # Errors
/// When libvpx cannot be initialised.
pub async fn receive_pictures(
    codec: VideoCodec,
    received: Received,
    transport: Arc<RTCDtlsTransport>,
    mailbox: Mailbox,
    last: LastPicture,
) -> Result<(), MediaFault> {
    let video = VideoSink::new(codec, mailbox, last)?;
    let drain = async {
        hear_reports(&received.receiver).await;
        pending().await
    };
    tokio::select! {
        () = receive(&received.track, &transport, video, Assembly::new(codec)) => {}
        () = drain => {}
    }
    Ok(())
}

async fn receive(
    track: &TrackRemote,
    transport: &RTCDtlsTransport,
    mut video: VideoSink,
    mut assembly: Assembly,
) {
    while let Ok((packet, _)) = track.read_rtp().await {
        let (now, media_ssrc) = (Instant::now(), packet.header.ssrc);
        video.begin();
        for assembled in assembly.push(of_the_assembly(packet), now) {
            video.take(assembled);
        }
        if video.wants_key_frame(now) {
            // It fails when the connection has closed, and then nothing is wanted any more.
            let _ =
                transport.write_rtcp(&[Box::new(PictureLossIndication { sender_ssrc: 0, media_ssrc })]).await;
        }
    }
}

/// Reads the other side's reports until the track ends: the library's own answer to them.
async fn hear_reports(receiver: &RTCRtpReceiver) {
    // What cannot be parsed was one packet.
    while matches!(receiver.read_rtcp().await, Ok(_) | Err(Error::Interceptor(interceptor::Error::Rtcp(_)))) {
    }
}

/// The packet in the types of [`Assembly`], with what that looks at.
fn of_the_assembly(packet: rtp::packet::Packet) -> Packet {
    let rtp::packet::Packet { header, payload } = packet;
    let header =
        Header { sequence_number: header.sequence_number, marker: header.marker, ..Default::default() };
    Packet { header, payload }
}

/// Posts all that is heard on the track until it ends.
///
/// # Errors
/// When libopus cannot be initialised.
pub async fn receive_sound(received: Received, mailbox: Mailbox) -> Result<(), MediaFault> {
    let mut sound = SoundSink::new(mailbox)?;
    let hear = async {
        while let Ok((packet, _)) = received.track.read_rtp().await {
            sound.take(packet.header.sequence_number, &packet.payload);
        }
    };
    let drain = async {
        hear_reports(&received.receiver).await;
        pending().await
    };
    tokio::select! {
        () = hear => {}
        () = drain => {}
    }
    Ok(())
}
