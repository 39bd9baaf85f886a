//! Pictures come as text.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

/// The bytes that `text` stands for; none if it is no text in base64 (RFC 4648).
pub(super) fn from_base64(text: &Value) -> Option<Vec<u8>> {
    STANDARD.decode(text.as_str()?).ok()
}
