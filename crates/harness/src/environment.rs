//! What ran: the programmes and the machine of a run, and what is known of the peers that could take part.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    abilities::Detail,
    attempt::Attempt,
    profile::{KnownFault, Profile},
    scenario::PeerId,
    verdict::Outcome,
};

/// The programmes and the machine of a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Environment {
    /// The version of tincan.
    pub tincan: String,
    /// The versions of the crates that take part in a call, by their names; `NAME@LINE` beside the latest of that name.
    pub crates: BTreeMap<String, String>,
    /// Operating system and architecture, as `linux x86_64`.
    pub platform: String,
    /// The processors that were available.
    pub processors: usize,
    /// When the run began: seconds since 1970-01-01 UTC.
    pub started_at_s: u64,
    /// The number drawn for this run, which its pictures carry.
    pub run_number: u32,
    /// The page: `built-in`, or the folder that was given.
    pub page: String,
    /// The name of the page map.
    pub page_map: String,
    /// How many calls ran side by side.
    pub jobs: usize,
    /// The deadline of each wait, in seconds.
    pub deadlines_s: BTreeMap<String, f64>,
    /// The browsers, each once; one that replaced a dead one stands here too.
    pub browsers: Vec<Browser>,
    /// Who could take part, in the order of the registry; nobody in a report that was made before this was written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub peers: Vec<Profile>,
}

/// A browser that was started: what really runs, as it said itself and as the kernel says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Browser {
    /// Which peer it is; null in a report that was made before this was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<PeerId>,
    /// The name that it gave to WebDriver.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The file that runs, as the first word of its command line.
    pub binary: String,
    /// Who built it, where it is known to be somebody else than its maker; empty otherwise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub built_by: String,
    /// The driver's version; empty of a browser that is spoken to without one.
    pub driver_version: String,
    /// The driver's file; empty likewise.
    pub driver_binary: String,
    /// Whether it runs without a window.
    pub headless: bool,
    /// Whether the system calls of its pages are filtered.
    pub sandbox: bool,
    /// The flags on its command line and the preferences that it was given, each with what it is for.
    pub flags: BTreeMap<String, String>,
}

impl Environment {
    /// What is known of the peer `id` by the registry of that time.
    #[must_use]
    pub fn profile(&self, id: PeerId) -> Option<&Profile> {
        self.peers.iter().find(|profile| profile.id == id)
    }

    /// What has to be known of a program to understand its rows, with its name before it.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let remarks = |profile: &Profile| (profile.id, profile.remarks());
        let told = self.peers.iter().map(remarks).filter(|(_, remarks)| !remarks.is_empty());
        told.map(|(id, remarks)| format!("{id}: {}", remarks.join(", "))).collect()
    }

    /// The peer `id` at the head of a row: its name, and what has to be known of it.
    #[must_use]
    pub fn label(&self, id: PeerId) -> String {
        let remarks = self.profile(id).map(Profile::remarks).unwrap_or_default();
        if remarks.is_empty() { id.to_string() } else { format!("{id} ({})", remarks.join(", ")) }
    }

    /// The version of the peer `id`: as it was built in, or as it said itself; none if it never ran.
    #[must_use]
    pub fn version(&self, id: PeerId) -> Option<&str> {
        let built_in = self.profile(id).and_then(|profile| profile.library.as_ref());
        let browser = || self.browsers.iter().find(|browser| browser.peer == Some(id));
        built_in.map(|library| &*library.version).or_else(|| browser().map(|browser| &*browser.version))
    }

    /// Whether the peer `id` takes part through the page.
    #[must_use]
    pub fn has_page(&self, id: PeerId) -> bool {
        self.profile(id).is_some_and(|profile| profile.abilities.page)
    }

    /// Whether the peer `id` can tell `detail` of a call, as far as is known.
    #[must_use]
    pub fn tells(&self, id: PeerId, detail: Detail) -> bool {
        self.profile(id).is_none_or(|profile| profile.abilities.reads_back.tells(detail))
    }

    /// The fault that a call which failed has probably failed by: that of a peer which took part in it, known to show where
    /// it was made and in the stage that broke.
    #[must_use]
    pub fn known_fault(&self, attempt: &Attempt) -> Option<(&Profile, &KnownFault)> {
        let stage = attempt.diagnosis.as_ref().filter(|_| attempt.verdict == Outcome::Failed)?.stage;
        let scenario = attempt.scenario();
        self.peers.iter().find_map(|profile| {
            let version = self.version(profile.id);
            let fault =
                profile.faults_in(&scenario).find(|fault| fault.stage == stage && fault.is_in(version))?;
            Some((profile, fault))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::FIRST_ROUND;
    use crate::{
        diagnosis::Diagnosis,
        profile::{MediaBy, Program},
        stage::Stage,
        testing,
        verdict::Verdict,
    };

    const CHROMIUM: PeerId = PeerId::literal("chromium");
    const WEBRTC_RS: PeerId = PeerId::literal("webrtc-rs");

    fn environment() -> Environment {
        let browser = |peer: &str, version: &str| Browser {
            peer: Some(peer.parse().unwrap()),
            name: "chrome".to_owned(),
            version: version.to_owned(),
            ..Browser::default()
        };
        let browsers = vec![browser("another", "1.0"), browser("chromium", "156.0.1.2")];
        Environment { peers: testing::profiles(), browsers, ..Environment::default() }
    }

    fn attempt(name: &str, verdict: Outcome, stage: Stage) -> Attempt {
        let scenario = testing::catalogue().select(&[name.to_owned()]).unwrap()[0];
        let (evidence, look_at) = (String::new(), String::new());
        let diagnosis = Some(Diagnosis { stage, round: FIRST_ROUND, peer: None, evidence, look_at });
        Attempt { verdict, diagnosis, ..Attempt::without_exchange(&scenario, 1, &Verdict::Passed) }
    }

    #[test]
    fn a_version_is_that_of_the_library_or_what_the_browser_said() {
        let environment = environment();
        assert_eq!(
            (environment.version(CHROMIUM), environment.version(WEBRTC_RS)),
            (Some("156.0.1.2"), Some("0.21.1"))
        );
        assert_eq!(environment.version(PeerId::literal("opera")), None);
        assert_eq!(Environment::default().version(CHROMIUM), None);
    }

    #[test]
    fn what_a_peer_cannot_tell_is_known_of_those_in_the_report() {
        let environment = environment();
        assert!(
            environment.tells(CHROMIUM, Detail::SrtpProfile)
                && !environment.tells(WEBRTC_RS, Detail::SrtpProfile)
        );
        assert!(Environment::default().tells(WEBRTC_RS, Detail::SrtpProfile));
        assert!(
            environment.has_page(CHROMIUM)
                && !environment.has_page(WEBRTC_RS)
                && !Environment::default().has_page(CHROMIUM)
        );
    }

    #[test]
    fn a_program_whose_media_go_by_proxy_is_labelled_so() {
        let program =
            |media, stamped_on_arrival| Program { command: String::new(), media, stamped_on_arrival };
        let labelled = |program| {
            let profile = Profile { program, ..testing::profiles()[1].clone() };
            let environment = Environment { peers: vec![profile], ..Environment::default() };
            (environment.label(WEBRTC_RS), environment.remarks())
        };
        for sound in [None, Some(program(MediaBy::Own, false))] {
            assert_eq!(labelled(sound), ("webrtc-rs".to_owned(), Vec::new()));
        }
        let (label, remarks) = labelled(Some(program(MediaBy::Rtp, true)));
        assert_eq!(label, "webrtc-rs (media by proxy, stamped on arrival)");
        assert_eq!(remarks, ["webrtc-rs: media by proxy, stamped on arrival"]);
    }

    #[test]
    fn a_known_fault_marks_what_failed_by_it_and_nothing_else() {
        let lossy = "chromium-to-webrtc-rs/vanilla/vp8/lossy-20ms-5pct";
        let marks =
            |name: &str, verdict, stage| environment().known_fault(&attempt(name, verdict, stage)).is_some();
        assert!(marks(lossy, Outcome::Failed, Stage::Dtls));
        assert!(!marks(lossy, Outcome::Passed, Stage::Dtls));
        assert!(!marks(lossy, Outcome::Errored, Stage::Dtls));
        assert!(!marks(lossy, Outcome::Failed, Stage::Ice));
        assert!(!marks("chromium-to-webrtc-rs/vanilla/vp8/direct", Outcome::Failed, Stage::Dtls));
        assert!(!marks("chromium-to-chromium/vanilla/vp8/lossy-20ms-5pct", Outcome::Failed, Stage::Dtls));
        let mut older = environment();
        older.peers[1].library.as_mut().unwrap().version = "0.20.9".to_owned();
        assert_eq!(older.known_fault(&attempt(lossy, Outcome::Failed, Stage::Dtls)), None);
    }
}
