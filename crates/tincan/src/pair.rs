//! A call that can be made: who, on which page, how, over what.

use std::{fmt, path::PathBuf, time::Duration};

use tincan_harness::SignalingMode;

use crate::named::Page;

/// A call that can be made. Without more it is a call in vanilla ICE with VP8 both ways, over no network but this machine's.
#[derive(Debug, Clone)]
#[must_use = "nothing is called until `call` is"]
pub struct Pair {
    pub(crate) page: Page,
    pub(crate) map: Option<PathBuf>,
    pub(crate) peers: Vec<String>,
    pub(crate) programs: Vec<(String, String)>,
    pub(crate) mode: SignalingMode,
    pub(crate) media: String,
    pub(crate) network: String,
    pub(crate) procedure: String,
    pub(crate) deadlines: Vec<(String, Duration)>,
    pub(crate) evidence: Option<PathBuf>,
    pub(crate) keep_evidence: bool,
    pub(crate) redact: bool,
    pub(crate) headed: bool,
    pub(crate) accept_certificate: bool,
}

impl Pair {
    pub(crate) fn on(page: Page) -> Self {
        Self {
            page,
            map: None,
            peers: Vec::new(),
            programs: Vec::new(),
            mode: SignalingMode::Vanilla,
            media: "vp8".to_owned(),
            network: "direct".to_owned(),
            procedure: "once".to_owned(),
            deadlines: Vec::new(),
            evidence: None,
            keep_evidence: false,
            redact: false,
            headed: false,
            accept_certificate: false,
        }
    }

    /// The page is used as this page map says, not as the `page.toml` beside it.
    pub fn map(mut self, file: impl Into<PathBuf>) -> Self {
        self.map = Some(file.into());
        self
    }

    /// Chromium, or Chrome, takes part.
    pub fn chromium(self) -> Self {
        self.peer("chromium")
    }

    /// Firefox takes part.
    pub fn firefox(self) -> Self {
        self.peer("firefox")
    }

    /// The library webrtc-rs takes part.
    pub fn webrtc_rs(self) -> Self {
        self.peer("webrtc-rs")
    }

    /// The library str0m takes part.
    pub fn str0m(self) -> Self {
        self.peer("str0m")
    }

    /// The peer of that name takes part: the first one that is named makes the offer, the second one answers.
    pub fn peer(mut self, name: impl Into<String>) -> Self {
        self.peers.push(name.into());
        self
    }

    /// A program takes part, under a name of its own: an adapter that speaks the protocol for peers, as a shell would start it.
    pub fn program(mut self, name: impl Into<String>, command: impl Into<String>) -> Self {
        let name = name.into();
        self.programs.push((name.clone(), command.into()));
        self.peer(name)
    }

    /// Each description leaves when all candidates are in it.
    pub fn vanilla(mut self) -> Self {
        self.mode = SignalingMode::Vanilla;
        self
    }

    /// The offer leaves at once and its candidates follow; the answer leaves when all candidates are in it.
    pub fn half_trickle(mut self) -> Self {
        self.mode = SignalingMode::HalfTrickle;
        self
    }

    /// Each description leaves at once, and candidates follow as they come.
    pub fn trickle(mut self) -> Self {
        self.mode = SignalingMode::Trickle;
        self
    }

    /// What is sent, both ways: `"vp8+opus"`, `"data"`, or a [`Media`](crate::Media).
    pub fn media(mut self, media: impl fmt::Display) -> Self {
        self.media = media.to_string();
        self
    }

    /// What lies between the two: `"stun"`, or a [`NetworkCondition`](crate::NetworkCondition).
    pub fn network(mut self, network: impl fmt::Display) -> Self {
        self.network = network.to_string();
        self
    }

    /// How the call is changed when it is up: `"ice-restart-by-offerer"`, or a [`Procedure`](crate::Procedure).
    pub fn procedure(mut self, procedure: impl fmt::Display) -> Self {
        self.procedure = procedure.to_string();
        self
    }

    /// Gives a step of the call another deadline: `ready`, `description`, `gathering`, `accepted`, `ice`, `dtls`, `media` or `closed`.
    pub fn deadline(mut self, step: impl Into<String>, length: Duration) -> Self {
        self.deadlines.push((step.into(), length));
        self
    }

    /// Reports and evidence are written below this folder, not below `target/tincan-tests/`: each call into one that has the name of its
    /// test.
    pub fn evidence(mut self, folder: impl Into<PathBuf>) -> Self {
        self.evidence = Some(folder.into());
        self
    }

    /// Evidence is kept of a call that passes, too, with pictures of both pages.
    pub const fn keep_evidence(mut self) -> Self {
        self.keep_evidence = true;
        self
    }

    /// Addresses, passwords and fingerprints are masked in all that is written; neither pictures nor packets are kept.
    pub const fn redact(mut self) -> Self {
        self.redact = true;
        self
    }

    /// A page at an https address may have any certificate, such as one that its server made itself.
    pub const fn accept_certificate(mut self) -> Self {
        self.accept_certificate = true;
        self
    }

    /// Browsers show their windows.
    pub const fn headed(mut self) -> Self {
        self.headed = true;
        self
    }
}
