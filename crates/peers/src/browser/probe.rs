//! The harness's end of the probe: what it puts into a page, and what the page's log means.

use std::time::Duration;

use fantoccini::{Client, error::CmdError};
use serde::Deserialize;
use serde_json::{Value, json};
use tincan_harness::{
    Event, Evidence, Fault, IceCandidate, IceConfiguration, Milestone, Role, Signal, SignalingMode, Trouble,
    frames::{self, FrameCode, FrameSighting},
    peer::{CandidatePair, Codec, StatsSample, Transport},
    timeline::PeerTime,
};

use super::{cdp, pictures::from_base64};
use crate::page_map::PageMap;

/// Waits until the page has loaded.
const WHEN_LOADED: &str = "const loaded = document.readyState === 'complete'
        || new Promise((resolve) => addEventListener('load', resolve, { once: true }));
    return (async (...args) => { await loaded;";
/// Runs the parts as one function body: each may use what stands before it.
const PROBE: &str = concat!(
    "return (function () {",
    include_str!("probe/log.js"),
    include_str!("probe/person.js"),
    include_str!("probe/texts.js"),
    include_str!("probe/stats.js"),
    include_str!("probe/connection.js"),
    include_str!("probe/pictures.js"),
    include_str!("probe/end.js"),
    "}).apply(null, args); })(...arguments);",
);
/// Pictures are handed over when this many are there; two batches prove that video arrives.
const BATCH: u32 = frames::FRAMES_TO_PROVE / 2;

/// Puts the probe into the page that `client` is on, and `before` it another script.
pub(super) async fn inject(
    client: &Client,
    map: &PageMap,
    role: Role,
    mode: SignalingMode,
    ice: &IceConfiguration,
    before: Option<&str>,
) -> Result<f64, CmdError> {
    let config = json!({
        "role": role,
        "gathersFirst": mode.gathers_first(role),
        "ice": { "servers": ice.servers, "relayOnly": ice.relay_only },
        "map": map,
        "strip": {
            "columns": frames::COLUMNS,
            "rows": frames::ROWS,
            "share": frames::STRIP_SHARE,
            "threshold": frames::THRESHOLD,
        },
        "batch": BATCH,
    });
    let before = before.map(|script| format!("(function () {{ {script} }})();")).unwrap_or_default();
    let script = format!("{WHEN_LOADED}{before}{PROBE}");
    let now = client.execute(&script, vec![config]).await?;
    Ok(now.as_f64().unwrap_or_default())
}

/// What the page's clock shows, in milliseconds; by CDP, which takes half as long as a script does.
pub(super) async fn clock(client: &Client) -> Result<f64, CmdError> {
    let expression = json!({ "expression": "performance.timeOrigin + performance.now()" });
    let answer = cdp::execute(client, "Runtime.evaluate", expression).await?;
    let now = answer.pointer("/result/value").and_then(Value::as_f64);
    now.ok_or_else(|| CmdError::NotJson(format!("the page's clock is no number: {answer}")))
}

/// Has the probe begin a step, and answers what the page's clock showed, in milliseconds.
pub(super) async fn begin(client: &Client, step: &str, argument: Value) -> Result<f64, CmdError> {
    const BEGIN: &str = r#"const probe = window[Symbol.for("tincan.probe")];
        void probe[arguments[0]](arguments[1]); return probe.now();"#;
    let now = client.execute(BEGIN, vec![step.into(), argument]).await?;
    Ok(now.as_f64().unwrap_or_default())
}

/// A part of the log.
#[derive(Debug, Deserialize)]
pub(super) struct Page {
    pub(super) entries: Vec<Entry>,
    /// The page's clock when it answered, in milliseconds.
    pub(super) now: f64,
    /// Nothing more will be written.
    pub(super) stopped: bool,
}

/// One entry of the log.
#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    at: f64,
    #[serde(flatten)]
    what: What,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum What {
    Reached { milestone: Milestone },
    Noted { text: String },
    Fault { step: String, message: String },
    Trouble { step: String, message: String, cure: Option<String> },
    Description { sdp: String },
    Candidate { line: String },
    Frame { blocks: String },
}

/// Waits until the log has something behind `cursor`.
pub(super) async fn read(client: &Client, cursor: usize) -> Result<Page, CmdError> {
    const READ: &str = r#"return window[Symbol.for("tincan.probe")].read(arguments[0]);"#;
    let page = client.execute(READ, vec![cursor.into()]).await?;
    Page::deserialize(&page).map_err(|error| CmdError::NotJson(format!("{error}: {page}")))
}

impl Entry {
    /// When it was written, in the page's clock.
    pub(super) fn at(&self) -> PeerTime {
        time(self.at)
    }

    /// What a peer in `role` says by it.
    pub(super) fn into_event(self, role: Role) -> Event {
        let at = self.at();
        match self.what {
            What::Reached { milestone } => Event::Reached(milestone),
            What::Noted { text } => Event::Noted(text),
            What::Fault { step, message } => Event::Fault(Fault { step, message }),
            What::Trouble { step, message, cure } => Event::Trouble(Trouble { step, message, cure }),
            What::Description { sdp } => Event::Signal(Signal::description(role, sdp)),
            What::Candidate { line } => candidate(&line),
            What::Frame { blocks } => {
                let bits = u64::from_str_radix(&blocks, 16).ok();
                Event::Media(FrameSighting { at, code: bits.and_then(FrameCode::from_bits) })
            }
        }
    }
}

fn candidate(line: &str) -> Event {
    match serde_json::from_str::<IceCandidate>(line) {
        Ok(candidate) => Event::Signal(Signal::candidate(candidate)),
        Err(error) => Event::Fault(Fault {
            step: "copy a candidate".to_owned(),
            message: format!("the page shows {line:?}, which is no candidate in JSON: {error}"),
        }),
    }
}

/// A reading of the page's clock in milliseconds since 1970.
pub(super) fn time(ms: f64) -> PeerTime {
    Duration::try_from_secs_f64(ms / 1000.0).unwrap_or_default()
}

/// What the page knows about the call.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Collected {
    gathered: Vec<String>,
    given: Option<String>,
    pair: Option<CandidatePair>,
    received_codec: Option<Codec>,
    sent_codec: Option<Codec>,
    transport: Transport,
    samples: Vec<Sample>,
}

/// What getStats said at one time.
#[derive(Debug, Deserialize)]
struct Sample {
    at: f64,
    entries: Vec<Value>,
}

/// Asks the page what it knows about the call: getStats, the candidates that it gathered, what it was given.
pub(super) async fn collect(client: &Client) -> Result<Evidence, CmdError> {
    const COLLECT: &str = r#"return window[Symbol.for("tincan.probe")].collect();"#;
    let answer = client.execute(COLLECT, Vec::new()).await?;
    evidence(answer.as_str().unwrap_or_default())
        .map_err(|error| CmdError::NotJson(format!("{error}: {answer}")))
}

/// The picture that the remote video shows, as PNG; none if it shows none, or there is no probe in the page.
pub(super) async fn last_frame(client: &Client) -> Option<Vec<u8>> {
    const LAST_FRAME: &str = r#"return window[Symbol.for("tincan.probe")].lastFrame();"#;
    from_base64(&client.execute(LAST_FRAME, Vec::new()).await.ok()?)
}

fn evidence(collected: &str) -> serde_json::Result<Evidence> {
    let collected: Collected = serde_json::from_str(collected)?;
    let sample = |Sample { at, entries }| StatsSample { at: time(at), entries };
    Ok(Evidence {
        pair: collected.pair,
        received_codec: collected.received_codec,
        sent_codec: collected.sent_codec,
        transport: collected.transport,
        gathered: collected.gathered,
        given: collected.given,
        stats: collected.samples.into_iter().map(sample).collect(),
        ..Evidence::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_become_events() {
        let page = json!({ "now": 3.0, "stopped": false, "entries": [
            { "at": 1.5, "kind": "reached", "milestone": "ice-connected" },
            { "at": 2.0, "kind": "candidate", "line": "{\"candidate\":\"\",\"sdpMid\":\"0\",\"sdpMLineIndex\":0}" },
            { "at": 2.5, "kind": "candidate", "line": "candidate:1 1 udp" },
            { "at": 2.5, "kind": "frame", "blocks": "0000000000000000" },
        ]});
        let page = Page::deserialize(&page).unwrap();
        let events: Vec<_> = page.entries.into_iter().map(|entry| entry.into_event(Role::Offerer)).collect();
        assert_eq!(events[0], Event::Reached(Milestone::IceConnected));
        assert!(
            matches!(&events[1], Event::Signal(Signal::EndOfCandidates(end)) if end.sdp_mid.as_deref() == Some("0"))
        );
        assert!(matches!(&events[2], Event::Fault(fault) if fault.message.contains("candidate:1 1 udp")));
        assert!(matches!(&events[3], Event::Media(FrameSighting { code: None, .. })));
    }

    #[test]
    fn what_a_page_without_a_connection_knows_is_little_but_no_error() {
        let none = evidence(r#"{"gathered":[],"given":null}"#).unwrap();
        assert_eq!(none, Evidence::default());
        let refused = evidence(
            r#"{"gathered":[],"given":"v=1","pair":null,"transport":{"ice_role":null},
            "samples":[{"at":1500,"entries":[{"id":"P","type":"peer-connection"}]}]}"#,
        );
        let refused = refused.unwrap();
        assert_eq!(refused.given.as_deref(), Some("v=1"));
        assert_eq!(refused.stats[0].at, Duration::from_millis(1500));
        assert_eq!(refused.stats[0].entries[0]["type"], "peer-connection");
    }
}
