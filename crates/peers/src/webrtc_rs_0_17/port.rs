//! The connection, as a call asks it.

use std::{future::ready, sync::Arc};

use async_trait::async_trait;
use serde_json::Value;
use tincan_harness::{
    Assignment, Evidence, IceCandidate, Mailbox, Operation, PeerError, ReadBack, Role, SdpType,
    frames::FrameSource, procedure::Act,
};
use webrtc_0_17::{
    error::Error,
    ice_transport::ice_candidate::RTCIceCandidateInit,
    peer_connection::sdp::session_description::RTCSessionDescription,
    rtp_transceiver::{rtp_codec::RTPCodecType, rtp_sender::RTCRtpSender},
};

use super::{
    channels,
    connection::{Camera, Connection, Microphone},
    evidence,
    observing::Received,
    receiving::{receive_pictures, receive_sound},
    sending::{send_pictures, send_sound},
    stats,
};
use crate::{
    library::{
        channel::DataChannel,
        connection::{self, Pictures},
        observer::Observer,
    },
    video::LastPicture,
};

fn refused(operation: Operation) -> impl FnOnce(Error) -> PeerError {
    move |error| PeerError { operation, message: error.to_string() }
}

fn fault(message: &str) -> PeerError {
    PeerError { operation: Operation::Send, message: message.to_owned() }
}

async fn has_codec(sender: &RTCRtpSender) -> Result<(), PeerError> {
    match sender.get_parameters().await.rtp_parameters.codecs.is_empty() {
        true => Err(fault("no codec was negotiated")),
        false => Ok(()),
    }
}

#[async_trait]
impl connection::Connection for Connection {
    const LIBRARY: &'static str = "webrtc-rs-0.17";
    type Track = Received;

    fn reads_back() -> ReadBack {
        stats::reads_back()
    }

    async fn open(assignment: &Assignment, observer: Observer<Received>) -> Result<Self, String> {
        Self::open(assignment, observer).await.map_err(|error| error.to_string())
    }

    async fn open_channels(&self, role: Role) -> Result<Vec<Arc<dyn DataChannel>>, PeerError> {
        channels::open(&self.peer_connection, role).await.map_err(refused(Operation::CreateDataChannel))
    }

    async fn change(&self, act: Act) -> Result<(), PeerError> {
        let changed = match (act, act.added()) {
            (Act::RestartIce, _) => self.peer_connection.restart_ice().await,
            (Act::RemoveTrack, _) => match self.camera.get() {
                Some(camera) => self.peer_connection.remove_track(&camera.sender).await,
                None => Ok(()),
            },
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
        };
        self.peer_connection.add_ice_candidate(init).await.map_err(|error| error.to_string())
    }

    async fn send(&self, source: FrameSource) -> Result<Pictures, PeerError> {
        let Camera { sender, track, codec } =
            self.camera.get().ok_or_else(|| fault("no video was negotiated"))?;
        has_codec(sender).await?;
        Ok(Box::pin(send_pictures(*codec, source, Arc::clone(track), Arc::clone(sender))))
    }

    async fn send_sound(&self, source: FrameSource) -> Result<Pictures, PeerError> {
        let Microphone { sender, track } =
            self.microphone.get().ok_or_else(|| fault("no sound was negotiated"))?;
        has_codec(sender).await?;
        Ok(Box::pin(send_sound(source, Arc::clone(track), Arc::clone(sender))))
    }

    fn receive(&self, received: Received, mailbox: Mailbox, last: LastPicture) -> Pictures {
        let transport = self.peer_connection.dtls_transport();
        match self.video {
            _ if received.track.kind() == RTPCodecType::Audio => Box::pin(receive_sound(received, mailbox)),
            Some(codec) => Box::pin(receive_pictures(codec, received, transport, mailbox, last)),
            // Without a codec there is nothing to be read.
            None => Box::pin(ready(Ok(()))),
        }
    }

    async fn stats(&self) -> Vec<Value> {
        stats::entries(&self.peer_connection).await
    }

    async fn examine(&self) -> Evidence {
        evidence::collect(self).await
    }

    async fn close(&self) {
        // Everything was asked already; a connection that fails to close has no more to say.
        let _ = self.peer_connection.close().await;
    }
}
