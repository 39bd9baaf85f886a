//! report.html in Chromium, opened from disk.

use std::path::Path;

use libtest_mimic::Trial;
use tincan_harness::{frames::FrameSource, testing};
use tincan_peers::browser::{BrowserOptions, Tab};
use tincan_report::html::{Attachments, render};
use tincan_tests::people::every_verdict;

use crate::{check, trial};

/// A window as narrow as a phone's, and an ordinary one, in CSS pixels.
const WIDTHS: [u32; 2] = [360, 1280];

pub fn trials() -> Vec<Trial> {
    vec![
        trial("report/opens-from-disk", opens_from_disk),
        trial("report/every-check-can-fail", every_check_can_fail),
    ]
}

/// What the page is, as it says itself; errors are those of the page's own Content-Security-Policy.
const LOOK: &str = r"
    const dangling = [...document.querySelectorAll('a[href^=\'#\']')].map((a) => a.getAttribute('href'))
      .filter((href) => !document.getElementById(href.slice(1)));
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    const doubled = ids.filter((id, index) => ids.indexOf(id) !== index);
    const unnamed = [...document.querySelectorAll('[aria-labelledby]')]
      .flatMap((element) => element.getAttribute('aria-labelledby').split(' '))
      .filter((id) => !document.getElementById(id));
    document.querySelectorAll('details').forEach((details) => { details.open = true; });
    return {
      links: document.querySelectorAll('a[href^=\'#\']').length, dangling, doubled, unnamed,
      loaded: [
        ...performance.getEntriesByType('resource').map((entry) => entry.name),
        // Files from disk are not among these entries.
        ...[...document.querySelectorAll('[src], link')].map((element) => element.src ?? element.href),
      ].filter((name) => !name.startsWith('data:')),
      images: [...document.images].map((image) => image.src.slice(0, 20)),
    };";

/// As soon as the window is as wide as it was to become: the page hears of it after the driver has answered.
const WIDTH: &str = "
    const [width, done] = arguments;
    const tell = () => done([document.documentElement.scrollWidth, innerWidth]);
    const look = () => innerWidth === width && tell();
    addEventListener('resize', look);
    AbortSignal.timeout(10_000).onabort = tell;
    look();";

/// Text that stands out less than 4.5 to 1 from what is behind it (WCAG 2.2, 1.4.3), by day and by night. Text in a drawing
/// is held against the bar that it stands on, if there is one, else against the ground of the drawing.
const FAINT: &str = r"
    const channels = (colour) => {
      const found = colour.match(/^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/);
      if (!found) throw new Error(`a colour that this check cannot read: ${colour}`);
      const [, r, g, b, alpha = 1] = found;
      return { rgb: [r, g, b].map(Number), alpha: Number(alpha) };
    };
    const luminance = ({ rgb }) => rgb.map((channel) => channel / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    const ground = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const colour = channels(getComputedStyle(at).backgroundColor);
        if (colour.alpha === 1) return colour;
        if (colour.alpha > 0) throw new Error(`a ground that shines through: ${at.outerHTML.slice(0, 80)}`);
      }
      throw new Error('the page has no ground');
    };
    const bar = (text) => {
      if (!(text instanceof SVGElement)) return undefined;
      const { x, y, width, height } = text.getBBox();
      const middle = new DOMPoint(x + width / 2, y + height / 2);
      return [...text.ownerSVGElement.querySelectorAll('rect, path')]
        .filter((shape) => shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING)
        .filter((shape) => getComputedStyle(shape).fill !== 'none' && shape.isPointInFill(middle))
        .map((shape) => channels(getComputedStyle(shape).fill)).at(-1);
    };
    const faint = (night) => {
      const found = [];
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        if (!/[\p{L}\p{N}]/u.test(texts.currentNode.data) || !element.checkVisibility()) continue;
        const style = getComputedStyle(element);
        const ink = channels(element instanceof SVGElement ? style.fill : style.color);
        const [light, dark] = [luminance(ink), luminance(bar(element) ?? ground(element))].sort((a, b) => b - a);
        const ratio = (light + 0.05) / (dark + 0.05);
        if (ink.alpha < 1 || ratio < 4.5) {
          found.push(`${night ? 'night' : 'day'}: ${ratio.toFixed(2)}: ${element.outerHTML.slice(0, 80)}`);
        }
      }
      return found;
    };
    const nights = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
      .filter((rule) => rule instanceof CSSMediaRule && rule.conditionText === '(prefers-color-scheme: dark)');
    if (nights.length === 0) throw new Error('there is no night');
    return [false, true].flatMap((night) => {
      for (const { media } of nights) media.mediaText = night ? 'all' : 'not all';
      return faint(night);
    });";

/// Answers when the whole page is there: the session does not wait for it.
const LOADED: &str = "
    const done = arguments[0];
    if (document.readyState === 'complete') done();
    else addEventListener('load', () => done(), { once: true });";

/// What spoils a page, and the check that has to see it.
const SPOILT: [(&str, &str, &str); 10] = [
    ("href=\"#calls\"", "href=\"#nowhere\"", "dangling"),
    ("id=\"results\"", "id=\"calls\"", "doubled"),
    ("aria-labelledby=\"ran\"", "aria-labelledby=\"nowhere\"", "unnamed"),
    (
        "http-equiv=\"Content-Security-Policy\"",
        "name=\"x\"><link rel=\"stylesheet\" href=\"x.css\"",
        "loaded",
    ),
    ("</main>", "<img alt=\"\" src=\"data:,\"></main>", "images"),
    ("</main>", "<script>1</script></main>", "the console"),
    ("</main>", "<p style=\"color: #767676\">x</p></main>", "faint: [\"night"),
    ("</main>", "<svg><text style=\"fill: #999\">x</text></svg></main>", "faint: [\"day"),
    (
        "</main>",
        "<svg><path d=\"M0 0h90v90h-90z\" style=\"fill: #333\"/><text x=\"5\" y=\"20\">x</text></svg></main>",
        "faint: [\"day",
    ),
    ("</main>", "<div style=\"width: 700px\">x</div></main>", "360: the page is wider"),
];

async fn opens_from_disk() -> Result<(), String> {
    on_disk(|page| page).await
}

async fn every_check_can_fail() -> Result<(), String> {
    for (from, to, expected) in SPOILT {
        let seen = on_disk(|page| page.replacen(from, to, 1)).await.err().unwrap_or_default();
        check(seen.starts_with(expected), || format!("{to}: not {expected:?}, but {seen:?}"))?;
    }
    Ok(())
}

/// Looks at a page in a browser of its own, so that nothing is left of the one before.
async fn on_disk(spoil: impl FnOnce(String) -> String) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let file = folder.path().join("report.html");
    let mut report = every_verdict();
    report.environment.peers = testing::profiles();
    report.sum_up();
    let page = spoil(render(&report, &Attachments::default()));
    // What a page would load if it were allowed to.
    std::fs::write(folder.path().join("x.css"), "").map_err(|error| error.to_string())?;
    std::fs::write(&file, page).map_err(|error| error.to_string())?;
    opens(&file, 6).await
}

/// Whether a page on disk is as good as its checks ask, with so many links at least.
pub async fn opens(file: &Path, links: u64) -> Result<(), String> {
    let tab = Tab::launch(&BrowserOptions::default(), FrameSource { peer: 1, run: 1 })
        .await
        .map_err(|trouble| trouble.to_string())?;
    let found = looked_at(&tab, &format!("file://{}", file.display()), links).await;
    tab.end().await;
    found
}

async fn looked_at(tab: &Tab, url: &str, links: u64) -> Result<(), String> {
    let client = tab.client().ok_or("it has no driver")?;
    let text = |error: fantoccini::error::CmdError| error.to_string();
    client.goto(url).await.map_err(text)?;
    client.execute_async(LOADED, Vec::new()).await.map_err(text)?;
    let found = client.execute(LOOK, Vec::new()).await.map_err(text)?;
    check(found["links"].as_u64() >= Some(links), || format!("hardly a link: {found}"))?;
    for nothing in ["dangling", "doubled", "unnamed", "loaded", "images"] {
        check(found[nothing].as_array().is_some_and(Vec::is_empty), || format!("{nothing}: {found}"))?;
    }
    let faint = client.execute(FAINT, Vec::new()).await.map_err(text)?;
    check(faint.as_array().is_some_and(Vec::is_empty), || format!("faint: {faint}"))?;
    let said = tab.console().await;
    check(said.is_empty(), || format!("the console: {said:?}"))?;
    for width in WIDTHS {
        client.set_window_size(width, 900).await.map_err(text)?;
        let found = client.execute_async(WIDTH, vec![width.into()]).await.map_err(text)?;
        let (content, window) = (found[0].as_u64(), found[1].as_u64());
        check(window == Some(width.into()), || format!("the window is not {width} wide: {found}"))?;
        check(content <= window, || format!("{width}: the page is wider than its window: {found}"))?;
    }
    Ok(())
}
