//! What every sweep has to show, whoever calls: how long descriptions waited, not how long calls took. What comes after is
//! up to the peers, and webrtc-rs takes a second more now and then.

use tincan_harness::{
    comparison::{Arm, median},
    sweep::Sweep,
};

/// An error unless the calls of vanilla waited for the STUN server, and the descriptions of trickle did not.
///
/// # Errors
/// Which call or mode it was, and how long it waited.
pub fn wait_as_they_should(sweep: &Sweep) -> Result<(), String> {
    if sweep.is_partial() {
        return Err(format!("only {} calls were made", sweep.points.len()));
    }
    for point in &sweep.points {
        let (sample, delay_ms) = (&point.sample, point.stun_delay_ms as f64);
        let took_ms = sample.first_frame_ms.ok_or_else(|| format!("left out: {:?}", sample.left_out))?;
        // The offer waits for the server's answer, which does not come before its time.
        if sample.arm == Arm::Vanilla && took_ms < delay_ms {
            return Err(format!("vanilla took {took_ms} ms, and the server answered after {delay_ms} ms"));
        }
    }
    let longest_ms = sweep.stun_delays_ms.iter().copied().max().unwrap_or_default();
    let waited: Vec<_> = sweep
        .points
        .iter()
        .filter(|point| point.sample.arm == Arm::Trickle && point.stun_delay_ms == longest_ms)
        .filter_map(|point| Some(point.sample.phases?.gathering_ms))
        .collect();
    match median(&waited) {
        Some(waited_ms) if waited_ms < longest_ms as f64 => Ok(()),
        waited_ms => Err(format!("descriptions of trickle waited {waited_ms:?} ms")),
    }
}
