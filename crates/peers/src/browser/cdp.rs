//! Commands of the Chrome DevTools Protocol, through ChromeDriver.

use fantoccini::{Client, error::CmdError, wd::WebDriverCompatibleCommand};
use serde_json::{Value, json};

#[derive(Debug)]
struct Execute {
    command: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for Execute {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        let body = json!({ "cmd": self.command, "params": self.parameters });
        (http::Method::POST, Some(body.to_string()))
    }
}

/// Has the tab of `client` execute a command, such as `Page.captureScreenshot`, and gives what it answers.
pub(super) async fn execute(
    client: &Client,
    command: &'static str,
    parameters: Value,
) -> Result<Value, CmdError> {
    client.issue_cmd(Execute { command, parameters }).await
}
