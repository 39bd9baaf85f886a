//! The pages: what is changed in which, and what must come of a call.

use std::{fs, path::Path};

use tincan_harness::{Attempt, verdict::Outcome};

use super::{TRICKLE, TUTORIAL, VANILLA, root};
use crate::check;

/// How the tutorial shows its description.
pub const SHOW_SDP: &str = "textForSend.value = pc.localDescription.sdp;";

/// A page that was changed, and what a call on it must come to.
pub struct Changed {
    pub name: &'static str,
    pub scenario: &'static str,
    /// The page's folder, the file in it, and what is replaced there by what.
    pub page: &'static str,
    pub file: &'static str,
    pub replace: &'static [(&'static str, &'static str)],
    /// What is added to the page map.
    pub map: &'static str,
    pub outcome: Outcome,
    /// What the reason must say.
    pub words: &'static [&'static str],
}

impl Changed {
    /// Whether it is the tutorial's page, with its map, in the call that is made on it.
    pub fn is_like_the_tutorial(&self) -> bool {
        (self.page, self.scenario, self.map) == (TUTORIAL, VANILLA, "") && self.file != "page.toml"
    }

    /// Writes what is changed into `folder`, a copy of the page's.
    pub fn write(&self, folder: &Path) -> Result<(), String> {
        let text = |error: std::io::Error| error.to_string();
        let mut changed = fs::read_to_string(root().join(self.page).join(self.file)).map_err(text)?;
        for (from, to) in self.replace {
            check(changed.contains(from), || format!("{} does not hold {from:?} any more", self.file))?;
            changed = changed.replace(from, to);
        }
        fs::write(folder.join(self.file), changed).map_err(text)?;
        let map = folder.join("page.toml");
        let added = fs::read_to_string(&map).unwrap_or_default() + self.map;
        if self.map.is_empty() { Ok(()) } else { fs::write(&map, added).map_err(text) }
    }

    /// What is not as it must be in what came of a call on it; none if all is.
    pub fn misses(&self, attempt: &Attempt) -> Option<String> {
        let reason = attempt.reason.as_deref().unwrap_or_default();
        if attempt.verdict != self.outcome {
            return Some(format!("{}, not {}: {reason}", attempt.verdict, self.outcome));
        }
        let unsaid = self.words.iter().find(|words| !reason.contains(**words))?;
        Some(format!("the reason does not say {unsaid:?}: {reason}"))
    }
}

/// A change of the tutorial page in a vanilla call.
pub const fn tutorial(
    name: &'static str,
    replace: &'static [(&'static str, &'static str)],
    outcome: Outcome,
    words: &'static [&'static str],
) -> Changed {
    Changed { name, scenario: VANILLA, page: TUTORIAL, file: "index.html", replace, map: "", outcome, words }
}

/// Pages with something wrong, which come out as they should.
pub const BROKEN: &[Changed] = &[
    Changed {
        name: "a-missing-control",
        scenario: VANILLA,
        page: TUTORIAL,
        file: "page.toml",
        replace: &[("#remote_video", "#no_such_video")],
        map: "",
        outcome: Outcome::Errored,
        words: &["erer: ", "no element matches #no_such_video (video.remote)", "mend the page map"],
    },
    Changed {
        name: "a-handler-that-throws",
        scenario: VANILLA,
        page: TUTORIAL,
        file: "index.html",
        replace: &[("function makeOffer() {", "function makeOffer() { throw new Error('boom');")],
        map: "",
        outcome: Outcome::Failed,
        words: &["offerer: local-description-set was not reached", "deadline description", "boom"],
    },
    // Pictures, fonts and what may be needed later are missing, and the page is whole: the offer is what it owes.
    tutorial(
        "no-sdp-ever-and-no-pictures",
        &[
            (
                "<style>",
                "<link rel=preload as=image href=missing.png><link rel=icon href=missing.ico>
                 <style>body { background: url(missing.jpg); font-family: x }
                 @font-face { font-family: x; src: url(missing.woff2); }",
            ),
            ("<h2>", "<img src=missing.gif><h2>"),
            ("function makeOffer() {", "function makeOffer() { return;"),
        ],
        Outcome::Failed,
        &["offerer: local-description-set was not reached", "last reached: offerer offer-requested"],
    ),
    Changed {
        name: "no-sdp-ever",
        scenario: VANILLA,
        page: TUTORIAL,
        file: "index.html",
        replace: &[("function makeOffer() {", "function makeOffer() { return;")],
        map: "",
        outcome: Outcome::Failed,
        words: &["offerer: local-description-set was not reached", "last reached: offerer offer-requested"],
    },
    Changed {
        name: "an-offer-cut-in-half",
        scenario: VANILLA,
        page: TUTORIAL,
        file: "index.html",
        replace: &[(
            SHOW_SDP,
            "let s = pc.localDescription.sdp; textForSend.value = s.slice(0, s.length / 2);",
        )],
        map: "",
        outcome: Outcome::Failed,
        words: &["answerer: setRemoteDescription(offer) failed", "last reached: offerer description-sent"],
    },
    Changed {
        name: "an-answer-that-is-garbage",
        scenario: VANILLA,
        page: TUTORIAL,
        file: "index.html",
        replace: &[(
            SHOW_SDP,
            "textForSend.value = pc.localDescription.type === 'offer' ? pc.localDescription.sdp : 'v=0\\ngarbage';",
        )],
        map: "",
        outcome: Outcome::Failed,
        // The answerer has a whole offer: what it checks is answered, so it may be connected before the garbage is refused.
        words: &[
            "offerer: setRemoteDescription(answer) failed",
            "last reached: offerer description-sent, answerer ",
        ],
    },
    Changed {
        name: "a-camera-that-is-refused",
        scenario: VANILLA,
        page: TUTORIAL,
        file: "index.html",
        replace: &[("{ video: true, audio: false }", "{ video: { deviceId: { exact: 'none' } } }")],
        map: "",
        outcome: Outcome::Errored,
        words: &["erer: failed to start the camera: OverconstrainedError"],
    },
    Changed {
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
        map: "",
        outcome: Outcome::Failed,
        words: &["offerer: not vanilla: the description holds no candidate"],
    },
    Changed {
        name: "trickle-that-gathers-first",
        scenario: TRICKLE,
        page: "static",
        file: "main.js",
        replace: &[
            ("const ready = isTrickle() || ", "const ready = "),
            ("if (!isTrickle()) showLocalSdp();", "showLocalSdp();"),
        ],
        map: "",
        outcome: Outcome::Failed,
        words: &["not trickle: the description left only after gathering was complete"],
    },
    Changed {
        name: "candidates-that-are-no-json",
        scenario: TRICKLE,
        page: "static",
        file: "main.js",
        replace: &[("`${JSON.stringify(candidate)}\\n`", "\"nonsense\\n\"")],
        map: "",
        outcome: Outcome::Failed,
        // Both pages show nonsense; which of them gathers its first candidate sooner is not determined.
        words: &["erer: show what is to be copied failed", "\"nonsense\", which is no candidate in JSON"],
    },
    Changed {
        name: "the-own-camera-as-remote-video",
        scenario: VANILLA,
        page: TUTORIAL,
        file: "index.html",
        replace: &[("remoteVideo.srcObject = event.streams[0];", "remoteVideo.srcObject = localStream;")],
        map: "",
        outcome: Outcome::Failed,
        words: &["offerer: first-frame was not reached", "by this peer itself"],
    },
    Changed {
        name: "a-still-picture",
        scenario: VANILLA,
        page: TUTORIAL,
        file: "index.html",
        replace: &[(
            "remoteVideo.srcObject = event.streams[0];",
            // Some pictures are shown, so that one of them can be read, and fewer than prove anything.
            "remoteVideo.srcObject = event.streams[0]; let shown = 0;
             const count = () => ++shown === 6 ? remoteVideo.pause() : remoteVideo.requestVideoFrameCallback(count);
             remoteVideo.requestVideoFrameCallback(count);",
        )],
        map: "",
        outcome: Outcome::Failed,
        words: &["offerer: frames-proven was not reached", "deadline media", "pictures decoded: "],
    },
];
