//! Networks in namespaces, tried with plain sockets. A machine that cannot make them fails these, and says what is missing.

use std::{
    env,
    process::{Command, Stdio},
};

use libtest_mimic::{Arguments, Failed, Trial};

#[path = "namespaces/lines.rs"]
mod lines;
#[path = "namespaces/ordinary_user.rs"]
mod ordinary_user;
#[path = "namespaces/port_forwards.rs"]
mod port_forwards;
#[path = "namespaces/remains.rs"]
mod remains;
#[path = "namespaces/routing.rs"]
mod routing;
#[path = "namespaces/sockets.rs"]
mod sockets;

fn main() {
    if let Ok(part) = env::var(PART) {
        return play(&part);
    }
    // For an ordinary user, before any thread. What goes wrong here is told by each trial.
    let entered = tincan_lab::namespaces::enter();
    let all = [routing::TRIALS, lines::TRIALS, port_forwards::TRIALS, remains::TRIALS, ordinary_user::TRIALS]
        .concat();
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

/// Tells a child which part to play.
const PART: &str = "TINCAN_LAB_PART";

/// This executable once more, to play a part.
fn this_executable(part: &str) -> Command {
    let mut command = Command::new("/proc/self/exe");
    command.env(PART, part).stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// Why a child ended that panicked, from what it printed: its words, without where they stand in the code.
fn reason(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let words = said.lines().skip_while(|line| !line.contains("panicked at")).nth(1);
    words.unwrap_or(said.trim()).to_owned()
}

fn play(part: &str) {
    match part {
        "drop" => remains::make_and_wait(true),
        "stay" => remains::make_and_wait(false),
        "make all" => ordinary_user::make_all(),
        "be forbidden" => ordinary_user::be_forbidden(),
        part => panic!("there is no part {part:?}"),
    }
}
