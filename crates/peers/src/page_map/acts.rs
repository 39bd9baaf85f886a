//! What is clicked to change a call that is up.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tincan_harness::procedure::Act;

/// What to click to change a call that is up, in either role. Where that takes an offer ([`Act::is_offered`]), it is then made and its
/// answer taken as the offerer does it, on the same page; the other side does what an answerer does.
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
    /// To send the video no more.
    pub remove_track: Option<String>,
    /// To send a track of a camera that is opened anew, and to stop the one before.
    pub replace_track: Option<String>,
    /// To send the screen in the place of the camera.
    pub share_screen: Option<String>,
    /// To take back the offer that was made.
    pub roll_back: Option<String>,
    /// Whether the page takes an offer while its own one is out, which it takes back for that.
    #[serde(default)]
    pub gives_way: bool,
    /// To close the data channels.
    pub close_channels: Option<String>,
    /// To close the connection.
    pub hang_up: Option<String>,
}

impl ActControls {
    /// What can be done with them.
    pub(super) fn acts(&self) -> BTreeSet<Act> {
        let gives_way = self.gives_way.then_some(Act::GiveWay);
        let acts: BTreeSet<_> = self.controls().into_iter().map(|(act, _)| act).chain(gives_way).collect();
        // Where a call can be changed a new offer can be made, with the control for the first.
        let again = (!acts.is_empty()).then_some(Act::Offer);
        acts.into_iter().chain(again).collect()
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
            (Act::RemoveTrack, &self.remove_track),
            (Act::ReplaceTrack, &self.replace_track),
            (Act::ShareScreen, &self.share_screen),
            (Act::RollBack, &self.roll_back),
            (Act::CloseChannels, &self.close_channels),
            (Act::HangUp, &self.hang_up),
        ];
        controls.into_iter().filter_map(|(act, control)| Some((act, control.as_deref()?))).collect()
    }
}
