//! What is sent and heard on a data channel.

use std::sync::Arc;

use async_trait::async_trait;
use str0m::channel::{ChannelConfig, ChannelId, Reliability};
use tincan_harness::media::messages::Form;
use tokio::sync::{
    Mutex,
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    oneshot,
};

use super::{
    agent::{Agent, Request},
    channels::Came,
};
use crate::library::{
    channel::{DataChannel, Opened},
    observer::Occurrence,
};

impl Agent {
    /// A data channel has opened, whoever opens it.
    pub(super) fn channel_opened(&mut self, id: ChannelId, label: String) {
        let Some(agent) = self.requests.upgrade() else { return };
        let (arrive, came) = unbounded_channel();
        self.channels.open(id, arrive);
        let config = self.rtc.channel(id).and_then(|channel| channel.config().cloned());
        let channel = Messages { id, label, config, agent, came: Mutex::new(came) };
        self.observer.pass_on(Occurrence::Channel(Arc::new(channel)));
    }
}

/// A data channel that is open.
struct Messages {
    id: ChannelId,
    label: String,
    config: Option<ChannelConfig>,
    agent: UnboundedSender<Request>,
    came: Mutex<UnboundedReceiver<Came>>,
}

#[async_trait]
impl DataChannel for Messages {
    async fn opened(&self) -> Option<Opened> {
        let config = self.config.as_ref();
        let bound = |config: &ChannelConfig| match config.reliability {
            Reliability::MaxRetransmits { retransmits } => Some(retransmits),
            _ => None,
        };
        Some(Opened {
            label: self.label.clone(),
            ordered: config.map(|config| config.ordered),
            max_retransmits: config.map(bound),
        })
    }

    async fn send(&self, form: Form, message: Vec<u8>) -> Result<(), String> {
        let (id, (answer, answered)) = (self.id, oneshot::channel());
        let request: Request = Box::new(move |agent| {
            let written =
                agent.rtc.channel(id).map(|mut channel| channel.write(form == Form::Binary, &message));
            // Who asked and waits no longer has ended with the call.
            let _ = answer.send(match written {
                Some(Ok(true)) => Ok(()),
                Some(Ok(false)) => Err("it does not fit into the buffer".to_owned()),
                Some(Err(error)) => Err(error.to_string()),
                None => Err("the channel is not open".to_owned()),
            });
        });
        let ended = || "str0m has ended before".to_owned();
        self.agent.send(request).map_err(|_| ended())?;
        answered.await.map_err(|_| ended())?
    }

    async fn next(&self) -> Option<Came> {
        self.came.lock().await.recv().await
    }
}
