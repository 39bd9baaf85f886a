//! Calls that a driver makes by hand, as a person would, become maps on which calls pass.

use std::time::Duration;

use fantoccini::{Client, Locator, elements::Element, key::Key};
use libtest_mimic::Trial;
use serde_json::json;
use tincan_harness::verdict::Outcome;
use tincan_peers::{
    Page, RecordedMap, Recording, Window,
    page_server::{PageServer, PageSource},
};
use tokio::time::timeout;

use super::{Opened, TUTORIAL, VANILLA, root};
use crate::{calls::options, check, trial};

/// How long a call by hand may take.
const DEADLINE: Duration = Duration::from_secs(20);

pub fn trials() -> Vec<Trial> {
    vec![
        trial("pages/map-record/tutorial", tutorial),
        trial("pages/map-record/host-and-guest", host_and_guest),
        trial("pages/map-record/prompts", prompts),
        trial("pages/map-record/a-window-that-is-closed", closed),
    ]
}

/// Whoever sits before a window.
struct Person<'r>(&'r Client);

fn folder(page: &str) -> Page {
    Page::Folder(root().join(page))
}

fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}

impl Person<'_> {
    async fn find(&self, css: &str) -> Result<Element, String> {
        self.0.find(Locator::Css(css)).await.map_err(words)
    }

    async fn click(&self, css: &str) -> Result<(), String> {
        self.find(css).await?.click().await.map_err(words)
    }

    /// Looks until `holds` is true of the page.
    async fn see(&self, holds: &str) -> Result<(), String> {
        let look = format!(
            "const [done] = arguments; const look = () => ({holds} ? done() : requestAnimationFrame(look)); look();"
        );
        self.0.execute_async(&look, Vec::new()).await.map(drop).map_err(words)
    }

    /// What an element shows, when it shows something.
    async fn read(&self, css: &str) -> Result<String, String> {
        let text =
            format!("(document.querySelector('{css}').value ?? document.querySelector('{css}').textContent)");
        self.see(&text).await?;
        let text = self.0.execute(&format!("return {text}"), Vec::new()).await.map_err(words)?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    async fn press(&self, css: &str, letter: char) -> Result<(), String> {
        let keys: String = [Key::Control.into(), letter, Key::Null.into()].iter().collect();
        self.find(css).await?.send_keys(&keys).await.map_err(words)
    }

    /// Pastes `text` with Ctrl+V. Two browsers without a screen share no clipboard: it is copied in another tab first.
    async fn paste(&self, css: &str, text: &str) -> Result<(), String> {
        let own = self.0.window().await.map_err(words)?;
        let other = self.0.new_window(true).await.map_err(words)?.handle;
        self.0.switch_to_window(other).await.map_err(words)?;
        self.0.goto("data:text/html,<textarea></textarea>").await.map_err(words)?;
        let fill = "document.querySelector('textarea').value = arguments[0]";
        self.0.execute(fill, vec![json!(text)]).await.map_err(words)?;
        for letter in ['a', 'c'] {
            self.press("textarea", letter).await?;
        }
        self.0.close_window().await.map_err(words)?;
        self.0.switch_to_window(own).await.map_err(words)?;
        self.click(css).await?;
        self.press(css, 'v').await
    }
}

/// What is made of a call on `page`, in whose windows `open` stands, which `by_hand` makes.
async fn recorded<F>(
    page: &Page,
    open: &[&str],
    by_hand: impl FnOnce([Client; 2]) -> F,
) -> Result<RecordedMap, String>
where
    F: Future<Output = Result<(), String>>,
{
    let open: Vec<_> = open.iter().map(|&file| file.to_owned()).collect();
    let mut recording = Recording::begin(page, &open, options().browser).await.map_err(words)?;
    let persons = Window::BOTH.map(|window| recording.client(window).clone());
    let both = async {
        for client in &persons {
            Person(client).see("document.readyState === 'complete'").await?;
        }
        tokio::try_join!(by_hand(persons), async { recording.until_called().await.map_err(words) }).map(drop)
    };
    match timeout(DEADLINE, both)
        .await
        .map_err(|_| "the call is not up".to_owned())
        .and_then(|outcome| outcome)
    {
        Ok(()) => recording.finish().await.map_err(words),
        Err(why) => {
            recording.close().await;
            Err(why)
        }
    }
}

/// A call by the map that was made holds each of `lines`, and passes.
async fn holds(page: &Page, map: RecordedMap, lines: &[&str]) -> Result<(), String> {
    for line in lines {
        check(map.text.contains(line), || format!("{line:?} is not in\n{}", map.text))?;
    }
    let mut opened = Opened::page(page.clone(), map.map).await?;
    let attempt = opened.attempt(VANILLA).await;
    let wrong =
        (attempt.verdict != Outcome::Passed).then(|| format!("{:?} by\n{}", attempt.reason, map.text));
    opened.close(wrong.into_iter().collect()).await
}

/// A text area whose text is copied with Ctrl+C, and buttons that are called alike, one of which is pressed twice.
async fn tutorial() -> Result<(), String> {
    let page = folder(TUTORIAL);
    let map = recorded(&page, &[], |[one, other]| async move {
        let (one, other) = (Person(&one), Person(&other));
        let button = |side: &str, does: &str| format!(".{side} button[onclick='{does}()']");
        let (sent, received) = ("#text_for_send_sdp", "#text_for_recv_sdp");
        for (person, side) in [(&one, "left"), (&other, "right")] {
            person.click(&button(side, "createConnection")).await?;
            person.click(&button(side, "createConnection")).await?;
            person.click(&button(side, "startVideo")).await?;
            person.see("pc.getSenders().some(({ track }) => track)").await?;
        }
        one.click(&button("left", "makeOffer")).await?;
        let offer = one.read(sent).await?;
        for letter in ['a', 'c'] {
            one.press(sent, letter).await?;
        }
        other.paste(received, &offer).await?;
        other.click(&button("right", "receiveOffer")).await?;
        other.see("pc.remoteDescription").await?;
        other.click(&button("right", "makeAnswer")).await?;
        let answer = other.read(sent).await?;
        one.paste(received, &answer).await?;
        one.click(&button("left", "receiveAnswer")).await
    });
    let lines = [
        r##"{ click = ".left button[onclick=\"createConnection()\"]" }"##,
        r##"{ copy = "offer", from = "#text_for_send_sdp" }"##,
        r##"{ paste = "offer", into = "#text_for_recv_sdp" }"##,
        "remote = \"#remote_video\"",
        "signals = \"sdp\"",
    ];
    holds(&page, map.await?, &lines).await
}

/// JSON in a box, on a page for each, at the address of a server that runs already.
async fn host_and_guest() -> Result<(), String> {
    let source = PageSource::Folder(root().join("fixtures/pages/host-and-guest"));
    let server = PageServer::start(&source, 0).await.map_err(words)?;
    let page: Page = format!("{}host.html", server.url()).parse().map_err(words)?;
    let map = recorded(&page, &["host.html", "guest.html"], |[host, guest]| async move {
        let (host, guest) = (Person(&host), Person(&guest));
        host.click("#invite").await?;
        let offer = host.read("#invitation").await?;
        guest.paste("#invitation", &offer).await?;
        guest.click("#join").await?;
        let answer = guest.read("#reply").await?;
        host.paste("#reply", &answer).await?;
        host.click("#connect").await
    });
    let lines = [
        "[answerer]\nopen = \"/guest.html\"",
        "signals = \"json\"",
        r##"{ copy = "answer", from = "#reply" }"##,
        "remote = \"#other\"",
    ];
    holds(&page, map.await?, &lines).await
}

/// Dialogs, one of which takes the answer, and a box that is ticked.
async fn prompts() -> Result<(), String> {
    let page = folder("fixtures/pages/prompts");
    let map = recorded(&page, &[], |[one, other]| async move {
        let (one, other) = (Person(&one), Person(&other));
        for (person, name) in [(&one, "Ann"), (&other, "Bob")] {
            person.click("#agree").await?;
            person.click("#start").await?;
            person.0.send_alert_text(name).await.map_err(words)?;
            person.0.accept_alert().await.map_err(words)?;
            person.see("!document.querySelector('#caller').disabled").await?;
        }
        one.click("#caller").await?;
        let offer = one.read("#code").await?;
        other.paste("#their_code", &offer).await?;
        other.click("#answer").await?;
        other.0.accept_alert().await.map_err(words)?;
        let answer = other.read("#code").await?;
        one.click("#paste_answer").await?;
        one.0.send_alert_text(&answer).await.map_err(words)?;
        one.0.accept_alert().await.map_err(words)
    });
    let lines = [
        r##"{ tick = "#agree" }"##,
        r##"{ click = "#start", prompt = "Bob" }"##,
        r##"{ click = "#answer", confirm = true }"##,
        r##"{ click = "#paste_answer", prompt = { paste = "answer" } }"##,
        "signals = \"json in base64\"",
        "local = \"#self\"",
    ];
    holds(&page, map.await?, &lines).await
}

async fn closed() -> Result<(), String> {
    let page = folder(TUTORIAL);
    let map = recorded(&page, &[], |[_, other]| async move {
        other.close_window().await.map_err(words)?;
        std::future::pending().await
    });
    let said = map.await.err().unwrap_or_default();
    check(said.contains("the second window was closed before the call was connected"), || said)
}
