//! What a saboteur is: by what means it breaks a call, and what must come of it.

use rustix::process::Signal as KillSignal;
use tincan_harness::{
    Deadlines, Diagnosis, Media, NetworkCondition, Role, Scenario, Signal, SignalingMode, Stage, Wait,
    exchange::Carried, procedure::Procedure, scenario::PeerId, verdict::Outcome,
};

use crate::{
    camera::Film,
    kind::{Kind, Trait},
};

/// Breaks one call in one way.
#[derive(Debug)]
pub struct Saboteur {
    /// `GROUP/NAME`; `changes/PROCEDURE/NAME` where something else is done than to set up a call.
    pub name: &'static str,
    /// What it does.
    pub does: &'static str,
    /// In which mode it calls, from a browser to another one of the same kind on the built-in page.
    pub mode: SignalingMode,
    /// By what means.
    pub(crate) means: Means,
    /// What must come of it.
    pub expected: Expected,
}

/// What must come of a sabotaged call.
#[derive(Debug)]
pub enum Expected {
    /// WebRTC recovers from it.
    Passed,
    /// It is seen.
    Red {
        /// Failed, or errored.
        outcome: Outcome,
        /// The side that the diagnosis must name; none where the break lies between both, and either may see it first.
        side: Option<Role>,
        /// The stage that the diagnosis must name.
        stage: Stage,
        /// What the reason, or the diagnosis, must say.
        words: &'static [&'static str],
    },
}

impl Expected {
    pub(super) const fn failed(side: Option<Role>, stage: Stage, words: &'static [&'static str]) -> Self {
        Self::Red { outcome: Outcome::Failed, side, stage, words }
    }

    pub(super) const fn errored(side: Option<Role>, stage: Stage, words: &'static [&'static str]) -> Self {
        Self::Red { outcome: Outcome::Errored, side, stage, words }
    }

    /// What must become of it.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::Passed => Outcome::Passed,
            Self::Red { outcome, .. } => *outcome,
        }
    }

    /// The stage that the diagnosis must name, if there must be one.
    #[must_use]
    pub const fn stage(&self) -> Option<Stage> {
        match self {
            Self::Passed => None,
            Self::Red { stage, .. } => Some(*stage),
        }
    }

    /// The side that the diagnosis must name, if it must be one.
    #[must_use]
    pub const fn side(&self) -> Option<Role> {
        match self {
            Self::Passed => None,
            Self::Red { side, .. } => *side,
        }
    }

    /// Why what came out is not what must come out; none if it is. Stage and side are judged apart.
    #[must_use]
    pub fn missed(&self, outcome: Outcome, reason: &str, diagnosis: Option<&Diagnosis>) -> Option<String> {
        let expected = self.outcome();
        let words = match self {
            Self::Passed => &[][..],
            Self::Red { words, .. } => *words,
        };
        if outcome != expected {
            return Some(format!("it is {outcome}, not {expected}"));
        }
        let said = format!("{reason} {}", diagnosis.map_or("", |diagnosis| &diagnosis.evidence));
        let unsaid = words.iter().find(|words| !said.contains(**words))?;
        Some(format!("nothing says {unsaid:?}"))
    }
}

/// By what means a call is broken.
#[derive(Debug)]
pub(crate) enum Means {
    /// A script that runs in the pages of `at` when they have loaded, before the probe.
    Page { at: &'static [Role], script: &'static str },
    /// The same, where the browser has or does what this is about.
    PageWith { needs: Trait, at: &'static [Role], script: &'static str },
    /// What is pasted is another thing than what was copied.
    Tamper(Tamper),
    /// The same, with the signals of an earlier call of the same pair at hand.
    TamperFromEarlier(Tamper),
    /// The camera of one side plays another film.
    Camera(Role, Film),
    /// A signal to the processes of the browser of `at`, when it is given its description.
    Kill { at: Role, target: Target, signal: KillSignal },
    /// Another version of the browser is asked for than the one that runs.
    OtherVersion(&'static str),
}

impl Means {
    /// What a browser has to have for it; none if any browser will do.
    const fn needs(&self) -> Option<Trait> {
        match self {
            Self::Kill { target: Target::Driver, .. } => Some(Trait::Driver),
            Self::OtherVersion(_) => Some(Trait::Version),
            Self::PageWith { needs, .. } => Some(*needs),
            _ => None,
        }
    }
}

/// Makes of a signal what is given to the other side instead of it.
pub(crate) type Tamper = fn(&InFlight<'_>, Signal) -> Vec<Signal>;

/// What stands around a signal that is carried across.
#[derive(Debug)]
pub(crate) struct InFlight<'c> {
    /// Who is given it.
    pub(crate) to: Role,
    /// What was carried to either side before it, in this call.
    pub(crate) before: &'c [Signal],
    /// What was carried in the earlier call, if one was made.
    pub(crate) earlier: &'c [Carried],
}

/// The processes that are struck.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    Driver,
    Browser,
    /// The process of the page.
    Tab,
}

impl Target {
    /// Whether the process with this command line, below a warden, is meant.
    pub(super) fn is(self, command: &str) -> bool {
        // Of Chromium, and of Firefox.
        let helper = command.contains("--type=") || command.contains("-contentproc");
        match self {
            Self::Driver => command.contains("chromedriver") && !command.contains("tincan-"),
            // Not the shell script that Debian puts before it, which only waits.
            Self::Browser => {
                command.contains("--remote-debugging-port") && !helper && !command.starts_with("/bin/sh")
            }
            Self::Tab => command.contains("--type=renderer") || command.contains("-isForBrowser"),
        }
    }
}

impl Saboteur {
    /// Whether two such browsers can be broken by it: they are browsers, and have or do what it takes.
    pub(super) fn is_possible_on(&self, kind: &dyn Kind) -> bool {
        let needs = self.means.needs();
        kind.profile().abilities.page && needs.is_none_or(|needed| kind.traits().contains(&needed))
    }

    /// The call that it breaks, between two such browsers.
    #[must_use]
    pub fn scenario(&self, browser: PeerId) -> Scenario {
        Scenario {
            offerer: browser,
            answerer: browser,
            mode: self.mode,
            media: self.media(),
            network: NetworkCondition::Direct,
            procedure: self.procedure(),
        }
    }

    /// What is done in the call that it breaks.
    fn procedure(&self) -> Procedure {
        let of_change = self.name.strip_prefix("changes/").and_then(|name| name.split_once('/'));
        of_change.and_then(|(procedure, _)| procedure.parse().ok()).unwrap_or_default()
    }

    /// What is sent in the call that it breaks: that of its group.
    fn media(&self) -> Media {
        match self.name.split_once('/') {
            Some(("sound", _)) => Media::OPUS,
            Some(("data", _)) => Media::DATA,
            Some(("nothing", _)) => Media::NOTHING,
            _ => Media::VP8,
        }
    }

    /// The deadlines of its call: short ones where it must miss one.
    #[must_use]
    pub fn deadlines(&self) -> Deadlines {
        let seconds = |wait| match wait {
            Wait::Ready => 6,
            Wait::Ice => 4,
            Wait::Dtls | Wait::Media | Wait::Closed => 3,
            Wait::Description | Wait::Gathering | Wait::Accepted => 2,
        };
        let short =
            |deadlines: Deadlines, wait| deadlines.with(wait, std::time::Duration::from_secs(seconds(wait)));
        match self.expected {
            Expected::Passed => Deadlines::default(),
            Expected::Red { .. } => Wait::ALL.into_iter().fold(Deadlines::default(), short),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_out_is_held_against_what_must() {
        let red = Expected::failed(None, Stage::Ice, &["no candidate"]);
        let diagnosis = |evidence: &str| Diagnosis {
            round: tincan_harness::timeline::FIRST_ROUND,
            stage: Stage::Ice,
            peer: None,
            evidence: evidence.to_owned(),
            look_at: String::new(),
        };
        assert_eq!(red.missed(Outcome::Failed, "late", Some(&diagnosis("no candidate"))), None);
        assert!(red.missed(Outcome::Failed, "late", Some(&diagnosis("other"))).is_some());
        assert!(red.missed(Outcome::Errored, "no candidate", None).is_some());
        assert!(red.missed(Outcome::Passed, "no candidate", None).is_some());
        assert_eq!(Expected::Passed.missed(Outcome::Passed, "", None), None);
        assert!(Expected::Passed.missed(Outcome::Failed, "", None).is_some());
    }
}
