//! Data channels.

use std::{
    future::ready,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use tincan_harness::{
    Role,
    media::messages::{CHANNELS, Channel, Form},
};
use tokio::sync::{
    Mutex as AsyncMutex,
    mpsc::{UnboundedReceiver, unbounded_channel},
    oneshot,
};
use webrtc_0_17::{
    data_channel::{RTCDataChannel, data_channel_init::RTCDataChannelInit},
    error::Result,
    peer_connection::RTCPeerConnection,
};

use crate::library::channel::{DataChannel, Opened};

/// A message that has come; none says that the channel has closed.
type Came = Option<(Form, Vec<u8>)>;

/// A data channel, of either side, whose messages are kept until they are asked for.
pub struct Messages {
    channel: Arc<RTCDataChannel>,
    open: Mutex<Option<oneshot::Receiver<()>>>,
    came: AsyncMutex<UnboundedReceiver<Came>>,
}

impl Messages {
    /// What comes on `channel` from now on.
    pub fn on(channel: Arc<RTCDataChannel>) -> Self {
        let (opened, open) = oneshot::channel();
        let (arrive, came) = unbounded_channel();
        channel.on_open(Box::new(move || {
            // Who waits for it may have ended with the call, as below.
            let _ = opened.send(());
            Box::pin(ready(()))
        }));
        let close = arrive.clone();
        channel.on_message(Box::new(move |message| {
            let form = if message.is_string { Form::Text } else { Form::Binary };
            let _ = arrive.send(Some((form, message.data.to_vec())));
            Box::pin(ready(()))
        }));
        channel.on_close(Box::new(move || {
            let _ = close.send(None);
            Box::pin(ready(()))
        }));
        Self { channel, open: Mutex::new(Some(open)), came: AsyncMutex::new(came) }
    }
}

/// Opens the data channels that `role` has to open on `connection`.
///
/// # Errors
/// When the library refuses.
pub async fn open(connection: &RTCPeerConnection, role: Role) -> Result<Vec<Arc<dyn DataChannel>>> {
    let mut opened: Vec<Arc<dyn DataChannel>> = Vec::new();
    for channel in CHANNELS.iter().filter(|channel| channel.is_opened_by(role)) {
        let channel = connection.create_data_channel(channel.label, Some(options(channel))).await?;
        opened.push(Arc::new(Messages::on(channel)));
    }
    Ok(opened)
}

fn options(channel: &Channel) -> RTCDataChannelInit {
    RTCDataChannelInit {
        ordered: Some(channel.ordered),
        max_retransmits: channel.max_retransmits,
        negotiated: channel.id,
        ..Default::default()
    }
}

#[async_trait]
impl DataChannel for Messages {
    async fn opened(&self) -> Option<Opened> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        open.await.ok()?;
        Some(Opened {
            label: self.channel.label().to_owned(),
            ordered: Some(self.channel.ordered()),
            max_retransmits: Some(self.channel.max_retransmits()),
        })
    }

    async fn send(&self, form: Form, message: Vec<u8>) -> std::result::Result<(), String> {
        let sent = match form {
            Form::Binary => self.channel.send(&Bytes::from(message)).await,
            Form::Text => self.channel.send_text(String::from_utf8_lossy(&message).into_owned()).await,
        };
        sent.map(drop).map_err(|error| error.to_string())
    }

    async fn next(&self) -> Option<(Form, Vec<u8>)> {
        self.came.lock().await.recv().await.flatten()
    }
}
