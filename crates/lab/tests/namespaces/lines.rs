//! x
use crate::Named;
pub const TRIALS: &[Named] = &[];
