//! Maps whose steps cannot be taken: it is said which, and what the page has instead.

use tincan_harness::verdict::Outcome;

use super::{VANILLA, changed::Changed};

/// A change in the page or the map of `page`, whose steps then cannot be taken.
const fn step(
    name: &'static str,
    (page, file): (&'static str, &'static str),
    replace: &'static [(&'static str, &'static str)],
    words: &'static [&'static str],
) -> Changed {
    Changed { name, scenario: VANILLA, page, file, replace, map: "", outcome: Outcome::Errored, words }
}

const PROMPTS: &str = "fixtures/pages/prompts";
const LINK: &str = "fixtures/pages/link";
const SHADOW: &str = "fixtures/pages/shadow";

/// Maps whose steps cannot be taken.
pub const STEPS: &[Changed] = &[
    step(
        "a-step-with-a-typo",
        (PROMPTS, "page.toml"),
        &[("click = { text = \"Call\" }", "click = { text = \"Cal1\" }")],
        &[
            "offerer: failed to go on as the page map says: no element matches with the text \"Cal1\" (step 3 of the offerer)",
            "<button#caller> \"Call\"",
        ],
    ),
    step(
        "a-step-with-a-selector-that-is-none",
        (LINK, "page.toml"),
        &[("click = \"#open\"", "click = \"#open[\"")],
        &["erer: failed to make the page ready: Error: \"#open[\" is no selector of CSS"],
    ),
    step(
        "a-step-that-two-elements-match",
        (PROMPTS, "page.toml"),
        &[("from = { label = \"Your code\" }", "from = \"input[size]\"")],
        &[
            "2 elements match input[size], and one is meant: <input#code> \"Your code\", <input#their_code>",
            "of the offerer",
        ],
    ),
    step(
        "a-step-that-never-comes",
        (SHADOW, "page.toml"),
        &[("shows = \"the camera is on\"", "shows = \"the camera is off\"")],
        &["#state (step 5 of the offerer) does not show \"the camera is off\", but \"The camera is on.\""],
    ),
    step(
        "a-step-that-waits-for-what-comes-only-later",
        (LINK, "page.toml"),
        &[("wait_for = \"#self\"", "wait_for = \"#other\"")],
        &["#other (step 1 of the offerer) does not play", "ready was not reached"],
    ),
    step(
        "a-step-that-chooses-what-there-is-not",
        (SHADOW, "page.toml"),
        &[("choose = \"caller\"", "choose = \"host\"")],
        &["has no option \"host\"; it has \"nobody\", \"caller\", \"one who is called\""],
    ),
    step(
        "a-step-that-pastes-where-nothing-can-be",
        (PROMPTS, "page.toml"),
        &[("into = { label = \"Their code\" }", "into = \"#self\"")],
        &["nothing can be pasted into #self (step 3 of the answerer): it is a <video>"],
    ),
    step(
        "a-step-whose-prompt-nobody-answers",
        (PROMPTS, "page.toml"),
        &[("click = \"#start\", prompt = \"Ann\"", "click = \"#start\"")],
        &[
            "prompt(\"What is your name?\"), and the page map does not say what to answer",
            "in the step that opens it",
        ],
    ),
    step(
        "a-step-that-copies-what-is-no-description",
        (PROMPTS, "index.html"),
        &[("btoa(JSON", "'?' + [...JSON"), ("candidates }));", "candidates })].reverse().join('');")],
        &["holds", "characters that are no SDP of this page, nor JSON or base64 with it: \"?}"],
    ),
    Changed {
        scenario: "webrtc-rs-to-chromium/vanilla/vp8/direct",
        ..step(
            "a-step-that-pastes-in-a-form-that-nobody-named",
            (PROMPTS, "page.toml"),
            &[("name = \"prompts\"", "name = \"nameless\"")],
            &[
                "answerer: failed to go on as the page map says: the offer was pasted as bare SDP",
                "the page map does not say in which form",
                "gave nothing to setRemoteDescription",
            ],
        )
    },
];
