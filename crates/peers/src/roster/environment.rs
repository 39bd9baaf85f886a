//! What ran: the part of the report that is known before the first call.

use std::{
    collections::BTreeMap,
    env::consts::{ARCH, OS},
    num::NonZeroUsize,
    thread::available_parallelism,
    time::{SystemTime, UNIX_EPOCH},
};

use tincan_harness::{Environment, Wait};

use super::options::RosterOptions;

/// What is about to run, `jobs` calls at a time.
#[must_use]
pub fn environment(roster: &RosterOptions, jobs: usize) -> Environment {
    Environment {
        tincan: env!("CARGO_PKG_VERSION").to_owned(),
        crates: roster.registry.crates(),
        platform: format!("{OS} {ARCH}"),
        processors: available_parallelism().map_or(1, NonZeroUsize::get),
        started_at_s: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
        run_number: roster.run_number,
        page: roster.page.to_string(),
        page_map: roster.page_map.name.clone(),
        jobs,
        deadlines_s: deadlines(roster),
        browsers: Vec::new(),
        peers: roster.registry.catalogue().profiles().to_vec(),
    }
}

fn deadlines(roster: &RosterOptions) -> BTreeMap<String, f64> {
    let deadline = |wait: Wait| (wait.to_string(), roster.deadlines.of(wait).as_secs_f64());
    Wait::ALL.map(deadline).into()
}
