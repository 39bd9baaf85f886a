//! Builds of other releases, which `ci/releases` and `ci/chrome-for-testing` have put into the user's cache.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use tincan_harness::scenario::PeerId;

use super::{
    build::BuildSpec,
    find::{self, Kind},
};

/// Where `ci/releases` puts its builds, each in a folder of its own below the user's cache.
const FETCHED: &str = "tincan/releases";
/// What `ci/releases` says of a build.
const ABOUT: &str = "release.json";

/// A build of another release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// How it takes part.
    pub build: BuildSpec,
    /// Its version.
    pub version: String,
    /// Who built it, where that is not its maker; empty otherwise.
    pub label: String,
}

/// A file that `ci/releases` has written.
#[derive(Debug, Deserialize)]
struct About {
    /// The file to run, in the same folder.
    browser: String,
    version: String,
    label: String,
}

/// The builds in the user's cache, the oldest first. Each is called `chromium-MAJOR`, or by its whole version where there are several of
/// one major version.
#[must_use]
pub fn releases() -> Vec<Release> {
    let fetched = find::cache().map(|cache| of_folder(&cache.join(FETCHED))).unwrap_or_default();
    let mut all: Vec<_> =
        fetched.into_iter().chain(find::downloads().into_iter().filter_map(of_maker)).collect();
    all.sort_by_key(|release| find::components(Path::new(&release.version)));
    let names: Vec<_> = all.iter().map(|release| name(release, &all)).collect();
    let named = all.into_iter().zip(names).filter_map(|(release, name)| {
        let build = BuildSpec { name: name?, ..release.build };
        Some(Release { build, ..release })
    });
    named.collect()
}

/// Who built the browser in this file, as `ci/releases` has it; nothing of one that it has not fetched.
pub(crate) fn built_by(file: &str) -> String {
    let about = Path::new(file).parent().and_then(|folder| fs::read(folder.join(ABOUT)).ok());
    let about = about.and_then(|about| serde_json::from_slice::<About>(&about).ok());
    about.map(|about| about.label).unwrap_or_default()
}

fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or_default()
}

fn name(release: &Release, all: &[Release]) -> Option<PeerId> {
    let major = major(&release.version);
    let several = all.iter().filter(|other| self::major(&other.version) == major).count() > 1;
    let version = if several { &release.version } else { major };
    format!("chromium-{version}").parse().ok()
}

/// Those that `ci/releases` has put into `folder`. What is not whole is none.
fn of_folder(folder: &Path) -> Vec<Release> {
    let folders = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let release = |folder: PathBuf| {
        let about: About = serde_json::from_slice(&fs::read(folder.join(ABOUT)).ok()?).ok()?;
        let build = spec(folder.join(&about.browser), None);
        Some(Release { build, version: about.version, label: about.label })
    };
    folders.filter_map(release).collect()
}

/// A build of Chrome for Testing, with the driver of its own version.
fn of_maker((version, browser, driver): (String, PathBuf, PathBuf)) -> Option<Release> {
    let driver = Some(driver).filter(|driver| driver.is_file());
    Some(Release { build: spec(browser, driver), version, label: String::new() })
}

/// A headless shell, whose name is found later.
fn spec(browser: PathBuf, driver: Option<PathBuf>) -> BuildSpec {
    BuildSpec { name: PeerId::literal("chromium"), browser, driver, kind: Some(Kind::Shell) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(version: &str) -> Release {
        Release { build: spec("chrome".into(), None), version: version.to_owned(), label: String::new() }
    }

    #[test]
    fn a_build_is_called_by_its_major_version_unless_there_are_several() {
        let all = [release("119.0.6045.0"), release("126.0.1.2"), release("126.0.1.3")];
        let names: Vec<_> = all.iter().map(|release| name(release, &all).unwrap().to_string()).collect();
        assert_eq!(names, ["chromium-119", "chromium-126.0.1.2", "chromium-126.0.1.3"]);
    }

    #[test]
    fn what_is_not_whole_is_no_build() {
        let folder = tempfile::tempdir().unwrap();
        for (name, about) in [
            (
                "chromium-126.0.0",
                Some(
                    r#"{ "browser": "chromium", "version": "126.0.6478.0", "label": "by x", "package": "y" }"#,
                ),
            ),
            ("chromium-127.0.0", Some("{")),
            (".partial-1", None),
        ] {
            fs::create_dir(folder.path().join(name)).unwrap();
            if let Some(about) = about {
                fs::write(folder.path().join(name).join(ABOUT), about).unwrap();
            }
        }
        let found = of_folder(folder.path());
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].version.as_str(), found[0].label.as_str()), ("126.0.6478.0", "by x"));
        assert_eq!(found[0].build.browser, folder.path().join("chromium-126.0.0/chromium"));
        assert_eq!(of_folder(&folder.path().join("nowhere")), []);
        let of = |name: &str| built_by(&folder.path().join(name).join("chromium").display().to_string());
        assert_eq!(["chromium-126.0.0", "chromium-127.0.0", "nowhere"].map(of), ["by x", "", ""]);
    }
}
