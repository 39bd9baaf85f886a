//! Makes the calls of a sweep: blocks of every delay, each with every arm, in an order that is drawn anew.

use rand::{SeedableRng, rngs::ChaCha8Rng, seq::SliceRandom};
use tincan_harness::{
    NetworkCondition, Scenario,
    comparison::{Arm, Sample},
    sweep::{Point, lines::Line},
};
use tincan_peers::Roster;

use super::{Plan, Record, at_delay};
use crate::{
    measure::{self, ORDER},
    print,
};

/// Calls of each arm that are made first and not counted: browsers fill caches, and processors wake.
const WARM_UP: u32 = 3;

/// Makes the blocks, and the calls with a dead server, and writes each call when it was made.
///
/// # Errors
/// When a call of the warm-up does not pass, or what was measured cannot be written.
pub async fn make(plan: &Plan, roster: &mut Roster, record: &mut Record) -> anyhow::Result<()> {
    let mut order = ChaCha8Rng::seed_from_u64(record.sweep.seed);
    order.set_stream(ORDER);
    let (network, arms) = (record.sweep.network, record.sweep.arms.clone());
    for _ in 0..WARM_UP {
        for arm in &arms {
            measure::warm_up(roster, &scenario(plan, *arm, at_delay(network, 0))).await?;
        }
    }
    record.add(Line::Browsers(roster.browsers().to_vec()))?;
    for block in 1..=record.sweep.planned {
        let mut delays = record.sweep.stun_delays_ms.clone();
        delays.shuffle(&mut order);
        for stun_delay_ms in delays {
            let mut arms = arms.clone();
            arms.shuffle(&mut order);
            let at = at_delay(network, stun_delay_ms);
            if at.is_in_namespaces() {
                // Nobody moves from one network to another: these browsers are new.
                measure::warm_up(roster, &scenario(plan, Arm::Trickle, at)).await?;
            }
            for arm in arms {
                let attempt = measure::attempt(roster, &scenario(plan, arm, at)).await;
                let sample = Sample::of(arm, &attempt);
                record.add(Line::Point(Box::new(Point { block, stun_delay_ms, sample })))?;
            }
        }
        print::to_stderr(&format!("block {block} of {}", record.sweep.planned));
    }
    if plan.dead {
        for arm in arms {
            let attempt = measure::attempt(roster, &scenario(plan, arm, NetworkCondition::DeadStun)).await;
            record.add(Line::Dead(Box::new(Sample::of(arm, &attempt))))?;
        }
    }
    Ok(())
}

fn scenario(plan: &Plan, arm: Arm, network: NetworkCondition) -> Scenario {
    Scenario { mode: arm.mode(), network, ..plan.scenario }
}
