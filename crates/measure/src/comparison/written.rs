//! What is written of a comparison: its blocks, what was left out and why, and what can be said.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tincan_harness::{environment::Environment, network::NetworkCondition};

use super::{
    contrast::{Contrast, Finding, Pair},
    counts::Counts,
    paired::median,
    sample::{Arm, Sample},
};

/// The version of the form of comparisons.
pub const SCHEMA_VERSION: u32 = 2;

/// Comparisons as they are written: one for each network condition, of the same pair, on the same machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "tincan comparison")]
pub struct Comparisons {
    /// The version of this form.
    pub schema_version: u32,
    /// What ran.
    pub environment: Environment,
    /// Who called whom: `OFFERER-to-ANSWERER`.
    pub pair: String,
    /// The seed of the order of calls and of the intervals.
    pub seed: u64,
    /// Differences within this are none, in milliseconds.
    pub margin_ms: f64,
    /// What was added to the carrying of each signal, in milliseconds, as people and servers would.
    pub signaling_delay_ms: u64,
    /// How many blocks were asked for in each condition; `blocks` holds fewer if it was cut short.
    pub planned: u32,
    /// The arms of each block.
    pub arms: Vec<Arm>,
    /// One for each condition, in the order asked for.
    pub comparisons: Vec<Comparison>,
}

impl Comparisons {
    /// Whether fewer blocks were made than were asked for.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.comparisons.iter().any(|comparison| comparison.blocks.len() < self.planned as usize)
    }

    /// Compares what the blocks of each condition hold so far.
    pub fn compare(&mut self) {
        let (margin, seed) = (self.margin_ms, self.seed);
        self.comparisons.iter_mut().for_each(|comparison| comparison.compare(margin, seed));
    }

    /// The sentence on `comparison` that may be quoted; none where nothing can be said.
    #[must_use]
    pub fn sentence(&self, comparison: &Comparison) -> Option<String> {
        let (contrast, finding) = (comparison.trickle.as_ref()?, comparison.finding()?);
        let said = say(contrast, finding, self.margin_ms)?;
        let delay = match self.signaling_delay_ms {
            0 => String::new(),
            delay => format!(", {delay} ms added to each signal"),
        };
        let (n, who, network) = (contrast.blocks, self.who(), comparison.network);
        Some(format!("trickle's first frame came {said}, n = {n}, {who}, {network}{delay}"))
    }

    /// Who called whom, with versions.
    #[must_use]
    pub fn who(&self) -> String {
        let version = |name: &str| self.environment.version(name.parse().ok()?);
        let named =
            |name: &str| version(name).map_or_else(|| name.to_owned(), |version| format!("{name} {version}"));
        self.pair.split("-to-").map(named).collect::<Vec<_>>().join(" to ")
    }
}

fn say(contrast: &Contrast, finding: Finding, margin_ms: f64) -> Option<String> {
    let shift = contrast.shift_ms;
    match finding {
        Finding::Changed if shift.value < 0.0 => {
            Some(format!("{:.0} ms [{:.0}, {:.0}] earlier", -shift.value, -shift.high, -shift.low))
        }
        Finding::Changed => {
            Some(format!("{:.0} ms [{:.0}, {:.0}] later", shift.value, shift.low, shift.high))
        }
        Finding::Same => Some(format!("at the same time within {margin_ms:.0} ms")),
        Finding::Inconclusive { .. } => None,
    }
}

/// The calls of one block, in the order in which they were made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Block(pub Vec<Sample>);

impl Block {
    /// The sample of `arm`.
    #[must_use]
    pub fn sample(&self, arm: Arm) -> Option<&Sample> {
        self.0.iter().find(|sample| sample.arm == arm)
    }

    fn time(&self, arm: Arm) -> Option<f64> {
        self.sample(arm)?.first_frame_ms
    }

    /// The times of vanilla and of `second`, if neither is left out.
    #[must_use]
    pub fn pair(&self, second: Arm) -> Option<Pair> {
        Some(Pair { first_ms: self.time(Arm::Vanilla)?, second_ms: self.time(second)? })
    }
}

/// The modes compared under one network condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// What lay between.
    pub network: NetworkCondition,
    /// The blocks, after those that only warmed up.
    pub blocks: Vec<Block>,
    /// From vanilla to trickle; null with too few blocks, and until the last one is made.
    pub trickle: Option<Contrast>,
    /// From vanilla to half-trickle; null with too few blocks, and until the last one is made, or if it was not asked for.
    pub half_trickle: Option<Contrast>,
    /// From vanilla to vanilla again: it must not be changed; null with too few blocks, and until the last one is made.
    pub control: Option<Contrast>,
}

impl Comparison {
    /// One without blocks.
    #[must_use]
    pub const fn new(network: NetworkCondition) -> Self {
        Self { network, blocks: Vec::new(), trickle: None, half_trickle: None, control: None }
    }

    fn compare(&mut self, margin_ms: f64, seed: u64) {
        let pairs = |second| self.blocks.iter().filter_map(|block| block.pair(second)).collect::<Vec<_>>();
        let contrast = |second| Contrast::of(&pairs(second), margin_ms, seed);
        let found = [Arm::Trickle, Arm::HalfTrickle, Arm::VanillaAgain].map(contrast);
        [self.trickle, self.half_trickle, self.control] = found;
    }

    /// What can be said of vanilla against trickle; none with too few blocks, or where the control differs, since then the
    /// machine has changed meanwhile.
    #[must_use]
    pub fn finding(&self) -> Option<Finding> {
        self.control.as_ref().filter(|control| control.finding != Finding::Changed)?;
        self.trickle.as_ref().map(|contrast| contrast.finding)
    }

    /// Whether something can be said: that the modes differ, or that they do not.
    #[must_use]
    pub fn tells(&self) -> bool {
        matches!(self.finding(), Some(Finding::Changed | Finding::Same))
    }

    /// Why samples are left out, and how many for each reason.
    #[must_use]
    pub fn left_out(&self) -> Vec<(String, usize)> {
        let mut reasons: Vec<(String, usize)> = Vec::new();
        for reason in
            self.blocks.iter().flat_map(|block| &block.0).filter_map(|sample| sample.left_out.as_ref())
        {
            match reasons.iter_mut().find(|(known, _)| known == reason) {
                Some((_, count)) => *count += 1,
                None => reasons.push((reason.clone(), 1)),
            }
        }
        reasons
    }

    /// The times of one arm that are not left out, in milliseconds, block by block.
    #[must_use]
    pub fn times(&self, arm: Arm) -> Vec<f64> {
        self.blocks.iter().filter_map(|block| block.time(arm)).collect()
    }

    /// The calls of one arm, block by block, those that are left out too.
    pub fn samples(&self, arm: Arm) -> impl Iterator<Item = &Sample> + Clone {
        self.blocks.iter().filter_map(move |block| block.sample(arm))
    }

    /// What was counted in the calls of one arm.
    #[must_use]
    pub fn counts(&self, arm: Arm) -> Counts {
        Counts::of(self.samples(arm))
    }

    /// What the harness took to carry descriptions, both ways and in all calls, in milliseconds.
    #[must_use]
    pub fn carrying_ms(&self) -> Vec<f64> {
        let samples = self.blocks.iter().flat_map(|block| &block.0);
        samples
            .flat_map(|sample| [sample.carrying_ms.offerer, sample.carrying_ms.answerer])
            .flatten()
            .collect()
    }

    /// The median of each phase of one arm, in the order of [`Phases::NAMES`](super::sample::Phases::NAMES); none without a sample.
    #[must_use]
    pub fn phases(&self, arm: Arm) -> Option<[f64; 6]> {
        let phases = self.samples(arm).filter_map(|sample| sample.phases);
        let values: Vec<_> = phases.map(|phases| phases.values()).collect();
        let median = |index: usize| median(&values.iter().map(|of| of[index]).collect::<Vec<_>>());
        let mut medians = [0.0; 6];
        for (index, place) in medians.iter_mut().enumerate() {
            *place = median(index)?;
        }
        Some(medians)
    }
}

#[cfg(test)]
mod tests {
    use tincan_harness::attempt::BySide;

    use super::*;

    fn sample((arm, ms): (Arm, Option<f64>)) -> Sample {
        Sample {
            arm,
            first_frame_ms: ms,
            first_frames_ms: BySide { offerer: ms, answerer: ms },
            phases: None,
            carrying_ms: BySide::default(),
            served: None,
            packets: BySide::default(),
            clock_error_ms: Some(0.5),
            left_out: ms.is_none().then(|| "failed".to_owned()),
        }
    }

    const ARMS: [Arm; 3] = [Arm::Vanilla, Arm::Trickle, Arm::VanillaAgain];

    fn comparisons(blocks: impl IntoIterator<Item = [f64; 3]>) -> Comparisons {
        let block = |times: [f64; 3]| Block(ARMS.into_iter().zip(times.map(Some)).map(sample).collect());
        let blocks = blocks.into_iter().map(block).collect();
        let mut comparisons = Comparisons {
            schema_version: SCHEMA_VERSION,
            environment: tincan_harness::environment::Environment::default(),
            pair: "chromium-to-webrtc-rs".to_owned(),
            seed: 1,
            margin_ms: 10.0,
            signaling_delay_ms: 0,
            planned: 12,
            arms: ARMS.to_vec(),
            comparisons: vec![Comparison { blocks, ..Comparison::new(NetworkCondition::Direct) }],
        };
        comparisons.compare();
        comparisons
    }

    fn sentence(comparisons: &Comparisons) -> Option<String> {
        comparisons.sentence(&comparisons.comparisons[0])
    }

    #[test]
    fn the_sentence_says_what_was_measured() {
        let wave = |i: u32| f64::from((i * 5) % 12);
        let mut found =
            comparisons((0..12).map(|i| [220.0 + wave(i), 120.0 + wave(i + 3), 220.0 + wave(i + 4)]));
        found.environment.peers = tincan_harness::testing::profiles();
        let said = sentence(&found).expect("there is something to say");
        assert!(said.starts_with("trickle's first frame came 97 ms [97, 103]"), "{said}");
        assert!(said.ends_with("earlier, n = 12, chromium to webrtc-rs 0.21.1, direct"), "{said}");
        found.signaling_delay_ms = 100;
        assert!(sentence(&found).is_some_and(|said| said.ends_with("direct, 100 ms added to each signal")));
    }

    #[test]
    fn where_the_control_differs_nothing_is_said() {
        let found = comparisons((0..12).map(|i| [220.0, 120.0 + f64::from(i % 3), 260.0 + f64::from(i % 2)]));
        let comparison = &found.comparisons[0];
        assert_eq!(comparison.control.as_ref().map(|control| control.finding), Some(Finding::Changed));
        assert_eq!((comparison.finding(), sentence(&found)), (None, None));
    }

    #[test]
    fn what_is_left_out_is_counted_by_its_reason_and_takes_its_block_from_the_contrast() {
        let mut found = comparisons((0..8).map(|i| [220.0, 120.0 + f64::from(i), 221.0]));
        found.comparisons[0].blocks[0].0[1] = sample((Arm::Trickle, None));
        found.compare();
        let comparison = &found.comparisons[0];
        assert_eq!(comparison.left_out(), [("failed".to_owned(), 1)]);
        let blocks = |contrast: &Option<Contrast>| contrast.as_ref().map(|contrast| contrast.blocks);
        assert_eq!((blocks(&comparison.trickle), blocks(&comparison.control)), (Some(7), Some(8)));
        assert!(found.is_partial());
    }
}
