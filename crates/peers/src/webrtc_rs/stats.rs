//! What getStats says through a call.

use std::{mem, time::Duration};

use serde_json::Value;
use tincan_harness::{Detail, ReadBack, peer::StatsSample, timeline::PeerTime};
use webrtc::peer_connection::{PeerConnection, RTCStatsReport, RTCStatsReportEntry, StatsSelector};

/// From one sample to the next; a browser is asked as often.
pub const SAMPLE_INTERVAL: Duration = Duration::from_millis(250);
/// Beyond this, every second sample is dropped.
const MOST_SAMPLES: usize = 200;

/// Encoding and decoding are its users' business, it measures no round trip, and does not say over what it speaks to a relay.
pub(super) fn reads_back() -> ReadBack {
    ReadBack::everything().without(&[Detail::RelayProtocol, Detail::DecodedFrames, Detail::RoundTrip])
}

/// What has a place in webrtc-rs's statistics and is never counted there: encoding and decoding are its users' business,
/// and it measures no round trip. A 0 that nobody counted would be believed.
const NEVER_COUNTED: [&str; 8] = [
    "framesDecoded",
    "keyFramesDecoded",
    "framesRendered",
    "framesDropped",
    "framesEncoded",
    "keyFramesEncoded",
    "currentRoundTripTime",
    "totalRoundTripTime",
];

/// The samples of a call that is running.
#[derive(Debug)]
pub struct Samples {
    taken: Vec<StatsSample>,
    /// How many ticks there were.
    ticks: usize,
    /// Which ticks give a sample: every one, every second, every fourth...
    every: usize,
}

impl Samples {
    /// None yet.
    pub const fn new() -> Self {
        Self { taken: Vec::new(), ticks: 0, every: 1 }
    }

    /// Takes a sample, at a tick of [`SAMPLE_INTERVAL`], of a connection whose clock shows `at`.
    pub async fn tick(&mut self, connection: &dyn PeerConnection, at: PeerTime) {
        self.ticks += 1;
        if self.ticks.is_multiple_of(self.every) {
            let report = ask(connection).await;
            self.add(at, &report);
        }
    }

    /// Takes the last sample, and answers all.
    pub async fn end(&mut self, connection: &dyn PeerConnection, at: PeerTime) -> Vec<StatsSample> {
        let report = ask(connection).await;
        self.add(at, &report);
        mem::take(&mut self.taken)
    }

    /// A call that lasts long keeps every second sample, and is asked half as often from then on.
    fn add(&mut self, at: PeerTime, report: &RTCStatsReport) {
        self.taken.push(StatsSample { at, entries: report.iter().filter_map(entry).collect() });
        if self.taken.len() == MOST_SAMPLES {
            let mut keep = false;
            self.taken.retain(|_| {
                keep = !keep;
                keep
            });
            self.every *= 2;
        }
    }
}

async fn ask(connection: &dyn PeerConnection) -> RTCStatsReport {
    connection.get_stats(std::time::Instant::now(), StatsSelector::None).await
}

/// An entry as an object with `id` and `type` (webrtc-stats), with all that webrtc-rs counts.
fn entry(entry: &RTCStatsReportEntry) -> Option<Value> {
    use RTCStatsReportEntry as E;
    let entry = match entry {
        E::PeerConnection(stats) => serde_json::to_value(stats),
        E::Transport(stats) => serde_json::to_value(stats),
        E::IceCandidatePair(stats) => serde_json::to_value(stats),
        E::LocalCandidate(stats) | E::RemoteCandidate(stats) => serde_json::to_value(stats),
        E::Certificate(stats) => serde_json::to_value(stats),
        E::Codec(stats) => serde_json::to_value(stats),
        E::DataChannel(stats) => serde_json::to_value(stats),
        E::InboundRtp(stats) => serde_json::to_value(stats),
        E::OutboundRtp(stats) => serde_json::to_value(stats),
        E::RemoteInboundRtp(stats) => serde_json::to_value(stats),
        E::RemoteOutboundRtp(stats) => serde_json::to_value(stats),
        E::AudioSource(stats) => serde_json::to_value(stats),
        E::VideoSource(stats) => serde_json::to_value(stats),
        E::AudioPlayout(stats) => serde_json::to_value(stats),
        // The enum may grow.
        _ => return None,
    };
    let mut entry = entry.ok()?;
    entry.as_object_mut()?.retain(|field, _| !NEVER_COUNTED.contains(&field.as_str()));
    Some(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_call_has_few_samples_from_its_beginning_to_its_end() {
        let mut samples = Samples::new();
        let report = RTCStatsReport::default();
        for second in 0..1000 {
            samples.ticks += 1;
            if samples.ticks.is_multiple_of(samples.every) {
                samples.add(Duration::from_secs(second), &report);
            }
        }
        let at: Vec<_> = samples.taken.iter().map(|sample| sample.at.as_secs()).collect();
        assert!((MOST_SAMPLES / 2 - 1..MOST_SAMPLES).contains(&at.len()), "{} samples", at.len());
        assert!(at.is_sorted() && at[0] == 0 && at[at.len() - 1] > 990, "{at:?}");
    }
}
