//! What is read from an SDP: the candidates, for a verdict (RFC 8839, section 5.1); its structure and its layout, for
//! comparing; and what is asked of a peer about one that it is given by itself.

pub mod description;
pub mod difference;
pub mod layout;
mod normal;
pub mod question;
pub mod reaction;
pub mod set;
pub mod shrink;

/// The candidates that a description holds, each as its `candidate-attribute`, without `a=`.
pub fn candidates(sdp: &str) -> impl Iterator<Item = &str> {
    sdp.lines()
        .filter_map(|line| line.strip_prefix("a="))
        .filter(|attribute| attribute.starts_with("candidate:"))
}

/// The connection address of a host candidate (RFC 8839, section 5.1); none of another one.
#[must_use]
pub fn host_address(candidate: &str) -> Option<&str> {
    let mut fields = candidate.split_whitespace().skip(4);
    let address = fields.next()?;
    (fields.nth(2)? == "host").then_some(address)
}

/// Whether an address is a name of mDNS (RFC 6762, section 3).
#[must_use]
pub fn is_name(address: &str) -> bool {
    address.to_ascii_lowercase().ends_with(".local")
}

/// What makes two spellings of a candidate the same: foundation, component, transport, priority, address, port, type.
/// The attributes behind them (`generation`, `network-cost`, …) are written in one place and not in another.
#[must_use]
pub fn candidate_key(candidate: &str) -> String {
    let candidate = candidate.trim_start_matches("a=").trim_start_matches("candidate:");
    candidate.split_whitespace().take(8).collect::<Vec<_>>().join(" ").to_ascii_lowercase()
}

/// The ICE user name fragment of a description (RFC 8839, section 5.4): that of its first m-section, on which all others are
/// bundled.
#[must_use]
pub fn user_name_fragment(sdp: &str) -> Option<&str> {
    sdp.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).map(str::trim_end)
}

/// In which direction each m-section of sound or video goes (RFC 8866, section 6.7): as it says, or the session for all of them,
/// or `sendrecv`. One that is rejected goes nowhere, and is left out.
pub fn directions(sdp: &str) -> impl Iterator<Item = &str> {
    let (mut session, mut sections) = ("sendrecv", Vec::new());
    for line in sdp.lines().map(str::trim_end) {
        if let Some(section) = line.strip_prefix("m=") {
            let mut fields = section.split_whitespace();
            let is_media = matches!(fields.next(), Some("audio" | "video"));
            let is_rejected = fields.next() == Some("0");
            sections.push((is_media && !is_rejected, session));
        } else if let Some(direction) = line.strip_prefix("a=").filter(|attribute| is_direction(attribute)) {
            *sections.last_mut().map_or(&mut session, |(_, direction)| direction) = direction;
        }
    }
    sections.into_iter().filter(|(counts, _)| *counts).map(|(_, direction)| direction)
}

/// Whether every section of `kind` (`video`, `audio`) has the port 0, and there is one: it is rejected, or stopped (RFC 8829, sections
/// 5.2.2 and 5.3.1).
#[must_use]
pub fn is_rejected(sdp: &str, kind: &str) -> bool {
    let ports = sdp.lines().filter_map(|line| {
        let mut fields = line.strip_prefix("m=")?.split_whitespace();
        (fields.next() == Some(kind)).then(|| fields.next() == Some("0"))
    });
    ports.reduce(|all, is_rejected| all && is_rejected).unwrap_or_default()
}

fn is_direction(attribute: &str) -> bool {
    matches!(attribute, "sendrecv" | "sendonly" | "recvonly" | "inactive")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_rejected_if_no_section_of_it_is_taken() {
        let sdp = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\nm=video 0 UDP/TLS/RTP/SAVPF 96\r\n";
        assert!(is_rejected(sdp, "video") && !is_rejected(sdp, "audio") && !is_rejected(sdp, "application"));
        assert!(!is_rejected(&format!("{sdp}m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"), "video"));
    }

    #[test]
    fn a_section_goes_as_it_says_or_as_the_session_does() {
        let of = |sdp: &str| {
            directions(&sdp.replace(' ', "\r\n").replace('_', " ")).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(of("v=0 m=audio_9_X_0 m=video_9_X_1 a=recvonly"), ["sendrecv", "recvonly"]);
        assert_eq!(of("v=0 a=inactive m=audio_9_X_0 a=sendonly m=video_9_X_1"), ["sendonly", "inactive"]);
        assert_eq!(
            of("v=0 m=audio_0_X_0 a=sendonly m=application_9_X a=inactive m=video_9_X_1"),
            ["sendrecv"]
        );
    }

    #[test]
    fn a_host_candidate_has_an_address_or_a_name() {
        let candidate =
            |address: &str, kind: &str| format!("candidate:1 1 udp 2113937151 {address} 5000 typ {kind}");
        let name = "0a1b2c3d-0000-4000-8000-0123456789ab.local";
        for (address, hides) in
            [(name, true), ("192.0.2.1", false), ("2001:db8::1", false), ("A.LOCAL", true)]
        {
            assert_eq!(host_address(&candidate(address, "host")).map(is_name), Some(hides), "{address}");
        }
        assert_eq!(host_address(&candidate("192.0.2.1", "srflx raddr 0.0.0.0")), None);
        assert_eq!(host_address("candidate:1 1 udp"), None);
    }

    #[test]
    fn the_fragment_is_that_of_the_first_section_that_has_one() {
        assert_eq!(user_name_fragment("v=0\r\na=ice-ufrag:ab+/\r\na=ice-ufrag:cd\r\n"), Some("ab+/"));
        assert_eq!(user_name_fragment("v=0\r\n"), None);
    }
}
