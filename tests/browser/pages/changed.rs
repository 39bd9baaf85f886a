//! The pages: what is changed in which, and what must come of a call.

use tincan_harness::verdict::Outcome;

use super::{TRICKLE, TUTORIAL, VANILLA};

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

pub const CHANGED: &[Changed] = &[
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
            "remoteVideo.srcObject = event.streams[0]; remoteVideo.onplaying = () => remoteVideo.pause();",
        )],
        map: "",
        outcome: Outcome::Failed,
        words: &["offerer: f", "was not reached", "deadline media", "pictures decoded: "],
    },
];

/// A change of the tutorial page in a vanilla call.
const fn tutorial(
    name: &'static str,
    replace: &'static [(&'static str, &'static str)],
    outcome: Outcome,
    words: &'static [&'static str],
) -> Changed {
    Changed { name, scenario: VANILLA, page: TUTORIAL, file: "index.html", replace, map: "", outcome, words }
}

/// Pages that work, in ways that an instrument can trip over.
pub const WORKING: &[Changed] = &[
    tutorial(
        "a-connection-made-while-loading",
        &[
            ("let pc;", "let pc = new RTCPeerConnection();"),
            ("pc = new RTCPeerConnection({ iceServers: [] });", ""),
        ],
        Outcome::Passed,
        &[],
    ),
    tutorial(
        "a-second-connection-that-gathers",
        &[(
            "function makeOffer() {",
            "function makeOffer() {
               const other = new RTCPeerConnection();
               other.createDataChannel('x');
               other.createOffer().then(o => other.setLocalDescription(o));",
        )],
        Outcome::Passed,
        &[],
    ),
    tutorial(
        "a-second-connection-while-loading",
        &[(
            "let pc;",
            "let pc;
               const other = new RTCPeerConnection();
               other.createDataChannel('x');
               other.createOffer().then(o => other.setLocalDescription(o));",
        )],
        Outcome::Passed,
        &[],
    ),
    tutorial(
        "a-camera-that-is-refused-and-another-one",
        &[(
            "navigator.mediaDevices.getUserMedia({ video: true, audio: false })",
            "navigator.mediaDevices.getUserMedia({ video: { facingMode: { exact: 'environment' } } })
               .catch(() => navigator.mediaDevices.getUserMedia({ video: true }))",
        )],
        Outcome::Passed,
        &[],
    ),
    tutorial(
        "an-alert",
        &[("localVideo.srcObject = stream;", "localVideo.srcObject = stream; alert('the camera is on');")],
        Outcome::Passed,
        &[],
    ),
    Changed {
        map: "\n[dialogs]\nconfirm = true\nprompt = \"a room\"\n",
        ..tutorial(
            "dialogs-that-the-map-answers",
            &[(
                "function makeOffer() {",
                "function makeOffer() { if (!confirm('sure?') || prompt('where?') !== 'a room') return;",
            )],
            Outcome::Passed,
            &[],
        )
    },
    tutorial(
        "a-button-that-pasting-enables",
        &[
            ("<button onclick=\"receiveAnswer()\">", "<button onclick=\"receiveAnswer()\" disabled>"),
            (
                "let textForRecv = document.getElementById('text_for_recv_sdp');",
                "let textForRecv = document.getElementById('text_for_recv_sdp');
                 let events = '';
                 for (const type of ['keydown', 'paste', 'beforeinput', 'input', 'keyup', 'change', 'blur']) {
                   textForRecv.addEventListener(type, (event) => {
                     events += type + (event.clipboardData?.getData('text/plain').slice(0, 3) ?? '') + ' ';
                     if (events !== 'keydown pastev=0 beforeinput input keyup change blur ') return;
                     const button = document.querySelector('[onclick=\"receiveAnswer()\"]');
                     setTimeout(() => { button.disabled = false; }, 50);
                   });
                 }",
            ),
        ],
        Outcome::Passed,
        &[],
    ),
    tutorial(
        "handlers-that-come-late",
        &[(
            "let pc;",
            "let pc;
                 for (const button of document.querySelectorAll('button')) {
                   const handler = button.onclick;
                   button.onclick = null;
                   setTimeout(() => { button.onclick = handler; }, 700);
                 }",
        )],
        Outcome::Passed,
        &[],
    ),
    tutorial("a-picture-that-is-missing", &[("<h2>", "<img src=missing.png><h2>")], Outcome::Passed, &[]),
    tutorial(
        "text-that-is-no-unicode",
        &[(
            "let pc;",
            "let pc; setTimeout(() => { throw new Error('\\ud800 \\u0000 \\udfff' + 'x'.repeat(3e6)); });",
        )],
        Outcome::Passed,
        &[],
    ),
];

/// Pages of which nothing can be asked: the peers are not to blame.
pub const UNASKED: &[Changed] = &[
    tutorial(
        "a-script-that-is-missing",
        &[
            ("<script>", "<script src=\"missing.js\"></script><script>"),
            ("function makeOffer() {", "function makeOffer() { return missing();"),
        ],
        Outcome::Errored,
        &[
            "failed to load the page",
            "the script http://",
            "missing.js: the server answered 404",
            "local-description-set was not reached",
        ],
    ),
    tutorial(
        "a-style-sheet-that-is-missing",
        &[
            ("<style>", "<link rel=stylesheet href=missing.css><style>"),
            ("function makeOffer() {", "function makeOffer() { return;"),
        ],
        Outcome::Errored,
        &["failed to load the page", "the style sheet http://", "missing.css: the server answered 404"],
    ),
    tutorial(
        "a-frame-that-is-missing",
        &[
            ("<h2>", "<iframe src=missing.html></iframe><h2>"),
            ("function makeOffer() {", "function makeOffer() { return;"),
        ],
        Outcome::Errored,
        &["failed to load the page", "the frame http://", "missing.html: the server answered 404"],
    ),
    tutorial(
        "a-module-that-is-missing",
        &[
            ("<script>", "<script type=module>import './missing.js';</script><script>"),
            ("function makeOffer() {", "function makeOffer() { return;"),
        ],
        Outcome::Errored,
        &["failed to load the page", "missing.js: the server answered 404"],
    ),
    tutorial(
        "a-script-that-its-policy-refuses",
        &[(
            "<meta charset=\"UTF-8\">",
            "<meta charset=\"UTF-8\"><meta http-equiv=Content-Security-Policy content=\"script-src 'self'\">",
        )],
        Outcome::Errored,
        &[
            "failed to load the page",
            "the script inline: the page's own policy (Content-Security-Policy, script-src",
        ],
    ),
    tutorial(
        "a-script-that-throws-at-its-top-level",
        &[("let pc;", "nowhere(); let pc;")],
        Outcome::Errored,
        &[
            "failed to load the page",
            "it threw at its top level: Uncaught ReferenceError: nowhere is not defined",
        ],
    ),
    tutorial(
        "a-script-that-does-not-parse",
        &[("let pc;", "let pc = = 1;")],
        Outcome::Errored,
        &["failed to load the page", "it threw at its top level: Uncaught SyntaxError"],
    ),
    tutorial(
        "a-button-that-stays-disabled",
        &[("<button onclick=\"makeOffer()\">", "<button onclick=\"makeOffer()\" disabled>")],
        Outcome::Errored,
        &[
            "offerer: ",
            "button[onclick=\"makeOffer()\"] (create_offer) is disabled",
            "mend the page map or the page",
        ],
    ),
    tutorial(
        "a-button-that-nobody-listens-to",
        &[(
            "let pc;",
            "let pc; document.querySelectorAll('button').forEach(button => { button.onclick = null; });",
        )],
        Outcome::Errored,
        &["erer: ", "nothing on the page listens to clicks on .", "(create_connection)"],
    ),
    tutorial(
        "a-confirm-that-nobody-answers",
        &[("function makeOffer() {", "function makeOffer() { if (!confirm('really?')) return;")],
        Outcome::Errored,
        &["offerer: failed to answer the page's dialog: confirm(\"really?\")", "[dialogs]", "confirm"],
    ),
    tutorial(
        "a-prompt-that-nobody-answers",
        &[("function makeOffer() {", "function makeOffer() { if (!prompt('name?')) return;")],
        Outcome::Errored,
        &["offerer: failed to answer the page's dialog: prompt(\"name?\")"],
    ),
    tutorial(
        "a-page-that-loads-itself-anew",
        &[("function makeOffer() {", "function makeOffer() { location.reload();")],
        Outcome::Errored,
        &["offerer: failed to hear from the page: it was loaded anew"],
    ),
];

/// Pages that do what they should not, and say what.
pub const TELLING: &[Changed] = &[tutorial(
    "an-offer-in-another-form",
    &[(SHOW_SDP, "textForSend.value = JSON.stringify(pc.localDescription);")],
    Outcome::Failed,
    &[
        "offerer: description-sent was not reached",
        "#text_for_send_sdp is a <textarea> and holds ",
        "characters that are no SDP: \"{\\\"type",
    ],
)];
