//! Pages that work, in ways that an instrument can trip over.

use tincan_harness::verdict::Outcome;

use super::changed::{Changed, SHOW_SDP, tutorial};

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
        "an-offer-in-a-pre",
        &[
            (
                "<textarea id=\"text_for_send_sdp\" rows=\"6\" cols=\"70\" readonly></textarea>",
                "<pre id=text_for_send_sdp></pre>",
            ),
            (SHOW_SDP, "textForSend.textContent = pc.localDescription.sdp;"),
        ],
        Outcome::Passed,
        &[],
    ),
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
