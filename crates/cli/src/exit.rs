//! The exit codes: one table.

use std::{
    fmt::Write as _,
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
};

use tincan_harness::verdict::Outcome;

use crate::print;

/// How the programme ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All was well.
    Well = 0,
    /// Some call failed and every question could be asked, or two recordings differ.
    SomeFailed = 1,
    /// Some question could not be asked, or tincan was misused.
    CouldNotAsk = 2,
}

impl Exit {
    /// How a run ends whose calls came out like this. What is unsupported counts neither way, but nothing at all that
    /// passed is no success.
    pub fn of_run(outcomes: impl Iterator<Item = Outcome> + Clone) -> Self {
        let any = |outcome| outcomes.clone().any(|o| o == outcome);
        match () {
            () if any(Outcome::Errored) => Self::CouldNotAsk,
            () if any(Outcome::Failed) => Self::SomeFailed,
            () if any(Outcome::Passed) => Self::Well,
            () => Self::CouldNotAsk,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Does `work`, and says what went wrong if it did. A panic is a bug in tincan, and says nothing about any peer.
pub fn of(work: impl FnOnce() -> anyhow::Result<Exit>) -> Exit {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(exit)) => return exit,
        Ok(Err(error)) => print::to_stderr(&describe(&error)),
        Err(_) => {
            print::to_stderr("error: tincan panicked (see above): this is a bug in tincan, please report it")
        }
    }
    Exit::CouldNotAsk
}

/// `error: …` with each cause on a line of its own, unless the one before it says the same.
pub fn describe(error: &anyhow::Error) -> String {
    let mut said = error.to_string();
    let mut text = format!("error: {said}");
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !said.contains(&cause) {
            let _ = write!(text, "\n  because: {cause}");
        }
        said = cause;
    }
    text
}

#[cfg(test)]
mod tests {
    use Outcome::{Errored, Failed, Passed, Unsupported};

    use super::*;

    #[test]
    fn the_table() {
        let table: [(&[Outcome], u8); 9] = [
            (&[Passed, Passed], 0),
            (&[Passed, Unsupported], 0),
            (&[Passed, Failed], 1),
            (&[Failed, Unsupported], 1),
            (&[Passed, Errored], 2),
            (&[Failed, Errored], 2),
            (&[Errored], 2),
            (&[Unsupported], 2),
            (&[], 2),
        ];
        for (outcomes, code) in table {
            assert_eq!(Exit::of_run(outcomes.iter().copied()) as u8, code, "{outcomes:?}");
        }
    }

    #[test]
    fn an_error_and_a_panic_end_with_2() {
        assert_eq!(of(|| Ok(Exit::SomeFailed)), Exit::SomeFailed);
        assert_eq!(of(|| Err(anyhow::anyhow!("no"))), Exit::CouldNotAsk);
        assert_eq!(of(|| panic!("a test of panics")), Exit::CouldNotAsk);
    }

    #[test]
    fn causes_are_said_once() {
        let error =
            anyhow::anyhow!("file not found").context("failed to read x: file not found").context("no map");
        assert_eq!(describe(&error), "error: no map\n  because: failed to read x: file not found");
    }
}
