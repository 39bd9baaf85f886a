//! A browser that does not run as it was asked to is not taken.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use libtest_mimic::Trial;
use tincan_harness::verdict::Outcome;
use tincan_peers::{BrowserOptions, BuildSpec, Registry, Roster, RosterOptions, browser::find};

use crate::{
    calls::{options, scenario},
    check, trial,
};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("launching/a-flag-that-is-lost", || {
            refused(Some("--no-pings"), None, "--no-pings was asked for")
        }),
        trial("launching/another-version", || refused(None, Some("1.2"), "asked for 1.2")),
        trial("launching/builds-side-by-side", builds_side_by_side),
        trial("launching/firefox-with-another-preference", || {
            firefox_refused(
                "echo 'user_pref(\"media.autoplay.default\", 5);' >>\"$3/user.js\"",
                "media.autoplay.default=0 was asked for, and it is 5",
            )
        }),
        trial("launching/firefox-without-an-argument", || {
            firefox_refused("shift", "--no-remote was asked for, and is not on its command line")
        }),
    ]
}

/// Starts a browser whose start script drops the flag `lost`, and asks for `version`: the call cannot be made, and the
/// reason says `words`.
async fn refused(lost: Option<&str>, version: Option<&str>, words: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let script = start_script(folder.path().to_owned(), lost.unwrap_or_default())?;
    let mut options = options();
    options.browser =
        BrowserOptions { chromium: Some(script), version: version.map(str::to_owned), ..options.browser };
    says(options, "chromium-to-webrtc-rs/vanilla/vp8/direct", words).await
}

/// Starts a Firefox whose start script does something first: the call cannot be made, and the reason says `words`.
async fn firefox_refused(first: &'static str, words: &'static str) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let firefox = find::firefox(None).map_err(|trouble| trouble.to_string())?;
    let script = folder.path().join("firefox");
    write_script(&script, &format!("{first}\nexec '{}' \"$@\"", firefox.display()))?;
    let mut options = options();
    options.browser = BrowserOptions { firefox: Some(script), ..options.browser };
    says(options, "firefox-to-webrtc-rs/vanilla/vp8/direct", words).await
}

/// The call is errored, with a reason that says `words`.
async fn says(options: RosterOptions, name: &str, words: &str) -> Result<(), String> {
    let mut roster = Roster::new(options).await.map_err(|trouble| trouble.to_string())?;
    let attempt = roster.attempt(&scenario(name), 1).await;
    roster.close().await;
    check(attempt.verdict == Outcome::Errored, || format!("it was {}", attempt.verdict))?;
    let reason = attempt.reason.unwrap_or_default();
    check(reason.contains(words), || format!("{reason:?} does not say {words:?}"))
}

/// Two browsers of one's own call each other under their names: a Firefox, and a Chromium that does not say what it is, as old
/// headless shells do not.
async fn builds_side_by_side() -> Result<(), String> {
    let text = |error: std::io::Error| error.to_string();
    let folder = tempfile::tempdir().map_err(text)?;
    let chromium = find::browsers(None).map_err(|trouble| trouble.to_string())?.files.swap_remove(0);
    let mute = folder.path().join("mute");
    let start = format!("case \"$*\" in *--version*) exit 1 ;; esac\nexec '{}' \"$@\"", chromium.display());
    write_script(&mute, &start)?;
    let firefox = find::firefox(None).map_err(|trouble| trouble.to_string())?;
    let spec = |name: &str, file: &std::path::Path| format!("{name}={}", file.display()).parse::<BuildSpec>();
    let specs = [spec("old", &mute), spec("fox", &firefox)].into_iter().collect::<Result<_, _>>();
    let specs = specs.map_err(|error| error.to_string())?;
    let registry = Registry::built_in().with_builds(specs).await.map_err(|trouble| trouble.to_string())?;
    let scenario = registry.catalogue().select(&["old-to-fox/trickle/vp8/direct".to_owned()]);
    let scenario = scenario.map_err(|error| error.to_string())?[0];
    let roster = Roster::new(RosterOptions { registry, ..options() }).await;
    let mut roster = roster.map_err(|trouble| trouble.to_string())?;
    let attempt = roster.attempt(&scenario, 1).await;
    let ran: Vec<_> =
        roster.browsers().iter().filter_map(|browser| Some(browser.peer?.to_string())).collect();
    roster.close().await;
    check(attempt.verdict == Outcome::Passed, || format!("{}: {:?}", attempt.verdict, attempt.reason))?;
    check(ran.contains(&"old".to_owned()) && ran.contains(&"fox".to_owned()), || format!("{ran:?} ran"))
}

/// A script that starts the browser with all that it is given, but for one flag.
fn start_script(folder: PathBuf, lost: &str) -> Result<PathBuf, String> {
    let browser = find::browsers(None).map_err(|trouble| trouble.to_string())?.files.swap_remove(0);
    // The name tells a headless shell from a browser with windows.
    let script = folder.join(browser.file_name().unwrap_or_default());
    let text = format!(
        "for flag; do shift; [ \"$flag\" = '{lost}' ] || set -- \"$@\" \"$flag\"; done\nexec '{}' \"$@\"",
        browser.display()
    );
    write_script(&script, &text).map(|()| script)
}

/// A start script that does so.
pub fn write_script(file: &Path, does: &str) -> Result<(), String> {
    let written = fs::write(file, format!("#!/bin/sh\n{does}\n"))
        .and_then(|()| fs::set_permissions(file, fs::Permissions::from_mode(0o755)));
    written.map_err(|error| error.to_string())
}
