//! What the probe costs the page that it watches: the same call with it and without, in pairs.

use std::io::{Error, Result};

use rand::seq::SliceRandom;
use tincan_measure::comparison::{Contrast, Pair};
use tincan_peers::{browser::Tab, page_server::PageServer};

use crate::floor_in;

/// How many calls with the probe are compared with as many without.
const PAIRS: usize = 60;
/// A difference below this is none, in milliseconds.
const MARGIN_MS: f64 = 3.0;

/// The shift from calls without the probe to calls with it. Which of a pair comes first is drawn.
pub async fn cost(tab: &Tab, server: &PageServer) -> Result<Contrast> {
    let mut pairs = Vec::new();
    for _ in 0..PAIRS {
        let mut order = [false, true];
        order.shuffle(&mut rand::rng());
        let mut pair = Pair { first_ms: 0.0, second_ms: 0.0 };
        for watched in order {
            let ms = floor_in(tab, server, true, watched).await?;
            *(if watched { &mut pair.second_ms } else { &mut pair.first_ms }) = ms;
        }
        pairs.push(pair);
    }
    Contrast::of(&pairs, MARGIN_MS, 1).ok_or_else(|| Error::other("no shift between 60 pairs"))
}

/// How far from none the shift is for certain: the end of its interval that is nearer to 0, in milliseconds.
pub fn surely(probe: &Contrast) -> f64 {
    probe.shift_ms.low.max(-probe.shift_ms.high).max(0.0)
}
