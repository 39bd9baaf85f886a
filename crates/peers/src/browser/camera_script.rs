//! The camera of a browser that plays no file: a script over getUserMedia.

use serde_json::json;
use tincan_harness::frames::{self, FrameSource};

use crate::camera::{Film, HEIGHT, RATE, WIDTH, codes};

/// The function that makes the camera of a document play `film` of `source`.
pub(super) fn camera_script(source: FrameSource, film: Film) -> String {
    let code = |bits: Option<u64>| bits.map(|bits| format!("{bits:016x}"));
    let config = json!({
        "width": WIDTH,
        "height": HEIGHT,
        "rate": RATE,
        "codes": codes(source, film).map(code).collect::<Vec<_>>(),
        "tint": format!("hsl({} 50% 60%)", u32::from(source.peer) * 85 % 360),
        "strip": {
            "columns": frames::COLUMNS,
            "rows": frames::ROWS,
            "share": frames::STRIP_SHARE,
            "light": frames::LIGHT,
            "dark": frames::DARK,
            "texture": frames::TEXTURE,
            "textureSize": frames::TEXTURE_SIZE,
        },
    });
    format!("() => ({})({config})", include_str!("camera.js"))
}
