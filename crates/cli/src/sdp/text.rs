//! What people read of it: differences first.

use std::fmt::Write as _;

use tincan_harness::sdp::{
    question::{DescriptionKind, ToldBy},
    reaction::{Reaction, Way},
};
use tincan_report::sdp::{AskedPeer, CheckedFile, SdpReport, ShrunkFile};

use crate::print;

/// How wide a line is, in letters.
const WIDTH: usize = 80;

/// The report as text: the files on which peers differ, those that all refuse, those that all accept, those that nobody was given, and
/// who was asked.
pub fn render(report: &SdpReport) -> String {
    let mut text = String::new();
    let (agree, differ): (Vec<_>, Vec<_>) = report.files.iter().partition(|file| file.agree);
    let _ = writeln!(text, "{}", print::strong(&counts(report, differ.len(), agree.len())));
    for file in differ {
        let _ = write!(text, "\n{}", difference(report, file));
    }
    let (accepted, refused): (Vec<_>, Vec<_>) = agree.into_iter().partition(|file| is_accepted(file));
    section(&mut text, "All who were asked refuse:", &refused, |file| difference(report, file));
    section(&mut text, "All who were asked accept:", &accepted, |file| accepted_in_words(report, file));
    section(&mut text, "Not given to anybody:", &report.unreadable.iter().collect::<Vec<_>>(), |file| {
        format!("{}\n{}", file.file, wrapped(&file.reason, 2))
    });
    let _ = write!(text, "\n{}", who(&report.peers));
    text
}

/// Whether all who were asked accept it; so does it seem where nobody was.
fn is_accepted(file: &CheckedFile) -> bool {
    !file.reactions.values().any(|reaction| reaction.way() == Some(Way::Refuses))
}

fn counts(report: &SdpReport, differ: usize, agree: usize) -> String {
    let (files, unreadable) = (report.files.len(), report.unreadable.len());
    let not_given =
        if unreadable == 0 { String::new() } else { format!("; {unreadable} could not be given") };
    let peers = report.peers.len();
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let (s, of_peers) = (plural(files), plural(peers));
    format!(
        "{files} description{s}, {peers} peer{of_peers}: they differ on {differ}, and agree on {agree}{not_given}."
    )
}

fn section<T>(text: &mut String, title: &str, files: &[T], in_words: impl Fn(&T) -> String) {
    if !files.is_empty() {
        let _ = writeln!(text, "\n{}", print::strong(title));
        text.extend(files.iter().map(in_words));
    }
}

/// `x.sdp, as an offer`, then who reacts how.
fn difference(report: &SdpReport, file: &CheckedFile) -> String {
    let mut text = format!("{}{}\n", file.file, as_what(file));
    let of = |way: Option<Way>| {
        let found = report.peers.iter().filter_map(move |peer| Some((peer, file.reactions.get(&peer.name)?)));
        found.filter(move |(_, reaction)| reaction.way() == way)
    };
    for way in [Way::Crashes, Way::Hangs, Way::Refuses, Way::Accepts].map(Some).into_iter().chain([None]) {
        for (peer, reaction) in of(way) {
            text += &reaction_in_words(peer, reaction);
        }
    }
    text + &file.shrunk.as_ref().map(shrunk_in_words).unwrap_or_default()
}

fn as_what(file: &CheckedFile) -> String {
    let kind = match file.kind {
        DescriptionKind::Offer => "an offer",
        DescriptionKind::Answer => "an answer",
    };
    let why = match file.told_by {
        ToldBy::Option => "as --as says",
        ToldBy::Type => "as its type says",
        ToldBy::Setup => "since it has a=setup:actpass",
        ToldBy::Nothing => "for want of anything that says what it is",
    };
    format!(", given as {kind} {why}")
}

fn reaction_in_words(peer: &AskedPeer, reaction: &Reaction) -> String {
    let name = peer.name;
    let (verb, line, words) = match reaction {
        Reaction::Accepts { no_answer: None } => (print::good("accepts"), None, None),
        Reaction::Accepts { no_answer: Some(words) } => {
            (print::good("accepts"), None, Some(format!("but makes no answer: {words}")))
        }
        Reaction::Refuses { words, line } => (print::bad("refuses"), line.as_ref(), Some(words.clone())),
        Reaction::Crashes { words } => (print::bad("crashes"), None, Some(words.clone())),
        Reaction::Hangs { after_s } => {
            (print::bad("hangs  "), None, Some(format!("no answer within {after_s} s")))
        }
        Reaction::Unsupported { reason } => ("cannot ".to_owned(), None, Some(reason.clone())),
        Reaction::Unasked { reason } => ("unasked".to_owned(), None, Some(reason.clone())),
    };
    let line = line.map(|line| format!(", line {}: {}", line.number, line.text)).unwrap_or_default();
    let words = words.map(|words| wrapped(&words, 11)).unwrap_or_default();
    format!("  {verb}  {name}{line}\n{words}")
}

fn shrunk_in_words(shrunk: &ShrunkFile) -> String {
    let ShrunkFile { file, lines, of, tried, is_least } = shrunk;
    let least = if *is_least { "" } else { ", and perhaps fewer" };
    wrapped(&format!("{lines} of {of} lines matter{least}: {file} ({tried} tried)"), 2)
}

/// The name alone, but for those that make no answer or could not be asked.
fn accepted_in_words(report: &SdpReport, file: &CheckedFile) -> String {
    let is_plain = |reaction: &&Reaction| **reaction == Reaction::acceptance(None);
    let others = report.peers.iter().filter_map(|peer| Some((peer, file.reactions.get(&peer.name)?)));
    let others = others.filter(|(_, reaction)| !is_plain(reaction));
    let others: String = others.map(|(peer, reaction)| reaction_in_words(peer, reaction)).collect();
    format!("{}\n{others}", file.file)
}

fn who(peers: &[AskedPeer]) -> String {
    let line = |peer: &AskedPeer| {
        let median = peer.median_ms.map(|median| format!(", {median} ms a description at the median"));
        format!("{}: {}{}\n", peer.name, peer.software, median.unwrap_or_default())
    };
    peers.iter().map(line).collect()
}

/// The words in lines that are `indent` letters in, and no longer than a terminal is wide unless a word is.
fn wrapped(words: &str, indent: usize) -> String {
    let (mut text, mut width) = (String::new(), 0);
    for word in words.split_whitespace() {
        let length = word.chars().count();
        match width {
            0 => {
                text += &" ".repeat(indent);
                width = indent;
            }
            _ if width + 1 + length > WIDTH => {
                text += "\n";
                text += &" ".repeat(indent);
                width = indent;
            }
            _ => {
                text += " ";
                width += 1;
            }
        }
        text += word;
        width += length;
    }
    text + "\n"
}
