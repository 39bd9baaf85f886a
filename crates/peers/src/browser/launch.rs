//! Finds a browser with a driver that fits it, and starts both.

use tincan_harness::{HarnessError, frames::FrameSource};

use super::{chromium::Chromium, driver::Driver, find, options::BrowserOptions};
use crate::{camera::Film, network_host::NetworkHost};

/// Starts a browser as `options` say, whose camera plays such pictures.
pub(super) async fn launch(
    options: &BrowserOptions,
    pictures: (FrameSource, Film),
    host: &NetworkHost,
) -> Result<Driver, HarnessError> {
    let (chromium, chromedriver) = (options.chromium.as_deref(), options.chromedriver.as_deref());
    let (browser, driver) = find::pair(chromium, chromedriver, options.headed).await?;
    let chromium = Chromium { browser, headed: options.headed, version: options.version.clone() };
    Driver::launch(&driver, &chromium, pictures, host).await
}
