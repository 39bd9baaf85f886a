//! The connections of the page server. There are never too many of them, and those that stall keep nobody out.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    task::{AbortHandle, JoinSet},
    time::{Instant, timeout_at},
};

/// Two browsers hold about six connections each.
const MOST: usize = 64;

/// On one machine a question is asked, or the next part of an answer taken, within milliseconds.
const STALLED: Duration = Duration::from_secs(1);

/// How long a client may take to ask. It is also how long a connection stays that a browser has made beforehand or keeps:
/// the browser makes another one when it needs it.
const TO_ASK: Duration = Duration::from_secs(10);

/// The open connections, each served by a task. They end when this is dropped.
pub(super) struct Connections {
    app: Router,
    tasks: JoinSet<hyper::Result<()>>,
    open: Vec<Open>,
}

struct Open {
    served: Served,
    task: AbortHandle,
}

impl Connections {
    pub(super) fn new(app: Router) -> Self {
        Self { app, tasks: JoinSet::new(), open: Vec::new() }
    }

    /// Returns when there is room for one more. If nobody leaves, who was sent nothing for longest has to, as soon as that
    /// is [`STALLED`] ago: whether it does not ask, asks by halves, or does not take its answer.
    pub(super) async fn room(&mut self) {
        while self.tasks.try_join_next().is_some() {}
        while self.tasks.len() >= MOST {
            self.open.retain(|open| !open.task.is_finished());
            if let Some(quietest) = self.open.iter().min_by_key(|open| open.served.last()) {
                let last = quietest.served.last();
                let ended = timeout_at(last + STALLED, self.tasks.join_next()).await;
                if ended.is_ok() || quietest.served.last() != last {
                    continue;
                }
                quietest.task.abort();
            }
            self.tasks.join_next().await;
        }
    }

    /// Serves one more.
    pub(super) fn take(&mut self, stream: TcpStream) {
        let served = Served::now();
        let stream = Watched { stream, served: served.clone() };
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(TO_ASK)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(self.app.clone()));
        let task = self.tasks.spawn(connection);
        self.open.retain(|open| !open.task.is_finished());
        self.open.push(Open { served, task });
    }

    /// Ends them all; their sockets are closed when this returns.
    pub(super) async fn end(mut self) {
        self.tasks.shutdown().await;
    }
}

/// When a client was last sent something, or came.
#[derive(Clone)]
struct Served(Arc<Mutex<Instant>>);

impl Served {
    fn now() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    fn last(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn again(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

/// The socket of a connection, which notes when something is sent.
struct Watched {
    stream: TcpStream,
    served: Served,
}

impl Watched {
    fn sent(&self, bytes: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        let bytes = ready!(bytes)?;
        self.served.again();
        Poll::Ready(Ok(bytes))
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let sent = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.sent(sent)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let sent = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.sent(sent)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
