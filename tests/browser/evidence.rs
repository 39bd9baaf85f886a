//! What is kept of a call is of that call.

use std::{
    fs,
    io::Cursor,
    path::Path,
    time::{Duration, Instant},
};

use libtest_mimic::Trial;
use rustix::process::{Signal, kill_process};
use tincan_harness::{Deadlines, Exchange, FrameCode, Role, Wait, exchange::Ending, verdict::Outcome};
use tincan_peers::{Page, PageMap, Roster, RosterOptions};

use crate::{
    calls::{options, scenario},
    check, pages, processes, trial,
};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("evidence/pictures-show-the-other-peer", pictures_show_the_other_peer),
        trial("evidence/what-was-refused-is-kept", what_was_refused_is_kept),
        trial("evidence/a-browser-that-is-stopped", a_browser_that_is_stopped),
    ]
}

async fn call(options: RosterOptions, name: &str) -> Result<Exchange, String> {
    let mut roster = Roster::new(options).await.map_err(|trouble| trouble.to_string())?;
    let judged = roster.call(&scenario(name)).await;
    roster.close().await;
    judged.map(|judged| judged.exchange).map_err(|verdict| verdict.reason().unwrap_or_default())
}

/// The pictures of people and those of the verdict are the same: they carry the other's code.
async fn pictures_show_the_other_peer() -> Result<(), String> {
    let mut options = options();
    options.keep_pictures = true;
    let exchange = call(options, "chromium-to-webrtc-rs/trickle/vp8/direct").await?;
    let mut shown = Vec::new();
    for role in Role::BOTH {
        let pictures = &exchange.side(role).pictures;
        let picture = pictures.last_frame.as_deref().ok_or_else(|| format!("no picture at the {role}"))?;
        let (green, width, height) = green(picture).map_err(|error| error.to_string())?;
        let code = FrameCode::read(&green, width, height, width);
        let code = code.ok_or_else(|| format!("no code in the picture at the {role}, {width} x {height}"))?;
        check(code.counter > 0, || format!("the {role} shows its first picture"))?;
        shown.push(code.source.peer);
    }
    check(shown[0] != shown[1], || format!("both show peer {}", shown[0]))?;
    let page = exchange.offerer.pictures.screenshot.as_deref().ok_or("there is no screenshot")?;
    let (_, width, height) = green(page).map_err(|error| error.to_string())?;
    check(width > 700 && height > 600, || format!("the whole page is {width} x {height}"))?;
    check(exchange.answerer.pictures.screenshot.is_none(), || "a Rust peer has no page".to_owned())
}

/// The green samples of a PNG, row by row, with its width and height.
fn green(file: &[u8]) -> Result<(Vec<u8>, usize, usize), png::DecodingError> {
    let mut decoder = png::Decoder::new(Cursor::new(file));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().unwrap_or_default()];
    let info = reader.next_frame(&mut pixels)?;
    let green = pixels.chunks_exact(info.color_type.samples()).map(|pixel| pixel[1]).collect();
    Ok((green, info.width as usize, info.height as usize))
}

/// A page garbles its answer: what the other side was given is known word for word, and so is what led to it.
async fn what_was_refused_is_kept() -> Result<(), String> {
    const GARBAGE: &str = "v=0\ngarbage";
    let folder = pages::copy(pages::TUTORIAL)?;
    let file = folder.path().join("index.html");
    let page = fs::read_to_string(&file).map_err(|error| error.to_string())?;
    let shown = "const { type, sdp } = pc.localDescription;
        textForSend.value = type === 'offer' ? sdp : 'v=0\\ngarbage';";
    let garbled = page.replace(pages::SHOW_SDP, shown);
    check(garbled != page, || "the tutorial does not show its SDP as it did".to_owned())?;
    fs::write(&file, garbled).map_err(|error| error.to_string())?;
    let page_map = PageMap::read(&folder.path().join("page.toml")).map_err(|error| error.to_string())?;
    let options = RosterOptions { page: Page::Folder(folder.path().to_owned()), page_map, ..options() };
    let exchange = call(options, "chromium-to-chromium/vanilla/vp8/direct").await?;
    check(matches!(exchange.ending, Ending::PeerFailed(Role::Offerer, _)), || {
        format!("{:?}", exchange.ending)
    })?;
    let evidence = &exchange.offerer.evidence;
    check(evidence.given.as_deref() == Some(GARBAGE), || format!("given: {:?}", evidence.given))?;
    let last = evidence.stats.last().ok_or("getStats was not asked")?;
    check(last.entries.iter().any(|entry| entry["type"] == "transport"), || format!("{last:?}"))?;
    check(!evidence.driver_log.is_empty(), || "driver and browser printed nothing".to_owned())?;
    check(exchange.offerer.pictures.screenshot.is_some(), || "there is no screenshot".to_owned())
}

/// A browser whose process stands still says nothing, and does not end either: the call is errored in bounded time, and
/// the next one has another browser.
async fn a_browser_that_is_stopped() -> Result<(), String> {
    let deadlines = Deadlines::default().with(Wait::Ready, Duration::from_secs(3));
    let mut roster =
        Roster::new(RosterOptions { deadlines, ..options() }).await.map_err(|e| e.to_string())?;
    let scenario = scenario("chromium-to-webrtc-rs/vanilla/vp8/direct");
    let mut outcomes = vec![roster.attempt(&scenario, 1).await.verdict];
    // The folders of browsers carry the number of the process that started them.
    let folder = format!("tincan-peer-{}-", std::process::id());
    let is_browser = |command: &str| command.contains("--user-data-dir") && !command.starts_with("/bin/sh");
    let browser = processes::find(Path::new(&folder), is_browser)?;
    kill_process(browser, Signal::STOP).map_err(|error| error.to_string())?;
    let began = Instant::now();
    let silent = roster.attempt(&scenario, 2).await;
    let took = began.elapsed();
    outcomes.extend([silent.verdict, roster.attempt(&scenario, 3).await.verdict]);
    roster.close().await;
    check(outcomes == [Outcome::Passed, Outcome::Errored, Outcome::Passed], || format!("{outcomes:?}"))?;
    let reason = silent.reason.unwrap_or_default();
    check(reason.contains("does not answer any more"), || format!("the reason: {reason}"))?;
    check(took < Duration::from_secs(12), || format!("it took {took:?}"))
}
