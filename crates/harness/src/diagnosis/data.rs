//! Why no data channel opened, or not all messages came.

use super::{
    connectivity::of_type,
    finding::{Examination, Finding},
};
use crate::{
    media::messages::{CHANNELS, Channel, MESSAGES},
    signaling::Role,
    stage::Stage,
};

impl Examination<'_> {
    /// Not every data channel of the call opened.
    pub(super) fn no_channels(&self, seconds: &str) -> Finding {
        let open = |role| self.side(role).received.messages.channels;
        let (own, other) = (open(self.role), open(self.role.other()));
        let all = CHANNELS.len();
        let evidence = format!(
            "{own} of {all} data channels opened within {seconds} ({}: {other}){}",
            self.role.other(),
            self.said()
        );
        Finding::new(Stage::ChannelOpen, self.role, evidence)
    }

    /// The channels were to be closed, and one is open.
    pub(super) fn channels_not_closed(&self, seconds: &str) -> Finding {
        let what = match self.part(self.role) {
            Role::Offerer => "it was asked to close its data channels",
            Role::Answerer => "the other side has closed the data channels",
        };
        let evidence =
            format!("{what}, and within {seconds} it did not tell that all are closed{}", self.said());
        Finding::new(Stage::ChannelOpen, self.role, evidence)
            .look_at("close() and the `close` event of each data channel (RFC 8831, section 6.7)")
    }

    /// Not every message came that has to. Who has not sent them is to blame, if its statistics tell.
    pub(super) fn no_messages(&self, seconds: &str) -> Finding {
        let (receiver, sender) = (self.role, self.role.other());
        let (sent, arrived) =
            (self.counted(sender, "messagesSent"), self.counted(receiver, "messagesReceived"));
        let (all, proven) = (MESSAGES as u64, self.side(receiver).received.messages.proven);
        if let Some(sent) = sent.filter(|sent| *sent < all) {
            let evidence = format!(
                "it sent {sent} of {all} messages on its data channels within {seconds}{}",
                self.said()
            );
            return Finding::new(Stage::MessagesReceived, sender, evidence);
        }
        let sent = sent.map(|sent| format!(", and the {sender} sent {sent}")).unwrap_or_default();
        let arrived = arrived.map(|arrived| format!(", {arrived} by its getStats")).unwrap_or_default();
        let evidence =
            format!("of {all} messages {proven} came as they were sent within {seconds}{arrived}{sent}");
        Finding::new(Stage::MessagesReceived, receiver, evidence)
    }

    /// What the statistics of `role` count of the messages on the channels of the call; none if they do not.
    fn counted(&self, role: Role, field: &str) -> Option<u64> {
        let sample = self.side(role).evidence.stats.last()?;
        let is_of_call = |label: &str| CHANNELS.iter().any(|channel: &Channel| channel.label == label);
        let channels = of_type(&sample.entries, "data-channel");
        channels
            .filter(|entry| entry["label"].as_str().is_none_or(is_of_call))
            .filter_map(|entry| entry[field].as_u64())
            .reduce(|sum, count| sum + count)
    }
}
