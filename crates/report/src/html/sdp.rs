//! The descriptions of a call: in full with their difference, or how they differ in structure from those of another.

use maud::{Markup, html};
use similar::{ChangeTag, TextDiff};
use tincan_harness::attempt::{Attempt, Descriptions};

/// Differences in structure beyond this many lines are not shown.
const MOST_DIFFERENCES: usize = 24;

/// The descriptions in full, and the offer against the answer.
pub(super) fn in_full(sdp: &Descriptions) -> Markup {
    html! {
        @for (name, text) in named(sdp) {
            details { summary { (name) " " span class="note" { (text.lines().count()) " lines" } }
                (block(name, html! { (text) })) }
        }
        @if let (Some(offer), Some(answer)) = (&sdp.offer, &sdp.answer) {
            details {
                summary { "Offer against answer " span class="note" { (changes(offer, answer)) } }
                (block("Offer against answer", difference(offer, answer)))
            }
        }
    }
}

/// Whether the descriptions are the same in structure as those of `shown`, and what differs.
pub(super) fn against(attempt: &Attempt, shown: &Attempt, anchor: &str) -> Markup {
    html! {
        @for (name, text) in named(&attempt.sdp) {
            @let other = if name == "Offer" { &shown.sdp.offer } else { &shown.sdp.answer };
            @if let Some(other) = other { (compared(name, text, other, anchor)) }
            @else { p { (name) ": " a href={ "#" (anchor) } { "the call whose SDP is shown" } " has none." } }
        }
    }
}

fn compared(name: &str, text: &str, shown: &str, anchor: &str) -> Markup {
    let (mine, other) = (structure(text), structure(shown));
    let differences = lines_that_differ(&other, &mine);
    html! {
        p {
            (name) ": "
            @if differences.is_empty() { "the same in structure as " } @else { "differs in structure from " }
            a href={ "#" (anchor) } { "the one that is shown" } "."
        }
        @if !differences.is_empty() {
            (block(name, html! {
                @for (tag, line) in differences.iter().take(MOST_DIFFERENCES) { (changed(*tag, line)) }
                @if differences.len() > MOST_DIFFERENCES { "… " (differences.len() - MOST_DIFFERENCES) " more lines" }
            }))
        }
    }
}

fn named(sdp: &Descriptions) -> impl Iterator<Item = (&'static str, &String)> {
    [("Offer", &sdp.offer), ("Answer", &sdp.answer)]
        .into_iter()
        .filter_map(|(name, text)| text.as_ref().map(|text| (name, text)))
}

fn block(name: &str, content: Markup) -> Markup {
    html! { pre class="sdp" tabindex="0" role="group" aria-label={ (name) " as SDP" } { (content) } }
}

fn lines(text: &str) -> String {
    text.lines().map(|line| format!("{line}\n")).collect()
}

fn difference(offer: &str, answer: &str) -> Markup {
    let (offer, answer) = (lines(offer), lines(answer));
    let diff = TextDiff::from_lines(&offer, &answer);
    html! { @for change in diff.iter_all_changes() { (changed(change.tag(), change.value())) } }
}

/// A line, with a sign that says whose it is.
fn changed(tag: ChangeTag, line: &str) -> Markup {
    let line = line.trim_end_matches('\n');
    html! {
        @match tag {
            ChangeTag::Equal => { "  " (line) "\n" }
            ChangeTag::Delete => { del { "− " (line) } "\n" }
            ChangeTag::Insert => { ins { "+ " (line) } "\n" }
        }
    }
}

fn changes(offer: &str, answer: &str) -> String {
    let (offer, answer) = (lines(offer), lines(answer));
    let diff = TextDiff::from_lines(&offer, &answer);
    let count = |tag| diff.iter_all_changes().filter(|change| change.tag() == tag).count();
    format!(
        "− {} lines of the offer only, + {} of the answer only",
        count(ChangeTag::Delete),
        count(ChangeTag::Insert)
    )
}

fn lines_that_differ(old: &[String], new: &[String]) -> Vec<(ChangeTag, String)> {
    let (old, new) = (old.join("\n") + "\n", new.join("\n") + "\n");
    let diff = TextDiff::from_lines(&old, &new);
    let changes = diff.iter_all_changes().filter(|change| change.tag() != ChangeTag::Equal);
    changes.map(|change| (change.tag(), change.value().to_owned())).collect()
}

/// The lines without what is drawn anew for each call: identifiers, credentials, fingerprints, addresses and ports.
fn structure(sdp: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in sdp.lines().map(structural) {
        // How many candidates and sources of one kind there are depends on the machine.
        if lines.last() != Some(&line) {
            lines.push(line);
        }
    }
    lines
}

fn structural(line: &str) -> String {
    let (name, value) = line.split_once([':', '=']).map_or((line, ""), |(name, _)| {
        let name = if name == "a" { line.split_once(':').map_or(line, |(name, _)| name) } else { name };
        (name, line.get(name.len() + 1..).unwrap_or_default())
    });
    let words: Vec<_> = value.split_whitespace().collect();
    match name {
        "o" | "c" | "a=ice-ufrag" | "a=ice-pwd" | "a=msid" | "a=msid-semantic" | "a=rtcp" | "a=ssrc"
        | "a=ssrc-group" | "a=cname" => format!("{name}: …"),
        "a=fingerprint" => format!("{name}: {} …", words.first().unwrap_or(&"")),
        "a=candidate" => {
            let kind = words.iter().skip_while(|word| **word != "typ").nth(1).unwrap_or(&"");
            format!("{name}: … {} … {kind}", words.get(2).unwrap_or(&"").to_ascii_lowercase())
        }
        "m" if words.len() > 2 => format!("m={} … {}", words[0], words[2..].join(" ")),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=ice-ufrag:abcd\r\n\
                       a=fingerprint:sha-256 AA:BB\r\na=candidate:1 1 udp 5 192.0.2.2 5000 typ host\r\na=rtpmap:96 VP8/90000\r\n";

    #[test]
    fn what_is_drawn_anew_for_each_call_is_no_difference_in_structure() {
        let other = ONE
            .replace("- 1 2", "- 3 4")
            .replace("video 9", "video 4711")
            .replace("abcd", "efgh")
            .replace("AA:BB", "CC:DD")
            .replace("192.0.2.2 5000", "192.0.2.9 6000");
        assert_ne!(ONE, other);
        assert_eq!(structure(ONE), structure(&other));
    }

    #[test]
    fn codecs_hashes_kinds_of_candidates_and_attributes_are_structure() {
        for (from, to) in [
            ("VP8", "VP9"),
            ("sha-256", "sha-512"),
            ("typ host", "typ relay"),
            (" 96\r", " 96 97\r"),
            ("v=0\r\n", ""),
        ] {
            assert_ne!(structure(ONE), structure(&ONE.replace(from, to)), "{from} -> {to}");
        }
    }

    #[test]
    fn a_difference_keeps_every_line_and_says_whose_it_is() {
        let drawn = difference("v=0\r\na=x\r\n", "v=0\r\na=y\r\n").into_string();
        assert_eq!(drawn, "  v=0\n<del>− a=x</del>\n<ins>+ a=y</ins>\n");
    }
}
