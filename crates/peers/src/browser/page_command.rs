//! The server of a page that has one of its own: a command of its map.

use std::{ffi::OsString, net::SocketAddr, path::Path, time::Duration};

use tincan_harness::HarnessError;
use tokio::{
    net::TcpStream,
    time::{MissedTickBehavior, interval, timeout},
};

use super::{
    port::free_port,
    process::{Program, Warden},
};
use crate::{network_host::NetworkHost, page_url::PageUrl, warden};

/// How long a server may take until it listens. One that builds the page first takes a few seconds.
const DEADLINE: Duration = Duration::from_secs(30);
/// How often it is looked whether it listens: nothing tells of that.
const LOOK_EVERY: Duration = Duration::from_millis(25);

const HINT: &str = "run it by hand in the folder of the page: it has to listen on the port that $PORT names, and go on until it is ended";

/// A server that a page map has started. It ends with its run, and with it all that it has started.
#[derive(Debug)]
pub(crate) struct PageCommand {
    warden: Warden,
    url: PageUrl,
}

impl PageCommand {
    /// Runs `command` in `folder`, and waits until it listens. `entry` is opened on it.
    ///
    /// # Errors
    /// When it ends, or does not listen in time: with what it printed.
    pub(crate) async fn start(
        command: &str,
        folder: &Path,
        entry: Option<&str>,
    ) -> Result<Self, HarnessError> {
        let step = format!("serve the page with `{command}`");
        let port = free_port().map_err(|error| HarnessError::new(&step, error))?;
        let shell = Path::new("/bin/sh");
        let arguments = ["-c".into(), r#"cd -- "$0" && eval "$1""#.into(), folder.into(), command.into()];
        let environment = vec![("PORT", OsString::from(port.to_string()))];
        let program = Program { file: shell, arguments: arguments.into(), files: Vec::new(), environment };
        let mut warden = Warden::start(warden::new_folder(), &program, &NetworkHost::default())?;
        let late = || Err(format!("nobody listens on port {port} ($PORT) after {} s", DEADLINE.as_secs()));
        let listens = timeout(DEADLINE, listens(&mut warden, port)).await;
        let outcome = match listens.unwrap_or_else(|_| late()) {
            Ok(address) => format!("http://{address}/{}", entry.unwrap_or_default())
                .parse()
                .map_err(|error| format!("{error}")),
            Err(why) => Err(why),
        };
        match outcome {
            Ok(url) => Ok(Self { warden, url }),
            Err(why) => {
                let message = format!("{why}; it said {}", warden.last_words());
                warden.end().await;
                Err(HarnessError::new(step, message).hint(HINT))
            }
        }
    }

    /// Where its page is.
    pub(crate) const fn url(&self) -> &PageUrl {
        &self.url
    }

    /// `trouble` with the page, with what the server said last.
    pub(crate) fn in_its_words(&self, trouble: HarnessError) -> HarnessError {
        let message = format!("{}; its server said {}", trouble.message, self.warden.last_words());
        HarnessError { message, ..trouble }.hint(HINT)
    }

    /// Ends it, and returns when nothing of it is left.
    pub(crate) async fn end(self) {
        self.warden.end().await;
    }
}

/// Where somebody listens on `port`.
#[expect(clippy::disallowed_methods, reason = "nothing tells that another process listens")]
async fn listens(warden: &mut Warden, port: u16) -> Result<SocketAddr, String> {
    let mut looks = interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let places =
        [SocketAddr::from(([127, 0, 0, 1], port)), SocketAddr::from(([0u16, 0, 0, 0, 0, 0, 0, 1], port))];
    loop {
        tokio::select! {
            _ = looks.tick() => {
                for place in places {
                    if TcpStream::connect(place).await.is_ok() {
                        return Ok(place);
                    }
                }
            }
            line = warden.next_line() => {
                if line.is_none() {
                    return Err("it has ended".to_owned());
                }
            }
        }
    }
}
