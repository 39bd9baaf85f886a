//! The harness's end of the probe: what it puts into a page, and what the page's log means.

use serde::Deserialize;
use serde_json::{Value, json};
use tincan_harness::{
    AudioCodec, Direction, Evidence, HarnessError, IceConfiguration, Media, Role, SignalingMode, VideoCodec,
    frames::{self, FrameSource},
    getstats,
    media::messages,
    peer::StatsSample,
    sounds,
};

use super::{
    base64::from_base64,
    context::{Context, ContextError},
    page_of_calls::CALL,
    screen_script::screen_script,
};
use crate::{
    page_map::{PageMap, Target},
    wire::time,
};

/// Runs the parts as one function body, in the page's own document alone, which takes in its frames: each may use what
/// stands before it.
const PROBE: &str = concat!(
    include_str!("probe/log.js"),
    include_str!("probe/windows.js"),
    include_str!("probe/arrival.js"),
    include_str!("probe/handlers.js"),
    include_str!("probe/find.js"),
    include_str!("probe/person.js"),
    include_str!("probe/shown.js"),
    include_str!("probe/texts.js"),
    include_str!("probe/steps.js"),
    include_str!("probe/stats.js"),
    include_str!("probe/data.js"),
    include_str!("probe/connection.js"),
    include_str!("probe/pictures.js"),
    include_str!("probe/sounds.js"),
    include_str!("probe/end.js"),
);
/// Where a page finds the probe.
const HANDLE: &str = "window[Symbol.for(\"tincan.probe\")]";
/// Pictures are handed over when this many are there; two batches prove that video arrives.
const BATCH: u32 = frames::FRAMES_TO_PROVE / 2;

/// What a page is asked to be in a call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) map: &'a PageMap,
    /// Whether each step of the map is told, and the next one waits until it was looked at.
    pub(super) tells_steps: bool,
    /// What stands for [`CALL`] in the map.
    pub(super) word: &'a str,
    pub(super) role: Role,
    pub(super) mode: SignalingMode,
    pub(super) media: Media,
    /// In which direction that goes.
    pub(super) direction: Direction,
    /// Whether what is offered besides is rejected.
    pub(super) rejects_rest: bool,
    /// All that flows at the end.
    pub(super) flowing: Media,
    /// What it sends as, where the harness does not film it.
    pub(super) source: FrameSource,
    pub(super) ice: &'a IceConfiguration,
    /// Whether both sides are to resolve names of mDNS.
    pub(super) hides_addresses: bool,
}

/// The probe of a tab: every document that the tab opens runs it before its own first script.
#[derive(Debug)]
pub(super) struct Probe {
    /// What the browser calls the script.
    script: String,
}

impl Probe {
    /// Has the next documents of `tab` run the probe, and `before` it another script.
    ///
    /// # Errors
    /// When the browser goes.
    pub(super) async fn install(
        tab: &Context,
        part: Part<'_>,
        before: Option<&str>,
    ) -> Result<Self, ContextError> {
        Ok(Self { script: tab.inject(&source(part, before)).await? })
    }

    /// Lets the next documents be without it.
    ///
    /// # Errors
    /// When the browser goes.
    pub(super) async fn remove(self, tab: &Context) -> Result<(), ContextError> {
        tab.withdraw(&self.script).await
    }
}

/// The body of the script: it finds `push` defined.
fn source(part: Part<'_>, before: Option<&str>) -> String {
    let Part {
        map,
        tells_steps,
        word,
        role,
        mode,
        media,
        direction,
        rejects_rest,
        flowing,
        source,
        ice,
        hides_addresses,
    } = part;
    // A map is read only if it has a plan for each role.
    let plan = map.plan(role).ok();
    let config = json!({
        "role": role,
        "gathersFirst": mode.gathers_first(role),
        "ice": { "servers": ice.servers, "relayOnly": ice.relay_only },
        "plan": plan,
        "changes": changes(map),
        "tellsSteps": tells_steps,
        "map": places(map, mode.gathers_first(role), &map.media.clicks(media, direction, rejects_rest)),
        "media": {
            "video": media.video.map(VideoCodec::mime_type),
            "audio": media.audio.map(AudioCodec::mime_type),
        },
        "sends": direction.sends(),
        "flowing": {
            "video": flowing.video.map(VideoCodec::mime_type),
            "audio": flowing.audio.map(AudioCodec::mime_type),
        },
        "data": flowing.data.then(|| data(source)),
        "strip": {
            "columns": frames::COLUMNS,
            "rows": frames::ROWS,
            "share": frames::STRIP_SHARE,
            "threshold": frames::THRESHOLD,
        },
        "sound": flowing.audio.map(|_| tones()),
        "batch": BATCH,
        "hidesAddresses": hides_addresses,
    });
    let before = before.map(|script| format!("(function () {{ {script} }})();")).unwrap_or_default();
    let config = config.to_string().replace(CALL, word);
    let screen = screen_script(source);
    format!("{before} {screen} (function (config) {{ {PROBE} }})({config});")
}

/// Where on the page is what no step names. In the short form of a map the first element that matches is meant.
fn places(map: &PageMap, gathers_first: bool, chosen: &[(String, &str)]) -> Value {
    let first = |css: &String| Target { css: Some(css.clone()), first: true, ..Target::default() };
    let video = |target: &Option<Target>| {
        target.clone().map(|target| Target { first: target.first || map.is_short(), ..target })
    };
    let mode = if gathers_first { &map.mode.vanilla } else { &map.mode.trickle };
    let mode = mode.as_ref().map(|css| json!({ "name": "mode", "target": first(css) }));
    let chosen =
        chosen.iter().map(|(name, css)| json!({ "name": name, "target": first(&(*css).to_owned()) }));
    json!({
        "clicks": mode.into_iter().chain(chosen).collect::<Vec<_>>(),
        "ice": map.ice.as_ref().map(|ice| json!({
            "servers": first(&ice.servers),
            "relayOnly": ice.relay_only.as_ref().map(first),
        })),
        "candidates": map.candidates.as_ref().map(|candidates| json!({
            "send": first(&candidates.send),
            "received": first(&candidates.received),
            "add": first(&candidates.add),
        })),
        "video": { "local": video(&map.video.local), "remote": video(&map.video.remote) },
        "signalsItself": map.signals_itself,
        "acts": map.acts.controls().into_iter().map(|(act, css)| (act.to_string(), json!(first(&css.to_owned()))))
            .collect::<serde_json::Map<_, _>>(),
    })
}

/// What is done when a call is changed, by who offers then and by who answers: all but what goes before a call.
fn changes(map: &PageMap) -> Value {
    let steps = |role| {
        let plan = map.plan(role).ok()?;
        Some(plan.steps[plan.before_the_call..].to_vec())
    };
    json!({ "offerer": steps(Role::Offerer), "answerer": steps(Role::Answerer) })
}

/// By what the tones of a word are told.
fn tones() -> Value {
    json!({
        "positions": sounds::positions(),
        "bands": (0..sounds::BANDS).map(sounds::band).collect::<Vec<_>>(),
        "windowMs": sounds::WINDOW_MS,
        "hopMs": sounds::HOP_MS,
        "clear": sounds::CLEAR,
        "loud": sounds::LOUD,
        "patienceMs": sounds::PATIENCE_MS,
    })
}

/// What is sent on data channels, and as what.
fn data(FrameSource { peer, run }: FrameSource) -> Value {
    let message = |messages::Planned { form, size }| json!({ "form": form.to_string(), "size": size });
    let channel = |channel: &messages::Channel| {
        let messages: Vec<_> = channel.messages().map(message).collect();
        json!({ "label": channel.label, "messages": messages })
    };
    json!({
        "source": { "peer": peer, "run": run },
        "head": messages::HEAD,
        "separator": messages::SEPARATOR,
        "padding": messages::PADDING,
        "channels": messages::CHANNELS.iter().map(channel).collect::<Vec<_>>(),
    })
}

/// What the page's clock shows, in milliseconds.
pub(super) async fn clock(tab: &Context) -> Result<f64, ContextError> {
    let now = tab.evaluate("performance.timeOrigin + performance.now()").await?;
    now.as_f64().ok_or_else(|| ContextError::Threw(format!("the page's clock is no number: {now}")))
}

/// Has the probe begin a step, and answers what the page's clock showed, in milliseconds.
pub(super) async fn begin(tab: &Context, step: &str, argument: &Value) -> Result<f64, ContextError> {
    let begin =
        format!("(() => {{ const probe = {HANDLE}; void probe.{step}({argument}); return probe.now(); }})()");
    Ok(tab.evaluate(&begin).await?.as_f64().unwrap_or_default())
}

/// What the page knows about the call.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Collected {
    gathered: Vec<String>,
    given: Option<String>,
    samples: Vec<Sample>,
    incomplete: Option<String>,
    awaited: Vec<String>,
    directions: Directions,
}

/// The direction that was negotiated for each kind.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Directions {
    video: Option<Direction>,
    audio: Option<Direction>,
}

/// What getStats said at one time.
#[derive(Debug, Deserialize)]
struct Sample {
    at: f64,
    entries: Vec<Value>,
}

/// Asks the page what it knows about the call: getStats, the candidates that it gathered, what it was given.
pub(super) async fn collect(tab: &Context) -> Result<Evidence, ContextError> {
    let answer = tab.evaluate(&format!("{HANDLE}.collect()")).await?;
    evidence(answer.as_str().unwrap_or_default()).map_err(|source| ContextError::Form {
        method: "collect",
        source,
        answer,
    })
}

/// The picture that the remote video shows, as PNG; none if it shows none, or there is no probe in the page.
pub(super) async fn last_frame(tab: &Context) -> Option<Vec<u8>> {
    from_base64(&tab.evaluate(&format!("{HANDLE}.lastFrame()")).await.ok()?)
}

fn evidence(collected: &str) -> serde_json::Result<Evidence> {
    let collected: Collected = serde_json::from_str(collected)?;
    let unasked = collected.unasked();
    let sample = |Sample { at, entries }| StatsSample { at: time(at), entries };
    let stats: Vec<_> = collected.samples.into_iter().map(sample).collect();
    let digest = stats.last().map(|last| getstats::digest(&last.entries)).unwrap_or_default();
    Ok(Evidence {
        pair: digest.pair,
        received_codec: digest.received_codec,
        sent_codec: digest.sent_codec,
        received_audio_codec: digest.received_audio_codec,
        sent_audio_codec: digest.sent_audio_codec,
        video_direction: collected.directions.video,
        audio_direction: collected.directions.audio,
        transport: digest.transport,
        gathered: collected.gathered,
        given: collected.given,
        stats,
        unasked,
        ..Evidence::default()
    })
}

impl Collected {
    /// Why what was asked of the page cannot count against the peer.
    fn unasked(&self) -> Option<HarnessError> {
        if let Some(what) = &self.incomplete {
            let trouble = HarnessError::new("load the page", format!("it did not arrive whole: {what}"));
            return Some(trouble.hint("open the page in a browser: its console says the same"));
        }
        let awaited = self.awaited.first()?;
        Some(HarnessError::new("go on as the page map says", awaited).hint("mend the page map or the page"))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_a_page_without_a_connection_knows_is_little_but_no_error() {
        let none = evidence(r#"{"gathered":[],"given":null}"#).unwrap();
        assert_eq!(none, Evidence::default());
        let refused = evidence(
            r#"{"gathered":[],"given":"v=1",
            "samples":[{"at":1500,"entries":[{"id":"P","type":"peer-connection"}]}]}"#,
        );
        let refused = refused.unwrap();
        assert_eq!(refused.given.as_deref(), Some("v=1"));
        assert_eq!(refused.stats[0].at, Duration::from_millis(1500));
        assert_eq!(refused.stats[0].entries[0]["type"], "peer-connection");
    }
}
