//! Firefox: its entry in the registry, and how it is started: its arguments and preferences, each with what it is for.
//!
//! It needs no driver: it listens for WebDriver BiDi itself, and says where.

use std::{ffi::OsString, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use strum::VariantArray;
use tincan_harness::{
    Abilities, Detail, Flow, HarnessError, Profile, ReadBack, Role, Stage, VideoCodec,
    frames::FrameSource,
    procedure::{Act, Change, Handover, Procedure},
    profile::{KnownFault, Over},
    scenario::PeerId,
};
use tokio::time::timeout;

use super::{
    bidi::BidiTab,
    camera_script::camera_script,
    chromium, find,
    firefox_preferences::{preferences, user_js},
    firefox_read_back::{Argument, LaunchRequest, read_back},
    options::BrowserOptions,
    parser::BrowserParser,
    peer::BrowserPeer,
    process::{Program, Warden},
    running::{Opened, Running},
    starting::START,
};
use crate::{
    camera::Film,
    kind::{Kind, Launch, LivePeer, Trait},
    network_host::NetworkHost,
    parser::Parser,
    warden,
};

/// Its name in the registry.
pub(crate) const ID: PeerId = PeerId::literal("firefox");

/// Its entry in the registry.
pub(crate) struct Firefox;

#[async_trait]
impl Kind for Firefox {
    fn profile(&self) -> Profile {
        let reads_back = ReadBack::everything().without(&[Detail::Packets]);
        let mut abilities = Abilities { page: true, reads_back, ..Abilities::full() };
        // Without a desktop it has none to give: getDisplayMedia ends with NotFoundError.
        abilities.acts.remove(&Act::ShareScreen);
        let known_faults = vec![
            keeps_feedback_of_codecs_left_out(),
            changes_its_dtls_role(),
            hears_no_pair_of_two_generations(),
            answers_half_a_question(),
            keeps_what_a_check_told(),
        ];
        Profile { known_faults, ..Profile::new(ID, abilities) }
    }

    fn crates(&self) -> &'static [&'static str] {
        &["tokio-tungstenite"]
    }

    fn traits(&self) -> &'static [Trait] {
        &[Trait::SendsLastPictureAgain]
    }

    fn missing(&self, options: &BrowserOptions) -> Option<HarnessError> {
        find::firefox(options.firefox.as_deref()).err()
    }

    async fn launch(&self, launch: Launch<'_>) -> Result<Box<dyn LivePeer>, HarnessError> {
        let pictures = (launch.source, launch.film);
        let running = start(launch.browser, pictures, &launch.host).await?;
        Ok(Box::new(BrowserPeer::new(running, launch, self.profile().abilities.reads_back).await?))
    }

    fn parser(&self, browser: &BrowserOptions) -> Result<Box<dyn Parser>, HarnessError> {
        find::firefox(browser.firefox.as_deref())?;
        let options = browser.clone();
        Ok(Box::new(BrowserParser::new(move || {
            let options = options.clone();
            async move { start(&options, (FrameSource::NOBODY, Film::default()), &NetworkHost::default()).await }
        })))
    }
}

/// An `a=rtcp-fb` has to name a payload type of its m-section or `*` (RFC 4585, section 4.2).
fn keeps_feedback_of_codecs_left_out() -> KnownFault {
    let others = VideoCodec::VARIANTS.iter().filter(|codec| **codec != VideoCodec::Vp8);
    KnownFault {
        role: Some(Role::Offerer),
        with: vec![chromium::ID],
        flows: others.map(|codec| Flow::Video(*codec)).collect(),
        ..KnownFault::new(
            "after setCodecPreferences() its offer keeps a=rtcp-fb lines for payload types that are no longer in the m-section, \
             and Chromium refuses such an offer",
            "153.7",
            "not reported there; see the known limits in ARCHITECTURE.md",
            Stage::OfferCarried,
        )
    }
}

/// Its answer to an offer that restarts ICE has `a=setup:active`, whatever it is in the association that goes on (RFC 8842,
/// section 5.3). Its answers to other changes keep the role.
fn changes_its_dtls_role() -> KnownFault {
    KnownFault {
        role: Some(Role::Offerer),
        with: vec![chromium::ID],
        procedures: [Change::IceRestart, Change::Glare]
            .map(|change| Procedure::Then { change, by: Role::Answerer })
            .to_vec(),
        ..KnownFault::new(
            "when the other side restarts ICE in a call that it has offered, its answer changes its DTLS role, and Chromium refuses that",
            "153.8",
            "not reported there; see the known limits in ARCHITECTURE.md",
            Stage::Answer,
        )
    }
}

/// libwebrtc pairs its new candidates with the old ones of the other side until it knows the new ones, and may stay with such a
/// pair; Firefox answers its checks, and hears no media on it.
fn hears_no_pair_of_two_generations() -> KnownFault {
    KnownFault {
        role: Some(Role::Answerer),
        with: vec![chromium::ID],
        // A restart that is taken back is enough: its candidates have been gathered.
        procedures: [Change::IceRestart, Change::RollBack, Change::Glare]
            .map(|change| Procedure::Then { change, by: Role::Offerer })
            .into_iter()
            .chain([Procedure::Handed(Handover::OfBefore)])
            .collect(),
        ..KnownFault::new(
            "when Chromium restarts ICE in a call that it has offered, both may stay with a pair of a new candidate of Chromium and an \
             old one of Firefox, on which Firefox receives nothing",
            "153.8",
            "not reported there; see the known limits in ARCHITECTURE.md",
            Stage::MediaReceived,
        )
    }
}

/// Chromium asks for both families and waits for both answers: 3 s, and where the names came with the offer, beyond that.
fn answers_half_a_question() -> KnownFault {
    KnownFault {
        over: Over::Mdns,
        role: Some(Role::Offerer),
        with: vec![chromium::ID],
        ..KnownFault::new(
            "asked by mDNS for the IPv4 and the IPv6 address of a name of its own, it answers for the one that there is and says of the other \
             one nothing, not even that it does not exist (RFC 6762, section 6.1): Chromium waits for that and resolves the name late or never",
            "153.8",
            "not reported there; see the known limits in ARCHITECTURE.md",
            Stage::Ice,
        )
    }
}

/// Whether it has resolved the name as well, nothing tells.
fn keeps_what_a_check_told() -> KnownFault {
    KnownFault {
        over: Over::Mdns,
        with: vec![ID],
        ..KnownFault::new(
            "where a check of the other side comes before its name is resolved, the remote candidate stays peer-reflexive, so that nothing shows \
             that the name was ever resolved",
            "153.8",
            "not reported there; see the known limits in ARCHITECTURE.md",
            Stage::Ice,
        )
    }
}

/// How long it may take until it has a session. Measured: 2 to 4 s, of which one is before it listens.
const SESSION_DEADLINE: Duration = Duration::from_secs(30);
/// How it says where it listens.
const LISTENS: &str = "WebDriver BiDi listening on ws://";

/// Starts a Firefox as `options` say, whose camera plays such pictures, on `host`.
///
/// # Errors
/// When there is none, it does not start, or what starts is not what was asked for.
pub(crate) async fn start(
    options: &BrowserOptions,
    pictures: (FrameSource, Film),
    host: &NetworkHost,
) -> Result<Running, HarnessError> {
    let file = find::firefox(options.firefox.as_deref())?;
    let folder = warden::new_folder();
    let arguments = arguments(&folder.join(PROFILE), options.headed);
    let preferences = preferences(host, &options.origins);
    let program = Program {
        file: &file,
        arguments: arguments.iter().flat_map(|(argument, _)| argument).map(OsString::from).collect(),
        files: vec![(USER_JS, user_js(&preferences))],
        environment: environment(&folder),
    };
    let mut warden = Warden::start(folder, &program, host)?;
    let asked = LaunchRequest { headed: options.headed, arguments, preferences };
    let opened = open(&mut warden, (&asked, options.accept_certificate), pictures, host).await;
    Running::new(warden, opened, host).await
}

async fn open(
    warden: &mut Warden,
    (asked, any_certificate): (&LaunchRequest, bool),
    (source, film): (FrameSource, Film),
    host: &NetworkHost,
) -> Result<Opened, HarnessError> {
    warden.folder_ready().await?;
    let listens = |line: &str| line.split_once(LISTENS)?.1.trim().parse::<SocketAddr>().ok();
    let listens = warden.line(listens, START, find::FIREFOX_HINT).await?;
    let way = host.endpoint(listens.port())?;
    let connecting = async {
        let (tab, capabilities) = BidiTab::connect(way.address, listens, any_certificate).await?;
        tab.inject_everywhere(&camera_script(source, film)).await?;
        tab.come_to_front().await?;
        Ok((tab, capabilities))
    };
    let connecting = async {
        let late = || HarnessError::new(START, format!("no session within {} s", SESSION_DEADLINE.as_secs()));
        let connected = timeout(SESSION_DEADLINE, connecting).await.map_err(|_| late())?;
        connected.map_err(|error: super::context::ContextError| HarnessError::new(START, error))
    };
    let (tab, capabilities) = warden.while_it_lives(connecting).await?;
    let profile = warden.folder.join(PROFILE);
    let browser = read_back(&tab, &capabilities, (warden.pid(), &profile), asked).await?;
    Ok(Opened { tab: Arc::new(tab), browser, _endpoints: vec![way] })
}

/// The profile, in the warden's folder.
const PROFILE: &str = "profile";
const USER_JS: &str = "profile/user.js";

fn arguments(profile: &Path, headed: bool) -> Vec<Argument> {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let profile = profile.display().to_string();
    let mut arguments = vec![
        (words(&["--no-remote"]), "it is a browser of its own, whatever other one runs"),
        (words(&["--profile", &profile]), "a profile of its own, gone after the run"),
        (
            words(&["--remote-debugging-port", "0"]),
            "it listens for WebDriver BiDi, on a port that it draws itself",
        ),
        (
            words(&["--remote-allow-system-access"]),
            "whoever speaks to it may ask for its preferences and bring its window to the front, which pages cannot",
        ),
    ];
    if !headed {
        arguments.push((words(&["--headless"]), "no window"));
    }
    arguments
}

/// Whatever it writes besides its profile, it writes into the warden's folder too.
fn environment(folder: &Path) -> Vec<(&'static str, OsString)> {
    let homes = ["HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"];
    let homes = homes.map(|name| (name, folder.join("home").into()));
    homes.into_iter().chain([("MOZ_CRASHREPORTER_DISABLE", "1".into())]).collect()
}
