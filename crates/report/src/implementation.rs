//! The implementations of a report: who takes part, of which version, whose build, and what it says of itself that it can do.
//!
//! Nothing of it is written by hand: it is what the registry has, what programs say in their `hello`, and what browsers say when they
//! are started.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::{
    Abilities, Detail, Environment, Profile,
    abilities::ServerTransport,
    attempt::{Attempt, BySide},
    media::Flow,
    profile::{KnownFault, MediaBy},
    scenario::PeerId,
    signaling::{Role, SignalingMode},
};

/// What stands in a cell that has nothing to say.
pub(crate) const NOTHING: &str = "–";

/// An implementation that took part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Implementation {
    /// Its name in scenarios.
    pub name: PeerId,
    /// How it takes part.
    pub kind: ImplementationKind,
    /// What runs, by the name that it says; null of a browser that never ran.
    pub software: Option<String>,
    /// Its version; null of a browser that never ran.
    pub version: Option<String>,
    /// Whose build it is, or where it is from: the file of a browser, the command line of a program.
    pub build: Option<String>,
    /// Who makes and reads its pictures. If it is tincan, its calls say nothing about codecs of the library.
    pub media_by: MediaBy,
    /// The modes in which it can play each role, with another side that lacks nothing.
    pub modes: BySide<Vec<SignalingMode>>,
    /// What it can do, and what it can tell of a call.
    pub abilities: Abilities,
    /// The faults that are known of it.
    pub known_faults: Vec<KnownFault>,
}

/// How an implementation takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, strum::Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "lowercase")]
pub enum ImplementationKind {
    /// Through a page.
    Browser,
    /// As a Rust library in tincan's process.
    #[strum(serialize = "Rust library")]
    Library,
    /// As a program that speaks tincan's protocol, in whatever language.
    Program,
}

/// Those that took part in `attempts`, in the order of the registry.
pub(crate) fn of<'a>(
    environment: &Environment,
    attempts: impl IntoIterator<Item = &'a Attempt>,
) -> Vec<Implementation> {
    let took_part: BTreeSet<_> =
        attempts.into_iter().flat_map(|attempt| [attempt.offerer, attempt.answerer]).collect();
    let profiles = environment.peers.iter().filter(|profile| took_part.contains(&profile.id));
    profiles.map(|profile| Implementation::new(profile, environment)).collect()
}

impl Implementation {
    fn new(profile: &Profile, environment: &Environment) -> Self {
        let Profile { id, library, program, abilities, known_faults } = profile.clone();
        let browser = environment.browsers.iter().find(|browser| browser.peer == Some(id));
        let of_browser = browser.map(|browser| match browser.built_by.as_str() {
            "" => browser.binary.clone(),
            built_by => format!("{} ({built_by})", browser.binary),
        });
        let kind = match &program {
            Some(_) => ImplementationKind::Program,
            None if abilities.page => ImplementationKind::Browser,
            None => ImplementationKind::Library,
        };
        let media_by = program.as_ref().map_or(MediaBy::Own, |program| program.media);
        let build = match kind {
            ImplementationKind::Browser => of_browser,
            ImplementationKind::Library => Some(format!("built into tincan {}", environment.tincan)),
            ImplementationKind::Program => program.map(|program| program.command),
        };
        Self {
            name: id,
            kind,
            software: library.map(|library| library.name).or_else(|| browser.map(|it| it.name.clone())),
            version: environment.version(id).map(str::to_owned),
            build,
            media_by,
            modes: BySide {
                offerer: abilities.modes(Role::Offerer),
                answerer: abilities.modes(Role::Answerer),
            },
            abilities,
            known_faults,
        }
    }

    /// The heads of the columns in which an implementation is told, behind its name.
    pub(crate) fn columns() -> Vec<String> {
        let flows = Flow::all().into_iter().map(|flow| flow.to_string());
        let before = ["version", "what it is"].map(str::to_owned);
        let behind = ["offers", "answers", "changes of a call", "tells", "known faults"];
        before.into_iter().chain(flows).chain(behind.map(str::to_owned)).collect()
    }

    /// What stands in the columns.
    pub(crate) fn cells(&self) -> Vec<String> {
        let unknown = || "not known: it never ran".to_owned();
        let before = [self.running().unwrap_or_else(unknown), self.what_it_is()];
        let flows = Flow::all().into_iter().map(|flow| self.flow(flow).to_owned());
        let [acts, details] = [self.abilities.acts.len(), self.told().len()];
        let behind = [
            modes(&self.modes.offerer),
            modes(&self.modes.answerer),
            of_all(acts, Abilities::full().acts.len()),
            of_all(details, Detail::ALL.len()),
            match self.faults().count() {
                0 => NOTHING.to_owned(),
                faults => faults.to_string(),
            },
        ];
        before.into_iter().chain(flows).chain(behind).collect()
    }

    /// All that is known of it, each with what it is: what the columns count is named here.
    pub(crate) fn details(&self) -> Vec<(&'static str, String)> {
        let list = |all: Vec<String>| if all.is_empty() { "nothing".to_owned() } else { all.join(", ") };
        let flows = |flows: &BTreeSet<Flow>| list(flows.iter().map(ToString::to_string).collect());
        let untold: Vec<_> = Detail::ALL.into_iter().filter(|detail| !self.told().contains(detail)).collect();
        let words = |details: &[Detail]| list(details.iter().map(ToString::to_string).collect());
        let abilities = &self.abilities;
        let mut acts: Vec<_> = abilities.acts.iter().map(|act| act.in_words().to_owned()).collect();
        if abilities.renegotiates {
            acts.push("take a second offer".to_owned());
        }
        let rows = [
            ("what it is", Some(self.what_it_is())),
            ("version", self.running()),
            ("build", self.build.clone()),
            ("sends", Some(flows(&abilities.sends))),
            ("receives", Some(flows(&abilities.receives))),
            ("as the offerer", Some(modes(&self.modes.offerer))),
            ("as the answerer", Some(modes(&self.modes.answerer))),
            ("servers", Some(self.servers())),
            (
                "names of mDNS",
                Some(if abilities.resolves_names { "resolved" } else { "not resolved" }.to_owned()),
            ),
            ("in a call it can", Some(list(acts))),
            ("it tells", Some(words(&self.told()))),
            ("it does not tell", Some(words(&untold))),
        ];
        rows.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// The faults that are known of it, each once: where one shows in several stages or roles, it stands among them for each.
    pub(crate) fn faults(&self) -> impl Iterator<Item = &KnownFault> {
        let is_first = |(place, fault): &(usize, &KnownFault)| {
            !self.known_faults[..*place].iter().any(|before| before.what == fault.what)
        };
        self.known_faults.iter().enumerate().filter(is_first).map(|(_, fault)| fault)
    }

    /// What runs, by name and version.
    fn running(&self) -> Option<String> {
        let version = self.version.as_deref()?;
        Some(match &self.software {
            Some(software) => format!("{software} {version}"),
            None => version.to_owned(),
        })
    }

    fn what_it_is(&self) -> String {
        let by_proxy = match self.media_by {
            MediaBy::Own => "",
            MediaBy::Rtp | MediaBy::Frames => ", media by proxy",
        };
        format!("{}{by_proxy}", self.kind)
    }

    fn flow(&self, flow: Flow) -> &'static str {
        match (self.abilities.sends.contains(&flow), self.abilities.receives.contains(&flow)) {
            (true, true) => "yes",
            (true, false) => "sends",
            (false, true) => "receives",
            (false, false) => NOTHING,
        }
    }

    fn servers(&self) -> String {
        let servers = &self.abilities.servers;
        let over = |name: &str, transports: &BTreeSet<ServerTransport>| {
            let transports: Vec<_> = transports.iter().map(ToString::to_string).collect();
            (!transports.is_empty()).then(|| format!("{name} ({})", transports.join(", ")))
        };
        let all: Vec<_> =
            [over("STUN", &servers.stun), over("TURN", &servers.turn)].into_iter().flatten().collect();
        if all.is_empty() { NOTHING.to_owned() } else { all.join(", ") }
    }

    fn told(&self) -> Vec<Detail> {
        Detail::ALL.into_iter().filter(|detail| self.abilities.reads_back.tells(*detail)).collect()
    }
}

fn of_all(some: usize, all: usize) -> String {
    format!("{some} of {all}")
}

/// `all modes`, or the names of those that there are.
fn modes(modes: &[SignalingMode]) -> String {
    match modes {
        [] => NOTHING.to_owned(),
        all if all.len() == SignalingMode::ALL.len() => "all modes".to_owned(),
        some => some.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use tincan_harness::{
        Stage, environment::Browser, profile::Library, profile::Program, testing, verdict::Verdict,
    };

    use super::*;

    const CHROMIUM: PeerId = PeerId::literal("chromium");

    fn environment() -> Environment {
        let browser = Browser {
            peer: Some(CHROMIUM),
            name: "chrome".to_owned(),
            version: "156.0.1.2".to_owned(),
            binary: "/opt/chromium".to_owned(),
            ..Browser::default()
        };
        Environment {
            tincan: "0.1.0".to_owned(),
            browsers: vec![browser],
            peers: testing::profiles().to_vec(),
            ..Environment::default()
        }
    }

    fn attempts() -> Vec<Attempt> {
        let scenarios = testing::catalogue().select(&["chromium-to-webrtc-rs/vanilla/vp8/direct".to_owned()]);
        vec![Attempt::without_exchange(&scenarios.unwrap()[0], 1, &Verdict::Passed)]
    }

    fn cell(of: &Implementation, column: &str) -> String {
        let place = Implementation::columns().iter().position(|name| name == column).unwrap();
        of.cells()[place].clone()
    }

    #[test]
    fn who_took_part_is_told_as_it_says_itself() {
        let [browser, library] = <[_; 2]>::try_from(super::of(&environment(), &attempts())).unwrap();
        assert_eq!((browser.name, browser.kind), (CHROMIUM, ImplementationKind::Browser));
        assert_eq!(cell(&browser, "version"), "chrome 156.0.1.2");
        assert_eq!(browser.build.as_deref(), Some("/opt/chromium"));
        assert_eq!(
            (cell(&browser, "vp8"), cell(&browser, "offers")),
            ("yes".to_owned(), "all modes".to_owned())
        );
        assert_eq!(cell(&library, "what it is"), "Rust library");
        assert_eq!((library.version.as_deref(), library.known_faults.is_empty()), (Some("0.21.1"), false));
        assert_eq!(library.build.as_deref(), Some("built into tincan 0.1.0"));
        // Nobody is told of who took no part, and nothing where it is not known who could.
        assert_eq!(super::of(&environment(), &[]), []);
        assert_eq!(super::of(&Environment::default(), &attempts()), []);
    }

    #[test]
    fn a_third_partys_build_is_labelled_so_and_a_browser_that_never_ran_has_no_version() {
        let mut environment = environment();
        environment.browsers[0].built_by = "a third party's rebuild".to_owned();
        let told = super::of(&environment, &attempts());
        assert_eq!(told[0].build.as_deref(), Some("/opt/chromium (a third party's rebuild)"));
        environment.browsers.clear();
        let told = super::of(&environment, &attempts());
        assert_eq!((&told[0].version, &told[0].build), (&None, &None));
        assert_eq!(cell(&told[0], "version"), "not known: it never ran");
    }

    #[test]
    fn a_fault_that_shows_in_several_stages_is_one() {
        let mut environment = environment();
        let faults = &mut environment.peers[1].known_faults;
        let again = KnownFault { stage: Stage::Ice, ..faults[0].clone() };
        faults.push(again);
        let told = super::of(&environment, &attempts()).pop().unwrap();
        assert_eq!((told.known_faults.len(), cell(&told, "known faults").as_str()), (3, "2"));
    }

    #[test]
    fn what_a_program_cannot_do_is_seen() {
        let mut environment = environment();
        let profile = &mut environment.peers[1];
        let command = "fixtures/peers/mine/peer".to_owned();
        profile.program =
            Some(Program { command: command.clone(), media: MediaBy::Rtp, stamped_on_arrival: false });
        profile.library = Some(Library { name: "mine".to_owned(), version: "1.2".to_owned() });
        profile.known_faults.clear();
        let abilities = &mut profile.abilities;
        let vp8 = "vp8".parse().unwrap();
        (abilities.sends, abilities.receives) = (BTreeSet::from([vp8]), BTreeSet::new());
        (abilities.offers, abilities.acts) = (None, BTreeSet::new());
        abilities.answers.as_mut().unwrap().trickles = false;
        (abilities.servers.stun, abilities.servers.turn) = Default::default();
        let told = super::of(&environment, &attempts()).pop().unwrap();
        let cells = ["version", "what it is", "vp8", "vp9", "offers", "answers", "known faults"];
        assert_eq!(
            cells.map(|column| cell(&told, column)),
            ["mine 1.2", "program, media by proxy", "sends", "–", "–", "vanilla", "–"]
        );
        assert!(cell(&told, "changes of a call").starts_with("0 of "));
        assert_eq!(told.build, Some(command));
        let details = told.details();
        let named = |name: &str| &details.iter().find(|(known, _)| *known == name).unwrap().1;
        assert_eq!(
            ["sends", "receives", "servers"].map(|name| named(name).as_str()),
            ["vp8", "nothing", "–"]
        );
    }
}
