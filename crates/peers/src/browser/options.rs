//! Which browsers are started, and how.

use std::path::PathBuf;

use super::find::Kind;
use crate::reach::Origin;

/// Which browsers are started, and how.
#[derive(Debug, Clone, Default)]
pub struct BrowserOptions {
    /// The Chromium to use, instead of the first found that fits a driver.
    pub chromium: Option<PathBuf>,
    /// The ChromeDriver to use, instead of one found that fits the browser.
    pub chromedriver: Option<PathBuf>,
    /// The Firefox to use, instead of the first found.
    pub firefox: Option<PathBuf>,
    /// What kind of Chromium was named, if it was asked already; its driver may be of another major version then.
    pub build: Option<Kind>,
    /// The version that the browser must be of: a prefix by components, such as 156 or 156.0.8078.
    pub version: Option<String>,
    /// Whether windows are shown.
    pub headed: bool,
    /// Whether a page stays when its call has ended, to be looked at; the next call takes its place.
    pub keep_page: bool,
    /// Where a picture of the page goes after each step of its map: `offerer-1.png` and so on. Without it no step is told.
    pub step_pictures: Option<PathBuf>,
    /// What pages may reach besides this machine; a roster adds what its page needs.
    pub origins: Vec<Origin>,
    /// Whether a page may have any certificate.
    pub accept_certificate: bool,
}
