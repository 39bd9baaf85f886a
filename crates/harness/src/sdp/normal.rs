//! Takes out of a line of SDP what is drawn anew for each call or depends on the machine, and leaves what an
//! implementation decides.
//!
//! What is taken out becomes `_`, as many as there were letters where the length is decided too. SSRCs become `S1`, `S2`, … in the
//! order in which they appear, and identification tags of m-sections that are drawn `M1`, `M2`, …. A line that went through once
//! stays as it is.

use std::collections::HashMap;

/// The numbers of what is drawn for one description, and stands in it more than once.
#[derive(Debug, Default)]
pub(super) struct Sources {
    ssrcs: HashMap<String, usize>,
    mids: HashMap<String, usize>,
}

impl Sources {
    fn name(&mut self, ssrc: &str) -> String {
        numbered('S', ssrc, &mut self.ssrcs)
    }

    /// Small numbers and words are chosen; whatever else identifies an m-section (RFC 9143) is drawn, as by str0m: three letters
    /// or digits, now and then digits alone.
    fn mid(&mut self, mid: &str) -> String {
        let is_small = mid.len() < 3 && mid.parse::<u32>().is_ok();
        let chosen = is_small || ["audio", "video", "data", "application"].contains(&mid);
        if chosen { mid.to_owned() } else { numbered('M', mid, &mut self.mids) }
    }
}

/// `letter` and a number, the same for the same text; that itself stays.
fn numbered(letter: char, text: &str, numbers: &mut HashMap<String, usize>) -> String {
    if text.strip_prefix(letter).is_some_and(|rest| rest.parse::<usize>().is_ok()) {
        return text.to_owned();
    }
    let next = numbers.len() + 1;
    format!("{letter}{}", numbers.entry(text.to_owned()).or_insert(next))
}

/// The normal form of a line other than an attribute.
pub(super) fn line(line: &str) -> String {
    match line.split_once('=') {
        Some(("o", rest)) => format!("o={}", origin(rest)),
        Some(("c", rest)) => format!("c={}", connection(rest)),
        _ => line.to_owned(),
    }
}

/// The normal form of a port: 0 is a rejected m-section, 9 one without a candidate yet (RFC 8829, section 5.2.1).
pub(super) fn port(port: &str) -> String {
    if matches!(port, "0" | "9") { port.to_owned() } else { "_".to_owned() }
}

/// The normal form of an attribute, without `a=`.
pub(super) fn attribute(attribute: &str, sources: &mut Sources) -> String {
    let Some((name, value)) = attribute.split_once(':') else { return attribute.to_owned() };
    let value = match name {
        "candidate" => return candidate(attribute),
        "ice-ufrag" | "ice-pwd" | "tls-id" => "_".repeat(value.chars().count()),
        "fingerprint" => words(value, |at| at == 1),
        "msid" => words(value, |_| true),
        "msid-semantic" => format!(" {}", words(value.trim_start(), |at| at > 0)),
        "rtcp" => match value.split_once(' ') {
            Some((number, rest)) => format!("{} {}", port(number), connection(rest)),
            None => port(value),
        },
        "mid" => sources.mid(value),
        "group" => {
            let mut words = value.split(' ');
            let semantics = words.next().unwrap_or_default().to_owned();
            words.fold(semantics, |group, mid| format!("{group} {}", sources.mid(mid)))
        }
        "ssrc" => source(value, sources),
        "ssrc-group" => {
            let mut words = value.split(' ');
            let semantics = words.next().unwrap_or_default().to_owned();
            words.fold(semantics, |group, ssrc| format!("{group} {}", sources.name(ssrc)))
        }
        _ => return attribute.to_owned(),
    };
    format!("{name}:{value}")
}

/// The words at the places that are `drawn` become `_`; `-` and `*` mean nothing and stay.
fn words(value: &str, drawn: impl Fn(usize) -> bool) -> String {
    let normal = |(at, word)| if drawn(at) && !matches!(word, "-" | "*") { "_" } else { word };
    value.split(' ').enumerate().map(normal).collect::<Vec<_>>().join(" ")
}

/// User name and version stay; a version of many digits is drawn, as by webrtc-rs.
fn origin(value: &str) -> String {
    let drawn = value.split(' ').nth(2).is_some_and(|version| version.len() > 4);
    words(value, |at| at == 1 || (at == 2 && drawn))
}

/// `IN IP4 <address>`: the family and the address are the machine's, unless it says that there is none.
fn connection(value: &str) -> String {
    match value.split(' ').collect::<Vec<_>>()[..] {
        [_, _, "0.0.0.0" | "::" | "127.0.0.1" | "::1"] => value.to_owned(),
        [network, _, _] => format!("{network} _"),
        _ => value.to_owned(),
    }
}

fn source(value: &str, sources: &mut Sources) -> String {
    let Some((ssrc, rest)) = value.split_once(' ') else { return sources.name(value) };
    let rest = match rest.split_once(':') {
        Some((name @ ("cname" | "msid" | "mslabel" | "label"), ids)) => {
            format!("{name}:{}", words(ids, |_| true))
        }
        _ => rest.to_owned(),
    };
    format!("{} {rest}", sources.name(ssrc))
}

/// Component, transport, type and the names of the extensions stay. How many networks the machine has, and what they cost,
/// is its own affair.
fn candidate(attribute: &str) -> String {
    let words: Vec<_> = attribute.split_whitespace().collect();
    let [_, component, transport, _, address, _, "typ", kind, extensions @ ..] = &words[..] else {
        return attribute.to_owned();
    };
    let address = if address.ends_with(".local") { "_.local" } else { "_" };
    let transport = transport.to_ascii_lowercase();
    let mut text = format!("candidate:_ {component} {transport} _ {address} _ typ {kind}");
    for extension in extensions.chunks(2) {
        match extension {
            ["network-id" | "network-cost", _] => {}
            ["tcptype", _] => text = format!("{text} {}", extension.join(" ")),
            [name, _] => text = format!("{text} {name} _"),
            _ => text = format!("{text} {}", extension.join(" ")),
        }
    }
    text
}

/// What a candidate in normal form is, in words: `udp host`, `tcp host active, component 2, mDNS`.
pub(super) fn candidate_kind(attribute: &str) -> String {
    let words: Vec<_> = attribute.split_whitespace().collect();
    let [_, component, transport, _, address, _, "typ", kind, extensions @ ..] = &words[..] else {
        return format!("{attribute:?}");
    };
    let mut text = format!("{transport} {kind}");
    for extension in extensions.chunks(2).filter(|extension| extension[0] == "tcptype") {
        text = format!("{text} {}", extension.last().unwrap_or(&""));
    }
    if *component != "1" {
        text = format!("{text}, component {component}");
    }
    if address.ends_with(".local") {
        text.push_str(", mDNS");
    }
    text
}
