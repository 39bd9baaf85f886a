//! What a counter proves that is in what arrives, whatever carries it.

use super::source::FrameSource;

/// What something that came is, by who it says has sent it and by its counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// By the other peer, of this run, above the one before.
    Rising {
        /// How many lie between that one and this.
        missing: u16,
    },
    /// With the counter of the one before.
    Repeated,
    /// With a counter below that of the one before.
    Backwards,
    /// By the receiver itself.
    Own,
    /// By a third peer of this run.
    Foreign,
    /// By the other peer, of what it is to send no more.
    Former,
    /// Of another run.
    Stale,
}

/// Follows what comes to one side.
#[derive(Debug, Clone)]
pub(super) struct Sequence {
    expected: FrameSource,
    /// What was expected before.
    former: Option<FrameSource>,
    own: FrameSource,
    /// Counters run from 0 to one less than this, and start again.
    cycle: u16,
    last: Option<u16>,
    rising: u32,
    /// Whether some had come when the call was changed.
    had_come: bool,
    /// Whether the call is being changed: what comes may still be of before.
    is_changing: bool,
}

impl Sequence {
    /// That of the peer `own`, to which `expected` sends, both as they stand in a code.
    pub(super) const fn new(own: FrameSource, expected: FrameSource, cycle: u16) -> Self {
        Self {
            expected,
            former: None,
            own,
            cycle,
            last: None,
            rising: 0,
            had_come: false,
            is_changing: false,
        }
    }

    /// Takes the next one.
    pub(super) fn see(&mut self, source: FrameSource, counter: u16) -> Place {
        match source {
            source if source == self.expected => self.follow(counter),
            source if source == self.own => Place::Own,
            source if Some(source) == self.former => Place::Former,
            source if source.run == self.expected.run => Place::Foreign,
            _ => Place::Stale,
        }
    }

    fn follow(&mut self, counter: u16) -> Place {
        let step = self.last.map_or(1, |last| (counter + self.cycle - last) % self.cycle);
        self.last = Some(counter);
        match step {
            0 => Place::Repeated,
            // Counters go round: less than half a cycle ahead is forward (as RFC 1982 has it).
            step if step < self.cycle / 2 => {
                self.rising += 1;
                Place::Rising { missing: step - 1 }
            }
            _ => {
                self.rising = 0;
                Place::Backwards
            }
        }
    }

    /// From now on the other peer is to send as `source`. Its counter has nothing to do with the one before.
    pub(super) const fn expect(&mut self, source: FrameSource) {
        self.had_come |= self.last.is_some();
        (self.former, self.last) = (Some(self.expected), None);
        self.expected = source;
    }

    /// The call is changed from now on: until it begins anew nothing is enough.
    pub(super) const fn begin_change(&mut self) {
        self.begin_anew();
        self.is_changing = true;
    }

    /// Counts anew; the next one has to rise above the last one all the same.
    pub(super) const fn begin_anew(&mut self) {
        self.had_come |= self.last.is_some();
        self.rising = 0;
        self.is_changing = false;
    }

    /// Whether just as many rise as are needed.
    pub(super) const fn is_enough(&self, needed: u32) -> bool {
        self.rising == needed && !self.is_changing
    }

    /// Whether none but the last one has come, or has counted since it was one that ran backwards.
    pub(super) const fn is_first(&self) -> bool {
        self.rising == 1 && !self.had_come
    }
}
