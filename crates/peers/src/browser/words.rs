//! What a browser printed when it could not be started, and what to do about it.

use rustix::process::{Resource, getrlimit};
use tincan_harness::HarnessError;

/// With 100 the network service of a headless shell does not run.
const ENOUGH_FILES: u64 = 256;
/// As many lines as a message to people bears.
const QUOTED: usize = 5;

/// The lines that say most: those that Chromium itself calls fatal, those of which it is known what to do about them, then the
/// others as they came; without the driver's own
/// talk, without what Chromium calls less than an error, and without what it says wherever there is no desktop.
pub(super) fn telling(lines: &[String]) -> Vec<&str> {
    let lines = lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty());
    let mut telling: Vec<_> = lines.filter(|line| !is_chatter(line) && !is_usual(line)).collect();
    // A stable sort: within a kind the order stays.
    telling.sort_by_key(|line| (!is_fatal(line), hint(line).is_none()));
    telling.dedup_by_key(|line| line.split_once("] ").map_or(*line, |(_, said)| said));
    telling.truncate(QUOTED);
    telling
}

/// The trouble with these lines, if there are any, and with what to do about what they say.
pub(super) fn add(trouble: HarnessError, lines: &[String]) -> HarnessError {
    let telling = telling(lines);
    let message = match telling.is_empty() {
        true => trouble.message,
        false => format!("{}; driver and browser said {:?}", trouble.message, telling.join(" / ")),
    };
    let hint = hint(&message).map(str::to_owned).or_else(few_files).or(trouble.hint);
    HarnessError { message, hint, ..trouble }
}

/// What to do about it if few files may be open: not all that a browser says then is about that.
fn few_files() -> Option<String> {
    let limit = getrlimit(Resource::Nofile).current.filter(|limit| *limit < ENOUGH_FILES)?;
    Some(format!(
        "no more than {limit} files may be open here, which are few for a browser: `ulimit -n 4096`"
    ))
}

/// Whether it is the last line of the process that printed it (`LOG(FATAL)`, `CHECK`).
fn is_fatal(line: &str) -> bool {
    level(line) == Some("FATAL")
}

/// Whether Chromium itself calls it less than an error.
pub(super) fn is_chatter(line: &str) -> bool {
    matches!(level(line), Some("INFO" | "WARNING" | "VERBOSE1"))
}

/// Whether a browser, or one of its helpers, has printed this: it is in the form of its log.
pub(super) fn is_of_browser(line: &str) -> bool {
    level(line).is_some()
}

/// Whether a browser says by it that it runs, and will never listen to a driver.
pub(super) fn is_refusal(line: &str) -> bool {
    line.contains("remote debugging is disallowed")
}

/// The level in `[PROCESS:THREAD:1122/233148.584833:LEVEL:file.cc:575] …`, with or without the first two. Another thread may
/// have printed something before it.
fn level(line: &str) -> Option<&str> {
    let (_, behind) = line.split_once('[')?;
    let (head, _) = behind.split_once(']')?;
    let levels = ["FATAL", "ERROR", "WARNING", "INFO", "VERBOSE1"];
    head.split(':').find_map(|part| levels.into_iter().find(|level| *level == part))
}

/// What is printed also where all is well: by ChromeDriver about itself, by Chromium where there is no desktop, by its crash
/// handler, and by Debian's start script.
fn is_usual(line: &str) -> bool {
    const SAID: [&str; 14] = [
        "Starting ChromeDriver ",
        "Only local connections are allowed",
        "Please see https://chromedriver",
        "ChromeDriver was started successfully",
        "DevTools listening on ",
        "You are running in headless mode",
        "WebDriver BiDi listening on ",
        "RemoteAgent\tINFO",
        "GraphicsCriticalError",
        ":ERROR:dbus/",
        ":ERROR:third_party/crashpad/",
        "dconf-CRITICAL",
        "Trace/breakpoint trap",
        ": unexpected operator",
    ];
    SAID.iter().any(|said| line.contains(said))
}

/// What to do where a browser or its driver has said this; none if it is not known.
pub(super) fn hint(said: &str) -> Option<&'static str> {
    HINTS.iter().find(|(words, _)| words.iter().any(|word| said.contains(word))).map(|(_, hint)| *hint)
}

/// The more telling come first.
const HINTS: [(&[&str], &str); 12] = [
    (&["only supports Chrome version"], "install a driver and a browser of the same major version"),
    (
        &["No usable sandbox", "Failed to move to new namespace", "SUID sandbox", "sandbox_linux"],
        "let unprivileged user namespaces be made (sysctl kernel.unprivileged_userns_clone=1, user.max_user_namespaces \
         above 0, kernel.apparmor_restrict_unprivileged_userns=0), or do without a sandbox: TINCAN_NO_SANDBOX=1",
    ),
    (
        &["Missing X server", "cannot open display", "platform failed to initialize"],
        "name a screen with DISPLAY or WAYLAND_DISPLAY, use xvfb-run, or leave out --headed",
    ),
    (&["while loading shared libraries"], "install the library that is named, or the browser from a package"),
    (
        &["remote debugging is disallowed", "Headless mode is disallowed"],
        "a policy of this machine forbids it (RemoteDebuggingAllowed, HeadlessMode): see /etc/chromium/policies and \
         /etc/opt/chrome/policies",
    ),
    (
        &["snap install", "apt install", "apt-get install"],
        "install what it says, or name another browser with --chromium",
    ),
    (&["File name too long", "ocket path"], "name a folder with a shorter path with TMPDIR"),
    (&["Too many open files"], "allow more open files: `ulimit -n 4096`"),
    (
        &["Network service crashed"],
        "something ends the browser's network service: allow more open files (`ulimit -n 4096`) and more processes (`ulimit -u`)",
    ),
    (
        &["Resource temporarily unavailable", "pthread_create", "fork:", "Cannot fork"],
        "allow more processes: `ulimit -u`, or the limit of the container (pids.max)",
    ),
    (
        &["No space left on device", "Disk quota exceeded"],
        "make room where TMPDIR names, /tmp by default, and in /dev/shm",
    ),
    (
        &["Exec format error", "cannot execute binary file", "ermission denied"],
        "name a browser that can be executed on this machine with --chromium",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn what_was_fatal_comes_first_and_the_drivers_talk_is_left_out() {
        let fatal = "[1:1:1122/233148.584833:FATAL:zygote_host_impl_linux.cc:132] No usable sandbox!";
        let error = "[1122/233148.5:ERROR:zygote.cc:407] Zygote could not fork";
        let printed = lines(&[
            "Starting ChromeDriver 156.0.1 on port 1",
            "plain words",
            "x: error while loading shared libraries: libx.so",
            "[1122/233148.5:ERROR:dbus/bus.cc:407] Failed to connect to the bus",
            "[1122/233148.5:INFO:a.cc:1] chatter",
            error,
            "",
            fatal,
        ]);
        let known = "x: error while loading shared libraries: libx.so";
        assert_eq!(telling(&printed), [fatal, known, "plain words", error]);
        let within = format!("Fontconfig error: {fatal}");
        assert!(is_fatal(fatal) && is_fatal(&within) && !is_fatal(error) && !is_fatal("FATAL"));
        assert!(is_of_browser(error) && !is_of_browser("sh: 9: [: 1: unexpected operator"));
        let trouble = HarnessError::new("start the browser", "it has ended");
        assert_eq!(add(trouble.clone(), &printed[..1]), trouble);
        let added = add(trouble, &printed).to_string();
        assert!(
            added.contains("driver and browser said \"[1:1:") && added.contains("TINCAN_NO_SANDBOX=1"),
            "{added}"
        );
        assert!(hint(fatal).is_some_and(|hint| hint.contains("TINCAN_NO_SANDBOX")));
        assert_eq!(hint("nothing that is known"), None);
    }
}
