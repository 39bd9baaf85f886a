//! `--keep-open`: the browsers stay until the user has seen enough.

use std::io::{self, IsTerminal};

use crate::{print, stop::Stop};

/// Returns on Enter, where somebody can press it, or on Ctrl-C.
pub async fn until_dismissed(stop: &Stop) {
    if !io::stdin().is_terminal() {
        print::to_stderr("the browsers stay open; Ctrl-C or SIGTERM closes them");
        return stop.ordered().await;
    }
    print::to_stderr("the browsers stay open; Enter or Ctrl-C closes them");
    stop.ordered_or_entered().await;
}
