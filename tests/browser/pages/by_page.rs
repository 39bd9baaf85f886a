//! Pages that signal for themselves: the room of `fixtures/pages/room`, as it is and broken.

use std::fs;

use libtest_mimic::Trial;
use tincan_harness::{Attempt, Role, verdict::Outcome};

use super::{Opened, TRICKLE, VANILLA, copy};
use crate::{check, trial};

const ROOM: &str = "fixtures/pages/room";
const WITH_A_LIBRARY: &str = "chromium-to-webrtc-rs/trickle/vp8/direct";

/// A room in which something is otherwise, and what comes of a call in it.
struct Room {
    name: &'static str,
    /// The file, what stands in it, and what stands there instead.
    replace: &'static [(&'static str, &'static str, &'static str)],
    scenario: &'static str,
    outcome: Outcome,
    words: &'static [&'static str],
}

const ROOMS: &[Room] = &[
    Room {
        name: "firefox",
        replace: &[],
        scenario: "firefox-to-chromium/trickle/vp8/direct",
        outcome: Outcome::Passed,
        words: &[],
    },
    Room {
        name: "a-library",
        replace: &[],
        scenario: WITH_A_LIBRARY,
        outcome: Outcome::Unsupported,
        words: &["the page room signals for itself, and webrtc-rs is given no description by it"],
    },
    Room {
        name: "who-enters-is-called",
        replace: &[
            (
                "index.html",
                r#"if (hello === "new") say({ hello: "here" });"#,
                r#"if (hello === "new") call.click();"#,
            ),
            ("index.html", "call.disabled = false;", ""),
            ("index.html", r#"<button id="call" disabled>"#, r#"<button id="call">"#),
            (
                "page.toml",
                r##"{ wait_for = "#state", shows = "not alone" }"##,
                r##"{ wait_for = "#state", shows = "alone" }"##,
            ),
            ("page.toml", "  { click = \"#call\", begins_call = true },\n", ""),
            (
                "page.toml",
                "[answerer]\nsteps = [\n  { type = \"{call}\", into = { label = \"Room\" } },\n  { click = \"#enter\" },\n  { wait_for = \"#state\", shows = \"not alone\" },",
                "[answerer]\nsteps = [\n  { type = \"{call}\", into = { label = \"Room\" } },\n  { click = \"#enter\", begins_call = true },",
            ),
        ],
        scenario: TRICKLE,
        outcome: Outcome::Passed,
        words: &[],
    },
    Room {
        name: "trickles-where-the-map-says-vanilla",
        replace: &[(
            "page.toml",
            "vanilla = \"#candidates option[value=vanilla]\"",
            "vanilla = \"#candidates option[value=trickle]\"",
        )],
        scenario: VANILLA,
        outcome: Outcome::Failed,
        words: &["not vanilla"],
    },
    Room {
        name: "gathers-first-where-the-map-says-trickle",
        replace: &[(
            "page.toml",
            "trickle = \"#candidates option[value=trickle]\"",
            "trickle = \"#candidates option[value=vanilla]\"",
        )],
        scenario: TRICKLE,
        outcome: Outcome::Failed,
        words: &["not trickle: no candidate travelled on its own"],
    },
    Room {
        name: "the-answerer-calls",
        replace: &[
            ("page.toml", "[offerer]", "[other]"),
            ("page.toml", "[answerer]", "[offerer]"),
            ("page.toml", "[other]", "[answerer]"),
        ],
        scenario: TRICKLE,
        outcome: Outcome::Errored,
        words: &["answerer", "its page made the offer", "let the offerer take the steps"],
    },
    Room {
        name: "called-before-it-was-time",
        replace: &[(
            "page.toml",
            "  { click = \"#call\", begins_call = true },\n",
            "  { click = \"#call\" },\n  { click = \"#self\", begins_call = true },\n",
        )],
        scenario: TRICKLE,
        outcome: Outcome::Errored,
        words: &["before the step that begins the call was taken", "begins_call = true"],
    },
    Room {
        // It has said that it is ready, and the offerer is so later.
        name: "an-answerer-that-hangs-before-the-call-begins",
        replace: &[
            (
                "index.html",
                "      state.textContent = \"not alone\";",
                "      state.textContent = \"not alone\";\n      if (location.search === \"?hang\") setTimeout(() => { for (;;); }, 700);\n      else setTimeout(() => (state.textContent = \"both are here\"), 1500);",
            ),
            ("page.toml", "shows = \"not alone\" },\n  { click", "shows = \"both are here\" },\n  { click"),
            ("page.toml", "[answerer]", "[answerer]\nopen = \"?hang\""),
        ],
        scenario: TRICKLE,
        outcome: Outcome::Errored,
        words: &["answerer: failed to hear from the peer", "does not answer any more"],
    },
    Room {
        name: "answers-are-lost",
        replace: &[(
            "server.py",
            "            if kind == TEXT:",
            "            if kind == TEXT and b'\"answer\"' not in payload:",
        )],
        scenario: TRICKLE,
        outcome: Outcome::Failed,
        words: &["offerer"],
    },
    Room {
        name: "a-fingerprint-that-is-changed-on-the-way",
        replace: &[(
            "server.py",
            "            if kind == TEXT:",
            "            payload = payload.replace(b'sha-256 ', b'sha-256 00:')\n            if kind == TEXT:",
        )],
        scenario: TRICKLE,
        outcome: Outcome::Failed,
        words: &[],
    },
    Room {
        name: "a-server-that-ends-in-the-middle-of-a-call",
        replace: &[(
            "server.py",
            "            if kind == TEXT:",
            "            if b'\"answer\"' in payload:\n                print('no more', flush=True), os._exit(3)\n            if kind == TEXT:",
        )],
        scenario: TRICKLE,
        outcome: Outcome::Errored,
        words: &["it was there before the call, and now", "refused", "its server said", "no more", "$PORT"],
    },
    Room {
        name: "a-server-that-ends",
        replace: &[("server.py", "asyncio.run(main())", "raise SystemExit('no room today')")],
        scenario: TRICKLE,
        outcome: Outcome::Errored,
        words: &["serve the page with `exec python3 server.py`", "it has ended", "no room today", "$PORT"],
    },
];

pub fn trials() -> Vec<Trial> {
    let mut trials: Vec<_> =
        ROOMS.iter().map(|room| trial(format!("pages/room/{}", room.name), move || comes_to(room))).collect();
    trials.push(trial("pages/room/call-after-call", call_after_call));
    trials
}

async fn comes_to(room: &Room) -> Result<(), String> {
    let folder = copy(ROOM)?;
    for (file, from, to) in room.replace {
        let file = folder.path().join(file);
        let text = fs::read_to_string(&file).map_err(|error| error.to_string())?;
        check(text.contains(from), || format!("{} does not hold {from:?} any more", file.display()))?;
        fs::write(&file, text.replacen(from, to, 1)).map_err(|error| error.to_string())?;
    }
    let (outcome, reason) = match Opened::folder(folder.path()).await {
        Ok(mut opened) => {
            let attempt = opened.attempt(room.scenario).await;
            opened.close(Vec::new()).await?;
            carried_by_the_page(&attempt)?;
            (attempt.verdict, attempt.reason.unwrap_or_default())
        }
        // Nothing can be called there.
        Err(trouble) => (Outcome::Errored, trouble),
    };
    check(outcome == room.outcome, || format!("{outcome}, not {}: {reason}", room.outcome))?;
    let missing = room.words.iter().find(|words| !reason.contains(**words));
    missing.map_or(Ok(()), |words| Err(format!("the reason does not say {words:?}: {reason}")))
}

/// What passed shows what the page has carried, both ways.
fn carried_by_the_page(attempt: &Attempt) -> Result<(), String> {
    if attempt.verdict != Outcome::Passed {
        return Ok(());
    }
    let signals = &attempt.signals;
    check(signals.iter().all(|signal| signal.by_page), || format!("{signals:?}"))?;
    let has =
        |from: Role, kind: &str| signals.iter().any(|signal| signal.from == from && signal.kind == kind);
    check(has(Role::Offerer, "offer") && has(Role::Answerer, "answer"), || format!("{signals:?}"))
}

/// The rooms of calls are apart, also where the same server has them all and both sides change.
async fn call_after_call() -> Result<(), String> {
    let mut opened = Opened::folder(&super::root().join(ROOM)).await?;
    let mut wrong = Vec::new();
    for name in [TRICKLE, VANILLA, TRICKLE, VANILLA] {
        let attempt = opened.attempt(name).await;
        wrong.extend(carried_by_the_page(&attempt).err());
        wrong.extend((attempt.verdict != Outcome::Passed).then_some(attempt.reason).flatten());
    }
    opened.close(wrong).await
}
