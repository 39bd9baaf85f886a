//! Why there is no map of what was recorded.

use std::fmt::Display;

use tincan_harness::HarnessError;

/// That no map can be made, and what to do.
pub(super) fn cannot(why: impl Display, hint: &str) -> HarnessError {
    HarnessError::new("make a page map of the call", why.to_string()).hint(hint)
}
