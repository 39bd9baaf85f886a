//! Whether an offer and its answer leave a way for what is to flow.

use super::value::{Flow, Media};
use crate::signaling::Role;

/// What makes it impossible that `media` flow once this answer was given to this offer: who left something out, and what. None
/// if nothing does, or if the answer is none of that offer: what comes of that, the side says that is given it.
pub(crate) fn not_negotiated(media: Media, offer: &str, answer: &str) -> Option<(Role, String)> {
    let (offered, answered) = (sections(offer), sections(answer));
    if offered.len() != answered.len() {
        return None;
    }
    media.flows().find_map(|flow| flow_not_negotiated(flow, &offered, &answered))
}

/// The answer has to a section of the offer the one at its place (RFC 3264, section 6).
fn flow_not_negotiated(
    flow: Flow,
    offered: &[Section<'_>],
    answered: &[Section<'_>],
) -> Option<(Role, String)> {
    let kind = flow.section();
    let pairs = || offered.iter().zip(answered).filter(|(offer, _)| offer.kind == kind);
    if pairs().next().is_none() {
        return Some((Role::Offerer, format!("its offer has no m= section of {kind}")));
    }
    if !pairs().any(|(offer, _)| offer.has(flow)) {
        let all = list(pairs().flat_map(|(offer, _)| offer.codecs()));
        return Some((Role::Offerer, format!("its offer has no {}, but {all}", flow.encoding()?)));
    }
    if pairs().all(|(_, answer)| answer.is_rejected) {
        return Some((Role::Answerer, format!("its answer rejects the {kind} (its port is 0)")));
    }
    let taken = || pairs().filter(|(_, answer)| !answer.is_rejected);
    if !taken().any(|(_, answer)| answer.has(flow)) {
        let offers = |codec: &&str| {
            pairs().any(|(offer, _)| offer.codecs().any(|offered| offered.eq_ignore_ascii_case(codec)))
        };
        let answers: Vec<_> = taken().flat_map(|(_, answer)| answer.codecs()).collect();
        let what = match answers.iter().any(offers) {
            true => format!("its answer has no {} of the offer, but", flow.encoding()?),
            // The answer may name codecs of the offer only (RFC 3264, section 6.1).
            false => "its answer has no codec of the offer, but".to_owned(),
        };
        return Some((Role::Answerer, format!("{what} {}", list(answers.into_iter()))));
    }
    None
}

/// An m-section.
struct Section<'s> {
    kind: &'s str,
    is_rejected: bool,
    text: &'s str,
}

fn sections(sdp: &str) -> Vec<Section<'_>> {
    let starts =
        sdp.match_indices("m=").map(|(at, _)| at).filter(|at| *at == 0 || sdp[..*at].ends_with('\n'));
    let starts: Vec<_> = starts.collect();
    let ends = starts.iter().skip(1).copied().chain([sdp.len()]);
    let section = |(start, end): (&usize, usize)| {
        let text = &sdp[*start..end];
        let mut fields = text["m=".len()..].split_whitespace();
        let kind = fields.next().unwrap_or_default();
        Section { kind, is_rejected: fields.next() == Some("0"), text }
    };
    starts.iter().zip(ends).map(section).collect()
}

impl<'s> Section<'s> {
    /// The codecs that it maps, without retransmission and redundancy, which are none by themselves.
    fn codecs(&self) -> impl Iterator<Item = &'s str> + use<'s> {
        let maps = self.text.lines().filter_map(|line| line.strip_prefix("a=rtpmap:"));
        let name = |map: &'s str| map.split_once(' ')?.1.split('/').next();
        let is_codec = |name: &&str| {
            !["rtx", "red", "ulpfec", "flexfec-03"].contains(&name.to_ascii_lowercase().as_str())
        };
        maps.filter_map(name).filter(is_codec)
    }

    /// Whether the flow can be carried in it. Without a map there is a codec whose payload type is fixed (RFC 3551), and nothing
    /// to be said. Names of codecs have no case (RFC 4855).
    fn has(&self, flow: Flow) -> bool {
        let Some(encoding) = flow.encoding() else { return true };
        self.codecs().next().is_none() || self.codecs().any(|codec| codec.eq_ignore_ascii_case(encoding))
    }
}

/// Each once, in their order.
fn list<'s>(codecs: impl Iterator<Item = &'s str>) -> String {
    let mut each: Vec<&str> = Vec::new();
    for codec in codecs {
        if !each.contains(&codec) {
            each.push(codec);
        }
    }
    if each.is_empty() { "nothing".to_owned() } else { each.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn video(port: u16, codecs: &str) -> String {
        let map = |(codec, number)| format!("a=rtpmap:{number} {codec}/90000\r\n");
        let maps: String = codecs.split_whitespace().zip(96..).map(map).collect();
        format!("m=video {port} UDP/TLS/RTP/SAVPF 96\r\n{maps}")
    }

    fn lacking(media: &str, offer: &str, answer: &str) -> Option<(Role, String)> {
        let sdp = |sections: &str| format!("v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\n{sections}");
        not_negotiated(media.parse().unwrap(), &sdp(offer), &sdp(answer))
    }

    #[test]
    fn what_both_have_can_flow() {
        let many = video(9, "VP8 rtx VP9");
        // No map: a codec whose payload type is fixed.
        for (media, answer) in [("vp8", "vp8"), ("vp9", "VP9"), ("vp8", "VP8 rtx VP9"), ("vp8", "")] {
            assert_eq!(lacking(media, &many, &video(9, answer)), None, "{media}");
        }
        // Another number of sections is no answer to this offer: who is given it says so.
        assert_eq!(lacking("vp8", &many.repeat(2), &video(0, "VP9")), None);
    }

    #[test]
    fn who_left_out_what_is_told() {
        use Role::{Answerer, Offerer};
        let many = video(9, "VP8 rtx VP9");
        for (media, answer, role, what) in [
            ("h264", many.clone(), Offerer, "its offer has no H264, but VP8, VP9"),
            ("opus", many.clone(), Offerer, "its offer has no m= section of audio"),
            ("data", many.clone(), Offerer, "its offer has no m= section of application"),
            ("vp8", video(0, "VP8"), Answerer, "its answer rejects the video (its port is 0)"),
            ("vp9", video(9, "VP8"), Answerer, "its answer has no VP9 of the offer, but VP8"),
            ("vp9", video(9, "H264"), Answerer, "its answer has no codec of the offer, but H264"),
        ] {
            assert_eq!(lacking(media, &many, &answer), Some((role, what.to_owned())));
        }
    }

    #[test]
    fn one_rejected_section_of_two_leaves_the_other() {
        let [rejected, taken] = [0, 9].map(|port| video(port, "VP8"));
        assert_eq!(lacking("vp8", &taken.repeat(2), &[rejected, taken].concat()), None);
    }
}
