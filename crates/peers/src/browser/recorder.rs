//! The harness's end of the recorder: what it puts into the pages on which a person makes a call, and how what they say is read.

use serde::Deserialize;
use serde_json::json;

use super::context::{Context, ContextError};
use crate::page_map::recorded::log::{Named, Seen};

/// Runs the parts as one function body, as the probe does, with which it shares how elements are found.
const RECORDER: &str = concat!(
    include_str!("probe/log.js"),
    include_str!("probe/windows.js"),
    include_str!("probe/handlers.js"),
    include_str!("probe/find.js"),
    include_str!("probe/shown.js"),
    include_str!("recorder/names.js"),
    include_str!("recorder/actions.js"),
    include_str!("recorder/signals.js"),
    include_str!("recorder/calls.js"),
);
/// Where a page finds it.
const HANDLE: &str = "window[Symbol.for(\"tincan.probe\")]";

/// A part of what a page says.
#[derive(Debug, Deserialize)]
pub(super) struct Message {
    /// Which document speaks.
    pub(super) document: String,
    /// What was seen, in order.
    pub(super) entries: Vec<Seen>,
}

/// Has the next documents of `tab` run the recorder.
///
/// # Errors
/// When the browser goes.
pub(super) async fn install(tab: &Context) -> Result<(), ContextError> {
    tab.inject(&format!("(function (config) {{ {RECORDER} }})({{}});")).await.map(drop)
}

/// What on the page shows the signal in `text`, the likeliest first.
pub(super) async fn shows(tab: &Context, text: &str) -> Result<Vec<Named>, ContextError> {
    let answer = tab.evaluate(&format!("{HANDLE}?.shows({}) ?? []", json!(text))).await?;
    Vec::deserialize(&answer).map_err(|source| ContextError::Form { method: "shows", source, answer })
}

/// Has the page say what it has not said yet; afterwards it has said all.
pub(super) async fn stop(tab: &Context) -> Result<(), ContextError> {
    tab.evaluate(&format!("{HANDLE}?.stop()")).await.map(drop)
}
