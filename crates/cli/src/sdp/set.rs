//! `tincan sdp set`: writes the descriptions that are made of recorded ones by rules.

use std::{fmt::Write as _, path::Path};

use anyhow::Context;
use tincan_harness::sdp::{
    question::DescriptionKind,
    set::{Member, members},
};
use tincan_output::Folder;

use crate::{exit::Exit, print};

/// What stands before the list of what is in the folder.
const HEAD: &str = "These descriptions are made by `tincan sdp set` of recorded ones, each by one rule: `tincan sdp check` gives them to peers.\n\n\
    | file | what is changed | where it is written how it ought to be |\n|---|---|---|\n";

/// Writes them into `folder`: offers as bare SDP, answers as JSON, since nothing else says that they are some.
pub fn write(folder: &Path) -> anyhow::Result<Exit> {
    let folder = Folder::take(folder)?.context("another command writes into that folder")?;
    let members = members();
    let mut list = HEAD.to_owned();
    for Member { name, section, meaning, question } in &members {
        let (file, text) = match question.kind {
            DescriptionKind::Offer => (format!("{name}.sdp"), question.sdp.clone()),
            DescriptionKind::Answer => {
                let json = serde_json::json!({ "type": question.kind, "sdp": question.sdp });
                (format!("{name}.json"), json.to_string() + "\n")
            }
        };
        folder.put(&file, &text)?;
        let _ = writeln!(list, "| {file} | {meaning} | {section} |");
    }
    folder.put("README.md", &list)?;
    print::to_stdout(&format!("{} descriptions: {}\n", members.len(), folder.path().display()))?;
    Ok(Exit::Well)
}
