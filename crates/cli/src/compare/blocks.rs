//! Makes the blocks: every arm once, in an order that is drawn anew for each block.

use rand::{SeedableRng, rngs::ChaCha8Rng, seq::SliceRandom};
use tincan_harness::NetworkCondition;
use tincan_measure::comparison::{
    Arm, Block, Comparisons, Sample,
    lines::{BlockOf, Line},
};
use tincan_peers::Roster;

use super::plan::Plan;
use crate::{
    measure::{self, Measured, ORDER, Record, WARM_UP},
    print,
};

/// Makes the blocks of every condition, and writes each when it was made.
///
/// # Errors
/// When a call of the warm-up does not pass, or what was measured cannot be written.
pub async fn make(plan: &Plan, roster: &mut Roster, record: &mut Record<Comparisons>) -> anyhow::Result<()> {
    let mut order = ChaCha8Rng::seed_from_u64(plan.seed);
    order.set_stream(ORDER);
    for network in &plan.networks {
        for number in 1..=WARM_UP + plan.blocks {
            let mut arms = plan.arms.clone();
            arms.shuffle(&mut order);
            if let Some(number) = number.checked_sub(WARM_UP).filter(|number| *number > 0) {
                let calls = block(plan, roster, *network, &arms).await;
                let said = line(&calls, *network, number, plan);
                record.add(Line::Block(BlockOf { network: *network, calls }))?;
                print::to_stderr(&said);
            } else {
                for arm in arms {
                    measure::warm_up(roster, &plan.scenario(arm, *network)).await?;
                }
                record.add(Comparisons::browsers(roster.browsers()))?;
            }
        }
    }
    Ok(())
}

async fn block(plan: &Plan, roster: &mut Roster, network: NetworkCondition, arms: &[Arm]) -> Block {
    let mut samples = Vec::new();
    for arm in arms {
        let attempt = measure::attempt(roster, &plan.scenario(*arm, network)).await;
        samples.push(Sample::of(*arm, &attempt));
    }
    Block(samples)
}

/// `direct 3/20  vanilla 231 ms  trickle 124 ms  vanilla again 229 ms`.
fn line(block: &Block, network: NetworkCondition, number: u32, plan: &Plan) -> String {
    let time = |arm: &Arm| {
        let ms = block.sample(*arm).and_then(|sample| sample.first_frame_ms);
        format!("  {} {}", arm.name(), ms.map_or_else(|| "left out".to_owned(), |ms| format!("{ms:.0} ms")))
    };
    let times: String = plan.arms.iter().map(time).collect();
    format!("{network} {number}/{}{times}", plan.blocks)
}
