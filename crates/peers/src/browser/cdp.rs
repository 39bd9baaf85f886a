//! The Chrome DevTools Protocol, spoken to one tab.

use std::net::SocketAddr;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{
    context::{ContextError, Dialog, Said},
    socket::Socket,
};

/// The name under which a document finds the function that hands text over; whoever is to have it takes it away at once.
pub(super) const BINDING: &str = "tincanPush";

/// A connection to one tab.
#[derive(Debug, Clone)]
pub(super) struct Cdp(Socket<Said>);

impl Cdp {
    /// Connects to the tab `target` of the browser whose debugger listens on `address`.
    ///
    /// # Errors
    /// When there is no such tab.
    pub(super) async fn connect(address: SocketAddr, target: &str) -> Result<Self, ContextError> {
        let path = format!("/devtools/page/{target}");
        Ok(Self(Socket::connect(address, (address, &path), read).await?))
    }

    /// Executes a command, such as `Page.captureScreenshot`, and gives what it answers.
    ///
    /// # Errors
    /// When the browser refuses, or goes.
    pub(super) async fn execute(
        &self,
        method: &'static str,
        parameters: Value,
    ) -> Result<Value, ContextError> {
        let mut answer = self.0.ask(method, parameters).await?;
        match answer.get("error") {
            Some(error) => {
                let message = error["message"].as_str().unwrap_or_default().to_owned();
                Err(ContextError::Refused { method, message })
            }
            None => Ok(answer["result"].take()),
        }
    }

    /// The same, read as a `T`.
    ///
    /// # Errors
    /// The same, and when the answer is no `T`.
    pub(super) async fn ask<T: for<'d> Deserialize<'d>>(
        &self,
        method: &'static str,
        parameters: Value,
    ) -> Result<T, ContextError> {
        let answer = self.execute(method, parameters).await?;
        T::deserialize(&answer).map_err(|source| ContextError::Form { method, source, answer })
    }

    /// Evaluates an expression in the page as if a person had just touched it; if it is a promise, what that resolves to.
    ///
    /// # Errors
    /// When it throws or is rejected, or the browser goes.
    pub(super) async fn evaluate(&self, expression: &str) -> Result<Value, ContextError> {
        let how = json!({
            "expression": expression,
            "awaitPromise": true,
            "returnByValue": true,
            // A page may ask for it before it plays a video or reads the clipboard.
            "userGesture": true,
        });
        let mut answer = self.execute("Runtime.evaluate", how).await?;
        match answer.get("exceptionDetails") {
            Some(thrown) => Err(ContextError::Threw(describe(thrown))),
            None => Ok(answer["result"]["value"].take()),
        }
    }

    /// What the tab says unasked from now on, as far as its domain is enabled.
    pub(super) fn listen(&self) -> mpsc::UnboundedReceiver<Said> {
        self.0.listen()
    }
}

/// What an event says; none if it is one of those that nobody needs.
fn read(event: &mut Value) -> Option<Said> {
    let parameters = &mut event["params"].take();
    match event["method"].as_str()? {
        "Runtime.bindingCalled" if parameters["name"] == BINDING => match parameters["payload"].take() {
            Value::String(text) => Some(Said::Pushed(text)),
            _ => None,
        },
        "Page.javascriptDialogOpening" => Dialog::deserialize(&*parameters).ok().map(Said::Dialog),
        "Inspector.targetCrashed" => Some(Said::Crashed),
        _ => None,
    }
}

/// `Runtime.ExceptionDetails` in a line: the exception without its stack.
fn describe(thrown: &Value) -> String {
    let described = thrown["exception"]["description"].as_str().or_else(|| thrown["text"].as_str());
    described.and_then(|text| text.lines().next()).unwrap_or("something that is no error").to_owned()
}
