//! What a whole comparison yields: its blocks, what was left out and why, and what can be said.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Contrast, Finding, Pair};
use crate::{
    report::{Attempt, Ran},
    signaling::{Role, SignalingMode},
    timeline::Milestone,
    verdict::Outcome,
};

/// The version of the form of a comparison.
pub const SCHEMA_VERSION: u32 = 1;
/// A call whose clocks are aligned worse than this, in milliseconds, is left out.
pub const WORST_CLOCK_ERROR_MS: f64 = 2.0;

/// One of the calls of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Arm {
    /// The vanilla call.
    Vanilla,
    /// The trickle call.
    Trickle,
    /// The second vanilla call, which must not differ from the first.
    VanillaAgain,
}

impl Arm {
    /// Every arm.
    pub const ALL: [Self; 3] = [Self::Vanilla, Self::Trickle, Self::VanillaAgain];

    /// The mode in which it calls.
    #[must_use]
    pub const fn mode(self) -> SignalingMode {
        match self {
            Self::Vanilla | Self::VanillaAgain => SignalingMode::Vanilla,
            Self::Trickle => SignalingMode::Trickle,
        }
    }
}

/// What one call of a block took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sample {
    /// Which call of the block.
    pub arm: Arm,
    /// From the click on create offer to the later of the two first frames; null if it is left out.
    pub first_frame_ms: Option<f64>,
    /// Its phases; empty if it is left out.
    pub phases: Phases,
    /// Why it is left out.
    pub left_out: Option<String>,
}

/// How long each phase of a call took, in milliseconds, on the slower side. They overlap, in trickle most of all, so they
/// need not add up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Phases {
    /// From the own description to the last candidate.
    pub gathering_ms: Option<f64>,
    /// From a description that can be copied to its being accepted on the other side, both ways together.
    pub signalling_ms: Option<f64>,
    /// From the other side's description to a pair that works.
    pub ice_ms: Option<f64>,
    /// From that pair to the end of the DTLS handshake.
    pub dtls_ms: Option<f64>,
    /// From the end of the handshake to the first frame of the other peer.
    pub media_ms: Option<f64>,
}

impl Phases {
    fn of(attempt: &Attempt) -> Self {
        let at = |peer, name| attempt.milestones.iter().find(|m| m.peer == peer && m.name == name).map(|m| m.at_ms);
        let slower = |from, to| {
            let sides = Role::BOTH.map(|role| Some((at(role, to)? - at(role, from)?).max(0.0)));
            sides.into_iter().flatten().reduce(f64::max)
        };
        let carried = |from: Role| Some(at(from.other(), Milestone::RemoteDescriptionSet)? - at(from, Milestone::DescriptionSent)?);
        use Milestone as M;
        Self {
            gathering_ms: slower(M::LocalDescriptionSet, M::GatheringComplete),
            signalling_ms: carried(Role::Offerer).zip(carried(Role::Answerer)).map(|(offer, answer)| offer + answer),
            ice_ms: slower(M::RemoteDescriptionSet, M::IceConnected),
            dtls_ms: slower(M::IceConnected, M::DtlsConnected),
            media_ms: slower(M::DtlsConnected, M::FirstFrame),
        }
    }
}

impl Sample {
    /// What `attempt`, made as `arm`, took; left out unless it passed on clocks that are aligned well enough.
    #[must_use]
    pub fn of(arm: Arm, attempt: &Attempt) -> Self {
        let errors = [attempt.clock_error_ms.offerer, attempt.clock_error_ms.answerer];
        let worst = errors.iter().copied().flatten().reduce(f64::max);
        let left_out = match attempt.first_frame_ms {
            _ if attempt.verdict != Outcome::Passed => Some(attempt.verdict.to_string()),
            None => Some("no first frame".to_owned()),
            _ if errors.contains(&None) || worst.is_some_and(|worst| worst > WORST_CLOCK_ERROR_MS) => {
                Some(format!("clocks aligned worse than {WORST_CLOCK_ERROR_MS} ms"))
            }
            Some(_) => None,
        };
        match left_out {
            None => Self { arm, first_frame_ms: attempt.first_frame_ms, phases: Phases::of(attempt), left_out },
            Some(_) => Self { arm, first_frame_ms: None, phases: Phases::default(), left_out },
        }
    }
}

/// The calls of one block, in the order in which they were made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Block(pub Vec<Sample>);

impl Block {
    fn time(&self, arm: Arm) -> Option<f64> {
        self.0.iter().find(|sample| sample.arm == arm)?.first_frame_ms
    }

    fn pair(&self, second: Arm) -> Option<Pair> {
        Some(Pair { first_ms: self.time(Arm::Vanilla)?, second_ms: self.time(second)? })
    }
}

/// A comparison as it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "tincan comparison")]
pub struct Comparison {
    /// The version of this form.
    pub schema_version: u32,
    /// What ran.
    pub ran: Ran,
    /// Who called whom: `OFFERER-to-ANSWERER`.
    pub pair: String,
    /// What lay between.
    pub network: String,
    /// The seed of the order of calls and of the intervals.
    pub seed: u64,
    /// Differences within this are none, in milliseconds.
    pub margin_ms: f64,
    /// How many blocks were asked for; `blocks` holds fewer if it was cut short.
    pub planned: u32,
    /// The blocks, after those that only warmed up.
    pub blocks: Vec<Block>,
    /// From vanilla to trickle; null with too few blocks.
    pub trickle: Option<Contrast>,
    /// From vanilla to vanilla again: it must not be changed; null with too few blocks.
    pub control: Option<Contrast>,
}

impl Comparison {
    /// Compares what the blocks hold so far.
    pub fn compare(&mut self) {
        let pairs = |second| self.blocks.iter().filter_map(|block| block.pair(second)).collect::<Vec<_>>();
        let contrast = |second| Contrast::of(&pairs(second), self.margin_ms, self.seed);
        (self.trickle, self.control) = (contrast(Arm::Trickle), contrast(Arm::VanillaAgain));
    }

    /// What can be said of vanilla against trickle; none with too few blocks, or where the control differs, since then the
    /// machine has changed meanwhile.
    #[must_use]
    pub fn finding(&self) -> Option<Finding> {
        self.control.as_ref().filter(|control| control.finding != Finding::Changed)?;
        self.trickle.as_ref().map(|contrast| contrast.finding)
    }

    /// Why samples are left out, and how many for each reason.
    #[must_use]
    pub fn left_out(&self) -> Vec<(String, usize)> {
        let mut reasons: Vec<(String, usize)> = Vec::new();
        for reason in self.blocks.iter().flat_map(|block| &block.0).filter_map(|sample| sample.left_out.as_ref()) {
            match reasons.iter_mut().find(|(known, _)| known == reason) {
                Some((_, count)) => *count += 1,
                None => reasons.push((reason.clone(), 1)),
            }
        }
        reasons
    }

    /// The times of one arm that are not left out, in milliseconds.
    #[must_use]
    pub fn times(&self, arm: Arm) -> Vec<f64> {
        self.blocks.iter().filter_map(|block| block.time(arm)).collect()
    }

    /// The sentence that may be quoted; none where nothing can be said.
    #[must_use]
    pub fn sentence(&self) -> Option<String> {
        let (contrast, finding) = (self.trickle.as_ref()?, self.finding()?);
        let shift = contrast.shift_ms;
        let browsers = self.ran.browsers.iter().map(|browser| format!("{} {}", browser.name, browser.version));
        let mut who: Vec<_> = browsers.collect();
        who.dedup();
        let who = if who.is_empty() { self.pair.clone() } else { format!("{}, {}", self.pair, who.join(" and ")) };
        let n = contrast.blocks;
        let said = match finding {
            Finding::Changed if shift.value < 0.0 => {
                format!("{:.0} ms [{:.0}, {:.0}] earlier", -shift.value, -shift.high, -shift.low)
            }
            Finding::Changed => format!("{:.0} ms [{:.0}, {:.0}] later", shift.value, shift.low, shift.high),
            Finding::Same => format!("at the same time within {:.0} ms", self.margin_ms),
            Finding::Inconclusive { .. } => return None,
        };
        Some(format!("trickle's first frame came {said}, n = {n}, {who}, {}", self.network))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comparison(blocks: impl IntoIterator<Item = [f64; 3]>) -> Comparison {
        let sample = |(arm, ms)| Sample { arm, first_frame_ms: Some(ms), phases: Phases::default(), left_out: None };
        let block = |times: [f64; 3]| Block(Arm::ALL.into_iter().zip(times).map(sample).collect());
        let mut comparison = Comparison {
            schema_version: SCHEMA_VERSION,
            ran: Ran::default(),
            pair: "chromium-to-chromium".to_owned(),
            network: "direct".to_owned(),
            seed: 1,
            margin_ms: 10.0,
            planned: 12,
            blocks: blocks.into_iter().map(block).collect(),
            trickle: None,
            control: None,
        };
        comparison.compare();
        comparison
    }

    #[test]
    fn the_sentence_says_what_was_measured() {
        let wave = |i: u32| f64::from((i * 5) % 12);
        let found = comparison((0..12).map(|i| [220.0 + wave(i), 120.0 + wave(i + 3), 220.0 + wave(i + 4)]));
        let sentence = found.sentence().expect("there is something to say");
        assert!(sentence.starts_with("trickle's first frame came 100 ms ["), "{sentence}");
        assert!(sentence.ends_with("earlier, n = 12, chromium-to-chromium, direct"), "{sentence}");
    }

    #[test]
    fn where_the_control_differs_nothing_is_said() {
        let found = comparison((0..12).map(|i| [220.0, 120.0 + f64::from(i % 3), 260.0 + f64::from(i % 2)]));
        assert_eq!(found.control.as_ref().unwrap().finding, Finding::Changed);
        assert_eq!((found.finding(), found.sentence()), (None, None));
    }

    #[test]
    fn what_is_left_out_is_counted_by_its_reason_and_takes_its_block_from_the_contrast() {
        let mut found = comparison((0..8).map(|i| [220.0, 120.0 + f64::from(i), 221.0]));
        found.blocks[0].0[1] = Sample {
            arm: Arm::Trickle,
            first_frame_ms: None,
            phases: Phases::default(),
            left_out: Some("failed".to_owned()),
        };
        found.compare();
        assert_eq!(found.left_out(), [("failed".to_owned(), 1)]);
        assert_eq!((found.trickle.unwrap().blocks, found.control.unwrap().blocks), (7, 8));
    }
}
