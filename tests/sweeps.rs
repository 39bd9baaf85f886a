//! What every sweep has to show, whoever calls: that what should wait for the STUN server did. What comes after is up to the
//! peers, and trickle between two of webrtc-rs takes a second more now and then.

use tincan_measure::{
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
    // What waits for the server waits about as long as it takes, and what does not hardly at all.
    let longest_ms = sweep.stun_delays_ms.iter().copied().max().unwrap_or_default();
    let waited = [Arm::Vanilla, Arm::Trickle].map(|arm| descriptions_waited(sweep, arm, longest_ms));
    match waited {
        [Some(vanilla), Some(trickle)]
            if trickle < longest_ms as f64 / 2.0 && vanilla >= longest_ms as f64 / 2.0 =>
        {
            Ok(())
        }
        _ => Err(format!("descriptions of vanilla and trickle waited {waited:?} ms for {longest_ms} ms")),
    }
}

/// How long the descriptions of a call were held back, in milliseconds: the median of the calls of `arm` at one delay.
fn descriptions_waited(sweep: &Sweep, arm: Arm, delay_ms: u64) -> Option<f64> {
    let of_arm =
        sweep.points.iter().filter(|point| point.sample.arm == arm && point.stun_delay_ms == delay_ms);
    median(&of_arm.filter_map(|point| Some(point.sample.phases?.gathering_ms)).collect::<Vec<_>>())
}
