//! A tab of Chromium: on the page through the Chrome DevTools Protocol, opened through WebDriver.

use async_trait::async_trait;
use fantoccini::Client;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{
    base64::from_base64,
    cdp::{BINDING, Cdp},
    console,
    context::{BrowsingContext, ContextError, SOURCE_URL, Said, in_own_document},
};

/// A tab, and the WebDriver session that it is of.
#[derive(Debug)]
pub(super) struct ChromiumTab {
    cdp: Cdp,
    session: Client,
}

impl ChromiumTab {
    /// The tab `cdp` of `session`.
    pub(super) const fn new(cdp: Cdp, session: Client) -> Self {
        Self { cdp, session }
    }

    /// Has the tab say what a call needs to hear.
    ///
    /// # Errors
    /// When the browser goes.
    pub(super) async fn enable(tab: &Cdp) -> Result<(), ContextError> {
        tab.execute("Page.enable", json!({})).await?;
        tab.execute("Inspector.enable", json!({})).await?;
        tab.execute("Runtime.enable", json!({})).await?;
        tab.execute("Runtime.addBinding", json!({ "name": BINDING })).await?;
        Ok(())
    }
}

/// `Page.addScriptToEvaluateOnNewDocument`
#[derive(Debug, Deserialize)]
struct Added {
    identifier: String,
}

#[async_trait]
impl BrowsingContext for ChromiumTab {
    async fn inject(&self, body: &str) -> Result<String, ContextError> {
        let body = in_own_document(body);
        let source = format!(
            "(function () {{ \"use strict\"; const push = window.{BINDING}; delete window.{BINDING};
            {body} }})();
            {SOURCE_URL}"
        );
        let added: Added =
            self.cdp.ask("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await?;
        Ok(added.identifier)
    }

    async fn withdraw(&self, script: &str) -> Result<(), ContextError> {
        let script = json!({ "identifier": script });
        self.cdp.execute("Page.removeScriptToEvaluateOnNewDocument", script).await.map(drop)
    }

    async fn evaluate(&self, expression: &str) -> Result<Value, ContextError> {
        self.cdp.evaluate(expression).await
    }

    fn listen(&self) -> mpsc::UnboundedReceiver<Said> {
        self.cdp.listen()
    }

    async fn answer_dialog(&self, accept: bool, text: &str) -> Result<(), ContextError> {
        let answer = json!({ "accept": accept, "promptText": text });
        self.cdp.execute("Page.handleJavaScriptDialog", answer).await.map(drop)
    }

    async fn open(&self, url: &str) -> Result<(), ContextError> {
        self.session.goto(url).await.map_err(|error| ContextError::unreachable(&error.to_string()))
    }

    async fn leave(&self, _url: &str) -> Result<(), ContextError> {
        self.open("about:blank").await
    }

    /// Not through the driver, which does not say why a page could not be had.
    async fn fetch(&self, url: &str) -> Result<(), ContextError> {
        let opened = self.cdp.execute("Page.navigate", json!({ "url": url })).await?;
        match opened.get("errorText").and_then(Value::as_str) {
            Some(refused) => Err(ContextError::unreachable(refused)),
            None => Ok(()),
        }
    }

    async fn screenshot(&self) -> Option<Vec<u8>> {
        // Not only what is in view.
        let how = json!({ "format": "png", "captureBeyondViewport": true });
        let answer = self.cdp.execute("Page.captureScreenshot", how).await.ok()?;
        from_base64(&answer["data"])
    }

    async fn console(&self) -> Vec<String> {
        console::console(&self.session).await
    }
}
