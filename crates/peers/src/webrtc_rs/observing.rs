//! Takes down what the connection says.

use std::sync::Arc;

use async_trait::async_trait;
use tincan_harness::{Event, Machine, Milestone, Note};
use webrtc::{
    data_channel::DataChannel,
    media_stream::track_remote::TrackRemote,
    peer_connection::{
        PeerConnectionEventHandler, RTCIceConnectionState, RTCIceGatheringState,
        RTCPeerConnectionIceErrorEvent, RTCPeerConnectionIceEvent, RTCPeerConnectionState, RTCSignalingState,
    },
};

use super::channels::Messages;
use crate::library::observer::{Observer, Occurrence};

/// webrtc-rs has no event for the state of DTLS: [`Milestone::DtlsConnected`] carries the stamp of
/// `connectionState: connected`, which webrtc-rs says as soon as both ICE and DTLS are connected (webrtc-pc,
/// `RTCPeerConnectionState`), that is with the end of the handshake.
#[async_trait]
impl PeerConnectionEventHandler for Observer<Arc<dyn TrackRemote>> {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        self.candidate(event.candidate.to_json().map(|init| init.candidate));
    }

    async fn on_ice_candidate_error(&self, event: RTCPeerConnectionIceErrorEvent) {
        let (url, code, text) = (event.url, event.error_code, event.error_text);
        let message = format!("{code} {text} {url}");
        self.post(Event::Noted(Note::CandidateError { message }));
    }

    async fn on_signaling_state_change(&self, state: RTCSignalingState) {
        self.state(Machine::SignalingState, state);
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        let is_complete = state == RTCIceGatheringState::Complete;
        self.pass_on(Occurrence::Gathering { state: state.to_string(), is_complete });
    }

    async fn on_ice_connection_state_change(&self, state: RTCIceConnectionState) {
        self.state(Machine::IceConnectionState, state);
        if matches!(state, RTCIceConnectionState::Connected | RTCIceConnectionState::Completed) {
            self.reach(Milestone::IceConnected);
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        self.state(Machine::ConnectionState, state);
        if state == RTCPeerConnectionState::Connected {
            self.reach(Milestone::DtlsConnected);
            self.pass_on(Occurrence::Connected);
        }
        match state {
            RTCPeerConnectionState::Closed => self.pass_on(Occurrence::Closed),
            RTCPeerConnectionState::Disconnected | RTCPeerConnectionState::Failed => {
                self.reach(Milestone::CloseHeard);
            }
            _ => {}
        }
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        self.pass_on(Occurrence::Channel(Arc::new(Messages(channel))));
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        self.track(track);
    }
}
