//! Times that are kept, and compared with.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use tincan_measure::comparison::{
    Comparisons,
    baseline::{Baseline, BaselineComparison, BaselineError, ConditionContrast},
};
use tincan_output::file;

use crate::{exit::Exit, print};

/// Where baselines are kept that have a name alone.
const FOLDER: &str = "tincan-baselines";

/// The file of a baseline: `NAME` is one in the folder of baselines, `a/b` and `b.json` are files.
fn path(name: &str) -> PathBuf {
    let is_file =
        name.contains('/') || Path::new(name).extension().is_some_and(|extension| extension == "json");
    if is_file { PathBuf::from(name) } else { Path::new(FOLDER).join(format!("{name}.json")) }
}

/// Times that were kept.
#[derive(Debug)]
pub struct Kept {
    path: PathBuf,
    baseline: Baseline,
}

impl Kept {
    /// Reads the baseline `name`.
    ///
    /// # Errors
    /// When it is not there, or is none.
    pub fn read(name: &str) -> anyhow::Result<Self> {
        let path = path(name);
        let text = fs::read_to_string(&path).with_context(|| {
            format!("failed to read the baseline {}; --save-baseline makes one", path.display())
        })?;
        let baseline = Baseline::parse(&text)
            .with_context(|| format!("failed to use the baseline {}", path.display()))?;
        Ok(Self { path, baseline })
    }

    /// Before anything is measured: what can be known to be in the way by then.
    ///
    /// # Errors
    /// When `planned` is of another pair, arm set, delay or condition.
    pub fn check(&self, planned: &Comparisons) -> anyhow::Result<()> {
        match self.baseline.compare_with(planned, planned.margin_ms) {
            // Which browser there is is seen only when it runs.
            Ok(_) | Err(BaselineError::AnotherBrowser { .. }) => Ok(()),
            Err(error) => Err(self.in_the_way(error)),
        }
    }

    /// Says what has changed since; answers how that ends.
    ///
    /// # Errors
    /// When the two cannot be compared.
    pub fn compare(&self, now: &Comparisons) -> anyhow::Result<Exit> {
        let found = self.baseline.compare_with(now, now.margin_ms).map_err(|error| self.in_the_way(error))?;
        print::to_stdout(&format!("\nagainst the baseline {}:\n{}", self.path.display(), describe(&found)))?;
        Ok(match () {
            () if found.is_worse() => Exit::SomeFailed,
            () if found.tells() => Exit::Well,
            () => Exit::CouldNotAsk,
        })
    }

    fn in_the_way(&self, error: BaselineError) -> anyhow::Error {
        anyhow::Error::new(error)
            .context(format!("failed to compare with the baseline {}", self.path.display()))
    }
}

/// Keeps the times of `comparisons` as `name`.
///
/// # Errors
/// When there are too few, or they cannot be written.
pub fn save(name: &str, comparisons: &Comparisons) -> anyhow::Result<()> {
    let path = path(name);
    let text = Baseline::of(comparisons).context("failed to make a baseline")?.render()?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).with_context(|| format!("failed to make {}", folder.display()))?;
    }
    file::put(&path, &text)?;
    print::to_stdout(&format!("baseline: {}\n", path.display()))
}

fn describe(found: &BaselineComparison) -> String {
    let mut text = String::new();
    for difference in &found.differences {
        let _ = writeln!(text, "{difference}");
    }
    if found.differences.is_empty() {
        text += "the environment is the same\n";
    }
    for condition in &found.conditions {
        text += &of_condition(condition);
    }
    for network in &found.not_measured {
        let _ = writeln!(text, "{network}: in the baseline, and not measured now");
    }
    text
}

fn of_condition(condition: &ConditionContrast) -> String {
    let mut text = String::new();
    for arm in &condition.arms {
        let (network, name) = (condition.network, arm.arm.name());
        let _ = match &arm.contrast {
            None => writeln!(text, "{network}, {name}: too few times"),
            Some(contrast) => {
                let shift = contrast.shift_ms;
                writeln!(
                    text,
                    "{network}, {name}: {:+.1} ms [{:.1}, {:.1}], n = {} then, {} now: {}",
                    shift.value, shift.low, shift.high, contrast.then, contrast.now, contrast.change
                )
            }
        };
        for count in &arm.counts {
            let _ = writeln!(text, "{network}, {name}: {count}");
        }
    }
    if condition.change().is_none() {
        text +=
            "nothing can be said: vanilla differed from itself, then or now, or there are too few times\n";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_in_the_folder_and_a_file_is_where_it_is() {
        assert_eq!(path("release"), Path::new("tincan-baselines/release.json"));
        assert_eq!(path("old.json"), Path::new("old.json"));
        assert_eq!(path("../there/x"), Path::new("../there/x"));
    }
}
