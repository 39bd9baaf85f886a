//! Data channels.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::BytesMut;
use tincan_harness::{
    Role,
    media::messages::{CHANNELS, Channel, Form},
};
use webrtc::{
    data_channel::{DataChannel, DataChannelEvent, RTCDataChannelInit},
    error::Result,
    peer_connection::PeerConnection,
};

use crate::library::channel::{self, Opened};

/// A data channel, of either side.
pub struct Messages(pub Arc<dyn DataChannel>);

/// Opens the data channels that `role` has to open on `connection`.
///
/// # Errors
/// When webrtc-rs refuses.
pub async fn open(connection: &dyn PeerConnection, role: Role) -> Result<Vec<Arc<dyn channel::DataChannel>>> {
    let mut opened: Vec<Arc<dyn channel::DataChannel>> = Vec::new();
    for channel in CHANNELS.iter().filter(|channel| channel.is_opened_by(role)) {
        let channel = connection.create_data_channel(channel.label, Some(options(channel))).await?;
        opened.push(Arc::new(Messages(channel)));
    }
    Ok(opened)
}

fn options(channel: &Channel) -> RTCDataChannelInit {
    RTCDataChannelInit {
        ordered: channel.ordered,
        max_retransmits: channel.max_retransmits,
        negotiated: channel.id,
        ..Default::default()
    }
}

#[async_trait]
impl channel::DataChannel for Messages {
    async fn opened(&self) -> Option<Opened> {
        while !matches!(self.0.poll().await?, DataChannelEvent::OnOpen) {}
        Some(Opened {
            label: self.0.label().await.ok()?,
            ordered: self.0.ordered().await.ok(),
            max_retransmits: self.0.max_retransmits().await.ok(),
        })
    }

    async fn send(&self, form: Form, message: Vec<u8>) -> std::result::Result<(), String> {
        let sent = match form {
            Form::Binary => self.0.send(BytesMut::from(&message[..])).await,
            Form::Text => self.0.send_text(&String::from_utf8_lossy(&message)).await,
        };
        sent.map_err(|error| error.to_string())
    }

    async fn next(&self) -> Option<(Form, Vec<u8>)> {
        loop {
            if let DataChannelEvent::OnMessage(message) = self.0.poll().await? {
                let form = if message.is_string { Form::Text } else { Form::Binary };
                return Some((form, message.data.to_vec()));
            }
        }
    }
}
