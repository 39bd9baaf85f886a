//! Where the reports of a test go.

use std::{
    collections::HashMap,
    env,
    path::{Path, PathBuf},
    sync::{LazyLock, Mutex, PoisonError},
    thread,
};

/// What marks a target folder (<https://bford.info/cachedir/>); cargo puts it there.
const MARK: &str = "CACHEDIR.TAG";
/// The folder for reports in it.
const REPORTS: &str = "tincan-tests";

/// How many calls of this process were given each folder.
static GIVEN: LazyLock<Mutex<HashMap<PathBuf, u32>>> = LazyLock::new(Mutex::default);

/// The name of the test that runs in this thread, below that of its executable: the harness calls its threads so.
pub(crate) fn name_of_this_test() -> PathBuf {
    let executable = env::current_exe().ok();
    let stem = executable.as_deref().and_then(Path::file_stem).unwrap_or_default().to_string_lossy();
    let current = thread::current();
    Path::new(&plain(without_hash(&stem))).join(plain(current.name().unwrap_or("call")))
}

/// Where reports go if nobody says where: the target folder in which this executable is, or else the next one above where it runs, since
/// examples in documents are built elsewhere.
pub(crate) fn reports() -> PathBuf {
    let (executable, here) = (env::current_exe().unwrap_or_default(), env::current_dir().unwrap_or_default());
    let target = executable.ancestors().find(|folder| folder.join(MARK).is_file()).map(Path::to_owned);
    let above = || here.ancestors().map(|folder| folder.join("target")).find(|target| target.is_dir());
    target.or_else(above).unwrap_or_else(|| "target".into()).join(REPORTS)
}

/// The folder of the next call that would write to `folder`: a test may make several.
pub(crate) fn next(folder: &Path) -> PathBuf {
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    let count = given.entry(folder.to_owned()).and_modify(|count| *count += 1).or_insert(1);
    if *count == 1 {
        return folder.to_owned();
    }
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(format!("-{count}"));
    folder.with_file_name(name)
}

/// `call` of `call-0123456789abcdef`.
fn without_hash(stem: &str) -> &str {
    match stem.rsplit_once('-') {
        Some((name, hash)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => name,
        _ => stem,
    }
}

/// A name of a folder that is like `name`: `a::b` is `a.b`.
fn plain(name: &str) -> String {
    let letter = |letter: char| if letter.is_alphanumeric() || "-_.".contains(letter) { letter } else { '_' };
    name.replace("::", ".").chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_has_a_folder_of_its_name() {
        let name = name_of_this_test();
        assert_eq!(name, Path::new("tincan/folder.tests.a_test_has_a_folder_of_its_name"));
        assert!(reports().ends_with("tincan-tests") && reports().with_file_name("debug").is_dir());
        assert_eq!(plain("../a b"), ".._a_b");
    }

    #[test]
    fn the_second_call_of_a_test_has_another_folder() {
        let folders = [(); 3].map(|()| next(Path::new("x/second")));
        assert_eq!(folders, ["x/second", "x/second-2", "x/second-3"].map(PathBuf::from));
    }
}
