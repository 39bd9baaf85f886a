//! Makes the calls of a sweep: blocks of every delay, each with every arm, in an order that is drawn anew.

use rand::{SeedableRng, rngs::ChaCha8Rng, seq::SliceRandom};
use tincan_harness::NetworkCondition;
use tincan_measure::{
    comparison::{Arm, Sample},
    sweep::{Point, Sweep, lines::Line},
};
use tincan_peers::Roster;

use super::plan::Plan;
use crate::{
    measure::{self, Measured, ORDER, Record, WARM_UP},
    print,
};

/// Makes the blocks, and the calls with a dead server, and writes each call when it was made.
///
/// # Errors
/// When a call of the warm-up does not pass, or what was measured cannot be written.
pub async fn make(plan: &Plan, roster: &mut Roster, record: &mut Record<Sweep>) -> anyhow::Result<()> {
    let mut order = ChaCha8Rng::seed_from_u64(record.measured.seed);
    order.set_stream(ORDER);
    let (network, arms) = (record.measured.network, record.measured.arms.clone());
    for _ in 0..WARM_UP {
        for arm in &arms {
            measure::warm_up(roster, &plan.scenario(*arm, at_delay(network, 0))).await?;
        }
    }
    record.add(Sweep::browsers(roster.browsers()))?;
    for block in 1..=record.measured.planned {
        let mut delays = record.measured.stun_delays_ms.clone();
        delays.shuffle(&mut order);
        for stun_delay_ms in delays {
            let mut arms = arms.clone();
            arms.shuffle(&mut order);
            let at = at_delay(network, stun_delay_ms);
            if at.is_in_namespaces() {
                // Nobody moves from one network to another: these browsers are new.
                measure::warm_up(roster, &plan.scenario(Arm::Trickle, at)).await?;
            }
            for arm in arms {
                let attempt = measure::attempt(roster, &plan.scenario(arm, at)).await;
                let sample = Sample::of(arm, &attempt);
                record.add(Line::Point(Box::new(Point { block, stun_delay_ms, sample })))?;
            }
        }
        print::to_stderr(&format!("block {block} of {}", record.measured.planned));
    }
    if plan.dead {
        for arm in arms {
            let attempt = measure::attempt(roster, &plan.scenario(arm, NetworkCondition::DeadStun)).await;
            record.add(Line::Dead(Box::new(Sample::of(arm, &attempt))))?;
        }
    }
    Ok(())
}

/// The condition in which the STUN server is `delay_ms` away.
fn at_delay(network: NetworkCondition, delay_ms: u64) -> NetworkCondition {
    // What can be asked for is small enough.
    let delay_ms = u16::try_from(delay_ms).unwrap_or(u16::MAX);
    match (network, delay_ms) {
        (NetworkCondition::RoutedStun { .. }, delay_ms) => NetworkCondition::RoutedStun { delay_ms },
        (NetworkCondition::HomeNat { .. }, delay_ms) => NetworkCondition::HomeNat { delay_ms },
        (_, 0) => NetworkCondition::Stun,
        (_, delay_ms) => NetworkCondition::SlowStun { delay_ms },
    }
}
