//! What can be seen of a call in a browser.

use tincan_harness::Pictures;

use super::{context::Context, probe};

/// Takes pictures of the page in `tab`. What cannot be taken is left out: they are of a call that has gone
/// wrong already.
pub(super) async fn take(tab: &Context) -> Pictures {
    Pictures { screenshot: tab.screenshot().await, last_frame: probe::last_frame(tab).await }
}
