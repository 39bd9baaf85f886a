//! `--minimize`: of a description on which peers differ, the lines that matter.

use std::{collections::BTreeSet, path::Path};

use anyhow::Context;
use tincan_harness::{
    PeerId,
    sdp::{
        question::Question,
        reaction::{Reaction, Way},
        shrink::{Shrunk, shrink},
    },
};
use tincan_report::sdp::{CheckedFile, ShrunkFile};

use super::{asking::Asked, files::GivenFile, progress::Progress};
use crate::stop::Stop;

/// As many descriptions are tried of one file at the most: three times what the longest of tincan's own set takes.
pub const MOST_TRIED: usize = 1000;
/// Where somebody crashes over it: each takes a new process.
const MOST_CRASHES: usize = 100;
/// Where somebody hangs over it: each takes seconds.
const MOST_HANGS: usize = 25;

/// Shrinks each of `files` on which the `asked` differ, and writes what is left into `folder`, or beside it.
///
/// # Errors
/// When that cannot be written.
pub async fn shrink_all(
    asked: &mut [Asked],
    files: &[GivenFile],
    checked: &mut [CheckedFile],
    folder: Option<&Path>,
    stop: &Stop,
) -> anyhow::Result<()> {
    let differ: Vec<_> = files.iter().zip(checked).filter(|(_, checked)| !checked.agree).collect();
    let progress = Progress::new(differ.len());
    // Who answers soonest is asked first: whoever reacts in another way spares the others the question.
    let mut asked: Vec<_> = asked.iter_mut().collect();
    asked.sort_by_key(|peer| peer.median());
    let mut written = BTreeSet::new();
    for (file, checked) in differ {
        progress.say(format!("shrinking {}", file.path.display()));
        let shrunk = tokio::select! {
            biased;
            () = stop.ordered() => return Ok(()),
            shrunk = shrink_one(&mut asked, file, checked) => shrunk,
        };
        let path = file.shrunk_path(folder);
        // Two files of one name in one folder would be one.
        let path = if written.insert(path.clone()) { path } else { numbered(&path, written.len()) };
        let text = file.shrunk_text(&shrunk.sdp);
        std::fs::write(&path, text).with_context(|| format!("failed to write {}", path.display()))?;
        let Shrunk { lines, of, tried, is_least, .. } = shrunk;
        checked.shrunk = Some(ShrunkFile { file: path.display().to_string(), lines, of, tried, is_least });
        progress.advance();
    }
    Ok(())
}

fn numbered(path: &Path, number: usize) -> std::path::PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{number}-{name}"))
}

async fn shrink_one(asked: &mut [&mut Asked], file: &GivenFile, checked: &CheckedFile) -> Shrunk {
    let way = |name: PeerId| checked.reactions.get(&name).and_then(Reaction::way);
    let any = |way| checked.reactions.values().any(|reaction| reaction.way() == Some(way));
    let most = match () {
        () if any(Way::Hangs) => MOST_HANGS,
        () if any(Way::Crashes) => MOST_CRASHES,
        () => MOST_TRIED,
    };
    let kind = file.question.kind;
    shrink(&file.question.sdp, most, async |sdp| {
        let question = Question { kind, sdp: sdp.to_owned() };
        for peer in asked.iter_mut() {
            let Some(expected) = way(peer.name()) else { continue };
            if peer.ask(&question).await.way() != Some(expected) {
                return false;
            }
        }
        true
    })
    .await
}
