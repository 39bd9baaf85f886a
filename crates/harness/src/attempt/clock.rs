//! One clock for both sides of an attempt.

use std::time::Duration;

use crate::{
    exchange::Exchange,
    signaling::Role,
    timeline::{Milestone, PeerTime},
};

/// Brings the stamps of both sides to one zero: the click, or the start of the call if there was no click.
pub(super) struct Clock<'e> {
    exchange: &'e Exchange,
    zero: Duration,
}

impl<'e> Clock<'e> {
    pub(super) fn of(exchange: &'e Exchange) -> Self {
        let mut clock = Self { exchange, zero: Duration::ZERO };
        if let Some(click) = exchange.offerer.timeline.at(Milestone::OfferRequested) {
            clock.zero = clock.align(Role::Offerer, click);
        }
        clock
    }

    fn align(&self, role: Role, at: PeerTime) -> Duration {
        let side = self.exchange.side(role);
        // Without an alignment (the peer died) its own first stamp is the best zero there is.
        let first = || side.timeline.iter().map(|found| found.at).min().unwrap_or(at);
        side.evidence.clock.map_or_else(|| at.saturating_sub(first()), |clock| clock.align(at))
    }

    pub(super) fn ms(&self, role: Role, at: PeerTime) -> f64 {
        round(ms(self.align(role, at)) - ms(self.zero))
    }
}

pub(super) fn ms(duration: Duration) -> f64 {
    round(duration.as_secs_f64() * 1000.0)
}

/// To a microsecond: no clock here is better.
pub(super) fn round(ms: f64) -> f64 {
    (ms * 1000.0).round() / 1000.0
}
