//! What a person pastes: descriptions and candidates, as pages and people write them.

use serde::Deserialize;
use tincan_harness::{IceCandidate, Role, Signal};

/// Puts lines together to the signals of the other side.
#[derive(Debug)]
pub struct Pasted {
    /// Whose signals they are.
    from: Role,
    /// The lines of a description that has begun.
    description: Vec<String>,
}

/// What `JSON.stringify` makes of a description.
#[derive(Deserialize)]
struct Description {
    sdp: String,
}

impl Pasted {
    /// Nothing yet, of the side `from`.
    pub const fn new(from: Role) -> Self {
        Self { from, description: Vec::new() }
    }

    /// Takes a line; answers the signals that it completes, and of what is nothing that can be pasted what it should be.
    pub fn line(&mut self, line: &str) -> Vec<Result<Signal, String>> {
        let line = line.trim_end();
        if is_of_sdp(line) && (!self.description.is_empty() || line.starts_with("v=")) {
            self.description.push(line.to_owned());
            return Vec::new();
        }
        let mut signals: Vec<_> = self.end().into_iter().map(Ok).collect();
        if !line.is_empty() {
            signals.push(self.alone(line));
        }
        signals
    }

    /// Nothing more is pasted: answers the description that this completes.
    pub fn end(&mut self) -> Option<Signal> {
        let lines = std::mem::take(&mut self.description);
        // Terminals drop what SDP needs (RFC 8866, section 5).
        let sdp: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        (!lines.is_empty()).then(|| Signal::description(self.from, sdp))
    }

    /// What stands on a line of its own.
    fn alone(&self, line: &str) -> Result<Signal, String> {
        if let Ok(Description { sdp }) = serde_json::from_str(line) {
            return Ok(Signal::description(self.from, sdp));
        }
        if let Ok(candidate) = serde_json::from_str::<IceCandidate>(line) {
            return Ok(Signal::candidate(candidate));
        }
        let bare = line.strip_prefix("a=").unwrap_or(line);
        if bare.starts_with("candidate:") {
            let candidate = bare.to_owned();
            // On the first m-section, on which all others are bundled (RFC 9143).
            return Ok(Signal::Candidate(IceCandidate {
                candidate,
                sdp_m_line_index: Some(0),
                ..IceCandidate::default()
            }));
        }
        Err("this is neither a description (from v=0 to an empty line, or as JSON) nor a candidate"
            .to_owned())
    }
}

/// Whether it has the form of a line of SDP (RFC 8866, section 5).
fn is_of_sdp(line: &str) -> bool {
    matches!(line.as_bytes(), [kind, b'=', ..] if kind.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signals(text: &str) -> Vec<Signal> {
        let mut pasted = Pasted::new(Role::Offerer);
        let mut signals: Vec<_> =
            text.lines().flat_map(|line| pasted.line(line)).map(Result::unwrap).collect();
        signals.extend(pasted.end());
        signals
    }

    #[test]
    fn a_description_ends_with_an_empty_line_a_candidate_or_the_end() {
        let offer = Signal::Offer("v=0\r\na=mid:0\r\n".to_owned());
        for text in
            ["v=0\na=mid:0", "v=0\r\na=mid:0\r\n\r\n", r#"{"type":"offer","sdp":"v=0\r\na=mid:0\r\n"}"#]
        {
            assert_eq!(signals(text), std::slice::from_ref(&offer), "{text}");
        }
        let followed = signals("v=0\na=mid:0\n{\"candidate\":\"candidate:1 1 udp\",\"sdpMid\":\"0\"}");
        assert_eq!(followed[0], offer);
        assert!(matches!(&followed[1], Signal::Candidate(found) if found.sdp_mid.as_deref() == Some("0")));
    }

    #[test]
    fn candidates_come_bare_or_as_json_and_end() {
        let found = signals("candidate:1 1 udp\na=candidate:2 1 udp\n{\"candidate\":\"\",\"sdpMid\":\"0\"}");
        assert!(matches!(
            &found[..],
            [Signal::Candidate(_), Signal::Candidate(_), Signal::EndOfCandidates(_)]
        ));
    }

    #[test]
    fn what_is_nothing_of_it_is_said_to_be_and_loses_nothing() {
        let mut pasted = Pasted::new(Role::Answerer);
        let neither = |error: &String| error.contains("neither a description");
        assert!(matches!(&pasted.line("hello")[..], [Err(error)] if neither(error)));
        assert_eq!(pasted.line("v=0"), []);
        let answer = Signal::Answer("v=0\r\n".to_owned());
        assert!(
            matches!(&pasted.line("hello")[..], [Ok(signal), Err(error)] if *signal == answer && neither(error))
        );
    }
}
