//! The data channels of a call.

use std::collections::HashMap;

use str0m::channel::{ChannelConfig, ChannelData, ChannelId, Reliability};
use tincan_harness::media::messages::{Channel, Form};
use tokio::sync::mpsc::UnboundedSender;

/// A message that has come.
pub(super) type Came = (Form, Vec<u8>);

/// Where the messages go of each channel that is open.
#[derive(Default)]
pub(super) struct Channels {
    heard: HashMap<ChannelId, UnboundedSender<Came>>,
    /// Whether those that this side opens are.
    pub(super) are_opened: bool,
}

impl Channels {
    /// Hands over to `heard` what comes on a channel from now on.
    pub(super) fn open(&mut self, id: ChannelId, heard: UnboundedSender<Came>) {
        self.heard.insert(id, heard);
    }

    /// Hands over a message that has come.
    pub(super) fn take(&self, ChannelData { id, binary, data, .. }: ChannelData) {
        let form = if binary { Form::Binary } else { Form::Text };
        if let Some(channel) = self.heard.get(&id) {
            // Nobody hears it any more when the call ends.
            let _ = channel.send((form, data));
        }
    }

    /// Nothing more will come on this channel.
    pub(super) fn close(&mut self, id: ChannelId) {
        self.heard.remove(&id);
    }
}

/// What str0m is told of a channel.
pub(super) fn config(channel: &Channel) -> ChannelConfig {
    let reliability = channel
        .max_retransmits
        .map_or(Reliability::Reliable, |retransmits| Reliability::MaxRetransmits { retransmits });
    ChannelConfig {
        label: channel.label.to_owned(),
        ordered: channel.ordered,
        reliability,
        negotiated: channel.id,
        ..Default::default()
    }
}
