//! Takes down what the connection says.

use std::{future::ready, sync::Arc};

use tincan_harness::{Machine, Milestone};
use webrtc_0_17::{
    dtls_transport::dtls_transport_state::RTCDtlsTransportState,
    ice_transport::{ice_connection_state::RTCIceConnectionState, ice_gatherer_state::RTCIceGathererState},
    peer_connection::{RTCPeerConnection, peer_connection_state::RTCPeerConnectionState},
    rtp_transceiver::rtp_receiver::RTCRtpReceiver,
    track::track_remote::TrackRemote,
};

use super::channels::Messages;
use crate::library::observer::{Observer, Occurrence};

/// A track of the other side, with what receives it.
pub struct Received {
    /// The track.
    pub track: Arc<TrackRemote>,
    /// What receives it.
    pub receiver: Arc<RTCRtpReceiver>,
}

/// Has `connection` say to `observer` what it does.
pub(super) fn observe(connection: &RTCPeerConnection, observer: Observer<Received>) {
    let observer = Arc::new(observer);
    observe_transports(connection, &observer);
    let to = Arc::clone(&observer);
    connection.on_signaling_state_change(Box::new(move |state| {
        to.state(Machine::SignalingState, state);
        Box::pin(ready(()))
    }));
    let to = Arc::clone(&observer);
    connection.on_peer_connection_state_change(Box::new(move |state| {
        to.state(Machine::ConnectionState, state);
        if matches!(state, RTCPeerConnectionState::Disconnected | RTCPeerConnectionState::Failed) {
            to.reach(Milestone::CloseHeard);
        }
        if state == RTCPeerConnectionState::Connected {
            to.pass_on(Occurrence::Connected);
        }
        Box::pin(ready(()))
    }));
    let to = Arc::clone(&observer);
    connection.on_data_channel(Box::new(move |channel| {
        to.pass_on(Occurrence::Channel(Arc::new(Messages::on(channel))));
        Box::pin(ready(()))
    }));
    connection.on_track(Box::new(move |track, receiver, _| {
        observer.track(Received { track, receiver });
        Box::pin(ready(()))
    }));
}

/// ICE and DTLS.
fn observe_transports(connection: &RTCPeerConnection, observer: &Arc<Observer<Received>>) {
    let to = Arc::clone(observer);
    connection.on_ice_candidate(Box::new(move |candidate| {
        // None says what the gathering state says as well.
        if let Some(candidate) = candidate {
            to.candidate(candidate.to_json().map(|init| init.candidate));
        }
        Box::pin(ready(()))
    }));
    let to = Arc::clone(observer);
    connection.on_ice_gathering_state_change(Box::new(move |state| {
        let is_complete = state == RTCIceGathererState::Complete;
        to.pass_on(Occurrence::Gathering { state: state.to_string(), is_complete });
        Box::pin(ready(()))
    }));
    let to = Arc::clone(observer);
    connection.on_ice_connection_state_change(Box::new(move |state| {
        to.state(Machine::IceConnectionState, state);
        if matches!(state, RTCIceConnectionState::Connected | RTCIceConnectionState::Completed) {
            to.reach(Milestone::IceConnected);
        }
        Box::pin(ready(()))
    }));
    let to = Arc::clone(observer);
    connection.dtls_transport().on_state_change(Box::new(move |state| {
        to.state(Machine::DtlsState, state);
        if state == RTCDtlsTransportState::Closed {
            to.pass_on(Occurrence::Closed);
        }
        if state == RTCDtlsTransportState::Connected {
            // Each event has a task of its own in the library, and that of ICE may come after this one: by now it is connected.
            to.reach(Milestone::IceConnected);
            to.reach(Milestone::DtlsConnected);
        }
        Box::pin(ready(()))
    }));
}
