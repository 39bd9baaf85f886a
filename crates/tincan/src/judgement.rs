//! Verdicts of one's own.

use std::fmt::Display;

/// What a verdict of one's own comes to: whether it holds, or a `Result` with what does not.
pub trait Judgement {
    /// What does not hold; none if all does.
    fn shortfall(self) -> Option<String>;
}

impl Judgement for bool {
    fn shortfall(self) -> Option<String> {
        (!self).then(|| "a verdict of the test's own does not hold".to_owned())
    }
}

impl<E: Display> Judgement for Result<(), E> {
    fn shortfall(self) -> Option<String> {
        self.err().map(|error| error.to_string())
    }
}
