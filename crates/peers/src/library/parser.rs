//! A library that is given descriptions, in this process: it can end it.

use std::marker::PhantomData;

use async_trait::async_trait;
use tincan_harness::{
    Assignment, AudioCodec, Direction, HarnessError, IceConfiguration, IceServer, Mailbox, Media, PeerError,
    Role, SignalingMode, VideoCodec,
    procedure::Act,
    sdp::{
        question::{DescriptionKind, Question, Section},
        reaction::Reaction,
    },
};
use tokio::{sync::mpsc::unbounded_channel, time::Instant};

use super::{connection::Connection, observer::Observer};
use crate::parser::Parser;

/// All that a library here can send and receive, in the codec of every call that says nothing else.
const EVERYTHING: Media = Media { video: Some(VideoCodec::Vp8), audio: Some(AudioCodec::Opus), data: true };

/// The library whose connection is `C`, which is used as in a call: with the same codecs and settings. Nothing leaves the machine: it
/// has relayed candidates alone, and no relay.
pub(crate) struct LibraryParser<C>(PhantomData<fn() -> C>);

impl<C> LibraryParser<C> {
    /// It; nothing runs between two questions.
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

#[async_trait]
impl<C: Connection> Parser for LibraryParser<C> {
    async fn ask(&mut self, question: &Question) -> Result<Reaction, HarnessError> {
        let connection = open::<C>().await;
        let connection = connection
            .map_err(|error| HarnessError::new(format!("open a connection of {}", C::LIBRARY), error))?;
        let reaction = react(&connection, question).await;
        connection.close().await;
        Ok(reaction)
    }

    fn software(&self) -> String {
        C::LIBRARY.to_owned()
    }

    async fn end(self: Box<Self>) {}
}

/// A connection that sends nothing yet.
async fn open<C: Connection>() -> Result<C, String> {
    let ((post, _), (say, _)) = (unbounded_channel(), unbounded_channel());
    let observer = Observer::new(Mailbox::new(Role::Answerer, Instant::now(), post), say);
    let assignment = Assignment {
        role: Role::Answerer,
        mode: SignalingMode::Trickle,
        media: Media::NOTHING,
        flowing: EVERYTHING,
        rejects_rest: false,
        direction: Direction::SendRecv,
        ice: IceConfiguration { relay_only: true, servers: vec![no_relay()] },
    };
    C::open(&assignment, observer).await
}

/// Nobody listens there. Without any relay webrtc-rs takes no configuration that has relayed candidates alone.
fn no_relay() -> IceServer {
    IceServer {
        urls: "turn:127.0.0.1:9?transport=udp".to_owned(),
        username: Some("nobody".to_owned()),
        credential: Some("nothing".to_owned()),
    }
}

async fn react<C: Connection>(connection: &C, question: &Question) -> Reaction {
    if question.kind == DescriptionKind::Answer
        && let Err(error) = offer(connection, &question.sections()).await
    {
        return Reaction::Unsupported { reason: format!("it makes no offer with these m-sections: {error}") };
    }
    match connection.accept(question.kind.into(), question.sdp.clone()).await {
        Err(PeerError { message, .. }) => Reaction::refusal(&message, None, &question.sdp),
        Ok(()) if question.kind == DescriptionKind::Answer => Reaction::acceptance(None),
        Ok(()) => {
            let answered = connection.create_answer().await.map_err(|error| error.message);
            Reaction::acceptance(answered.err().as_deref())
        }
    }
}

/// Offers these m-sections; all data channels have one together (RFC 8841, section 10.1).
async fn offer<C: Connection>(connection: &C, sections: &[Section]) -> Result<(), PeerError> {
    let mut has_data = false;
    for section in sections {
        match section {
            Section::Video => connection.change(Act::AddVideo).await?,
            Section::Audio => connection.change(Act::AddAudio).await?,
            Section::Application if std::mem::replace(&mut has_data, true) => {}
            Section::Application => {
                connection.change(Act::AddData).await?;
                connection.open_channels(Role::Offerer).await?;
            }
        }
    }
    connection.describe(Role::Offerer).await.map(drop)
}
