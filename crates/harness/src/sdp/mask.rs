//! Masks what identifies somebody in an SDP, at the same width and in the same form, so that nothing structural is lost.
//!
//! Within one text, equal values get equal masks: an SSRC on several lines, a port that is also a `rport`, the ufrag of a
//! candidate. Values that mean "nothing" stay: port 0 and 9, `0.0.0.0`, `::`, the loopback addresses, and the `-` or `*`
//! of a msid. Where a value is too short to be told from others, masks may coincide. The form is RFC 8866, the attributes RFC 8839 (ICE), 5576 (ssrc), 8830 (msid) and 8122 (fingerprint).

// From core, which has the notation of addresses and no sockets.
use core::net::{IpAddr, Ipv4Addr};
use std::collections::HashMap;

/// What can be masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Secret {
    /// The session id in `o=`, and its version where that is drawn at random.
    SessionId,
    /// Addresses in `o=`, `c=`, `a=rtcp` and candidates; a name under `.local` stays one.
    Address,
    /// Ports in `m=`, `a=rtcp` and candidates.
    Port,
    /// `a=ice-ufrag`, and the `ufrag` of candidates.
    Ufrag,
    /// `a=ice-pwd`.
    Password,
    /// The digest in `a=fingerprint`; the name of the hash function stays.
    Fingerprint,
    /// The SSRC in `a=ssrc` and `a=ssrc-group`.
    Ssrc,
    /// The canonical name in `a=ssrc` (RFC 5576, section 6.1).
    Cname,
    /// The ids of streams and tracks in `a=msid`, `a=msid-semantic` and `a=ssrc`.
    Msid,
    /// The foundation of a candidate, which implementations compute from its address (RFC 8445, section 5.1.1.3).
    Foundation,
    /// The priority of a candidate, which tells of the interface (RFC 8445, section 5.1.2).
    Priority,
}

impl Secret {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::SessionId,
        Self::Address,
        Self::Port,
        Self::Ufrag,
        Self::Password,
        Self::Fingerprint,
        Self::Ssrc,
        Self::Cname,
        Self::Msid,
        Self::Foundation,
        Self::Priority,
    ];
}

/// A version of more digits than this is drawn; a shorter one counts (RFC 8829, section 5.2.1) and stays.
const COUNTED_DIGITS: usize = 4;

/// The SDP, or the bare candidate attribute, with the values of `secrets` masked. What is not known stays as it is, and so
/// do the ends of lines.
#[must_use]
pub fn mask(sdp: &str, secrets: &[Secret]) -> String {
    let mut masks = Masks { secrets, known: HashMap::new(), count: HashMap::new() };
    sdp.split_inclusive('\n').map(|line| masks.line(line)).collect()
}

struct Masks<'s> {
    secrets: &'s [Secret],
    known: HashMap<(Secret, String), String>,
    count: HashMap<Secret, usize>,
}

impl Masks<'_> {
    fn line(&mut self, line: &str) -> String {
        let text = line.trim_end_matches(['\r', '\n']);
        let end = &line[text.len()..];
        let bare = text.strip_prefix("a=").unwrap_or(text);
        let prefix = &text[..text.len() - bare.len()];
        let masked = match text.split_once('=') {
            _ if bare.starts_with("candidate:") => self.candidate(bare),
            Some(("o", rest)) => format!("o={}", self.origin(rest)),
            Some(("c", rest)) => format!("c={}", self.words(rest, |at| (at == 2).then_some(Secret::Address))),
            Some(("m", rest)) => format!("m={}", self.words(rest, |at| (at == 1).then_some(Secret::Port))),
            Some(("a", rest)) => self.attribute(rest),
            _ => text.to_owned(),
        };
        format!("{prefix}{}{end}", masked.strip_prefix(prefix).unwrap_or(&masked))
    }

    fn attribute(&mut self, attribute: &str) -> String {
        let Some((name, value)) = attribute.split_once(':') else { return attribute.to_owned() };
        let value = match name {
            "ice-ufrag" => self.one(Secret::Ufrag, value),
            "ice-pwd" => self.one(Secret::Password, value),
            "fingerprint" => self.words(value, |at| (at == 1).then_some(Secret::Fingerprint)),
            "rtcp" => {
                self.words(value, |at| [Some(Secret::Port), None, None, Some(Secret::Address)][at.min(3)])
            }
            "remote-candidates" => {
                self.words(value, |at| [None, Some(Secret::Address), Some(Secret::Port)][at % 3])
            }
            "msid" => self.words(value, |_| Some(Secret::Msid)),
            // The value may begin with a blank: the first word is the semantic all the same.
            "msid-semantic" => {
                let semantic = usize::from(value.starts_with(' '));
                self.words(value, |at| (at > semantic).then_some(Secret::Msid))
            }
            "ssrc-group" => self.words(value, |at| (at > 0).then_some(Secret::Ssrc)),
            "ssrc" => self.source(value),
            _ => return attribute.to_owned(),
        };
        format!("{name}:{value}")
    }

    /// `o=<username> <sess-id> <sess-version> IN IP4 <address>` (RFC 8866, section 5.2).
    fn origin(&mut self, value: &str) -> String {
        let drawn = value.split(' ').nth(2).is_some_and(|version| version.len() > COUNTED_DIGITS);
        self.words(value, |at| match at {
            1 => Some(Secret::SessionId),
            2 if drawn => Some(Secret::SessionId),
            5 => Some(Secret::Address),
            _ => None,
        })
    }

    /// `a=ssrc:<ssrc> <attribute>:<value>` (RFC 5576, section 4.1).
    fn source(&mut self, value: &str) -> String {
        let (ssrc, rest) = value.split_once(' ').map_or((value, None), |(ssrc, rest)| (ssrc, Some(rest)));
        let ssrc = self.one(Secret::Ssrc, ssrc);
        let Some(rest) = rest else { return ssrc };
        let rest = match rest.split_once(':') {
            Some(("cname", cname)) => format!("cname:{}", self.one(Secret::Cname, cname)),
            Some((name @ ("msid" | "mslabel" | "label"), ids)) => {
                format!("{name}:{}", self.words(ids, |_| Some(Secret::Msid)))
            }
            _ => rest.to_owned(),
        };
        format!("{ssrc} {rest}")
    }

    /// `candidate:<foundation> <component> <transport> <priority> <address> <port> typ <type> …` (RFC 8839, section 5.1).
    fn candidate(&mut self, candidate: &str) -> String {
        let value = candidate.strip_prefix("candidate:").unwrap_or(candidate);
        let words: Vec<_> = value.split(' ').collect();
        let secret = |at: usize| match (at, at.checked_sub(1).and_then(|before| words.get(before))) {
            (0, _) => Some(Secret::Foundation),
            (3, _) => Some(Secret::Priority),
            (4, _) => Some(Secret::Address),
            (5, _) => Some(Secret::Port),
            (_, Some(&"raddr")) => Some(Secret::Address),
            (_, Some(&"rport")) => Some(Secret::Port),
            (_, Some(&"ufrag")) => Some(Secret::Ufrag),
            _ => None,
        };
        format!("candidate:{}", self.words(value, secret))
    }

    /// Masks the words of `value`, which are told by their place, from 0.
    fn words(&mut self, value: &str, secret: impl Fn(usize) -> Option<Secret>) -> String {
        let masked = value.split(' ').enumerate().map(|(at, word)| match secret(at) {
            Some(secret) => self.one(secret, word),
            None => word.to_owned(),
        });
        masked.collect::<Vec<_>>().join(" ")
    }

    fn one(&mut self, secret: Secret, value: &str) -> String {
        if !self.secrets.contains(&secret) || means_nothing(secret, value) {
            return value.to_owned();
        }
        let known = (secret, value.to_owned());
        if let Some(mask) = self.known.get(&known) {
            return mask.clone();
        }
        let count = self.count.entry(secret).or_insert(0);
        *count += 1;
        let mask = cover(value, *count);
        self.known.insert(known, mask.clone());
        mask
    }
}

fn means_nothing(secret: Secret, value: &str) -> bool {
    match secret {
        Secret::Port => matches!(value, "0" | "9"),
        Secret::Msid => matches!(value, "-" | "*"),
        Secret::Address => {
            value.parse::<IpAddr>().is_ok_and(|address| address.is_unspecified() || address.is_loopback())
        }
        _ => false,
    }
}

/// The mask of the `count`-th value of its kind, in the form of `value`.
fn cover(value: &str, count: usize) -> String {
    match value.strip_suffix(".local") {
        Some(name) => format!("{}.local", filled(name, '0', count)),
        None if value.parse::<Ipv4Addr>().is_ok() => filled(value, '0', count),
        None if value.contains(':') => led_by_one(&filled(value, '0', count)),
        None if value.bytes().all(|byte| byte.is_ascii_digit()) => led_by_one(&filled(value, '0', count)),
        None if value.contains('-') => filled(value, '0', count),
        None => filled(value, 'x', count),
    }
}

/// Everything but the separators becomes `filler`, and the last places become the digits of `count`.
fn filled(value: &str, filler: char, count: usize) -> String {
    let mut digits = count;
    let mut masked: Vec<char> = value.chars().collect();
    for letter in masked.iter_mut().rev().filter(|letter| !matches!(letter, '.' | ':' | '-' | '%')) {
        *letter = match digits {
            0 => filler,
            _ => char::from_digit((digits % 10) as u32, 10).unwrap_or(filler),
        };
        digits /= 10;
    }
    let masked: String = masked.into_iter().collect();
    if value.parse::<Ipv4Addr>().is_ok() { without_leading_zeros(&masked) } else { masked }
}

/// An octet of IPv4 has no leading zeros: `000` becomes `100`.
fn without_leading_zeros(address: &str) -> String {
    let octet = |octet: &str| if octet.len() > 1 { led_by_one(octet) } else { octet.to_owned() };
    address.split('.').map(octet).collect::<Vec<_>>().join(".")
}

/// A number keeps its width only if it does not begin with 0.
fn led_by_one(number: &str) -> String {
    match number.strip_prefix('0') {
        Some(rest) if !rest.is_empty() => format!("1{rest}"),
        _ => number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SDP: &str = "v=0\r\n\
        o=- 6854019771498825024 2 IN IP4 127.0.0.1\r\n\
        a=msid-semantic: WMS f5dbc415-42e9-496b-a50c-a63572fd24aa\r\n\
        m=video 60640 UDP/TLS/RTP/SAVPF 96\r\n\
        c=IN IP4 192.0.2.2\r\n\
        a=rtcp:9 IN IP4 0.0.0.0\r\n\
        a=candidate:2404346676 1 udp 2113937151 192.0.2.2 60640 typ host generation 0 ufrag x2/w\r\n\
        a=candidate:24 1 udp 16777215 198.51.100.7 60641 typ srflx raddr 192.0.2.2 rport 60640\r\n\
        a=candidate:3 1 udp 99 fd00::2 40263 typ host\r\n\
        a=candidate:4 1 udp 99 0a1b2c3d-0000-4000-8000-0123456789ab.local 40264 typ host\r\n\
        a=ice-ufrag:x2/w\r\n\
        a=ice-pwd:ohO2jwBn6459YOeYV3UVgf1J\r\n\
        a=fingerprint:sha-256 40:98:AB\r\n\
        a=rtpmap:96 VP8/90000\r\n\
        a=x-unknown:192.0.2.2\r\n\
        a=msid:- e662dfe1-1b54-4012-857c-8fa43d558a7b\r\n\
        a=ssrc-group:FID 1772097224 1923351441\r\n\
        a=ssrc:1772097224 cname:mkwK6DYK\r\n\
        a=ssrc:1923351441 msid:f5dbc415-42e9-496b-a50c-a63572fd24aa e662dfe1-1b54-4012-857c-8fa43d558a7b\r\n";

    const MASKED: &str = "v=0\r\n\
        o=- 1000000000000000001 2 IN IP4 127.0.0.1\r\n\
        a=msid-semantic: WMS 00000000-0000-0000-0000-000000000001\r\n\
        m=video 10001 UDP/TLS/RTP/SAVPF 96\r\n\
        c=IN IP4 100.0.0.1\r\n\
        a=rtcp:9 IN IP4 0.0.0.0\r\n\
        a=candidate:1000000001 1 udp 1000000001 100.0.0.1 10001 typ host generation 0 ufrag xxx1\r\n\
        a=candidate:12 1 udp 10000002 100.10.100.2 10002 typ srflx raddr 100.0.0.1 rport 10001\r\n\
        a=candidate:3 1 udp 13 1000::3 10003 typ host\r\n\
        a=candidate:4 1 udp 13 00000000-0000-0000-0000-000000000004.local 10004 typ host\r\n\
        a=ice-ufrag:xxx1\r\n\
        a=ice-pwd:xxxxxxxxxxxxxxxxxxxxxxx1\r\n\
        a=fingerprint:sha-256 10:00:01\r\n\
        a=rtpmap:96 VP8/90000\r\n\
        a=x-unknown:192.0.2.2\r\n\
        a=msid:- 00000000-0000-0000-0000-000000000002\r\n\
        a=ssrc-group:FID 1000000001 1000000002\r\n\
        a=ssrc:1000000001 cname:xxxxxxx1\r\n\
        a=ssrc:1000000002 msid:00000000-0000-0000-0000-000000000001 00000000-0000-0000-0000-000000000002\r\n";

    #[test]
    fn equal_values_get_equal_masks_of_the_same_width_and_form() {
        assert_eq!(mask(SDP, &Secret::ALL), MASKED);
        assert_eq!(MASKED.len(), SDP.len());
    }

    #[test]
    fn only_what_is_asked_for_is_masked() {
        assert_eq!(mask(SDP, &[]), SDP);
        for secret in Secret::ALL {
            let masked = mask(SDP, &[secret]);
            assert_ne!(masked, SDP, "{secret:?}");
            assert_eq!(masked.len(), SDP.len(), "{secret:?}");
        }
        assert!(mask(SDP, &[Secret::Port]).contains("192.0.2.2 10001 typ host"));
    }

    #[test]
    fn a_bare_candidate_is_masked_too() {
        let candidate = "candidate:1 1 tcp 1518280447 192.0.2.2 9 typ host tcptype active ufrag Ab+/";
        let masked = "candidate:1 1 tcp 1000000001 100.0.0.1 9 typ host tcptype active ufrag xxx1";
        assert_eq!(mask(candidate, &Secret::ALL), masked);
    }

    #[test]
    fn cut_text_is_taken_as_it_is() {
        for end in 0..SDP.len() {
            assert_eq!(mask(&SDP[..end], &Secret::ALL).len(), end);
        }
        assert_eq!(
            mask("a=candidate:\na=ssrc:\no=\na=rtcp:é 1\n", &[]),
            "a=candidate:\na=ssrc:\no=\na=rtcp:é 1\n"
        );
    }
}
