//! Pages other than the built-in one: a careless one that works, and ones that are broken.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use libtest_mimic::Trial;
use tempfile::TempDir;
use tincan_harness::{Attempt, Deadlines, Wait, verdict::Outcome};
use tincan_peers::{PageMap, Roster, RosterOptions};

use crate::{
    calls::{options, scenario},
    check, trial,
};

const VANILLA: &str = "chromium-to-chromium/vanilla/vp8/direct";
const TRICKLE: &str = "chromium-to-chromium/trickle/vp8/direct";

pub fn trials() -> Vec<Trial> {
    let mut trials: Vec<_> = ON_TUTORIAL
        .into_iter()
        .map(|(name, outcome)| trial(format!("pages/tutorial/{name}"), move || tutorial(name, outcome)))
        .collect();
    trials
        .extend(BROKEN.iter().map(|broken| trial(format!("pages/{}", broken.name), move || breaks(broken))));
    trials
}

/// The folder of a careless page.
pub const TUTORIAL: &str = "fixtures/pages/tutorial";

/// What the tutorial page can do: vanilla, with every pair that has a browser in it.
const ON_TUTORIAL: [(&str, Outcome); 4] = [
    (VANILLA, Outcome::Passed),
    ("chromium-to-webrtc-rs/vanilla/vp8/direct", Outcome::Passed),
    ("webrtc-rs-to-chromium/vanilla/vp8/direct", Outcome::Passed),
    (TRICKLE, Outcome::Unsupported),
];

/// A page with something wrong, and what a call on it must come to.
struct Broken {
    name: &'static str,
    scenario: &'static str,
    /// The page's folder, the file in it, and what is replaced there by what.
    page: &'static str,
    file: &'static str,
    replace: &'static [(&'static str, &'static str)],
    outcome: Outcome,
    /// What the reason must say.
    words: &'static [&'static str],
}

const BROKEN: &[Broken] = &[
    Broken {
        name: "a-missing-control",
        scenario: VANILLA,
        page: TUTORIAL,
        file: "page.toml",
        replace: &[("#remote_video", "#no_such_video")],
        outcome: Outcome::Errored,
        words: &["erer: ", "no element matches #no_such_video (video.remote)", "mend the page map"],
    },
    Broken {
        name: "a-handler-that-throws",
        scenario: VANILLA,
        page: TUTORIAL,
        file: "index.html",
        replace: &[("function makeOffer() {", "function makeOffer() { throw new Error('boom');")],
        outcome: Outcome::Failed,
        words: &["offerer: local-description-set was not reached", "deadline description", "boom"],
    },
    Broken {
        name: "no-sdp-ever",
        scenario: VANILLA,
        page: TUTORIAL,
        file: "index.html",
        replace: &[("function makeOffer() {", "function makeOffer() { return;")],
        outcome: Outcome::Failed,
        words: &["offerer: local-description-set was not reached", "last reached: offerer offer-requested"],
    },
    Broken {
        name: "an-offer-cut-in-half",
        scenario: VANILLA,
        page: TUTORIAL,
        file: "index.html",
        replace: &[(
            SHOW_SDP,
            "let s = pc.localDescription.sdp; textForSend.value = s.slice(0, s.length / 2);",
        )],
        outcome: Outcome::Failed,
        words: &["answerer: setRemoteDescription(offer) failed", "last reached: offerer description-sent"],
    },
    Broken {
        name: "an-answer-that-is-garbage",
        scenario: VANILLA,
        page: TUTORIAL,
        file: "index.html",
        replace: &[(
            SHOW_SDP,
            "textForSend.value = pc.localDescription.type === 'offer' ? pc.localDescription.sdp : 'v=0\\ngarbage';",
        )],
        outcome: Outcome::Failed,
        // The answerer has a whole offer: what it checks is answered, so it may be connected before the garbage is refused.
        words: &[
            "offerer: setRemoteDescription(answer) failed",
            "last reached: offerer description-sent, answerer ",
        ],
    },
    Broken {
        name: "a-camera-that-is-refused",
        scenario: VANILLA,
        page: TUTORIAL,
        file: "index.html",
        replace: &[("{ video: true, audio: false }", "{ video: { deviceId: { exact: 'none' } } }")],
        outcome: Outcome::Errored,
        words: &["erer: failed to start the camera: OverconstrainedError"],
    },
    Broken {
        name: "vanilla-that-does-not-gather",
        scenario: VANILLA,
        page: TUTORIAL,
        file: "index.html",
        replace: &[
            (
                SHOW_SDP,
                "if (pc.localDescription.type === 'answer') textForSend.value = pc.localDescription.sdp;",
            ),
            ("console.log('offer set')", "(textForSend.value = pc.localDescription.sdp)"),
        ],
        outcome: Outcome::Failed,
        words: &["offerer: not vanilla: the description holds no candidate"],
    },
    Broken {
        name: "trickle-that-gathers-first",
        scenario: TRICKLE,
        page: "static",
        file: "main.js",
        replace: &[
            ("const ready = isTrickle() || ", "const ready = "),
            ("if (!isTrickle()) showLocalSdp();", "showLocalSdp();"),
        ],
        outcome: Outcome::Failed,
        words: &["not trickle: the description left only after gathering was complete"],
    },
    Broken {
        name: "candidates-that-are-no-json",
        scenario: TRICKLE,
        page: "static",
        file: "main.js",
        replace: &[("`${JSON.stringify(candidate)}\\n`", "\"nonsense\\n\"")],
        outcome: Outcome::Failed,
        // Both pages show nonsense; which of them gathers its first candidate sooner is not determined.
        words: &["erer: copy a candidate failed", "\"nonsense\", which is no candidate in JSON"],
    },
    Broken {
        name: "the-own-camera-as-remote-video",
        scenario: VANILLA,
        page: TUTORIAL,
        file: "index.html",
        replace: &[("remoteVideo.srcObject = event.streams[0];", "remoteVideo.srcObject = localStream;")],
        outcome: Outcome::Failed,
        words: &["offerer: first-frame was not reached", "by this peer itself"],
    },
    Broken {
        name: "a-still-picture",
        scenario: VANILLA,
        page: TUTORIAL,
        file: "index.html",
        replace: &[(
            "remoteVideo.srcObject = event.streams[0];",
            "remoteVideo.srcObject = event.streams[0]; remoteVideo.onplaying = () => remoteVideo.pause();",
        )],
        outcome: Outcome::Failed,
        words: &["offerer: f", "was not reached", "deadline media", "pictures decoded: "],
    },
];

/// How the tutorial shows its description.
pub const SHOW_SDP: &str = "textForSend.value = pc.localDescription.sdp;";

async fn tutorial(name: &str, outcome: Outcome) -> Result<(), String> {
    let attempt = attempt(&root().join(TUTORIAL), name).await?;
    check(attempt.verdict == outcome, || format!("{}: {:?}", attempt.verdict, attempt.reason))
}

async fn breaks(broken: &Broken) -> Result<(), String> {
    let folder = copy(broken.page)?;
    let file = folder.path().join(broken.file);
    let mut text = fs::read_to_string(&file).map_err(|error| error.to_string())?;
    for (from, to) in broken.replace {
        check(text.contains(from), || format!("{} does not hold {from:?} any more", broken.file))?;
        text = text.replace(from, to);
    }
    fs::write(&file, text).map_err(|error| error.to_string())?;
    let attempt = attempt(folder.path(), broken.scenario).await?;
    let reason = attempt.reason.unwrap_or_default();
    check(attempt.verdict == broken.outcome, || {
        format!("{}, not {}: {reason}", attempt.verdict, broken.outcome)
    })?;
    let missing = broken.words.iter().find(|words| !reason.contains(**words));
    missing.map_or(Ok(()), |words| Err(format!("the reason does not say {words:?}: {reason}")))
}

/// One attempt on the page in `folder`, with deadlines that a broken page does not take long to miss.
async fn attempt(folder: &Path, name: &str) -> Result<Attempt, String> {
    let map = folder.join("page.toml");
    let page_map = if map.exists() { PageMap::read(&map) } else { PageMap::built_in() };
    let deadlines = Deadlines::default()
        .with(Wait::Description, Duration::from_secs(3))
        .with(Wait::Media, Duration::from_secs(4));
    let options = RosterOptions {
        page: Some(folder.to_owned()),
        page_map: page_map.map_err(|error| error.to_string())?,
        deadlines,
        ..options()
    };
    let mut roster = Roster::new(options).await.map_err(|trouble| trouble.to_string())?;
    let attempt = roster.attempt(&scenario(name), 1).await;
    roster.close().await;
    Ok(attempt)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A copy of the folder `page`, to be changed.
pub fn copy(page: &str) -> Result<TempDir, String> {
    let text = |error: std::io::Error| error.to_string();
    let folder = tempfile::tempdir().map_err(text)?;
    for entry in fs::read_dir(root().join(page)).map_err(text)? {
        let entry = entry.map_err(text)?;
        fs::copy(entry.path(), folder.path().join(entry.file_name())).map_err(text)?;
    }
    Ok(folder)
}
