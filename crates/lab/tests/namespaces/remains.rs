//! x
use crate::Named;
pub const TRIALS: &[Named] = &[];
pub fn play_the_doomed() {}
