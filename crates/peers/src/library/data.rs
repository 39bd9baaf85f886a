//! The data channels of one call on a library: what is sent on them, and what comes.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use tincan_harness::{
    Event, Mailbox, Operation, PeerError,
    frames::FrameSource,
    media::{
        Sighting,
        messages::{CHANNELS, ChannelSighting, Message, MessageSighting, Planned, encode},
    },
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{
    channel::{DataChannel, Opened},
    connection::{MediaFault, Pictures},
};

/// The longest message that may be sent to a side that says nothing of it (RFC 8841, section 6.1).
const MOST_UNSAID: u32 = 65_536;

/// A channel that is open, by its label.
type Open = (String, Arc<dyn DataChannel>);

/// The data channels of a call.
pub(super) struct DataChannels {
    mailbox: Mailbox,
    opened: UnboundedSender<Open>,
    /// The longest message that the other side takes.
    most: Arc<AtomicU32>,
}

impl DataChannels {
    /// None yet, with what sends all messages of `source` once every channel of the call is open.
    pub(super) fn new(source: FrameSource, mailbox: Mailbox) -> (Self, Pictures) {
        let (opened, channels) = unbounded_channel();
        let most = Arc::new(AtomicU32::new(MOST_UNSAID));
        let sending = send_all(source, mailbox.clone(), channels, Arc::clone(&most));
        (Self { mailbox, opened, most }, Box::pin(sending))
    }

    /// Keeps to what the other side's description says of the longest message that it takes; 0 says that there is none.
    pub(super) fn keep_to(&self, sdp: &str) {
        let said = sdp.lines().find_map(|line| line.strip_prefix("a=max-message-size:")?.trim().parse().ok());
        let most = match said.unwrap_or(MOST_UNSAID) {
            0 => u32::MAX,
            most => most,
        };
        self.most.store(most, Ordering::Relaxed);
    }

    /// What says that `channel` has opened, and hands over its messages until it closes.
    pub(super) fn hear(&self, channel: Arc<dyn DataChannel>) -> Pictures {
        Box::pin(hear(channel, self.mailbox.clone(), self.opened.clone()))
    }
}

async fn hear(
    channel: Arc<dyn DataChannel>,
    mailbox: Mailbox,
    opened: UnboundedSender<Open>,
) -> Result<(), MediaFault> {
    let Some(Opened { label, ordered, max_retransmits }) = channel.opened().await else { return Ok(()) };
    let at = mailbox.zero().elapsed();
    let sighting = ChannelSighting { at, label: label.clone(), ordered, max_retransmits };
    mailbox.post(at, Event::Media(Sighting::Channel(sighting)));
    // Who sends has ended only with the call.
    let _ = opened.send((label.clone(), Arc::clone(&channel)));
    while let Some((form, bytes)) = channel.next().await {
        let (at, message) = (mailbox.zero().elapsed(), Message::read(form, &bytes));
        let sighting = MessageSighting { at, label: label.clone(), message };
        mailbox.post(at, Event::Media(Sighting::Message(sighting)));
    }
    Ok(())
}

/// Sends all that is planned once all channels are open: the first message of each, then the second of each.
async fn send_all(
    source: FrameSource,
    mailbox: Mailbox,
    mut opened: UnboundedReceiver<Open>,
    most: Arc<AtomicU32>,
) -> Result<(), MediaFault> {
    let mut open: [Option<Arc<dyn DataChannel>>; CHANNELS.len()] = Default::default();
    while open.iter().any(Option::is_none) {
        let Some((label, channel)) = opened.recv().await else { return Ok(()) };
        let place = CHANNELS.iter().position(|planned| planned.label == label);
        // A channel of another name is none of the call's.
        if let Some(place) = place {
            open[place].get_or_insert(channel);
        }
    }
    let most = most.load(Ordering::Relaxed);
    for (counter, place, planned) in in_turn() {
        let Some(channel) = &open[place] else { continue };
        let planned = Planned { size: planned.size.min(most), ..planned };
        let message = encode(source, place as u8, counter as u16, planned);
        if let Err(refusal) = channel.send(planned.form, message).await {
            let what = format!(
                "message {counter} of {:?}, {} bytes: {refusal}",
                CHANNELS[place].label, planned.size
            );
            let fault = PeerError { operation: Operation::SendMessage, message: what };
            mailbox.post(mailbox.zero().elapsed(), Event::PeerError(fault));
            break;
        }
    }
    Ok(())
}

/// Every message, with its place among those of its channel and that of its channel.
fn in_turn() -> impl Iterator<Item = (usize, usize, Planned)> {
    let mut all: Vec<_> = CHANNELS
        .iter()
        .enumerate()
        .flat_map(|(place, channel)| {
            channel.messages().enumerate().map(move |(counter, planned)| (counter, place, planned))
        })
        .collect();
    all.sort_by_key(|(counter, place, _)| (*counter, *place));
    all.into_iter()
}
