//! A tab of Firefox, through WebDriver BiDi.

#[cfg(test)]
mod tests;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::{mpsc, watch};
use url::Url;

use super::{
    base64::from_base64,
    context::{BrowsingContext, ContextError, Dialog, SOURCE_URL, Said, in_own_document},
    socket::Socket,
};
use crate::page_server::BLANK;

/// What messages of injected scripts are marked with.
const CHANNEL: &str = "tincan";
/// What is heard of the browser.
const EVENTS: [&str; 4] = [
    "script.message",
    "browsingContext.userPromptOpened",
    "browsingContext.contextDestroyed",
    "browsingContext.navigationCommitted",
];
/// The page that stands in for one whose process has ended.
const CRASHED: &str = "about:tabcrashed";
/// What is heard of the tab and its frames alone: windows of the browser itself have a console, too.
const EVENTS_OF_TAB: [&str; 1] = ["log.entryAdded"];
/// As many lines of the console are kept from one look to the next.
const MOST_LINES: usize = 2000;

/// The first tab of a browser, and the one session that it has. A browser whose connection is lost cannot be spoken to again.
#[derive(Debug)]
pub(super) struct BidiTab {
    socket: Socket<Said>,
    heard: Arc<Heard>,
}

/// What is kept of what the tab says.
#[derive(Debug)]
struct Heard {
    /// Which tab it is, once that is known.
    context: OnceLock<String>,
    console: Mutex<Vec<String>>,
    /// Whether the process of the tab has ended: questions that it was asked are never answered then.
    crashed: watch::Sender<bool>,
}

impl BidiTab {
    /// Opens a session with the browser that is reached at `address`, and serves only whoever calls it by the address `host` on
    /// which it listens; answers what the browser says of itself (WebDriver BiDi, `session.new`). With `any_certificate` a page may
    /// have any.
    ///
    /// # Errors
    /// When there is no browser, or it has a session already.
    pub(super) async fn connect(
        address: SocketAddr,
        host: SocketAddr,
        any_certificate: bool,
    ) -> Result<(Self, Value), ContextError> {
        let (context, console) = (OnceLock::new(), Mutex::default());
        let heard = Arc::new(Heard { context, console, crashed: watch::Sender::new(false) });
        let read = {
            let heard = Arc::clone(&heard);
            move |event: &mut Value| heard.read(event)
        };
        let tab = Self { socket: Socket::connect(address, (host, "/session"), read).await?, heard };
        // A dialog is answered as the page map says; but nothing keeps a page that is left.
        let prompts = json!({ "default": "ignore", "beforeUnload": "accept" });
        let asked = json!({ "unhandledPromptBehavior": prompts, "acceptInsecureCerts": any_certificate });
        let asked = json!({ "capabilities": { "alwaysMatch": asked } });
        let mut session = tab.execute("session.new", asked).await?;
        let tree = tab.execute("browsingContext.getTree", json!({ "maxDepth": 0 })).await?;
        let _ = tab.heard.context.set(tree["contexts"][0]["context"].as_str().unwrap_or_default().to_owned());
        tab.execute("session.subscribe", json!({ "events": EVENTS })).await?;
        let of_tab = json!({ "events": EVENTS_OF_TAB, "contexts": [tab.context()] });
        tab.execute("session.subscribe", of_tab).await?;
        Ok((tab, session["capabilities"].take()))
    }

    /// Has every document of the tab, frames too, run the function `declaration` before its own first script.
    ///
    /// # Errors
    /// When the browser refuses, or goes.
    pub(super) async fn inject_everywhere(&self, declaration: &str) -> Result<(), ContextError> {
        let script = json!({ "functionDeclaration": declaration, "contexts": [self.context()] });
        self.execute("script.addPreloadScript", script).await.map(drop)
    }

    /// Evaluates an expression in a window of the browser itself, which may do what no page may: it has to be started with
    /// `--remote-allow-system-access`.
    ///
    /// # Errors
    /// When the browser refuses, or goes.
    pub(super) async fn evaluate_in_window(&self, expression: &str) -> Result<Value, ContextError> {
        let windows = json!({ "moz:scope": "chrome", "maxDepth": 0 });
        let windows = self.execute("browsingContext.getTree", windows).await?;
        self.evaluate_in(&windows["contexts"][0]["context"], expression).await
    }

    /// Has its window in front of all others and its page in focus, as with a person who pastes: where no windows are shown, nobody
    /// else sees to that.
    ///
    /// # Errors
    /// When the browser refuses, or goes.
    pub(super) async fn come_to_front(&self) -> Result<(), ContextError> {
        let focus = "Services.focus.activeWindow = window; gBrowser.selectedBrowser.focus()";
        self.evaluate_in_window(focus).await.map(drop)
    }

    async fn evaluate_in(&self, context: &Value, expression: &str) -> Result<Value, ContextError> {
        let how = json!({
            "expression": expression,
            "target": { "context": context },
            "awaitPromise": true,
            // A page may ask for it before it plays a video or reads the clipboard.
            "userActivation": true,
        });
        let mut answer = self.execute("script.evaluate", how).await?;
        match answer["type"].as_str() {
            Some("exception") => {
                let text =
                    answer["exceptionDetails"]["text"].as_str().unwrap_or("something that is no error");
                Err(ContextError::Threw(text.to_owned()))
            }
            _ => Ok(plain(answer["result"].take())),
        }
    }

    fn context(&self) -> &str {
        self.heard.context.get().map_or("", String::as_str)
    }

    /// Executes a command, and gives its result.
    async fn execute(&self, method: &'static str, parameters: Value) -> Result<Value, ContextError> {
        let mut crashed = self.heard.crashed.subscribe();
        let mut answer = tokio::select! {
            answer = self.socket.ask(method, parameters) => answer?,
            Ok(_) = crashed.wait_for(|crashed| *crashed) => return Err(ContextError::Crashed),
        };
        match answer["type"].as_str() {
            Some("success") => Ok(answer["result"].take()),
            _ => Err(ContextError::Refused { method, message: refusal(&answer) }),
        }
    }

    /// Navigates, and returns when the new document is there, or why it could not be had; it has not loaded then.
    async fn navigate(&self, url: &str) -> Result<(), ContextError> {
        let to = json!({ "context": self.context(), "url": url, "wait": "none" });
        self.execute("browsingContext.navigate", to).await.map(drop)
    }
}

/// What an error says, without the browser's own stack.
fn refusal(answer: &Value) -> String {
    let [error, message] = ["error", "message"].map(|field| answer[field].as_str().unwrap_or_default());
    format!("{error}: {}", message.lines().next().unwrap_or_default())
}

impl Heard {
    fn lines(&self) -> MutexGuard<'_, Vec<String>> {
        self.console.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_crashed(&self) -> Option<Said> {
        self.crashed.send_replace(true);
        Some(Said::Crashed)
    }

    /// What an event says; none if nobody has to hear it at once.
    fn read(&self, event: &mut Value) -> Option<Said> {
        let parameters = &mut event["params"].take();
        let own = || parameters["context"].as_str() == self.context.get().map(String::as_str);
        match event["method"].as_str()? {
            "script.message" if parameters["channel"] == CHANNEL => {
                match parameters["data"]["value"].take() {
                    Value::String(text) => Some(Said::Pushed(text)),
                    _ => None,
                }
            }
            "browsingContext.userPromptOpened" if own() => {
                Dialog::deserialize(&*parameters).ok().map(Said::Dialog)
            }
            "browsingContext.contextDestroyed" if own() => self.has_crashed(),
            "browsingContext.navigationCommitted" if own() => {
                let crashed = parameters["url"].as_str().is_some_and(|url| url.starts_with(CRASHED));
                crashed.then(|| self.has_crashed()).flatten()
            }
            "log.entryAdded" => {
                let mut lines = self.lines();
                if lines.len() < MOST_LINES {
                    lines.push(console_line(parameters));
                }
                None
            }
            _ => None,
        }
    }
}

/// `log.entryAdded` as a line with its level and where it was said.
fn console_line(entry: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let frame = &entry["stackTrace"]["callFrames"][0];
    let at =
        frame["url"].as_str().map(|url| format!("{url} {}:{} ", frame["lineNumber"], frame["columnNumber"]));
    format!("{}: {}{}", text(&entry["level"]).to_uppercase(), at.unwrap_or_default(), text(&entry["text"]))
}

/// A `script.RemoteValue` as the JSON that it stands for; what has no JSON is null.
fn plain(mut remote: Value) -> Value {
    let value = remote["value"].take();
    match (remote["type"].as_str(), value) {
        (Some("array"), Value::Array(items)) => items.into_iter().map(plain).collect(),
        (Some("object"), Value::Array(pairs)) => {
            let entry = |mut pair: Value| Some((pair[0].as_str()?.to_owned(), plain(pair[1].take())));
            pairs.into_iter().filter_map(entry).collect::<Map<_, _>>().into()
        }
        (Some("string" | "number" | "boolean"), value) => value,
        _ => Value::Null,
    }
}

#[async_trait]
impl BrowsingContext for BidiTab {
    async fn inject(&self, body: &str) -> Result<String, ContextError> {
        let body = in_own_document(body);
        let script = json!({
            "functionDeclaration": format!("(push) => {{ \"use strict\"; {body} }}\n{SOURCE_URL}\n"),
            "arguments": [{ "type": "channel", "value": { "channel": CHANNEL } }],
            "contexts": [self.context()],
        });
        let added = self.execute("script.addPreloadScript", script).await?;
        Ok(added["script"].as_str().unwrap_or_default().to_owned())
    }

    async fn withdraw(&self, script: &str) -> Result<(), ContextError> {
        self.execute("script.removePreloadScript", json!({ "script": script })).await.map(drop)
    }

    async fn evaluate(&self, expression: &str) -> Result<Value, ContextError> {
        self.evaluate_in(&self.context().into(), expression).await
    }

    fn listen(&self) -> mpsc::UnboundedReceiver<Said> {
        self.socket.listen()
    }

    async fn answer_dialog(&self, accept: bool, text: &str) -> Result<(), ContextError> {
        let answer = json!({ "context": self.context(), "accept": accept, "userText": text });
        self.execute("browsingContext.handleUserPrompt", answer).await.map(drop)
    }

    async fn open(&self, url: &str) -> Result<(), ContextError> {
        self.navigate(url).await
    }

    /// To a page of the same origin: another one, about:blank too, has another process, and the next call would have to wait for a
    /// new one.
    async fn leave(&self, url: &str) -> Result<(), ContextError> {
        let blank = Url::parse(url).and_then(|url| url.join(BLANK));
        let blank = blank.map_err(|error| ContextError::Unreachable(format!("{url}: {error}")))?;
        self.navigate(blank.as_str()).await
    }

    async fn fetch(&self, url: &str) -> Result<(), ContextError> {
        self.navigate(url).await.map_err(|error| match error {
            ContextError::Refused { message, .. } => ContextError::unreachable(&message),
            error => error,
        })
    }

    async fn screenshot(&self) -> Option<Vec<u8>> {
        // Not only what is in view.
        let how = json!({ "context": self.context(), "origin": "document" });
        let answer = self.execute("browsingContext.captureScreenshot", how).await.ok()?;
        from_base64(&answer["data"])
    }

    async fn console(&self) -> Vec<String> {
        std::mem::take(&mut *self.heard.lines())
    }
}
