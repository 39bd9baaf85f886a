//! A report that is kept small: of the attempts at a scenario that came out alike one stands for the others, and where that is not enough
//! details are left out. What is left out is said, and every verdict, time and pass rate stays.

use std::{collections::HashMap, mem};

use tincan_harness::{attempt::Attempt, verdict::Outcome};

use crate::{
    alike::{Alike, Likeness, likeness},
    json,
    report::Report,
};

impl Report {
    /// The same report in at most so many bytes of compact JSON, as far as that can be: first attempts that came out alike are told as
    /// one, then the details of those that passed are left out, and last those of the others.
    ///
    /// # Errors
    /// Never for a report that this crate made; a number that is not finite has no JSON.
    pub fn within(mut self, most: usize) -> serde_json::Result<Self> {
        if json::compact_size(&self)? <= most {
            return Ok(self);
        }
        self.tell_alike_as_one();
        let size = json::compact_size(&self)?;
        self.leave_out_details(size.saturating_sub(most))?;
        Ok(self)
    }

    fn tell_alike_as_one(&mut self) {
        let mut first: Vec<(Attempt, Alike)> = Vec::new();
        let mut places: HashMap<(String, Likeness), usize> = HashMap::new();
        // Attempts that stand for others already go on to do so.
        let known = mem::take(&mut self.alike);
        for attempt in mem::take(&mut self.attempts) {
            let key = (attempt.scenario.clone(), likeness(&attempt));
            match places.get(&key) {
                Some(place) => first[*place].1.add(&attempt),
                None => {
                    places.insert(key, first.len());
                    let alike = Alike::to(&attempt);
                    first.push((attempt, alike));
                }
            }
        }
        let (attempts, alike): (Vec<_>, Vec<_>) = first.into_iter().unzip();
        self.attempts = attempts;
        self.alike = known.into_iter().chain(alike).filter(|alike| !alike.repetitions.is_empty()).collect();
    }

    /// Leaves out details until `excess` bytes are saved, or there are none left.
    fn leave_out_details(&mut self, mut excess: usize) -> serde_json::Result<()> {
        let passed = |attempt: &Attempt| attempt.verdict == Outcome::Passed;
        // The last ones first: what is at the beginning of a page is looked at most.
        for of in [true, false] {
            for attempt in self.attempts.iter_mut().rev().filter(|attempt| passed(attempt) == of) {
                if excess == 0 {
                    return Ok(());
                }
                let before = json::compact_size(attempt)?;
                let less = attempt.clone().without_details();
                let after = json::compact_size(&less)?;
                if after < before {
                    *attempt = less;
                    excess = excess.saturating_sub(before - after);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tincan_harness::{
        Diagnosis, Environment, NetworkCondition, Scenario, Stage, Verdict,
        attempt::{BySide, Descriptions},
        frames::FrameTally,
        testing,
        timeline::FIRST_ROUND,
    };

    use super::*;
    use crate::{Run, SCHEMA_VERSION, group::groups, json};

    fn scenarios() -> Vec<Scenario> {
        let all = testing::catalogue().scenarios();
        all.into_iter().filter(|one| one.network == NetworkCondition::Direct).take(3).collect()
    }

    fn passed(scenario: &Scenario, repetition: u32) -> Attempt {
        let proven = FrameTally { proven: 10 + repetition, ..FrameTally::default() };
        Attempt {
            first_frame_ms: Some(f64::from(repetition) * 100.0),
            frames: BySide { offerer: proven, answerer: proven },
            sdp: Descriptions { offer: Some("v=0\r\n".repeat(1000)), answer: None },
            ..Attempt::without_exchange(scenario, repetition, &Verdict::Passed)
        }
    }

    fn failed(scenario: &Scenario, repetition: u32, stage: Stage) -> Attempt {
        let (evidence, look_at) = (format!("after {repetition} s"), String::new());
        let diagnosis = Some(Diagnosis { stage, round: FIRST_ROUND, peer: None, evidence, look_at });
        Attempt {
            verdict: Outcome::Failed,
            diagnosis,
            first_frame_ms: None,
            evidence: Some(format!("evidence/{repetition}")),
            ..passed(scenario, repetition)
        }
    }

    fn report() -> Report {
        let [one, two, three] = <[Scenario; 3]>::try_from(scenarios()).unwrap();
        let attempts = (1..=5).flat_map(|n| {
            let stage = if n == 4 { Stage::Ice } else { Stage::Dtls };
            [
                passed(&one, n),
                if n == 2 { passed(&two, n) } else { failed(&two, n, stage) },
                passed(&three, n),
            ]
        });
        let run = Run {
            schema_version: SCHEMA_VERSION,
            environment: Environment::default(),
            planned: 15,
            redacted: Vec::new(),
        };
        Report::of(run, attempts.collect())
    }

    #[test]
    fn what_fits_is_left_as_it_is() {
        let report = report();
        let size = json::compact_size(&report).unwrap();
        assert_eq!(report.clone().within(size).unwrap(), report);
        assert_ne!(report.clone().within(size - 1).unwrap(), report);
    }

    #[test]
    fn one_stands_for_those_that_came_out_alike_and_nothing_is_counted_otherwise() {
        let whole = report();
        let small = whole.clone().within(60_000).unwrap();
        let kept: Vec<_> = small.attempts.iter().map(|one| (one.verdict, one.repetition)).collect();
        use Outcome::{Failed, Passed};
        assert_eq!(kept, [(Passed, 1), (Failed, 1), (Passed, 1), (Passed, 2), (Failed, 4)]);
        let alike: Vec<_> = small.alike.iter().map(|one| (one.like, one.repetitions.clone())).collect();
        assert_eq!(alike, [(1, vec![2, 3, 4, 5]), (1, vec![3, 5]), (1, vec![2, 3, 4, 5])]);
        assert!(small.attempts.iter().all(|attempt| !attempt.details_left_out), "there is room for these");
        assert_eq!((small.ended(), small.count(Passed)), (15, whole.count(Passed)));
        let mut again = small.clone();
        again.sum_up();
        assert_eq!((&small.pass_rates, &again.pass_rates), (&whole.pass_rates, &whole.pass_rates));
        let told = |report: &Report| {
            let told = |group: &crate::group::Group<'_>| {
                (group.summary(), group.tally(), group.first_frame(), group.frames(), group.worst())
            };
            groups(report).iter().map(told).collect::<Vec<_>>()
        };
        assert_eq!(told(&small), told(&whole));
        // Made small once more it is the same.
        assert_eq!(small.clone().within(60_000).unwrap(), small);
    }

    #[test]
    fn details_are_left_out_of_what_passed_before_they_are_of_what_did_not() {
        // Two of the three that passed do not save as much.
        let most = json::compact_size(&report().within(60_000).unwrap()).unwrap() - 15_000;
        let small = report().within(most).unwrap();
        let told: Vec<_> = small.attempts.iter().map(|one| (one.verdict, one.details_left_out)).collect();
        assert!(
            told.iter().all(|(verdict, left_out)| *left_out == (*verdict == Outcome::Passed)),
            "{told:?}"
        );
        assert!(json::compact_size(&small).unwrap() <= most);
        // What cannot be is not promised: no verdict is left out.
        let least = report().within(1).unwrap();
        assert!(least.attempts.iter().all(|attempt| attempt.details_left_out));
        assert_eq!((least.attempts.len(), least.ended()), (5, 15));
    }
}
