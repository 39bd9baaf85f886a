//! What a tab can be asked, in whichever dialect it is spoken to: a browsing context, as HTML and WebDriver BiDi call it.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::mpsc;

use super::socket::SocketError;

/// The tab of a browser that runs.
pub(super) type Context = Arc<dyn BrowsingContext>;

/// What a tab can be asked. Several questions may be open at the same time, and none of them keeps what the tab says unasked.
#[async_trait]
pub(super) trait BrowsingContext: fmt::Debug + Send + Sync {
    /// Has the next documents run `body` before their own first script, with `push` in it, which hands text over. Answers
    /// what the browser calls the script.
    async fn inject(&self, body: &str) -> Result<String, ContextError>;

    /// Lets the next documents be without the script of that name.
    async fn withdraw(&self, script: &str) -> Result<(), ContextError>;

    /// Evaluates an expression in the page as if a person had just touched it; if it is a promise, what that resolves to.
    async fn evaluate(&self, expression: &str) -> Result<Value, ContextError>;

    /// What the tab says unasked from now on; whoever listened before hears no more. It ends with the browser.
    fn listen(&self) -> mpsc::UnboundedReceiver<Said>;

    /// Answers the dialog that is open.
    async fn answer_dialog(&self, accept: bool, text: &str) -> Result<(), ContextError>;

    /// Opens a page, and does not wait until it has loaded.
    async fn open(&self, url: &str) -> Result<(), ContextError>;

    /// Leaves the page at `url`, and with it its connection and its camera.
    async fn leave(&self, url: &str) -> Result<(), ContextError>;

    /// Fetches a page, as a browser does by itself: what is wrong is why it could not be had, in the browser's words.
    async fn fetch(&self, url: &str) -> Result<(), ContextError>;

    /// The whole page, as PNG; none if it cannot be had.
    async fn screenshot(&self) -> Option<Vec<u8>>;

    /// What was said on the console since the last look, each line with its level; empty if that cannot be had.
    async fn console(&self) -> Vec<String>;
}

/// What a tab says unasked.
#[derive(Debug)]
pub(super) enum Said {
    /// An injected script has handed text over.
    Pushed(String),
    /// The page shows a dialog, and stands still.
    Dialog(Dialog),
    /// The process of the tab has ended.
    Crashed,
}

/// `Page.javascriptDialogOpening` of CDP, and `browsingContext.userPromptOpened` of WebDriver BiDi.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Dialog {
    /// `alert`, `confirm`, `prompt` or `beforeunload`.
    #[serde(rename = "type")]
    pub(super) kind: String,
    /// What it says.
    pub(super) message: String,
}

/// Why a tab did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(super) enum ContextError {
    /// The browser has gone, or goes.
    #[error(transparent)]
    Socket(#[from] SocketError),
    /// The process of the tab has ended, and so will never answer.
    #[error("the tab has crashed, or was killed")]
    Crashed,
    /// The browser refused.
    #[error("{method}: {message}")]
    Refused {
        /// The command.
        method: &'static str,
        /// What it said.
        message: String,
    },
    /// The script threw.
    #[error("{0}")]
    Threw(String),
    /// The page could not be opened or fetched.
    #[error("{0}")]
    Unreachable(String),
    /// The answer has another form than the protocol says.
    #[error("{method}: {source}: {answer}")]
    Form {
        /// The command.
        method: &'static str,
        /// What is wrong with it.
        source: serde_json::Error,
        /// It.
        answer: Value,
    },
}

impl ContextError {
    /// That the page could not be had: the first line of what the browser or its driver said, since a stack stands behind it.
    pub(super) fn unreachable(said: &str) -> Self {
        Self::Unreachable(said.lines().next().unwrap_or_default().trim().to_owned())
    }
}

/// The function body `body`, to be run in a tab's own document; `push` has to be defined before. A frame is handed over to
/// whoever runs there, if it is of the same origin.
pub(super) fn in_own_document(body: &str) -> String {
    format!(
        "if (window !== window.top) {{
            try {{ window.top[Symbol.for(\"tincan.probe\")]?.adopt(window); }} catch {{ /* of another origin */ }}
            return;
        }}
        if (!push) return;
        {body}"
    )
}

/// What the browser calls an injected script, where it says whence an error comes.
pub(super) const SOURCE_URL: &str = "//# sourceURL=tincan-probe.js";
