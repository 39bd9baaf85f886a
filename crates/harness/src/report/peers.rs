//! What a report knows of the peers that could take part.

use super::{Attempt, Ran, Report};
use crate::{
    abilities::Detail,
    catalogue::scenarios,
    profile::{KnownFault, Profile},
    scenario::{PeerId, Scenario},
    verdict::Outcome,
};

impl Ran {
    /// What is known of the peer `id` by the registry of that time.
    #[must_use]
    pub fn profile(&self, id: PeerId) -> Option<&Profile> {
        self.peers.iter().find(|profile| profile.id == id)
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

impl Attempt {
    /// What was attempted.
    #[must_use]
    pub const fn scenario(&self) -> Scenario {
        let Self { offerer, answerer, mode, media, network, .. } = self;
        Scenario { offerer: *offerer, answerer: *answerer, mode: *mode, media: *media, network: *network }
    }
}

impl Report {
    /// The names of the scenarios that there were, in the order in which they are told. Where the report does not say who
    /// could take part, those who did are taken, by name.
    #[must_use]
    pub fn catalogue(&self) -> Vec<String> {
        let mut ids: Vec<_> = self.ran.peers.iter().map(|profile| profile.id).collect();
        if ids.is_empty() {
            ids = self.attempts.iter().flat_map(|attempt| [attempt.offerer, attempt.answerer]).collect();
            ids.sort();
            ids.dedup();
        }
        scenarios(&ids).iter().map(ToString::to_string).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnosis::{Diagnosis, Stage},
        report::Browser,
        testing,
        verdict::Verdict,
    };

    const CHROMIUM: PeerId = PeerId::literal("chromium");
    const WEBRTC_RS: PeerId = PeerId::literal("webrtc-rs");

    fn ran() -> Ran {
        let browser = |peer: &str, version: &str| Browser {
            peer: Some(peer.parse().unwrap()),
            name: "chrome".to_owned(),
            version: version.to_owned(),
            ..Browser::default()
        };
        let browsers = vec![browser("another", "1.0"), browser("chromium", "156.0.1.2")];
        Ran { peers: testing::profiles(), browsers, ..Ran::default() }
    }

    fn attempt(name: &str, verdict: Outcome, stage: Stage) -> Attempt {
        let scenario = testing::catalogue().select(&[name.to_owned()]).unwrap()[0];
        let (evidence, look_at) = (String::new(), String::new());
        let diagnosis = Some(Diagnosis { stage, peer: None, evidence, look_at });
        Attempt { verdict, diagnosis, ..Attempt::without_exchange(&scenario, 1, &Verdict::Passed) }
    }

    #[test]
    fn a_version_is_that_of_the_library_or_what_the_browser_said() {
        let ran = ran();
        assert_eq!((ran.version(CHROMIUM), ran.version(WEBRTC_RS)), (Some("156.0.1.2"), Some("0.21.1")));
        assert_eq!(ran.version(PeerId::literal("opera")), None);
        assert_eq!(Ran::default().version(CHROMIUM), None);
    }

    #[test]
    fn what_a_peer_cannot_tell_is_known_of_those_in_the_report() {
        let ran = ran();
        assert!(ran.tells(CHROMIUM, Detail::SrtpProfile) && !ran.tells(WEBRTC_RS, Detail::SrtpProfile));
        assert!(Ran::default().tells(WEBRTC_RS, Detail::SrtpProfile));
        assert!(ran.has_page(CHROMIUM) && !ran.has_page(WEBRTC_RS) && !Ran::default().has_page(CHROMIUM));
    }

    #[test]
    fn a_known_fault_marks_what_failed_by_it_and_nothing_else() {
        let lossy = "chromium-to-webrtc-rs/vanilla/vp8/lossy-20ms-5pct";
        let marks = |name: &str, verdict, stage| ran().known_fault(&attempt(name, verdict, stage)).is_some();
        assert!(marks(lossy, Outcome::Failed, Stage::Dtls));
        assert!(!marks(lossy, Outcome::Passed, Stage::Dtls));
        assert!(!marks(lossy, Outcome::Errored, Stage::Dtls));
        assert!(!marks(lossy, Outcome::Failed, Stage::Ice));
        assert!(!marks("chromium-to-webrtc-rs/vanilla/vp8/direct", Outcome::Failed, Stage::Dtls));
        assert!(!marks("chromium-to-chromium/vanilla/vp8/lossy-20ms-5pct", Outcome::Failed, Stage::Dtls));
        let mut older = ran();
        older.peers[1].library.as_mut().unwrap().version = "0.20.9".to_owned();
        assert_eq!(older.known_fault(&attempt(lossy, Outcome::Failed, Stage::Dtls)), None);
    }
}
