//! Networks in namespaces, tried with plain sockets. A machine that cannot make them fails these, and says what is missing.

use libtest_mimic::{Arguments, Failed, Trial};

#[path = "namespaces/lines.rs"]
mod lines;
#[path = "namespaces/passages.rs"]
mod passages;
#[path = "namespaces/remains.rs"]
mod remains;
#[path = "namespaces/routing.rs"]
mod routing;
#[path = "namespaces/sockets.rs"]
mod sockets;

fn main() {
    remains::play_a_part();
    // For an ordinary user, before any thread. What goes wrong here is told by each trial.
    let entered = tincan_lab::namespaces::enter();
    let all = [routing::TRIALS, lines::TRIALS, passages::TRIALS, remains::TRIALS].concat();
    let trials = all.into_iter().map(|(name, work)| {
        let refusal = entered.as_ref().err().map(ToString::to_string);
        Trial::test(name, move || match refusal {
            Some(refusal) => Err(Failed::from(format!("failed to {refusal}"))),
            None => {
                work();
                Ok(())
            }
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}

/// A trial: its name, and what panics if it goes wrong.
type Named = (&'static str, fn());
