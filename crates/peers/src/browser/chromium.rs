//! Chromium: how it is started: its flags, each with what it is for, and its WebDriver
//! capabilities.

use std::{collections::BTreeMap, env, path::Path};

use serde_json::{Map, Value, json};
use tincan_harness::scenario::PeerId;

use super::find;
use crate::reach::{Origin, resolver_rules};

/// Switches the sandbox off where it cannot work; root needs no such word.
const NO_SANDBOX_VARIABLE: &str = "TINCAN_NO_SANDBOX";

/// Its name in the registry.
pub(crate) const ID: PeerId = PeerId::literal("chromium");

/// A Chromium to be started.
#[derive(Debug, Clone)]
pub(crate) struct Chromium {
    /// What is run.
    pub(crate) browser: find::Browser,
    /// Whether it shows its window.
    pub(crate) headed: bool,
    /// The version that it must be of, or the first components of it.
    pub(crate) version: Option<String>,
    /// What its pages may reach besides this machine.
    pub(crate) origins: Vec<Origin>,
    /// Whether a page may have any certificate.
    pub(crate) accept_certificate: bool,
    /// Whether its host candidates are names of mDNS, and not addresses.
    pub(crate) hides_addresses: bool,
}

impl Chromium {
    /// Whether its sandbox is on: Chromium refuses to start with it as root.
    pub(crate) fn has_sandbox() -> bool {
        !rustix::process::geteuid().is_root() && env::var_os(NO_SANDBOX_VARIABLE).is_none_or(|v| v != "1")
    }

    /// The flags, each with what it is for. `folder` is the browser's own; `clip` is what its camera plays, `sound` what its
    /// microphone plays.
    pub(crate) fn flags(&self, folder: &Path, clip: &Path, sound: &Path) -> BTreeMap<String, String> {
        let mut flags: BTreeMap<_, _> =
            FLAGS.into_iter().map(|(flag, why)| (flag.to_owned(), why.to_owned())).collect();
        let mut add = |flag: String, why: &str| flags.insert(flag, why.to_owned());
        add(
            format!("--user-data-dir={}", folder.join("profile").display()),
            "a profile of its own, gone after the run",
        );
        add(
            format!("--use-file-for-fake-video-capture={}", clip.display()),
            "the camera plays pictures with a frame code",
        );
        add(
            format!("--use-file-for-fake-audio-capture={}", sound.display()),
            "the microphone plays tones with a sound code",
        );
        add(
            format!("--host-resolver-rules={}", resolver_rules(&self.origins)),
            "no DNS; without it a machine with no DNS starts it slowly",
        );
        match self.hides_addresses {
            true => add(NO_FEATURES.to_owned(), "no calls to outside"),
            false => add(
                NO_FEATURES_AND_ADDRESSES.to_owned(),
                "host candidates with addresses, no mDNS; no calls to outside",
            ),
        };
        if !self.headed {
            let headless =
                if self.browser.kind == find::Kind::Shell { "--headless" } else { "--headless=new" };
            add(headless.to_owned(), "no window");
        }
        if !Self::has_sandbox() {
            add("--no-sandbox".to_owned(), "Chromium does not start as root with it");
        }
        flags
    }

    /// What is asked of ChromeDriver for a new session.
    pub(crate) fn capabilities(&self, flags: &BTreeMap<String, String>) -> Map<String, Value> {
        let options = json!({ "binary": self.browser.file, "args": flags.keys().collect::<Vec<_>>() });
        let name = if self.browser.kind == find::Kind::Shell { "chrome-headless-shell" } else { "chrome" };
        let capabilities = json!({
            "browserName": name,
            "acceptInsecureCerts": self.accept_certificate,
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
            // Otherwise the driver asks the page before and after every command whether it is loading: time of the call.
            // The probe says when it has loaded.
            "pageLoadStrategy": "none",
            // Waits are bounded by the deadlines of the call, not by the driver.
            "timeouts": { "script": null, "pageLoad": 30_000 },
            // A dialog is answered as the page map says, and not by the driver's next command.
            "unhandledPromptBehavior": "ignore",
        });
        match capabilities {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }
}

/// Features that are switched off wherever a call is made.
const NO_FEATURES: &str = "--disable-features=Translate,MediaRouter";
/// As [`NO_FEATURES`], and addresses are not hidden.
const NO_FEATURES_AND_ADDRESSES: &str = "--disable-features=WebRtcHideLocalIpsWithMdns,Translate,MediaRouter";

const FLAGS: [(&str, &str); 19] = [
    ("--use-fake-ui-for-media-stream", "camera and microphone are granted without a question"),
    (
        "--use-fake-device-for-media-stream=display-media-type=browser",
        "camera and microphone are files; a screen that is shared is the tab",
    ),
    ("--autoplay-policy=no-user-gesture-required", "videos play though nobody touched the page"),
    ("--mute-audio", "no sound on the machine"),
    ("--disable-background-timer-throttling", "the page is treated as one that is looked at"),
    ("--disable-renderer-backgrounding", "the page is treated as one that is looked at"),
    ("--disable-backgrounding-occluded-windows", "the page is treated as one that is looked at"),
    ("--disable-background-networking", "nothing leaves the machine"),
    ("--disable-component-update", "nothing leaves the machine"),
    ("--disable-domain-reliability", "nothing leaves the machine"),
    ("--disable-sync", "nothing leaves the machine"),
    ("--disable-default-apps", "nothing leaves the machine"),
    ("--no-pings", "nothing leaves the machine"),
    ("--disable-gpu", "pictures are drawn plainly, not by a GPU that is emulated"),
    ("--window-size=800,600", "few pixels to draw: without a GPU each costs the call time"),
    ("--no-first-run", "no greeting"),
    ("--no-default-browser-check", "no question"),
    ("--disable-extensions", "nothing but the page"),
    ("--password-store=basic", "no key ring of the desktop"),
];
