//! Whether media went in the directions that were asked for, and in no other.

use super::{
    found::{Found, otherwise},
    read_back::told,
};
use crate::{
    abilities::Detail,
    exchange::Exchange,
    getstats::rtp_packets,
    media::{Direction, Flow},
    scenario::Scenario,
    signaling::Role,
    stage::Stage,
};

/// The directions that were negotiated are those that were asked for, as far as the side can tell.
pub(super) fn directions(scenario: &Scenario, exchange: &Exchange, role: Role) -> Result<(), Found> {
    if !scenario.procedure.is_directed() {
        return Ok(());
    }
    let (side, asked) = (exchange.side(role), scenario.procedure.direction(role));
    for flow in scenario.media.flows() {
        let (kind, found): (_, Option<Direction>) = match flow {
            Flow::Video(_) => ("video", side.evidence.video_direction),
            Flow::Audio(_) => ("sound", side.evidence.audio_direction),
            Flow::Data => continue,
        };
        if let Some(found) = told(side, Detail::Direction, found)?.filter(|found| *found != asked) {
            let what = format!("the direction of its {kind} is {found}, asked for {asked}");
            return otherwise(Stage::Answer, what);
        }
    }
    Ok(())
}

/// Nothing was sent, and nothing has come, that is not to be sent.
pub(super) fn nothing_else(scenario: &Scenario, exchange: &Exchange, role: Role) -> Result<(), Found> {
    let Scenario { media, procedure, .. } = *scenario;
    if !procedure.is_directed() {
        return Ok(());
    }
    for flow in media.flows() {
        if !procedure.sends(role, flow, media) {
            counted_nothing(exchange, role, flow, "outbound-rtp", "packetsSent")?;
        }
        if !procedure.sends(role.other(), flow, media) {
            counted_nothing(exchange, role, flow, "inbound-rtp", "packetsReceived")?;
            saw_nothing(exchange, role, flow)?;
        }
    }
    Ok(())
}

fn counted_nothing(
    exchange: &Exchange,
    role: Role,
    flow: Flow,
    stream: &'static str,
    field: &str,
) -> Result<(), Found> {
    let Some(last) = exchange.side(role).evidence.stats.last() else { return Ok(()) };
    match rtp_packets(&last.entries, stream, flow.section(), field) {
        0 => Ok(()),
        count => otherwise(
            Stage::MediaReceived,
            format!(
                "its getStats has {count} in {field} of {flow}, in a direction in which nobody was to send"
            ),
        ),
    }
}

fn saw_nothing(exchange: &Exchange, role: Role, flow: Flow) -> Result<(), Found> {
    let received = &exchange.side(role).received;
    let (count, what) = match flow {
        Flow::Video(_) => (received.frames.seen, "pictures were shown"),
        // A page hears silence where nothing comes.
        Flow::Audio(_) => (received.sounds.heard - received.sounds.silent, "lengths of sound were heard"),
        Flow::Data => return Ok(()),
    };
    match count {
        0 => Ok(()),
        count => {
            let what = format!("{count} {what}, and the other side was not to send any");
            otherwise(Stage::MediaIdentified, what)
        }
    }
}
