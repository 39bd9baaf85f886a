//! Which wait of a call a step is part of.

use crate::{
    deadlines::Wait,
    procedure::{Awaited, Step},
};

/// The number of the wait that `awaited` is part of: steps of a script that follow one another and wait for the same share one.
pub(super) fn wait_number(script: &[Step], awaited: Awaited) -> usize {
    let awaits =
        script.iter().filter_map(|step| if let Step::Await(awaited) = step { Some(*awaited) } else { None });
    let until = awaits.take_while(|step| *step != awaited).chain([awaited]);
    let waits: Vec<_> = until.map(|step| (step.round, Wait::on(step.milestone))).collect();
    waits.windows(2).filter(|pair| pair[0] != pair[1]).count()
}
