//! Finds a browser with a driver that fits it, and starts both.

use fantoccini::Client;
use tincan_harness::{HarnessError, frames::FrameSource};

use super::{
    chromium::Chromium,
    driver,
    find::{self, Browser, Driver},
    options::BrowserOptions,
    running::Running,
};
use crate::{camera::Film, network_host::NetworkHost};

/// Starts a Chromium as `options` say, whose camera plays such pictures. Answers also its WebDriver session.
pub(super) async fn launch(
    options: &BrowserOptions,
    pictures: (FrameSource, Film),
    host: &NetworkHost,
) -> Result<(Running, Client), HarnessError> {
    let (chromium, chromedriver) = (options.chromium.as_deref(), options.chromedriver.as_deref());
    let (browser, driver) = match (options.build, chromium, chromedriver) {
        (Some(kind), Some(file), Some(driver)) => {
            (Browser { file: file.to_owned(), kind }, driver.to_owned())
        }
        _ => find::pair(chromium, chromedriver, options.headed).await?,
    };
    let chromium = Chromium {
        browser,
        headed: options.headed,
        version: options.version.clone(),
        origins: options.origins.clone(),
        accept_certificate: options.accept_certificate,
        hides_addresses: host.hides_addresses(),
    };
    let driver = Driver { file: driver, checks_version: options.build.is_none() };
    driver::start(&driver, &chromium, pictures, host).await
}
