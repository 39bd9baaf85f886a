//! The connection, as a call asks it.

use std::sync::Arc;

use async_trait::async_trait;
use rtc::{peer_connection::transport::RTCIceCandidateInit, rtp_transceiver::rtp_sender::RtpCodecKind};
use serde_json::Value;
use tincan_harness::{
    Assignment, Evidence, IceCandidate, Mailbox, Operation, PeerError, ReadBack, Role, SdpType,
    frames::FrameSource, procedure::Act,
};
use webrtc::{
    error::Error, media_stream::track_remote::TrackRemote, peer_connection::RTCSessionDescription,
    rtp_transceiver::RtpSender,
};

use super::{
    channels,
    connection::Connection,
    evidence,
    receiving::{receive_pictures, receive_sound},
    sending::{send_pictures, send_sound},
    stats,
};
use crate::{
    audio::SoundSource,
    library::{
        channel::DataChannel,
        connection::{self, Pictures},
        observer::Observer,
    },
    video::{LastPicture, Packetizer},
};

fn refused(operation: Operation) -> impl FnOnce(Error) -> PeerError {
    move |error| PeerError { operation, message: error.to_string() }
}

/// The payload type that was negotiated first, which is the one in use.
async fn payload_type(sender: &Arc<dyn RtpSender>) -> Result<u8, PeerError> {
    let fault = |message| PeerError { operation: Operation::Send, message };
    let parameters = sender.get_parameters().await.map_err(|error| fault(error.to_string()))?;
    let codec = parameters.rtp_parameters.codecs.first();
    codec.map(|codec| codec.payload_type).ok_or_else(|| fault("no codec was negotiated".to_owned()))
}

#[async_trait]
impl connection::Connection for Connection {
    const LIBRARY: &'static str = "webrtc-rs";
    type Track = Arc<dyn TrackRemote>;

    fn reads_back() -> ReadBack {
        stats::reads_back()
    }

    async fn open(assignment: &Assignment, observer: Observer<Self::Track>) -> Result<Self, String> {
        Self::open(assignment, observer).await.map_err(|error| error.to_string())
    }

    async fn open_channels(&self, role: Role) -> Result<Vec<Arc<dyn DataChannel>>, PeerError> {
        channels::open(&*self.peer_connection, role).await.map_err(refused(Operation::CreateDataChannel))
    }

    async fn change(&self, act: Act) -> Result<(), PeerError> {
        let changed = match (act, act.added()) {
            (Act::RestartIce, _) => self.peer_connection.restart_ice().await,
            (Act::RemoveTrack, _) => match self.camera.get() {
                Some(camera) => self.peer_connection.remove_track(&camera.sender).await,
                None => Ok(()),
            },
            (Act::RollBack, _) => {
                let rolled_back = async {
                    self.peer_connection.set_local_description(RTCSessionDescription::rollback(None)?).await
                };
                let operation = Operation::SetLocalDescription(SdpType::Rollback);
                return rolled_back.await.map_err(refused(operation));
            }
            (_, Some(added)) => self.equip_for(added).await,
            _ => Ok(()),
        };
        changed.map_err(refused(Operation::CreateOffer))
    }

    async fn describe(&self, role: Role) -> Result<String, PeerError> {
        let (create, kind, created) = match role {
            Role::Offerer => {
                (Operation::CreateOffer, SdpType::Offer, self.peer_connection.create_offer(None).await)
            }
            Role::Answerer => {
                (Operation::CreateAnswer, SdpType::Answer, self.peer_connection.create_answer(None).await)
            }
        };
        let description = created.map_err(refused(create))?;
        // What the connection holds a moment later may have candidates in it.
        let sdp = description.sdp.clone();
        let set = self.peer_connection.set_local_description(description).await;
        set.map_err(refused(Operation::SetLocalDescription(kind)))?;
        Ok(sdp)
    }

    async fn create_answer(&self) -> Result<(), PeerError> {
        let created = self.peer_connection.create_answer(None).await;
        created.map(drop).map_err(refused(Operation::CreateAnswer))
    }

    async fn local_description(&self) -> Option<String> {
        Some(self.peer_connection.local_description().await?.sdp)
    }

    async fn accept(&self, kind: SdpType, sdp: String) -> Result<(), PeerError> {
        let operation = Operation::SetRemoteDescription(kind);
        let description = match kind {
            SdpType::Offer => RTCSessionDescription::offer(sdp),
            _ => RTCSessionDescription::answer(sdp),
        };
        let description = description.map_err(refused(operation))?;
        self.peer_connection.set_remote_description(description).await.map_err(refused(operation))
    }

    async fn add(&self, candidate: IceCandidate) -> Result<(), String> {
        let init = RTCIceCandidateInit {
            candidate: candidate.candidate,
            sdp_mid: candidate.sdp_mid,
            sdp_mline_index: candidate.sdp_m_line_index,
            username_fragment: candidate.username_fragment,
            url: None,
        };
        self.peer_connection.add_ice_candidate(init).await.map_err(|error| error.to_string())
    }

    async fn send(&self, source: FrameSource) -> Result<Pictures, PeerError> {
        let fault = |message| PeerError { operation: Operation::Send, message };
        let camera = self.camera.get().ok_or_else(|| fault("no video was negotiated".to_owned()))?;
        let packetizer = Packetizer::new(camera.codec, camera.ssrc, payload_type(&camera.sender).await?);
        Ok(Box::pin(send_pictures(camera.codec, source, Arc::clone(&camera.track), packetizer)))
    }

    async fn send_sound(&self, source: FrameSource) -> Result<Pictures, PeerError> {
        let fault = |message| PeerError { operation: Operation::Send, message };
        let microphone = self.microphone.get().ok_or_else(|| fault("no sound was negotiated".to_owned()))?;
        let payload_type = payload_type(&microphone.sender).await?;
        let (ssrc, track) = (microphone.ssrc, Arc::clone(&microphone.track));
        Ok(Box::pin(async move { send_sound(SoundSource::new(source, ssrc, payload_type)?, track).await }))
    }

    fn receive(&self, track: Self::Track, mailbox: Mailbox, last: LastPicture) -> Pictures {
        let codec = self.video;
        Box::pin(async move {
            match (track.kind().await, codec) {
                (RtpCodecKind::Audio, _) => receive_sound(track, mailbox).await,
                (_, Some(codec)) => receive_pictures(codec, track, mailbox, last).await,
                // Without a codec there is nothing to be read.
                (_, None) => Ok(()),
            }
        })
    }

    async fn stats(&self) -> Vec<Value> {
        stats::entries(&*self.peer_connection).await
    }

    async fn examine(&self) -> Evidence {
        evidence::collect(self).await
    }

    async fn close(&self) {
        // Everything was asked already; a connection that fails to close has no more to say.
        let _ = self.peer_connection.close().await;
    }
}
