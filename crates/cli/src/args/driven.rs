//! Which page calls are made on, and which browser opens it.

use std::path::PathBuf;

use clap::{Args, builder::ValueParser};
use tincan_peers::{BrowserOptions, Page};

/// Which page is served.
#[derive(Debug, Args)]
pub struct PageArgs {
    /// Use the page in this folder instead of the built-in one
    #[arg(long = "page", value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

/// Which page calls are made on.
#[derive(Debug, Args)]
pub struct DrivenPageArgs {
    /// Use the page in this folder, or at this address, instead of the built-in one
    #[arg(long = "page", value_name = "DIR|URL", value_parser = ValueParser::new(str::parse::<Page>))]
    pub page: Option<Page>,
    /// Where the page's controls are [default: page.toml of --page, else that of the built-in page]
    #[arg(long = "page-map", value_name = "FILE")]
    pub map: Option<PathBuf>,
    /// Let a page at an https address have any certificate, such as one that its server made itself
    #[arg(long)]
    pub accept_certificate: bool,
}

/// Which browser.
#[derive(Debug, Clone, Args)]
pub struct BrowserArgs {
    /// The Chromium to use [default: $TINCAN_CHROMIUM, else the first found that fits a driver]
    #[arg(long, value_name = "PATH")]
    pub chromium: Option<PathBuf>,
    /// The ChromeDriver to use [default: $TINCAN_CHROMEDRIVER, else one that fits the browser]
    #[arg(long, value_name = "PATH")]
    pub chromedriver: Option<PathBuf>,
    /// The Firefox to use [default: $TINCAN_FIREFOX, else the first found]
    #[arg(long, value_name = "PATH")]
    pub firefox: Option<PathBuf>,
    /// Take only a Chromium of this version, such as 156 or 156.0.8078: another one is an error
    #[arg(long, value_name = "VERSION", value_parser = ValueParser::new(version))]
    pub browser_version: Option<String>,
}

/// Numbers, with dots between them.
fn version(text: &str) -> Result<String, &'static str> {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if text.split('.').all(number) {
        Ok(text.to_owned())
    } else {
        Err("a version is numbers, with dots between them")
    }
}

impl BrowserArgs {
    /// The browsers to start.
    pub fn options(self, headed: bool, keep_page: bool) -> BrowserOptions {
        let Self { chromium, chromedriver, firefox, browser_version: version } = self;
        let options =
            BrowserOptions { chromium, chromedriver, firefox, version, ..BrowserOptions::default() };
        BrowserOptions { headed, keep_page, ..options }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_numbers_with_dots_between_them() {
        assert_eq!(version("156.0.8078"), Ok("156.0.8078".to_owned()));
        for wrong in ["", "156.", "v156", "156 "] {
            assert!(version(wrong).is_err(), "{wrong:?} was taken");
        }
    }
}
