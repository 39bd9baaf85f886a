//! What is clicked to change a call that is up.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tincan_harness::procedure::Act;

/// What to click to change a call that is up, in either role. But for `hang_up`, a new offer is then made and its answer taken as
/// the offerer does it, on the same page; the other side does what an answerer does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActControls {
    /// To restart ICE.
    pub restart_ice: Option<String>,
    /// To send video as well.
    pub add_video: Option<String>,
    /// To send sound as well.
    pub add_audio: Option<String>,
    /// To open data channels.
    pub add_data: Option<String>,
    /// To make everything inactive.
    pub hold: Option<String>,
    /// To send and receive again.
    pub resume: Option<String>,
    /// To close the connection.
    pub hang_up: Option<String>,
}

impl ActControls {
    /// What can be done with them.
    pub(super) fn acts(&self) -> BTreeSet<Act> {
        self.controls().into_iter().map(|(act, _)| act).collect()
    }

    /// Each that there is, with what it does.
    pub(crate) fn controls(&self) -> Vec<(Act, &str)> {
        let controls = [
            (Act::RestartIce, &self.restart_ice),
            (Act::AddVideo, &self.add_video),
            (Act::AddAudio, &self.add_audio),
            (Act::AddData, &self.add_data),
            (Act::Hold, &self.hold),
            (Act::Resume, &self.resume),
            (Act::HangUp, &self.hang_up),
        ];
        controls.into_iter().filter_map(|(act, control)| Some((act, control.as_deref()?))).collect()
    }
}
