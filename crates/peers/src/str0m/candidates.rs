//! Candidates in descriptions.

use str0m::{Candidate, error::IceError};

/// `sdp` with `candidates` in its first m-section, on which all others are bundled (RFC 9143), as str0m would write them there:
/// it writes those that it has when it makes a description, and makes none a second time.
pub(super) fn with_candidates(sdp: &str, candidates: &[Candidate]) -> String {
    let sections: Vec<_> = sdp.match_indices("\nm=").map(|(at, _)| at + 1).collect();
    let (first, rest) = sdp.split_at(sections.get(1).copied().unwrap_or(sdp.len()));
    let lines: String =
        candidates.iter().map(|candidate| format!("a={}\r\n", candidate.to_sdp_string())).collect();
    [first, &lines, rest].concat()
}

/// The candidates in `sdp`, each as it stands there without `a=`, and as str0m reads it.
pub(super) fn candidates_in(sdp: &str) -> impl Iterator<Item = (&str, Result<Candidate, IceError>)> {
    let lines = sdp.lines().map(str::trim_end).filter_map(|line| line.strip_prefix("a="));
    lines.filter(|line| line.starts_with("candidate:")).map(|line| (line, Candidate::from_sdp_string(line)))
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use super::*;

    const HOST: &str = "candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host";
    const NAMED: &str = "candidate:2 1 udp 2130706431 e3b0c442.local 5000 typ host";

    #[test]
    fn candidates_stand_in_the_first_m_section_and_are_found_there() {
        let host = Candidate::from_sdp_string(HOST).unwrap();
        let one = "v=0\r\nm=video 9 X 96\r\na=mid:0\r\n";
        let two = format!("{one}m=audio 9 X 97\r\na=mid:1\r\n");
        assert_eq!(with_candidates(one, from_ref(&host)), format!("{one}a={HOST}\r\n"));
        let both = with_candidates(&two, &[host]);
        assert_eq!(both, format!("{one}a={HOST}\r\nm=audio 9 X 97\r\na=mid:1\r\n"));
        assert_eq!(candidates_in(&both).map(|(text, _)| text).collect::<Vec<_>>(), [HOST]);
    }

    #[test]
    fn a_name_is_no_address() {
        let sdp = format!("v=0\r\na={HOST}\r\na={NAMED}\r\n");
        let read: Vec<_> = candidates_in(&sdp).map(|(text, read)| (text, read.is_ok())).collect();
        assert_eq!(read, [(HOST, true), (NAMED, false)]);
    }
}
