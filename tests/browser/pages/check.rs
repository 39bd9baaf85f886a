//! `tincan map check`: what is said of each step.

use std::{path::Path, process::Command};

use libtest_mimic::Trial;

use super::{copy, root};
use crate::{check, trial};

const TINCAN: &str = env!("CARGO_BIN_EXE_tincan-under-test");
const PAGE: &str = "fixtures/pages/host-and-guest";

pub fn trials() -> Vec<Trial> {
    vec![
        trial("pages/map-check/a-map-that-holds", holds),
        trial("pages/map-check/a-step-that-cannot-be-taken", does_not_hold),
    ]
}

/// What is printed of the map of `page`, and the exit code.
fn checked(page: &Path, out: &Path) -> Result<(String, Option<i32>), String> {
    let mut command = Command::new(TINCAN);
    command.args(["map", "check", "--page"]).arg(page).arg("--out").arg(out);
    let output = command.output().map_err(|error| error.to_string())?;
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    Ok((said.concat(), output.status.code()))
}

async fn holds() -> Result<(), String> {
    let out = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (said, code) = checked(&root().join(PAGE), out.path())?;
    check(code == Some(0), || said.clone())?;
    for words in
        ["1 of 4: click #invite", "<button#invite> \"Invite somebody\"", "3 of 3: copy from #reply", "passed"]
    {
        check(said.contains(words), || format!("it does not say {words:?}: {said}"))?;
    }
    let pictures =
        ["offerer-1", "offerer-2", "offerer-3", "offerer-4", "answerer-1", "answerer-2", "answerer-3"];
    for name in pictures {
        let picture = std::fs::read(out.path().join(format!("{name}.png")))
            .map_err(|error| format!("{name}: {error}"))?;
        check(picture.starts_with(b"\x89PNG"), || format!("{name} is no picture"))?;
    }
    Ok(())
}

async fn does_not_hold() -> Result<(), String> {
    let (folder, out) = (copy(PAGE)?, tempfile::tempdir().map_err(|error| error.to_string())?);
    let map = folder.path().join("page.toml");
    let text = std::fs::read_to_string(&map).map_err(|error| error.to_string())?;
    let changed = text.replace("from = \"#reply\"", "from = \"#replay\"");
    check(changed != text, || "the map has no such step any more".to_owned())?;
    std::fs::write(&map, changed).map_err(|error| error.to_string())?;
    let (said, code) = checked(folder.path(), out.path())?;
    check(code == Some(2), || said.clone())?;
    for words in [
        "2 of 3: click the button named \"Join\"",
        "3 of 3: copy from #replay",
        "not taken",
        "1 more, not begun",
        "no element matches #replay",
    ] {
        check(said.contains(words), || format!("it does not say {words:?}: {said}"))?;
    }
    check(!out.path().join("answerer-3.png").exists(), || {
        "a step that was not taken has a picture".to_owned()
    })
}
