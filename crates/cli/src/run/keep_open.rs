//! `--keep-open`: the browsers stay until the user has seen enough.

use std::io::{self, IsTerminal};

use tokio::sync::oneshot;

use crate::{print, stop::Stop};

/// Returns on Enter, where somebody can press it, or on Ctrl-C.
pub async fn until_dismissed(stop: &Stop) {
    if !io::stdin().is_terminal() {
        print::to_stderr("the browsers stay open; Ctrl-C or SIGTERM closes them");
        return stop.ordered().await;
    }
    print::to_stderr("the browsers stay open; Enter or Ctrl-C closes them");
    tokio::select! {
        () = stop.ordered() => {}
        () = enter() => {}
    }
}

async fn enter() {
    let (pressed, enter) = oneshot::channel();
    // A thread of its own, since a read of standard input cannot be called off: it ends with the process.
    std::thread::spawn(move || {
        let _ = io::stdin().read_line(&mut String::new());
        pressed.send(())
    });
    let _ = enter.await;
}
