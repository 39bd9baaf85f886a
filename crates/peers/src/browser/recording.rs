//! A call that a person makes by hand, in two browsers: opened, watched, and made into a page map.

use std::time::Duration;

use fantoccini::Client;
use tincan_harness::{HarnessError, frames::FrameSource};
use tokio::{sync::mpsc, time::timeout};
use url::Url;

use super::{
    context::{Context, ContextError, Said},
    fetched,
    launch::launch,
    options::BrowserOptions,
    recorder::{self, Message},
    running::Running,
};
use crate::{
    camera::Film,
    network_host::NetworkHost,
    page::Page,
    page_map::recorded::{
        Place, RecordedMap, is_connected, is_up,
        log::{Logged, Seen, Window},
        recorded, signal_put_in,
    },
    page_server::PageServer,
    page_url::answers,
};

/// How long the server of a page may take to answer. One that builds the page first takes a second or two.
const OPEN_DEADLINE: Duration = Duration::from_secs(30);
/// How long a page may take to answer; one that shows a dialog does not.
const ANSWER_DEADLINE: Duration = Duration::from_secs(2);
/// The size of a window, in pixels: two stand beside each other on a screen of 1600.
const SIZE: (u32, u32) = (800, 900);

/// Two windows in which a person makes a call by hand. They end with their process, like every browser here.
#[derive(Debug)]
pub struct Recording {
    place: Place,
    urls: [String; 2],
    server: Option<PageServer>,
    browsers: [Browser; 2],
    said: [mpsc::UnboundedReceiver<Said>; 2],
    /// The document that speaks, in each.
    documents: [Option<String>; 2],
    log: Vec<Logged>,
}

#[derive(Debug)]
struct Browser {
    running: Running,
    session: Client,
}

impl Recording {
    /// Opens `page` in two windows, in each what `open` says, seen from the page; the last of it in both, if there is one alone.
    ///
    /// # Errors
    /// When the page is not there, or the browsers do not start.
    pub async fn begin(
        page: &Page,
        open: &[String],
        mut options: BrowserOptions,
    ) -> Result<Self, HarnessError> {
        page.look().await?;
        options.origins.extend(page.elsewhere().map(|url| url.origin().clone()));
        let (server, place) = serve(page).await?;
        let urls = Window::BOTH.map(|window| open.get(window as usize).or(open.last()).map(String::as_str));
        let urls = urls.map(|open| opened(page, &place, open));
        let [first, second] = urls;
        let urls = [first?, second?];
        let (first, second) = tokio::join!(Browser::start(&options), Browser::start(&options));
        let browsers = match (first, second) {
            (Ok(first), Ok(second)) => [first, second],
            (Err(trouble), Ok(other)) | (Ok(other), Err(trouble)) => {
                other.running.end().await;
                return Err(trouble);
            }
            (Err(trouble), Err(_)) => return Err(trouble),
        };
        let said = [browsers[0].tab().listen(), browsers[1].tab().listen()];
        let begun = Self { place, urls, server, browsers, said, documents: [None, None], log: Vec::new() };
        match begun.open(options.headed).await {
            Ok(()) => Ok(begun),
            Err(trouble) => {
                begun.close().await;
                Err(trouble)
            }
        }
    }

    async fn open(&self, headed: bool) -> Result<(), HarnessError> {
        for window in Window::BOTH {
            let (browser, url) = (&self.browsers[window as usize], &self.urls[window as usize]);
            let trouble = |error: ContextError| HarnessError::new(format!("open the page {url}"), error);
            if headed {
                let left = SIZE.0 * window as u32;
                // A window manager may have its own mind about it.
                let _ = browser.session.set_window_rect(left, 0, SIZE.0, SIZE.1).await;
            }
            recorder::install(browser.tab()).await.map_err(trouble)?;
            let late =
                || ContextError::Unreachable(format!("no answer within {} s", OPEN_DEADLINE.as_secs()));
            let fetched =
                timeout(OPEN_DEADLINE, browser.tab().fetch(url)).await.unwrap_or_else(|_| Err(late()));
            fetched.map_err(trouble)?;
            if let Some(status) = fetched::status(browser.tab()).await.filter(|status| *status >= 400) {
                return Err(HarnessError::new(format!("open the page {url}"), answers(status)));
            }
        }
        Ok(())
    }

    /// What the windows have opened.
    #[must_use]
    pub const fn urls(&self) -> &[String; 2] {
        &self.urls
    }

    /// The WebDriver client of a window, for who plays the person.
    #[must_use]
    pub const fn client(&self, window: Window) -> &Client {
        &self.browsers[window as usize].session
    }

    /// Returns when a call is up and each window plays the video of the other one, or a window is closed after it was connected.
    ///
    /// # Errors
    /// When a window is closed before that, or its page ends.
    pub async fn until_called(&mut self) -> Result<(), HarnessError> {
        while !is_up(&self.log) {
            let [first, second] = &mut self.said;
            let (window, said) = tokio::select! {
                said = first.recv() => (Window::First, said),
                said = second.recv() => (Window::Second, said),
            };
            let gone = |how: &str| {
                HarnessError::new(
                    "hear from the page",
                    format!("the {window} window {how} before the call was connected"),
                )
                .hint("record the call once more, and leave both windows open until it ends by itself")
            };
            match said {
                Some(Said::Pushed(text)) => self.hear(window, &text).await?,
                // Whoever makes the call answers it.
                Some(Said::Dialog(_)) => {}
                Some(Said::Crashed) => return Err(gone("has crashed")),
                // A call that was up may be ended like this.
                None if is_connected(&self.log) => return Ok(()),
                None => return Err(gone("was closed")),
            }
        }
        Ok(())
    }

    /// Ends the windows, and makes the map of what was seen in them.
    ///
    /// # Errors
    /// When no call was made, or something was done that no map can say.
    pub async fn finish(mut self) -> Result<RecordedMap, HarnessError> {
        for window in Window::BOTH {
            // Who has gone has said all that it could.
            let _ = timeout(ANSWER_DEADLINE, recorder::stop(self.browsers[window as usize].tab())).await;
        }
        for window in Window::BOTH {
            while let Ok(said) = self.said[window as usize].try_recv() {
                if let Said::Pushed(text) = said {
                    self.hear(window, &text).await?;
                }
            }
        }
        let (place, log) = (self.place.clone(), std::mem::take(&mut self.log));
        self.close().await;
        recorded(&place, &log)
    }

    /// Ends the windows, and returns when nothing of them is left.
    pub async fn close(self) {
        let [first, second] = self.browsers;
        tokio::join!(first.running.end(), second.running.end());
        if let Some(server) = self.server {
            server.close().await;
        }
    }

    async fn hear(&mut self, window: Window, text: &str) -> Result<(), HarnessError> {
        let message: Message = serde_json::from_str(text).map_err(|error| {
            let beginning: String = text.chars().take(200).collect();
            HarnessError::new("understand what the page says", format!("{error}: {beginning}"))
        })?;
        for seen in message.entries {
            if let Seen::Hello { url } = &seen
                && url.starts_with("http")
            {
                self.documents[window as usize] = Some(message.document.clone());
            }
            if self.documents[window as usize].as_ref() != Some(&message.document) {
                continue;
            }
            let signal = signal_put_in(&seen).map(str::to_owned);
            self.log.push(Logged { window, seen });
            if let Some(shown) = signal {
                self.ask(window.other(), shown).await;
            }
        }
        Ok(())
    }

    /// Looks for the signal `shown`, which was pasted into the other window, where it came from.
    async fn ask(&mut self, window: Window, shown: String) {
        let asking = recorder::shows(self.browsers[window as usize].tab(), &shown);
        // Who cannot answer shows nothing.
        let from = timeout(ANSWER_DEADLINE, asking).await.ok().and_then(Result::ok).unwrap_or_default();
        self.log.push(Logged { window, seen: Seen::Shows { shown, from } });
    }
}

impl Browser {
    async fn start(options: &BrowserOptions) -> Result<Self, HarnessError> {
        let pictures = (FrameSource::NOBODY, Film::Rising);
        let (running, session) = launch(options, pictures, &NetworkHost::default()).await?;
        Ok(Self { running, session })
    }

    const fn tab(&self) -> &Context {
        self.running.tab()
    }
}

/// Serves `page`, unless somebody does already; and where it is.
async fn serve(page: &Page) -> Result<(Option<PageServer>, Place), HarnessError> {
    if let Some(url) = page.elsewhere() {
        let base = url.url().clone();
        let name = base.host_str().unwrap_or_default().to_owned();
        return Ok((None, Place { name, base, is_folder: false }));
    }
    let trouble = |error: &dyn std::fmt::Display| HarnessError::new("serve the page", error);
    let server = PageServer::start(&page.source(), 0).await.map_err(|error| trouble(&error))?;
    let base = Url::parse(&server.url()).map_err(|error| trouble(&error))?;
    Ok((Some(server), Place { name: page.name(), base, is_folder: true }))
}

/// The address of what is opened on `page`.
fn opened(page: &Page, place: &Place, open: Option<&str>) -> Result<String, HarnessError> {
    let trouble = |why: String| HarnessError::new(format!("open the page {page}"), why);
    let url = match open {
        Some(open) => {
            place.base.join(open).map_err(|error| trouble(format!("{open:?} is no address: {error}")))?
        }
        None => place.base.clone(),
    };
    if place.is_folder {
        let file = url.path().trim_start_matches('/');
        let file = if file.is_empty() { "index.html" } else { file };
        if !page.source().has(file) {
            let hint = "name what is opened with --open, once for both windows or once for each: --open host.html --open guest.html";
            return Err(trouble(format!("there is no {file} in it")).hint(hint));
        }
    }
    Ok(url.into())
}
