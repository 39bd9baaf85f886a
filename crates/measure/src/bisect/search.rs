//! Which build is tried next, and what is found: binary search between a good and a bad one, around those that cannot be tried.

use std::collections::BTreeMap;

use super::answer::Answer;

/// The search between two builds of a row.
#[derive(Debug, Clone)]
pub struct Search {
    /// The good end, and the bad one; either may come first.
    good: usize,
    bad: usize,
    answers: BTreeMap<usize, Answer>,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Try the build at this place.
    Try(usize),
    /// It is found.
    Done(FoundBetween),
}

/// Where it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundBetween {
    /// The build that is as the good one.
    pub good: usize,
    /// The build that is as the bad one.
    pub bad: usize,
    /// Those between them, of which it is not known; none if the change came from one build to the next.
    pub between: Vec<usize>,
}

impl Search {
    /// The search between a good and a bad build, by their places.
    #[must_use]
    pub const fn new(good: usize, bad: usize) -> Self {
        Self { good, bad, answers: BTreeMap::new() }
    }

    /// Takes down what is known of the build at `at`.
    pub fn tell(&mut self, at: usize, answer: Answer) {
        match answer {
            Answer::Good => self.good = at,
            Answer::Bad => self.bad = at,
            Answer::Unsure { .. } | Answer::Skipped { .. } => {}
        }
        self.answers.insert(at, answer);
    }

    /// What is to be done: of the builds of which nothing is known, the one nearest to the middle is tried.
    #[must_use]
    pub fn next(&self) -> Next {
        let (low, high) = (self.good.min(self.bad), self.good.max(self.bad));
        let between: Vec<_> = (low + 1..high).collect();
        let middle = usize::midpoint(low, high);
        let unknown = between.iter().copied().filter(|at| !self.answers.contains_key(at));
        match unknown.min_by_key(|at| at.abs_diff(middle)) {
            Some(at) => Next::Try(at),
            None => Next::Done(FoundBetween { good: self.good, bad: self.bad, between }),
        }
    }

    /// How many builds may still have to be tried, if all can be.
    #[must_use]
    pub fn left(&self) -> u32 {
        self.good.abs_diff(self.bad).max(1).next_power_of_two().ilog2()
    }

    /// What is known of the build at `at`.
    #[must_use]
    pub fn answer(&self, at: usize) -> Option<&Answer> {
        self.answers.get(&at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNT: usize = 22;

    fn skipped() -> Answer {
        Answer::Skipped { reason: "it does not start".to_owned() }
    }

    /// Searches among builds that answer so, and says how many were tried.
    fn search(good: usize, bad: usize, answer: impl Fn(usize) -> Answer) -> (FoundBetween, usize) {
        let mut search = Search::new(good, bad);
        let mut tried = 0;
        loop {
            match search.next() {
                Next::Try(at) => search.tell(at, answer(at)),
                Next::Done(found) => return (found, tried),
            }
            tried += 1;
        }
    }

    #[test]
    fn wherever_it_breaks_it_is_found_with_five_of_twenty_two_tried() {
        for broken in 1..COUNT {
            let answer = |at| if at < broken { Answer::Good } else { Answer::Bad };
            let (found, tried) = search(0, COUNT - 1, answer);
            assert_eq!(found, FoundBetween { good: broken - 1, bad: broken, between: vec![] });
            assert!(tried <= 5, "{tried} were tried for {broken}");
        }
    }

    #[test]
    fn a_bad_one_may_come_first() {
        let answer = |at| if at < 7 { Answer::Bad } else { Answer::Good };
        let (found, _) = search(COUNT - 1, 0, answer);
        assert_eq!(found, FoundBetween { good: 7, bad: 6, between: vec![] });
    }

    #[test]
    fn those_that_cannot_be_tried_are_gone_around_and_said_where_it_may_be_them() {
        let answer = |at| match at {
            10 | 11 => skipped(),
            at if at < 15 => Answer::Good,
            _ => Answer::Bad,
        };
        assert_eq!(search(0, COUNT - 1, answer).0, FoundBetween { good: 14, bad: 15, between: vec![] });
        let answer = |at| match at {
            12..15 => skipped(),
            at if at < 14 => Answer::Good,
            _ => Answer::Bad,
        };
        assert_eq!(
            search(0, COUNT - 1, answer).0,
            FoundBetween { good: 11, bad: 15, between: vec![12, 13, 14] }
        );
    }

    #[test]
    fn where_none_between_can_be_tried_the_ends_are_all_that_is_known() {
        let (found, tried) = search(0, 5, |_| skipped());
        assert_eq!((found, tried), (FoundBetween { good: 0, bad: 5, between: vec![1, 2, 3, 4] }, 4));
    }

    #[test]
    fn one_that_is_not_sure_is_no_end() {
        let unsure = |at| match at {
            4 => Answer::Unsure { seen: "in 6 of 12 calls".to_owned() },
            at if at < 4 => Answer::Good,
            _ => Answer::Bad,
        };
        assert_eq!(search(0, 9, unsure).0, FoundBetween { good: 3, bad: 5, between: vec![4] });
    }

    #[test]
    fn builds_that_follow_each_other_leave_nothing_to_try() {
        assert_eq!(Search::new(3, 4).next(), Next::Done(FoundBetween { good: 3, bad: 4, between: vec![] }));
        assert_eq!((Search::new(0, 21).left(), Search::new(3, 4).left()), (5, 0));
    }
}
