//! `tincan snapshot`: recordings of calls, and what changed between two of them.

mod record;

use std::{fmt::Write as _, fs, path::Path};

use anyhow::{Context, bail, ensure};
use similar::TextDiff;
use tincan_harness::{
    Role,
    sdp::{description::Description, difference, layout::Layout},
};
use tincan_measure::recording::{self, Recording};

use crate::{
    args::{SnapshotCommand, SnapshotDiffArgs},
    exit::Exit,
    print,
};

/// Does what `command` says.
pub fn snapshot(command: SnapshotCommand) -> anyhow::Result<Exit> {
    match command {
        SnapshotCommand::Diff(args) => diff(&args),
        SnapshotCommand::Record(args) => record::record(args),
    }
}

/// What can be compared.
enum Subject {
    Recording(Box<Recording>),
    Sdp(Box<Description>, Layout),
}

fn diff(args: &SnapshotDiffArgs) -> anyhow::Result<Exit> {
    let (old, new) = (subject(&args.old)?, subject(&args.new)?);
    let (words, raw) = match (&old, &new) {
        (Subject::Recording(old), Subject::Recording(new)) => {
            print::to_stdout(&who(old, new))?;
            (recording::difference(old, new), [old.compared(), new.compared()])
        }
        (Subject::Sdp(old, was), Subject::Sdp(new, is)) => {
            let words = [difference::difference(old, new), was.difference(is)].concat();
            (words, [format!("{old}{was}"), format!("{new}{is}")])
        }
        _ => bail!(
            "{} and {} are not of the same kind: one is a recording, the other an SDP",
            args.old.display(),
            args.new.display()
        ),
    };
    if words.is_empty() {
        print::to_stdout("Both have the same structure.\n")?;
        return Ok(Exit::Well);
    }
    let names = [&args.old, &args.new].map(|path| path.display().to_string());
    print::to_stdout(&describe(&words, &raw, &names))?;
    Ok(Exit::SomeFailed)
}

/// The words, then the lines in normal form.
fn describe(words: &[String], [old, new]: &[String; 2], [old_name, new_name]: &[String; 2]) -> String {
    let words = words.iter().fold(String::new(), |mut text, change| {
        let _ = writeln!(text, "{change}");
        text
    });
    let diff = TextDiff::from_lines(old, new);
    format!("{words}\n{}", diff.unified_diff().header(old_name, new_name))
}

/// Who was recorded, where that differs.
fn who(old: &Recording, new: &Recording) -> String {
    let changes = Role::BOTH.into_iter().filter(|role| old.side(*role).who != new.side(*role).who);
    changes.fold(String::new(), |mut text, role| {
        let (old, new) = (&old.side(role).who, &new.side(role).who);
        let _ = writeln!(text, "{role}: recorded from {old}, compared with {new}");
        text
    })
}

fn subject(path: &Path) -> anyhow::Result<Subject> {
    let name = path.display();
    let bytes = fs::read(path).with_context(|| format!("failed to read {name}"))?;
    ensure!(!bytes.is_empty(), "{name} is empty");
    ensure!(!bytes.contains(&0), "{name} is no text");
    let Ok(text) = String::from_utf8(bytes) else { bail!("{name} is no text") };
    // insta puts what it knows of a snapshot before its text.
    let text =
        text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).map_or(&*text, |of| of.1);
    if Recording::is_one(text) {
        let recording = Recording::read(text).with_context(|| format!("failed to read {name}"))?;
        return Ok(Subject::Recording(Box::new(recording)));
    }
    let description = Description::read(text);
    ensure!(text.trim_start().starts_with("v=0"), "{name} is neither a recording nor an SDP");
    // RFC 8866, section 9: every line has an end.
    ensure!(text.ends_with('\n'), "{name} is cut off: its last line has no end");
    ensure!(description.is_sdp(), "{name} describes no media; is it cut off?");
    Ok(Subject::Sdp(Box::new(description), Layout::of(text)))
}
