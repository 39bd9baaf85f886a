//! Camera and microphone of a browser that plays no file: a script over getUserMedia.

use serde_json::json;
use tincan_harness::{frames::FrameSource, sounds};

use super::screen_script::strip;
use crate::{
    camera::{Film, HEIGHT, RATE, WIDTH, codes},
    microphone::words,
};

/// The function that makes camera and microphone of a document play `film` of `source`.
pub(super) fn camera_script(source: FrameSource, film: Film) -> String {
    let code = |bits: Option<u64>| bits.map(|bits| format!("{bits:016x}"));
    let config = json!({
        "width": WIDTH,
        "height": HEIGHT,
        "rate": RATE,
        "codes": codes(source, film).map(code).collect::<Vec<_>>(),
        "tint": format!("hsl({} 50% 60%)", u32::from(source.peer) * 85 % 360),
        "strip": strip(),
    });
    let sound = json!({
        "words": words(source, film).map(|word| word.map(symbols)).collect::<Vec<_>>(),
        "symbolMs": sounds::SYMBOL_MS,
        "edgeMs": sounds::EDGE_MS,
        "amplitude": sounds::AMPLITUDE,
    });
    let (camera, microphone) = (include_str!("camera.js"), include_str!("microphone.js"));
    format!("() => {{ ({camera})({config}); ({microphone})({sound}); }}")
}

/// The frequencies of each symbol of a word.
fn symbols(word: u64) -> Vec<Vec<f64>> {
    (0..sounds::SYMBOLS).map(|position| sounds::symbol(word, position).collect()).collect()
}
