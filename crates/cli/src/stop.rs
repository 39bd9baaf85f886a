//! The order to stop: by Ctrl-C or SIGTERM, or because the run is over.

use std::io::{self, IsTerminal};

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::{oneshot, watch},
};

use crate::exit::Exit;

/// An order that is given once and heard by all who hold it.
#[derive(Debug, Clone)]
pub struct Stop(watch::Sender<bool>);

impl Stop {
    /// An order that the signals give: the first asks for an orderly end, the second ends this process at once.
    ///
    /// # Errors
    /// When the signals cannot be caught.
    pub fn by_signals() -> io::Result<Self> {
        let stop = Self(watch::Sender::new(false));
        let signals = Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        };
        tokio::spawn(stop.clone().heed(signals));
        Ok(stop)
    }

    async fn heed(self, mut signals: Signals) {
        signals.next().await;
        self.order();
        signals.next().await;
        // The wardens see this process end, and end the browsers.
        std::process::exit(i32::from(Exit::CouldNotAsk as u8));
    }

    /// Gives the order.
    pub fn order(&self) {
        self.0.send_replace(true);
    }

    /// Returns when the order has been given.
    pub async fn ordered(&self) {
        // The sender is `self`: it cannot be gone.
        let _ = self.0.subscribe().wait_for(|ordered| *ordered).await;
    }

    /// Returns when the order has been given, or on Enter, where somebody can press it.
    pub async fn ordered_or_entered(&self) {
        if !io::stdin().is_terminal() {
            return self.ordered().await;
        }
        tokio::select! {
            () = self.ordered() => {}
            () = enter() => {}
        }
    }

    /// Whether the order has been given.
    pub fn is_ordered(&self) -> bool {
        *self.0.borrow()
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

struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
