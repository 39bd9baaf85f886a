//! Who makes which calls next.

use std::{cmp::Reverse, collections::VecDeque};

use tincan_harness::Scenario;

/// The modes of one pair, each called once, one after the other, by the same worker on the same warm peers.
#[derive(Debug, Clone)]
pub struct Round {
    /// Which repetition this is, from 1.
    pub repetition: u32,
    /// What is called.
    pub scenarios: Vec<Scenario>,
}

/// The rounds that are still to be made, by pair.
#[derive(Debug)]
pub struct Queue(Vec<Line>);

#[derive(Debug)]
struct Line {
    pair: String,
    rounds: VecDeque<Round>,
    takers: usize,
}

/// The line that a worker takes its rounds from.
pub type Place = Option<usize>;

impl Queue {
    /// A queue of `rounds`.
    pub fn new(rounds: Vec<Round>) -> Self {
        let mut lines: Vec<Line> = Vec::new();
        for round in rounds {
            let pair = round.scenarios.first().map(Scenario::pair).unwrap_or_default();
            match lines.iter_mut().find(|line| line.pair == pair) {
                Some(line) => line.rounds.push_back(round),
                None => lines.push(Line { pair, rounds: VecDeque::from([round]), takers: 0 }),
            }
        }
        Self(lines)
    }

    /// The next round for a worker that stands at `place`: of the pair whose peers it has warm, else of the pair that
    /// has most left for each that takes from it.
    pub fn take(&mut self, place: &mut Place) -> Option<Round> {
        if let Some(line) = place.and_then(|place| self.0.get_mut(place)) {
            if let Some(round) = line.rounds.pop_front() {
                return Some(round);
            }
            line.takers -= 1;
        }
        let waiting = self.0.iter_mut().enumerate().filter(|(_, line)| !line.rounds.is_empty());
        let longest =
            waiting.max_by_key(|(index, line)| (line.rounds.len() / (line.takers + 1), Reverse(*index)));
        *place = longest.as_ref().map(|(index, _)| *index);
        let (_, line) = longest?;
        line.takers += 1;
        line.rounds.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use tincan_harness::testing::catalogue;

    use super::*;

    fn queue(repeat: u32) -> Queue {
        let pairs = catalogue().scenarios();
        let pairs = pairs.chunk_by(|a, b| a.pair() == b.pair());
        let round = |pair: &[Scenario], repetition| Round { repetition, scenarios: pair.to_vec() };
        Queue::new(pairs.flat_map(|pair| (1..=repeat).map(move |n| round(pair, n))).collect())
    }

    fn name(round: &Round) -> (String, u32) {
        (round.scenarios[0].pair(), round.repetition)
    }

    #[test]
    fn one_worker_goes_through_it_in_order() {
        let (mut queue, mut place) = (queue(2), None);
        let order: Vec<_> = std::iter::from_fn(|| queue.take(&mut place)).map(|round| name(&round)).collect();
        let pairs = [
            "chromium-to-chromium",
            "chromium-to-webrtc-rs",
            "webrtc-rs-to-chromium",
            "webrtc-rs-to-webrtc-rs",
        ];
        let expected: Vec<_> =
            pairs.iter().flat_map(|pair| [1, 2].map(|n| ((*pair).to_owned(), n))).collect();
        assert_eq!(order, expected);
    }

    #[test]
    fn workers_keep_to_their_pair_and_then_help_with_the_longest() {
        let (mut queue, mut places) = (queue(3), [None; 2]);
        let mut taken = vec![Vec::new(); 2];
        for turn in 0..12 {
            taken[turn % 2].push(name(&queue.take(&mut places[turn % 2]).unwrap()).0);
        }
        for pairs in &mut taken {
            pairs.dedup();
        }
        assert_eq!(
            taken,
            [
                ["chromium-to-chromium", "webrtc-rs-to-chromium"],
                ["chromium-to-webrtc-rs", "webrtc-rs-to-webrtc-rs"]
            ]
        );
        assert!(places.iter_mut().all(|place| queue.take(place).is_none()));
    }

    #[test]
    fn more_workers_than_pairs_share_and_no_round_is_made_twice() {
        let (mut queue, mut places) = (queue(5), [None; 7]);
        let mut taken: Vec<_> = Vec::new();
        while let Some(round) = queue.take(&mut places[taken.len() % 7]) {
            taken.push(name(&round));
        }
        taken.sort();
        taken.dedup();
        assert_eq!(taken.len(), 20);
    }
}
