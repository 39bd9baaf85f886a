//! A WebSocket on which commands are numbered and answered, and events come unasked: what the Chrome DevTools Protocol and
//! WebDriver BiDi have in common.

use std::{
    collections::HashMap,
    mem,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    net::TcpStream,
    sync::{mpsc, oneshot},
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{self, Message, protocol::WebSocketConfig},
};

/// The largest message that is taken, in bytes: a screenshot of a long page, or the statistics of a long call.
const LARGEST: usize = 256 << 20;

/// Why a command has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(super) enum SocketError {
    /// Nobody listens there, or it is no WebSocket.
    #[error("no WebSocket at {url}: {source}")]
    Connect {
        /// Where.
        url: String,
        /// Why.
        source: Box<tungstenite::Error>,
    },
    /// The other end has gone, or goes.
    #[error("the browser closed its connection")]
    Closed,
}

/// One end of the socket. It is closed when its last clone is dropped.
#[derive(Debug, Clone)]
pub(super) struct Socket {
    commands: mpsc::UnboundedSender<Command>,
    events: Arc<Mutex<Events>>,
}

#[derive(Debug)]
struct Command {
    method: &'static str,
    parameters: Value,
    answer: oneshot::Sender<Value>,
}

/// Who hears the events.
#[derive(Debug, Default)]
enum Events {
    /// Nobody at the moment: they are dropped.
    #[default]
    Unheard,
    Heard(mpsc::UnboundedSender<Value>),
    /// None will come any more.
    Ended,
}

impl Socket {
    /// Connects to `path` at `address`.
    ///
    /// # Errors
    /// When there is no WebSocket.
    pub(super) async fn connect(address: SocketAddr, path: &str) -> Result<Self, SocketError> {
        let url = format!("ws://{address}{path}");
        let socket = open(address, &url).await;
        let socket = socket.map_err(|source| SocketError::Connect { url, source: Box::new(source) })?;
        let (commands, inbox) = mpsc::unbounded_channel();
        let events = Arc::default();
        tokio::spawn(serve(socket, inbox, Arc::clone(&events)));
        Ok(Self { commands, events })
    }

    /// Has the other end execute `method`, and gives its whole answer. Many may be under way at the same time.
    ///
    /// # Errors
    /// When the connection is closed before the answer has come.
    pub(super) async fn ask(&self, method: &'static str, parameters: Value) -> Result<Value, SocketError> {
        let (answer, answered) = oneshot::channel();
        let command = Command { method, parameters, answer };
        self.commands.send(command).map_err(|_| SocketError::Closed)?;
        answered.await.map_err(|_| SocketError::Closed)
    }

    /// The events from now on; whoever listened before hears no more. They end with the connection.
    pub(super) fn listen(&self) -> mpsc::UnboundedReceiver<Value> {
        let (say, events) = mpsc::unbounded_channel();
        let mut listener = lock(&self.events);
        if !matches!(*listener, Events::Ended) {
            *listener = Events::Heard(say);
        }
        events
    }
}

fn lock(events: &Mutex<Events>) -> MutexGuard<'_, Events> {
    events.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn open(address: SocketAddr, url: &str) -> Result<WebSocketStream<TcpStream>, tungstenite::Error> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let limits = WebSocketConfig::default().max_message_size(Some(LARGEST)).max_frame_size(Some(LARGEST));
    Ok(client_async_with_config(url, stream, Some(limits)).await?.0)
}

/// Carries commands, answers and events until either end is closed.
async fn serve(
    mut socket: WebSocketStream<TcpStream>,
    mut commands: mpsc::UnboundedReceiver<Command>,
    events: Arc<Mutex<Events>>,
) {
    let (mut number, mut waiting) = (0_u64, HashMap::new());
    loop {
        tokio::select! {
            command = commands.recv() => {
                let Some(Command { method, parameters, answer }) = command else { break };
                number += 1;
                let text = json!({ "id": number, "method": method, "params": parameters }).to_string();
                waiting.insert(number, answer);
                if socket.send(Message::text(text)).await.is_err() {
                    break;
                }
            }
            message = socket.next() => {
                let Some(Ok(message)) = message else { break };
                // Whoever batches small packets (Nagle) would hold the next event back until this one is acknowledged.
                let _ = socket.get_ref().set_quickack(true);
                hear(&message, &mut waiting, &events);
            }
        }
    }
    *lock(&events) = Events::Ended;
}

fn hear(message: &Message, waiting: &mut HashMap<u64, oneshot::Sender<Value>>, events: &Mutex<Events>) {
    // What is no JSON is no message of either protocol: a ping, or the closing.
    let Ok(message) =
        message.to_text().map_err(drop).and_then(|text| serde_json::from_str::<Value>(text).map_err(drop))
    else {
        return;
    };
    match message["id"].as_u64() {
        Some(number) => {
            // Whoever asked may wait no longer.
            let _ = waiting.remove(&number).map(|answer| answer.send(message));
        }
        None => {
            let mut listener = lock(events);
            if let Events::Heard(say) = &*listener
                && say.send(message).is_err()
            {
                drop(mem::take(&mut *listener));
            }
        }
    }
}
