//! Real calls between real peers: slow, one at a time, and never skipped into green.

mod calls;
mod compare;
mod endings;
mod environments;
mod evidence;
mod history;
mod launching;
mod moments;
mod own_tests;
mod pages;
mod processes;
mod report;
mod sabotage;
mod sdp;
mod snapshots;
mod urls;

use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    // The wardens of browsers are this executable once more.
    tincan_peers::warden::enter();
    let mut arguments = Arguments::from_args();
    // Calls side by side would stretch each other's timings; nextest has its own group for that.
    arguments.test_threads.get_or_insert(1);
    let trials = [
        calls::trials(),
        compare::trials(),
        evidence::trials(),
        history::trials(),
        launching::trials(),
        pages::trials(),
        endings::trials(),
        moments::trials(),
        own_tests::trials(),
        environments::trials(),
        report::trials(),
        sabotage::trials(),
        sdp::trials(),
        urls::trials(),
    ]
    .into_iter()
    .flatten()
    .collect();
    libtest_mimic::run(&arguments, trials).exit();
}

/// A trial that runs a future to its end.
fn trial<F>(name: impl Into<String>, work: impl FnOnce() -> F + Send + 'static) -> Trial
where
    F: Future<Output = Result<(), String>>,
{
    Trial::test(name, move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(work()).map_err(Failed::from)
    })
}

/// An error unless `holds`.
fn check(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}
