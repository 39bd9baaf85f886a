//! A WebSocket on which commands are numbered and answered, and events come unasked: what the Chrome DevTools Protocol and
//! WebDriver BiDi have in common.

use std::{
    collections::HashMap,
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

/// One end of the socket, whose events are read as `E`. It is closed when its last clone is dropped.
#[derive(Debug)]
pub(super) struct Socket<E> {
    commands: mpsc::UnboundedSender<Command>,
    events: Arc<Mutex<Events<E>>>,
}

impl<E> Clone for Socket<E> {
    fn clone(&self) -> Self {
        Self { commands: self.commands.clone(), events: Arc::clone(&self.events) }
    }
}

#[derive(Debug)]
struct Command {
    method: &'static str,
    parameters: Value,
    answer: oneshot::Sender<Value>,
}

/// Who hears the events.
#[derive(Debug)]
enum Events<E> {
    /// Nobody at the moment: they are dropped.
    Unheard,
    Heard(mpsc::UnboundedSender<E>),
    /// None will come any more.
    Ended,
}

impl<E: Send + 'static> Socket<E> {
    /// Connects to `path` of `host`, which is reached at `address`. What comes unasked is read by `read`, in the order in which it comes and whether
    /// anybody listens or not; what it makes nothing of is dropped.
    ///
    /// # Errors
    /// When there is no WebSocket.
    pub(super) async fn connect(
        address: SocketAddr,
        (host, path): (SocketAddr, &str),
        read: impl FnMut(&mut Value) -> Option<E> + Send + 'static,
    ) -> Result<Self, SocketError> {
        let url = format!("ws://{host}{path}");
        let socket = open(address, &url).await;
        let socket = socket.map_err(|source| SocketError::Connect { url, source: Box::new(source) })?;
        let (commands, inbox) = mpsc::unbounded_channel();
        let events = Arc::new(Mutex::new(Events::Unheard));
        let ear = Ear { read, events: Arc::clone(&events) };
        tokio::spawn(serve(socket, inbox, ear));
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
    pub(super) fn listen(&self) -> mpsc::UnboundedReceiver<E> {
        let (say, events) = mpsc::unbounded_channel();
        let mut listener = lock(&self.events);
        if !matches!(*listener, Events::Ended) {
            *listener = Events::Heard(say);
        }
        events
    }
}

fn lock<E>(events: &Mutex<Events<E>>) -> MutexGuard<'_, Events<E>> {
    events.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn open(address: SocketAddr, url: &str) -> Result<WebSocketStream<TcpStream>, tungstenite::Error> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let limits = WebSocketConfig::default().max_message_size(Some(LARGEST)).max_frame_size(Some(LARGEST));
    Ok(client_async_with_config(url, stream, Some(limits)).await?.0)
}

/// What reads the events, and who hears them.
struct Ear<E, R> {
    read: R,
    events: Arc<Mutex<Events<E>>>,
}

/// Carries commands, answers and events until either end is closed.
async fn serve<E, R: FnMut(&mut Value) -> Option<E>>(
    mut socket: WebSocketStream<TcpStream>,
    mut commands: mpsc::UnboundedReceiver<Command>,
    mut ear: Ear<E, R>,
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
                ear.hear(&message, &mut waiting);
            }
        }
    }
    *lock(&ear.events) = Events::Ended;
}

impl<E, R: FnMut(&mut Value) -> Option<E>> Ear<E, R> {
    fn hear(&mut self, message: &Message, waiting: &mut HashMap<u64, oneshot::Sender<Value>>) {
        // What is no JSON is no message of either protocol: a ping, or the closing.
        let Ok(mut message) = message
            .to_text()
            .map_err(drop)
            .and_then(|text| serde_json::from_str::<Value>(text).map_err(drop))
        else {
            return;
        };
        match message["id"].as_u64() {
            // Whoever asked may wait no longer.
            Some(number) => drop(waiting.remove(&number).map(|answer| answer.send(message))),
            None => drop((self.read)(&mut message).map(|event| self.say(event))),
        }
    }

    fn say(&self, event: E) {
        let mut listener = lock(&self.events);
        if let Events::Heard(say) = &*listener
            && say.send(event).is_err()
        {
            *listener = Events::Unheard;
        }
    }
}
