//! Pages of which nothing can be asked: the peers are not to blame.

use tincan_harness::verdict::Outcome;

use super::changed::{Changed, SHOW_SDP, tutorial};

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
        &["failed to load the page", "it threw at its top level: ", "ReferenceError: nowhere is not defined"],
    ),
    tutorial(
        "a-script-that-does-not-parse",
        &[("let pc;", "let pc = = 1;")],
        Outcome::Errored,
        &["failed to load the page", "it threw at its top level: ", "SyntaxError"],
    ),
    tutorial(
        "a-call-of-the-browser-that-throws-at-the-top-level",
        &[("let pc;", "let pc; new RTCPeerConnection().addTrack(null);")],
        Outcome::Errored,
        &["failed to load the page", "it threw at its top level: ", "TypeError: ", "addTrack"],
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
        "a-button-that-makes-no-connection",
        &[("function createConnection() {", "function createConnection() { if (!localStream) return;")],
        Outcome::Errored,
        &["erer: ", "no connection was made after the click on ", "(create_connection)"],
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
    tutorial(
        "an-offer-in-another-form",
        &[(SHOW_SDP, "textForSend.value = pc.localDescription.sdp.replace(/[a-z]/g, 'x');")],
        Outcome::Errored,
        &[
            "offerer: failed to go on as the page map says: #text_for_send_sdp is a <textarea> and holds ",
            "characters that are no SDP of this page, nor JSON or base64 with it: \"x=0",
            "(offerer: description-sent was not reached)",
        ],
    ),
];
