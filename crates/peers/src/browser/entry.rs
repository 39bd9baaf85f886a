//! The entry of Chromium in the registry.

use async_trait::async_trait;
use tincan_harness::{
    Abilities, Detail, HarnessError, Profile, ReadBack, Role, Stage,
    frames::FrameSource,
    procedure::{Change, Procedure},
    profile::KnownFault,
};

use super::{
    chromium, find, launch::launch as start_chromium, options::BrowserOptions, parser::BrowserParser,
    peer::BrowserPeer,
};
use crate::{
    camera::Film,
    kind::{Kind, Launch, LivePeer, Trait},
    network_host::NetworkHost,
    parser::Parser,
};

/// Chromium.
pub(crate) struct Chromium;

#[async_trait]
impl Kind for Chromium {
    fn profile(&self) -> Profile {
        let reads_back = ReadBack::everything().without(&[Detail::Packets]);
        let abilities = Abilities { page: true, reads_back, ..Abilities::full() };
        let known_faults = vec![
            loses_its_media(Change::RollBack, Role::Answerer, Stage::MediaReceived),
            loses_its_media(Change::Glare, Role::Offerer, Stage::MediaIdentified),
        ];
        Profile { known_faults, ..Profile::new(chromium::ID, abilities) }
    }

    fn crates(&self) -> &'static [&'static str] {
        &["fantoccini"]
    }

    fn traits(&self) -> &'static [Trait] {
        &[Trait::Driver, Trait::Version, Trait::EncodedFrames, Trait::FallsSilent, Trait::SharesScreen]
    }

    async fn launch(&self, launch: Launch<'_>) -> Result<Box<dyn LivePeer>, HarnessError> {
        let pictures = (launch.source, launch.film);
        let (running, _) = start_chromium(launch.browser, pictures, &launch.host).await?;
        Ok(Box::new(BrowserPeer::new(running, launch, self.profile().abilities.reads_back).await?))
    }

    fn parser(&self, browser: &BrowserOptions) -> Result<Box<dyn Parser>, HarnessError> {
        find::browsers(browser.chromium.as_deref())?;
        find::drivers(browser.chromedriver.as_deref())?;
        let options = browser.clone();
        Ok(Box::new(BrowserParser::new(move || {
            let options = options.clone();
            async move {
                let host = NetworkHost::default();
                start_chromium(&options, (FrameSource::NOBODY, Film::default()), &host)
                    .await
                    .map(|(running, _)| running)
            }
        })))
    }
}

/// Any offer, also one that changes nothing, and also where it is taken back without a word by `setRemoteDescription`. A page of ten
/// lines with two connections shows it.
fn loses_its_media(change: Change, by: Role, stage: Stage) -> KnownFault {
    KnownFault {
        role: Some(Role::Answerer),
        procedures: vec![Procedure::Then { change, by }],
        ..KnownFault::new(
            "when it takes back an offer in a call that it has answered, its iceConnectionState becomes `new`, its outbound-rtp is gone from \
             getStats, and nothing is sent any more (RFC 8829, section 4.1.8.2: the state is that of before the offer)",
            "156",
            "not reported there; see the known limits in ARCHITECTURE.md",
            stage,
        )
    }
}
