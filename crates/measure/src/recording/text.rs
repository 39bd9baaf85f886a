//! The text of a recording: lines, in a fixed order, that a person can read and a diff can show.

use std::fmt;

use tincan_harness::{sdp::description::Description, signaling::Role};

use super::{Recorded, Recording};

/// The first line, with the version of the form.
const FIRST: &str = "tincan recording 1";
/// The last line: without it, something is missing.
const LAST: &str = "end of recording";

/// Why a text is no recording.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The first line says nothing of a recording.
    #[error("it is no recording: it does not begin with {FIRST:?}")]
    NotARecording,
    /// It is a recording of another version of the form.
    #[error("it is in another form ({0:?}) than this version reads ({FIRST:?}); record it again")]
    OtherForm(String),
    /// The last line is missing.
    #[error("it is cut off: it does not end with {LAST:?}")]
    CutOff,
    /// A line that does not belong where it stands.
    #[error("line {number} does not belong there: {line:?}")]
    Line {
        /// Its number, from 1.
        number: usize,
        /// What it says.
        line: String,
    },
}

impl Recording {
    /// Whether a text claims to be a recording, of this form or another.
    #[must_use]
    pub fn is_one(text: &str) -> bool {
        text.starts_with("tincan recording")
    }

    /// Reads what [`fmt::Display`] wrote.
    ///
    /// # Errors
    /// When it is no whole recording in this form.
    pub fn read(text: &str) -> Result<Self, ReadError> {
        if !Self::is_one(text) {
            return Err(ReadError::NotARecording);
        }
        let lines: Vec<_> = text.lines().map(str::trim_end).collect();
        if lines.last() != Some(&LAST) {
            return Err(ReadError::CutOff);
        }
        if lines[0] != FIRST {
            return Err(ReadError::OtherForm(lines[0].to_owned()));
        }
        let mut reading = Reading::default();
        for (at, line) in lines.iter().enumerate().take(lines.len() - 1).skip(1) {
            let refused = || ReadError::Line { number: at + 1, line: (*line).to_owned() };
            reading.line(line).ok_or_else(refused)?;
        }
        Ok(reading.end())
    }
}

/// What has been read so far.
#[derive(Default)]
struct Reading {
    recording: Recording,
    part: Option<(Role, String)>,
    descriptions: [String; 2],
}

impl Reading {
    /// Takes a line; none if it does not belong here.
    fn line(&mut self, line: &str) -> Option<()> {
        let Some(content) = line.strip_prefix("  ") else { return self.head(line) };
        let (role, part) = self.part.clone()?;
        if part == "description" {
            let description = &mut self.descriptions[usize::from(role == Role::Answerer)];
            *description = format!("{description}{content}\n");
            return Some(());
        }
        let (name, values) = content.split_once(": ")?;
        let side = self.recording.side_mut(role);
        let list = || values.split(", ").map(str::to_owned).collect();
        match part.as_str() {
            "layout" => drop(side.layout.0.insert(name.to_owned(), list())),
            "milestones" => drop(side.milestones.insert(name.to_owned(), list())),
            "states" => drop(side.states.insert(name.to_owned(), list())),
            _ => drop(side.stats.entry(name.to_owned()).or_default().insert(values.to_owned())),
        }
        Some(())
    }

    /// A line that is not indented: what was recorded, or the head of a part.
    fn head(&mut self, line: &str) -> Option<()> {
        let (first, rest) = line.split_once(' ')?;
        if first == "scenario" {
            self.recording.scenario = rest.to_owned();
            return Some(());
        }
        let role = Role::BOTH.into_iter().find(|role| role.to_string() == first)?;
        match rest {
            "description" | "layout" | "milestones" | "states" | "stats" => {
                self.part = Some((role, rest.to_owned()))
            }
            _ => self.recording.side_mut(role).who = rest.strip_prefix("is ")?.to_owned(),
        }
        Some(())
    }

    fn end(mut self) -> Recording {
        for (role, description) in Role::BOTH.into_iter().zip(&self.descriptions) {
            self.recording.side_mut(role).description = Description::read(description);
        }
        self.recording
    }
}

impl fmt::Display for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST}\nscenario {}", self.scenario)?;
        for role in Role::BOTH {
            writeln!(f, "{role} is {}", self.side(role).who)?;
        }
        writeln!(f, "{}{LAST}", self.compared())
    }
}

impl Recording {
    /// The part of the text that is compared: without who was recorded.
    #[must_use]
    pub fn compared(&self) -> String {
        Role::BOTH.iter().map(|role| part(*role, self.side(*role))).collect()
    }
}

fn part(role: Role, side: &Recorded) -> String {
    let indented = |lines: Vec<String>| lines.iter().map(|line| format!("  {line}\n")).collect::<String>();
    let lists = |lists: &std::collections::BTreeMap<String, Vec<String>>| {
        indented(lists.iter().map(|(name, list)| format!("{name}: {}", list.join(", "))).collect())
    };
    let fields = side.stats.iter().flat_map(|(kind, fields)| fields.iter().map(move |field| (kind, field)));
    let text = |text: &dyn fmt::Display| text.to_string().lines().map(str::to_owned).collect();
    let (description, layout) = (text(&side.description), text(&side.layout));
    let layout =
        if side.layout.is_unknown() { String::new() } else { format!("{role} layout\n{}", indented(layout)) };
    format!(
        "{role} description\n{}{layout}{role} milestones\n{}{role} states\n{}{role} stats\n{}",
        indented(description),
        lists(&side.milestones),
        lists(&side.states),
        indented(fields.map(|(kind, field)| format!("{kind}: {field}")).collect()),
    )
}
