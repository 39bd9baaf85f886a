//! The folder of an attempt: what files its evidence consists of, as names and contents.

mod text;

use serde_json::{Value, json};
use tincan_harness::{
    abilities::Detail,
    attempt::{Attempt, BySide, StatsPoint},
    environment::Environment,
    exchange::Exchange,
    scenario::PeerId,
    signaling::Role,
};

use crate::redact::Redaction;

/// The folder, beside the report, that has a folder for each attempt.
pub const FOLDER: &str = "evidence";
/// The files that each side has, behind `offerer-` and `answerer-`.
const OF_A_SIDE: [&str; 7] = [
    "given.sdp",
    "stats.json",
    "console.txt",
    "driver.txt",
    "screenshot.png",
    "last-frame.png",
    "packets.pcapng",
];
/// The files that an attempt has once.
const OF_BOTH: [&str; 8] = [
    "offer.sdp",
    "answer.sdp",
    "candidates.txt",
    "timeline.txt",
    "packets.pcapng",
    "attempt.json",
    "asked-and-found.txt",
    LEFT_OUT_FILE,
];
/// What is left out of the evidence in a report that has to be small.
pub const LEFT_OUT_FILE: &str = "left-out.txt";

/// Why a file is not there after `--redact`.
const LEFT_OUT: &str = "left out by --redact: it can show what is masked elsewhere";

/// A file of the evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub content: Content,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Text in UTF-8.
    Text(String),
    /// JSON.
    Json(Value),
    /// A picture in PNG.
    Png(Vec<u8>),
    /// Packets in pcapng (draft-ietf-opsawg-pcapng), for Wireshark.
    Pcapng(Vec<u8>),
}

impl Content {
    /// The bytes of the file.
    ///
    /// # Errors
    /// Never for what this crate made; a number that is not finite has no JSON.
    pub fn bytes(&self) -> serde_json::Result<Vec<u8>> {
        match self {
            Self::Text(text) => Ok(text.clone().into_bytes()),
            Self::Json(value) => serde_json::to_string_pretty(value).map(|text| (text + "\n").into_bytes()),
            Self::Png(bytes) | Self::Pcapng(bytes) => Ok(bytes.clone()),
        }
    }

    /// The same with its secrets masked. Pictures and packets stay: those that show any are not among the files then.
    fn redacted(self, redaction: &mut Redaction) -> Self {
        match self {
            Self::Text(text) => Self::Text(redaction.text(&text)),
            Self::Json(value) => Self::Json(redaction.json(value)),
            Self::Png(_) | Self::Pcapng(_) => self,
        }
    }
}

/// A file that there should be, or why there is none.
struct Wanted {
    name: String,
    content: Result<Content, String>,
}

/// The parts of the name of a scenario that follow its pair: mode, media and network.
const BEHIND_THE_PAIR: usize = 3;

/// The name of the folder of an attempt: that of its scenario with dots, and from the second repetition on its number.
#[must_use]
pub fn folder_name(attempt: &Attempt) -> String {
    let safe = |letter: char| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '.' };
    let name: String = attempt.scenario.chars().map(safe).collect();
    if attempt.repetition > 1 { format!("{name}-{}", attempt.repetition) } else { name }
}

/// Whether a folder of this name can be one of [`folder_name`].
#[must_use]
pub fn is_folder_name(name: &str) -> bool {
    let parts: Vec<_> = name.split('.').collect();
    let safe = |part: &&str| {
        !part.is_empty() && part.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
    };
    // A pair is several parts if its peers have dots in their names.
    let mut of_pair = parts.iter().rev().skip(BEHIND_THE_PAIR);
    of_pair.any(|part| part.contains("-to-")) && parts.iter().all(safe)
}

/// Whether a file of this name can be one of [`files`].
#[must_use]
pub fn is_file_name(name: &str) -> bool {
    let of_side = Role::BOTH.into_iter().find_map(|role| name.strip_prefix(&format!("{role}-")));
    OF_BOTH.contains(&name) || of_side.is_some_and(|name| OF_A_SIDE.contains(&name))
}

/// The files of an attempt that yielded `exchange`, or none of it if it never began. With a redaction their secrets are
/// masked, and neither the pictures of pages, which show SDP, nor packets are among them.
#[must_use]
pub fn files(
    attempt: &Attempt,
    exchange: Option<&Exchange>,
    environment: &Environment,
    redaction: Option<&mut Redaction>,
) -> Vec<File> {
    let wanted = exchange
        .map(|exchange| wanted(attempt, exchange, environment, redaction.is_some()))
        .unwrap_or_default();
    let missing: Vec<_> = wanted
        .iter()
        .filter_map(|wanted| wanted.content.as_ref().err().map(|why| (wanted.name.as_str(), why.as_str())))
        .collect();
    let asked_and_found = text::asked_and_found(attempt, exchange.is_some(), environment, &missing);
    let always = [
        File { name: "asked-and-found.txt".to_owned(), content: Content::Text(asked_and_found) },
        File { name: "attempt.json".to_owned(), content: Content::Json(json!(attempt)) },
    ];
    let there =
        wanted.into_iter().filter_map(|Wanted { name, content }| Some(File { name, content: content.ok()? }));
    let files = there.chain(always);
    match redaction {
        None => files.collect(),
        Some(redaction) => {
            let redacted = |file: File| File { content: file.content.redacted(redaction), ..file };
            files.map(redacted).collect()
        }
    }
}

fn wanted(attempt: &Attempt, exchange: &Exchange, environment: &Environment, redacted: bool) -> Vec<Wanted> {
    let description = |name: &str, role| Wanted {
        name: name.to_owned(),
        content: text_or(exchange.description(role), "was not carried"),
    };
    let candidates = text::candidates(attempt, exchange);
    let timeline = text::timeline(attempt);
    let mut wanted = vec![
        description("offer.sdp", Role::Offerer),
        description("answer.sdp", Role::Answerer),
        Wanted {
            name: "candidates.txt".to_owned(),
            content: text_or(candidates.as_deref(), "no side gathered or carried any"),
        },
        Wanted {
            name: "timeline.txt".to_owned(),
            content: text_or(timeline.as_deref(), "neither side said anything"),
        },
        Wanted {
            name: "packets.pcapng".to_owned(),
            content: packets(
                &exchange.pcapng,
                "this network condition has no servers that see them",
                redacted,
            ),
        },
    ];
    let has_page = |role| environment.has_page(peer(attempt, role));
    let of_sides =
        Role::BOTH.into_iter().flat_map(|role| of_side(attempt, exchange, (role, has_page(role)), redacted));
    wanted.extend(of_sides);
    wanted
}

fn packets(pcapng: &Option<Vec<u8>>, why_none: &str, redacted: bool) -> Result<Content, String> {
    let packets = pcapng.clone().ok_or(why_none)?;
    if redacted { Err(LEFT_OUT.to_owned()) } else { Ok(Content::Pcapng(packets)) }
}

/// The files of a side, by its role and whether it takes part through a page.
fn of_side(
    attempt: &Attempt,
    exchange: &Exchange,
    (role, has_page): (Role, bool),
    redacted: bool,
) -> Vec<Wanted> {
    let side = exchange.side(role);
    let (evidence, pictures) = (&side.evidence, &side.pictures);
    let picture = |picture: &Option<Vec<u8>>, why: &str| {
        picture.clone().map(Content::Png).ok_or_else(|| why.to_owned())
    };
    let screenshot = if redacted {
        Err(LEFT_OUT.to_owned())
    } else {
        picture(&pictures.screenshot, if has_page { "could not be taken" } else { "this peer has no page" })
    };
    let driver = if has_page { "nothing was printed" } else { "this peer has no driver" };
    let stats = stats_samples(exchange, role, &attempt.stats);
    let contents = [
        text_or(evidence.given.as_deref(), "no description is known to have been given to it"),
        if evidence.stats.is_empty() {
            Err("it gave no statistics".to_owned())
        } else {
            Ok(Content::Json(stats))
        },
        lines_or(&evidence.console, "nothing was said"),
        lines_or(&evidence.driver_log, driver),
        screenshot,
        picture(&pictures.last_frame, "there is none"),
        packets(
            &evidence.pcapng,
            match side.reads_back.tells(Detail::Packets) {
                true => "it gave none",
                false if has_page => "nobody sees a browser's sockets",
                false => "nobody sees its sockets",
            },
            redacted,
        ),
    ];
    let silent = |why: String| match &evidence.silent {
        Some(silent) => format!("{why}; it did not answer any more: {silent}"),
        None => why,
    };
    let wanted = |(name, content): (&str, Result<Content, String>)| Wanted {
        name: format!("{role}-{name}"),
        content: content.map_err(silent),
    };
    OF_A_SIDE.into_iter().zip(contents).map(wanted).collect()
}

/// getStats through the call, each sample with its time on the clock of the report.
fn stats_samples(exchange: &Exchange, role: Role, points: &BySide<Vec<StatsPoint>>) -> Value {
    let points = match role {
        Role::Offerer => &points.offerer,
        Role::Answerer => &points.answerer,
    };
    let samples = exchange.side(role).evidence.stats.iter().zip(points);
    samples.map(|(sample, point)| json!({ "at_ms": point.at_ms, "entries": sample.entries })).collect()
}

fn text_or(text: Option<&str>, why: &str) -> Result<Content, String> {
    let text = text.filter(|text| !text.is_empty());
    text.map(|text| Content::Text(text.to_owned())).ok_or_else(|| why.to_owned())
}

fn lines_or(lines: &[String], why: &str) -> Result<Content, String> {
    let text: String = lines.iter().map(|line| format!("{}\n", line.trim_end())).collect();
    text_or(Some(&text), why)
}

const fn peer(attempt: &Attempt, role: Role) -> PeerId {
    match role {
        Role::Offerer => attempt.offerer,
        Role::Answerer => attempt.answerer,
    }
}
