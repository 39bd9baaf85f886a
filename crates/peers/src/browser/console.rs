//! What a page said on its console, through ChromeDriver's log command.

use fantoccini::{Client, wd::WebDriverCompatibleCommand};
use serde::Deserialize;
use serde_json::json;

#[derive(Debug)]
struct BrowserLog;

impl WebDriverCompatibleCommand for BrowserLog {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({ "type": "browser" }).to_string()))
    }
}

#[derive(Debug, Deserialize)]
struct Line {
    level: String,
    message: String,
}

/// The console's lines since the last look, each with its level; empty if the driver has no such log.
pub(super) async fn console(client: &Client) -> Vec<String> {
    let log = client.issue_cmd(BrowserLog).await.ok();
    let lines = log.and_then(|log| Vec::<Line>::deserialize(&log).ok()).unwrap_or_default();
    lines.into_iter().map(|line| format!("{}: {}", line.level, line.message)).collect()
}
