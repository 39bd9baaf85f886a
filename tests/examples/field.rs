//! Makes docs/field.md of a report: what the checklist of an implementation asks, which scenarios answer it, and what came out.
//!
//! The rows are those that webrtc-rs keeps open for itself (webrtc-rs/rtc, issue 31), with AV1 and TURN over TCP besides.

use std::{collections::BTreeMap, env, error::Error, fmt::Write as _, fs};

use tincan_harness::{Attempt, PeerId, catalogue::Patterns, verdict::Outcome};
use tincan_peers::registry::catalogue;
use tincan_report::Report;

/// What is asked, and the patterns of the scenarios that answer it; none where nothing does yet.
type Row = (&'static str, &'static [&'static str]);

const WITH_CHROMIUM: &str = "{chromium-to-*,*-to-chromium}";
const ROWS: [Row; 24] = [
    ("data channel: reliable, ordered", &["trickle/data/direct"]),
    ("data channel: unreliable, unordered", &["trickle/data/direct"]),
    ("data channels: several", &["trickle/data/direct"]),
    ("data channel: large messages (256 KiB)", &["trickle/data/direct"]),
    ("data channel: binary and text", &["trickle/data/direct"]),
    ("Opus alone", &["trickle/opus/direct"]),
    ("VP8 alone", &["trickle/vp8/direct"]),
    ("VP9 alone", &["trickle/vp9/direct"]),
    ("H.264 alone", &["trickle/h264/direct"]),
    ("AV1 alone", &["trickle/av1/direct"]),
    ("sound with video", &["trickle/vp8+opus/direct"]),
    ("simulcast with layer switching", &[]),
    ("screen", &["trickle/vp8/direct/share-screen-by-*"]),
    ("ICE: host candidates", &["vanilla/vp8/direct"]),
    ("ICE: STUN", &["trickle/vp8/stun"]),
    ("ICE: TURN over UDP", &["trickle/vp8/relay-udp"]),
    ("ICE: TURN over TCP", &["trickle/vp8/relay-tcp"]),
    ("ICE: trickle", &["trickle/vp8/direct", "half-trickle/vp8/direct"]),
    ("ICE: restart", &["trickle/vp8/direct/ice-restart-by-*"]),
    ("ICE: mDNS", &["trickle/data/mdns"]),
    ("offer and answer, in both roles", &["vanilla/vp8/direct"]),
    (
        "renegotiation",
        &[
            "trickle/vp8/direct/add-audio-by-*",
            "trickle/vp8/direct/remove-track-by-*",
            "trickle/vp8/direct/hold-by-*",
        ],
    ),
    ("negotiation of codecs; of header extensions: not looked at", &["trickle/{vp9,h264,av1}/direct"]),
    ("rejected m-lines", &["trickle/vp8+opus/direct/reject-*"]),
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    match arguments.as_slice() {
        [word] if word == "--scenarios" => scenarios()?.iter().for_each(|scenario| println!("{scenario}")),
        [report, page] => fs::write(page, told(&serde_json::from_slice(&fs::read(report)?)?)?)?,
        _ => return Err("usage: field --scenarios, or: field REPORT.json PAGE.md".into()),
    }
    Ok(())
}

/// The scenarios that have to be run, by their whole names: a pattern leaves out what is run by name only.
fn scenarios() -> Result<Vec<String>, Box<dyn Error>> {
    let all: Vec<_> = catalogue().scenarios().iter().map(ToString::to_string).collect();
    let globs: Vec<_> =
        ROWS.iter().flat_map(|(_, patterns)| *patterns).map(|pattern| whole(pattern)).collect();
    let patterns = Patterns::new(&globs, all.iter().map(String::as_str))?;
    Ok(all.into_iter().filter(|name| patterns.match_name(name)).collect())
}

fn whole(pattern: &str) -> String {
    format!("{WITH_CHROMIUM}/{pattern}")
}

fn told(report: &Report) -> Result<String, Box<dyn Error>> {
    let took_part =
        |id: &PeerId| report.attempts.iter().any(|attempt| [attempt.offerer, attempt.answerer].contains(id));
    let peers: Vec<_> = report.environment.peers.iter().map(|profile| profile.id).filter(took_part).collect();
    let mut notes = Notes::default();
    let mut table = String::new();
    for (asked, patterns) in ROWS {
        let globs: Vec<_> = patterns.iter().map(|pattern| whole(pattern)).collect();
        let cells = peers
            .iter()
            .map(|peer| cell(report, &globs, *peer, &mut notes))
            .collect::<Result<Vec<_>, _>>()?;
        let scenarios: Vec<_> =
            patterns.iter().map(|pattern| format!("`{}`", pattern.replace('|', "\\|"))).collect();
        let scenarios = if scenarios.is_empty() { "none yet".to_owned() } else { scenarios.join("<br>") };
        let _ = writeln!(table, "| {asked} | {scenarios} | {} |", cells.join(" | "));
    }
    let version = |peer: &PeerId| format!("{peer} {}", report.environment.version(*peer).unwrap_or_default());
    let heads: Vec<_> = peers.iter().map(|peer| version(peer).trim_end().to_owned()).collect();
    let rule = " --- |".repeat(peers.len() + 2);
    Ok(format!(
        "{HEAD}\n| asked | scenarios | {} |\n|{rule}\n{table}\n{}\nMade by tincan {} on {}.\n",
        heads.join(" | "),
        notes.text(),
        report.environment.tincan,
        report.environment.platform
    ))
}

const HEAD: &str = "\
# The tests of the field

The checklist that webrtc-rs keeps open for itself (webrtc-rs/rtc, issue 31), with AV1 and TURN over TCP besides: what is asked, which scenarios
answer it, and what came of them with each implementation: how many of its calls with Chromium have passed, in both roles. `ci/field` makes
the calls, and this page of their report.

A scenario of data channels has [four channels and a thousand messages](media.md#data-channels) of all kinds that are asked for, and fails as a
whole: a fault in one of them counts in each of its rows. The column of Chromium has the calls of all the others.
";

/// What stands below the table, each once.
#[derive(Default)]
struct Notes(BTreeMap<String, usize>);

impl Notes {
    /// The number of a note.
    fn mark(&mut self, note: &str) -> usize {
        let next = self.0.len() + 1;
        *self.0.entry(note.to_owned()).or_insert(next)
    }

    fn text(&self) -> String {
        let mut notes: Vec<_> = self.0.iter().collect();
        notes.sort_by_key(|(_, number)| **number);
        notes.iter().map(|(note, number)| format!("- [{number}] {note}\n")).collect()
    }
}

fn cell(
    report: &Report,
    globs: &[String],
    peer: PeerId,
    notes: &mut Notes,
) -> Result<String, Box<dyn Error>> {
    if globs.is_empty() {
        return Ok("–".to_owned());
    }
    let names = || report.attempts.iter().map(|attempt| attempt.scenario.as_str());
    let patterns = Patterns::new(globs, names())?;
    let own = |attempt: &&Attempt| {
        [attempt.offerer, attempt.answerer].contains(&peer) && patterns.match_name(&attempt.scenario)
    };
    let calls: Vec<_> = report.attempts.iter().filter(own).collect();
    let is = |outcome| calls.iter().filter(move |attempt| attempt.verdict == outcome);
    let (passed, unsupported) = (is(Outcome::Passed).count(), is(Outcome::Unsupported).count());
    let mut marks: Vec<_> = calls
        .iter()
        .filter(|attempt| attempt.verdict != Outcome::Passed)
        .map(|attempt| {
            let known = report.environment.known_fault(attempt);
            let known = known.map(|(profile, fault)| format!("known fault {}", fault.describe(profile.id)));
            let reason = attempt.reason.clone().unwrap_or_default();
            let reason = reason.split("; last reached").next().unwrap_or_default().to_owned();
            notes.mark(&known.unwrap_or(reason))
        })
        .collect();
    marks.sort();
    marks.dedup();
    let counted = match calls.len() - unsupported {
        0 => "unsupported".to_owned(),
        asked => format!("{passed} of {asked}"),
    };
    Ok(format!("{counted}{}", marks.iter().map(|mark| format!(" [{mark}]")).collect::<String>()))
}
