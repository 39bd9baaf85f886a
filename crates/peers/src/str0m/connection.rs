//! The connection, as a call asks it: a handle on its [`Agent`].

use std::{future::ready, sync::Arc, time::Instant};

use async_trait::async_trait;
use serde_json::Value;
use str0m::{RtcConfig, media::MediaKind};
use tincan_harness::{
    Assignment, Evidence, IceCandidate, Mailbox, Operation, PeerError, ReadBack, Role, SdpType, VideoCodec,
    frames::FrameSource, procedure::Act,
};
use tokio::sync::{
    mpsc::{UnboundedSender, unbounded_channel},
    oneshot,
};

use super::{
    agent::{Agent, Request, Track},
    pictures::{receive_pictures, send_pictures},
    playing::{receive_sound, send_sound},
    sockets::Sockets,
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

/// How much str0m keeps to be sent: all that a call sends, since what does not fit is refused.
const SEND_BUFFER: usize = 8 << 20;

/// A handle on a call's agent, which ends with it.
#[derive(Debug)]
pub struct Connection {
    agent: UnboundedSender<Request>,
    /// What video it sends and receives.
    codec: Option<VideoCodec>,
}

impl Connection {
    /// Asks the agent, and answers what it says; none if it has ended, as by a panic of str0m.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Agent) -> T + Send + 'static,
    ) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        // Who asked and waits no longer has taken the call for dead.
        let request: Request = Box::new(|agent| drop(answer.send(question(agent))));
        self.agent.send(request).ok()?;
        answered.await.ok()
    }
}

/// With `codec`, and nothing else of video.
fn enable(codec: VideoCodec, config: RtcConfig) -> RtcConfig {
    match codec {
        VideoCodec::Vp8 => config.enable_vp8(true),
        VideoCodec::Vp9 => config.enable_vp9(true),
        VideoCodec::H264 => config.enable_h264(true),
        VideoCodec::Av1 => config.enable_av1(true),
    }
}

fn nothing_to_send() -> PeerError {
    PeerError { operation: Operation::Send, message: "no codec was negotiated to send".to_owned() }
}

fn ended(operation: Operation) -> PeerError {
    PeerError { operation, message: "str0m has ended before".to_owned() }
}

#[async_trait]
impl connection::Connection for Connection {
    const LIBRARY: &'static str = "str0m";
    type Track = Track;

    fn reads_back() -> ReadBack {
        stats::reads_back()
    }

    async fn open(assignment: &Assignment, observer: Observer<Track>) -> Result<Self, String> {
        let flowing = assignment.flowing;
        let sockets = Sockets::bind().await.map_err(|error| error.to_string())?;
        let config = RtcConfig::new().clear_codecs();
        let config = match flowing.video {
            Some(codec) => enable(codec, config),
            None => config,
        };
        let rtc = config
            .enable_opus(flowing.audio.is_some(), false)
            .set_stats_interval(Some(stats::INTERVAL))
            .set_sctp_max_buffered_amount(SEND_BUFFER)
            .build(Instant::now());
        let (requests, asked) = unbounded_channel();
        let agent = Agent::new(rtc, sockets, assignment.clone(), requests.downgrade(), observer);
        tokio::spawn(agent.run(asked));
        Ok(Self { agent: requests, codec: flowing.video })
    }

    /// str0m opens them with what describes them.
    async fn open_channels(&self, _: Role) -> Result<Vec<Arc<dyn DataChannel>>, PeerError> {
        Ok(Vec::new())
    }

    async fn change(&self, act: Act) -> Result<(), PeerError> {
        let prepared = self.ask(move |agent| agent.prepare(act)).await;
        prepared.ok_or_else(|| ended(Operation::CreateOffer))
    }

    async fn describe(&self, role: Role) -> Result<String, PeerError> {
        let operation = match role {
            Role::Offerer => Operation::CreateOffer,
            Role::Answerer => Operation::CreateAnswer,
        };
        self.ask(move |agent| agent.describe(role)).await.unwrap_or_else(|| Err(ended(operation)))
    }

    /// It was made when the offer was accepted.
    async fn create_answer(&self) -> Result<(), PeerError> {
        let answers = self.ask(|agent| agent.description.is_some()).await;
        let message = match answers {
            Some(true) => return Ok(()),
            Some(false) => "str0m has none to give".to_owned(),
            None => return Err(ended(Operation::CreateAnswer)),
        };
        Err(PeerError { operation: Operation::CreateAnswer, message })
    }

    async fn local_description(&self) -> Option<String> {
        self.ask(|agent| agent.full_description()).await?
    }

    async fn accept(&self, kind: SdpType, sdp: String) -> Result<(), PeerError> {
        let accepted = self.ask(move |agent| agent.accept(kind, &sdp)).await;
        accepted.unwrap_or_else(|| Err(ended(Operation::SetRemoteDescription(kind))))
    }

    async fn add(&self, candidate: IceCandidate) -> Result<(), String> {
        let added = self.ask(move |agent| agent.add(&candidate.candidate)).await;
        added.unwrap_or_else(|| Err("str0m has ended before".to_owned()))
    }

    async fn send(&self, source: FrameSource) -> Result<Pictures, PeerError> {
        let sent = self.ask(|agent| agent.sent().map(|_| agent.key_frame_asked.clone())).await;
        let (key_frame_asked, codec) = sent.flatten().zip(self.codec).ok_or_else(nothing_to_send)?;
        Ok(Box::pin(send_pictures(codec, source, self.agent.clone(), key_frame_asked)))
    }

    async fn send_sound(&self, source: FrameSource) -> Result<Pictures, PeerError> {
        self.ask(Agent::sent_sound).await.flatten().ok_or_else(nothing_to_send)?;
        Ok(Box::pin(send_sound(source, self.agent.clone())))
    }

    fn receive(&self, track: Track, mailbox: Mailbox, last: LastPicture) -> Pictures {
        let Track { kind, frames } = track;
        match (kind, self.codec) {
            (MediaKind::Audio, _) => Box::pin(receive_sound(frames, mailbox)),
            (MediaKind::Video, Some(codec)) => {
                Box::pin(receive_pictures(codec, frames, self.agent.clone(), mailbox, last))
            }
            // Without a codec there is nothing to be read.
            (MediaKind::Video, None) => Box::pin(ready(Ok(()))),
        }
    }

    async fn stats(&self) -> Vec<Value> {
        self.ask(Agent::entries).await.unwrap_or_default()
    }

    async fn examine(&self) -> Evidence {
        self.ask(Agent::evidence).await.unwrap_or_default()
    }

    async fn close(&self) {
        let (closed, has_closed) = oneshot::channel();
        if self.agent.send(Box::new(|agent| agent.closed = Some(closed))).is_ok() {
            // It answers when all is sent, or has ended already.
            let _ = has_closed.await;
        }
    }
}
