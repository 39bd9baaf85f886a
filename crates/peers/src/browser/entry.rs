//! The entry of Chromium in the registry.

use async_trait::async_trait;
use tincan_harness::{Abilities, Detail, HarnessError, Profile, ReadBack};

use super::{chromium, launch::launch as start_chromium, peer::BrowserPeer};
use crate::kind::{Kind, Launch, LivePeer, Trait};

/// Chromium.
pub(crate) struct Chromium;

#[async_trait]
impl Kind for Chromium {
    fn profile(&self) -> Profile {
        let reads_back = ReadBack::everything().without(&[Detail::Packets]);
        let abilities = Abilities { page: true, reads_back, ..Abilities::full() };
        Profile::new(chromium::ID, abilities)
    }

    fn crates(&self) -> &'static [&'static str] {
        &["fantoccini"]
    }

    fn traits(&self) -> &'static [Trait] {
        &[Trait::Driver, Trait::Version, Trait::EncodedFrames, Trait::FallsSilent]
    }

    async fn launch(&self, launch: Launch<'_>) -> Result<Box<dyn LivePeer>, HarnessError> {
        let pictures = (launch.source, launch.film);
        let (running, _) = start_chromium(launch.browser, pictures, &launch.host).await?;
        Ok(Box::new(BrowserPeer::new(running, launch, self.profile().abilities.reads_back).await?))
    }
}
