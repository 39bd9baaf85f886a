//! Pages of servers that run already.

use std::{
    fs,
    net::TcpListener,
    time::{Duration, Instant},
};

use libtest_mimic::Trial;
use tincan_harness::{Attempt, verdict::Outcome};
use tincan_peers::{
    Page, PageMap, Roster, RosterOptions,
    page_server::{PageServer, PageSource},
};

use crate::{
    calls::{is_full, options, scenario},
    check, pages, trial,
};

pub fn trials() -> Vec<Trial> {
    let pairs = ["chromium-to-firefox", "firefox-to-chromium"];
    let calls = pairs
        .into_iter()
        .filter(|pair| is_full() || *pair == "chromium-to-firefox")
        .map(|pair| trial(format!("urls/{pair}"), move || is_called(pair)));
    let browsers = ["chromium", "firefox"];
    let closed = browsers
        .map(|name| trial(format!("urls/nothing-else-is-reached/{name}"), move || reaches(name, false)));
    let open = browsers
        .into_iter()
        .filter(|name| is_full() || *name == "chromium")
        .map(|name| trial(format!("urls/what-the-map-names-is-reached/{name}"), move || reaches(name, true)));
    let gone = [trial("urls/a-server-that-goes", a_server_that_goes)];
    calls.chain(closed).chain(open).chain(gone).collect()
}

/// A server that is nobody's of the run.
async fn serve(source: PageSource) -> Result<PageServer, String> {
    PageServer::start(&source, 0).await.map_err(|error| error.to_string())
}

fn at(server: &PageServer) -> Result<Page, String> {
    server.url().parse().map_err(|error: tincan_peers::page_url::PageUrlError| error.to_string())
}

async fn roster(page: Page, page_map: PageMap) -> Result<Roster, String> {
    let options = RosterOptions { page, page_map, ..options() };
    Roster::new(options).await.map_err(|trouble| trouble.to_string())
}

fn passed(attempt: &Attempt) -> Result<(), String> {
    check(attempt.verdict == Outcome::Passed, || format!("{}: {:?}", attempt.verdict, attempt.reason))
}

/// The page is opened where it is, and the report tells on each side what was fetched.
async fn is_called(pair: &str) -> Result<(), String> {
    let server = serve(PageSource::BuiltIn).await?;
    let map = PageMap::built_in().map_err(|error| error.to_string())?;
    let mut roster = roster(at(&server)?, map).await?;
    let attempt = roster.attempt(&scenario(&format!("{pair}/trickle/vp8/direct")), 1).await;
    roster.close().await;
    passed(&attempt)?;
    let told: Vec<_> = attempt.notes.iter().map(|note| (note.peer, note.text.clone())).collect();
    let fetched = format!("fetched {}: 200", server.url());
    for role in tincan_harness::Role::BOTH {
        let is_told = told.iter().any(|(peer, text)| *peer == role && text.contains(&fetched));
        check(is_told, || format!("{role} does not tell {fetched:?}: {told:?}"))?;
    }
    server.close().await;
    Ok(())
}

/// The page asks for something at another address of this machine, which only a map that names it lets it reach.
async fn reaches(browser: &str, is_named: bool) -> Result<(), String> {
    let text = |error: std::io::Error| error.to_string();
    let elsewhere = TcpListener::bind(("127.0.0.2", 0)).map_err(text)?;
    elsewhere.set_nonblocking(true).map_err(text)?;
    let origin = format!("http://{}", elsewhere.local_addr().map_err(text)?);
    let folder = pages::copy(pages::TUTORIAL)?;
    let [page, map] = ["index.html", "page.toml"].map(|name| folder.path().join(name));
    let asks = format!("<script>fetch('{origin}/x', {{ mode: 'no-cors' }}).catch(() => {{}});</script>");
    let written = fs::read_to_string(&page).map_err(text)? + &asks;
    fs::write(&page, written).map_err(text)?;
    if is_named {
        let named = format!("origins = [\"{origin}\"]\n") + &fs::read_to_string(&map).map_err(text)?;
        fs::write(&map, named).map_err(text)?;
    }
    let map = PageMap::read(&map).map_err(|error| error.to_string())?;
    let server = serve(PageSource::Folder(folder.path().to_owned())).await?;
    let mut roster = roster(at(&server)?, map).await?;
    let name = format!("{browser}-to-{browser}/vanilla/vp8/direct");
    let attempt = roster.attempt(&scenario(&name), 1).await;
    roster.close().await;
    server.close().await;
    passed(&attempt)?;
    check(elsewhere.accept().is_ok() == is_named, || {
        format!("named: {is_named}, and it was {}reached", if is_named { "not " } else { "" })
    })
}

/// A call of which the server has gone is errored, and says so within seconds.
async fn a_server_that_goes() -> Result<(), String> {
    let server = serve(PageSource::BuiltIn).await?;
    let map = PageMap::built_in().map_err(|error| error.to_string())?;
    let mut roster = roster(at(&server)?, map).await?;
    let scenario = scenario("chromium-to-firefox/trickle/vp8/direct");
    let first = roster.attempt(&scenario, 1).await;
    server.close().await;
    let began = Instant::now();
    let second = roster.attempt(&scenario, 2).await;
    let took = began.elapsed();
    roster.close().await;
    passed(&first)?;
    let reason = second.reason.unwrap_or_default();
    let is_told =
        reason.contains("open the page http://127.0.0.1") && reason.to_lowercase().contains("refused");
    check(second.verdict == Outcome::Errored && is_told, || format!("{}: {reason}", second.verdict))?;
    check(took < Duration::from_secs(10), || format!("it took {took:?}"))
}
