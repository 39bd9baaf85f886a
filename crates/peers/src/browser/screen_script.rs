//! The screen that a page shares: what is painted over the page while its tab is captured.

use serde_json::json;
use tincan_harness::frames::{self, FrameSource};

use crate::camera::{Film, codes};

/// Pictures a second: a browser captures no more of a tab.
const RATE: u32 = 30;

/// The script that has a document paint the code of the screen of `source` over itself while it is captured.
pub(super) fn screen_script(source: FrameSource) -> String {
    let codes = codes(source.screen(), Film::Rising).flatten().map(|bits| format!("{bits:016x}"));
    let config = json!({
        "rate": RATE,
        "codes": codes.collect::<Vec<_>>(),
        "strip": strip(),
    });
    format!("({})({config});", include_str!("screen.js"))
}

/// How the code looks.
pub(super) fn strip() -> serde_json::Value {
    json!({
        "columns": frames::COLUMNS,
        "rows": frames::ROWS,
        "share": frames::STRIP_SHARE,
        "light": frames::LIGHT,
        "dark": frames::DARK,
        "texture": frames::TEXTURE,
        "textureSize": frames::TEXTURE_SIZE,
    })
}
