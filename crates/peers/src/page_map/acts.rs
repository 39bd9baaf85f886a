//! What is clicked to change a call that is up.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tincan_harness::procedure::Act;

/// What to click to change a call that is up, in either role. But for `hang_up`, the page then waits for the click on its
/// `create_offer`; the other side takes the new offer by its `receive_offer`.
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
        let controls = [
            (Act::RestartIce, &self.restart_ice),
            (Act::AddVideo, &self.add_video),
            (Act::AddAudio, &self.add_audio),
            (Act::AddData, &self.add_data),
            (Act::Hold, &self.hold),
            (Act::Resume, &self.resume),
            (Act::HangUp, &self.hang_up),
        ];
        controls.into_iter().filter(|(_, control)| control.is_some()).map(|(act, _)| act).collect()
    }
}
