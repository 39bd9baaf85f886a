//! In what two environments differ, in words.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::environment::{Browser, Environment};

/// Flags whose value holds a port that is drawn for each start: only their names are compared.
const WITH_PORT: [&str; 2] = ["--remote-debugging-port", "--unsafely-treat-insecure-origin-as-secure"];
/// What stands where there is nothing.
const NOTHING: &str = "none";

/// Something that was not as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// What.
    pub what: String,
    /// As it was.
    pub then: String,
    /// As it is.
    pub now: String,
}

/// `chromium version: 155.0 then, 156.0 now`
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} then, {} now", self.what, self.then, self.now)
    }
}

/// In what the environments differ: browsers and their drivers, the machine, tincan and its crates, the flags, the page.
/// When they ran, the number that was drawn and the paths of temporary files are no differences.
#[must_use]
pub fn differences(then: &Environment, now: &Environment) -> Vec<Difference> {
    let (before, after) = (facts(then), facts(now));
    let value = |facts: &[(String, String)], what: &str| {
        facts
            .iter()
            .find(|(known, _)| known == what)
            .map_or_else(|| NOTHING.to_owned(), |(_, value)| value.clone())
    };
    let gone = before.iter().filter(|(what, _)| after.iter().all(|(known, _)| known != what));
    let mut found = Vec::new();
    for (what, _) in after.iter().chain(gone) {
        let (then, now) = (value(&before, what), value(&after, what));
        if then != now {
            found.push(Difference { what: what.clone(), then, now });
        }
    }
    found
}

/// The names of the browsers that ran: which products, not which versions.
pub(super) fn products(environment: &Environment) -> String {
    each(environment.browsers.iter().map(|browser| browser.name.clone()))
}

/// What an environment is, in the order in which differences matter.
fn facts(environment: &Environment) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let mut fact = |what: &str, value: String| facts.push((what.to_owned(), value));
    let names: BTreeSet<_> = environment.browsers.iter().map(|browser| browser.name.as_str()).collect();
    for name in names {
        let of = |value: fn(&Browser) -> String| {
            each(environment.browsers.iter().filter(|browser| browser.name == name).map(value))
        };
        fact(&format!("{name} version"), of(|browser| browser.version.clone()));
        fact(&format!("{name} driver version"), of(|browser| browser.driver_version.clone()));
        fact(&format!("{name} file"), of(|browser| browser.binary.clone()));
        fact(&format!("{name} driver file"), of(|browser| browser.driver_binary.clone()));
        fact(&format!("{name} window"), of(|browser| on(!browser.headless)));
        fact(&format!("{name} sandbox"), of(|browser| on(browser.sandbox)));
    }
    fact("platform", environment.platform.clone());
    fact("processors", environment.processors.to_string());
    fact("tincan", environment.tincan.clone());
    for (name, version) in &environment.crates {
        fact(&format!("crate {name}"), version.clone());
    }
    let mut flags: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (name, value) in
        environment.browsers.iter().flat_map(|browser| browser.flags.keys()).map(|flag| parts(flag))
    {
        flags.entry(name).or_default().push(value);
    }
    for (name, values) in flags {
        fact(&format!("flag {name}"), each(values.into_iter()));
    }
    fact("page", environment.page.clone());
    fact("page map", environment.page_map.clone());
    fact("calls side by side", environment.jobs.to_string());
    for (wait, seconds) in &environment.deadlines_s {
        fact(&format!("deadline of {wait}"), format!("{seconds} s"));
    }
    facts
}

/// A flag's name, and what of its value can be compared: paths are of temporary folders.
fn parts(flag: &str) -> (&str, String) {
    let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
    let of_this_run = value.is_empty() || value.starts_with('/') || WITH_PORT.contains(&name);
    (name, if of_this_run { on(true) } else { value.to_owned() })
}

fn on(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}

/// Each value once.
fn each(values: impl Iterator<Item = String>) -> String {
    let values: Vec<_> = values.collect::<BTreeSet<_>>().into_iter().collect();
    if values.is_empty() { "no browser".to_owned() } else { values.join(", ") }
}
