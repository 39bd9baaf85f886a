//! What can be seen of a call in a browser.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tincan_harness::Pictures;

use super::{cdp::Cdp, probe};

/// Takes pictures of the page in `tab`. What cannot be taken is left out: they are of a call that has gone
/// wrong already.
pub(super) async fn take(tab: &Cdp) -> Pictures {
    Pictures { screenshot: whole_page(tab).await, last_frame: probe::last_frame(tab).await }
}

/// The whole page, not only what is in view.
async fn whole_page(tab: &Cdp) -> Option<Vec<u8>> {
    let how = json!({ "format": "png", "captureBeyondViewport": true });
    let answer = tab.execute("Page.captureScreenshot", how).await.ok()?;
    from_base64(&answer["data"])
}

/// The bytes that `text` stands for; none if it is no text in base64 (RFC 4648).
pub(super) fn from_base64(text: &Value) -> Option<Vec<u8>> {
    STANDARD.decode(text.as_str()?).ok()
}
