//! Sees to it that nothing outlives a run.
//!
//! Each driver, and each program that takes part, is started by a warden: this executable once more, in a session of its own. The
//! warden adopts whatever the driver leaves behind (it is a subreaper, prctl(2)), and when the run ends in any way, SIGKILL
//! included, the pipe to its standard input closes: it kills all that descends from it, removes the browser's folder, and ends.
//! Should the warden itself be killed, the kernel kills the driver, and the next start ends the browser and removes the folder.

use std::{
    collections::HashMap,
    env,
    ffi::{OsStr, OsString},
    fs::{self, File},
    io::{self, Read, Write},
    iter::Peekable,
    os::{
        fd::AsFd,
        unix::process::{CommandExt, ExitStatusExt},
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use nix::sys::signal::SigSet;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{
        Pid, PidfdFlags, Signal, WaitOptions, getpid, kill_process, pidfd_open, pidfd_send_signal,
        set_child_subreaper, set_parent_process_death_signal, setsid, wait,
    },
    stdio::{dup2_stdin, dup2_stdout},
};

/// The first argument of a process that is a warden.
pub(crate) const WARDEN: &str = "tincan-warden";
/// The first argument of a process that becomes another program, and is killed when its parent dies.
pub(crate) const LEASH: &str = "tincan-leash";
/// What stands before the name and the text of a file that a warden puts into the folder.
pub(crate) const WITH_FILE: &str = "--with-file";
/// The option of a warden whose program speaks: it has the warden's own standard input and output, and the end of what the
/// warden's standard error leads to ends both.
pub(crate) const WITH_STDIO: &str = "--with-stdio";
/// What a warden prints once the folder is there.
pub(crate) const FOLDER_READY: &str = "tincan-warden: the folder is ready";
/// How the folders of browsers and programs begin.
const FOLDER_PREFIX: &str = "tincan-peer-";
/// How long a process that was sent SIGKILL may take to end. Measured: a few milliseconds.
const KILL_DEADLINE_S: i64 = 5;
/// The file that a living warden holds a lock on.
const LOCK: &str = "warden.lock";

/// Whether [`enter`] was called.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// Plays the warden, if this process was started to be one, and does not return then. A programme that starts
/// browsers calls this first of all in `main`.
pub fn enter() {
    let mut args = env::args_os().skip(1);
    let outcome = match args.next().as_deref().and_then(OsStr::to_str) {
        Some(WARDEN) => play(args),
        Some(LEASH) => become_leashed(args),
        _ => {
            ENTERED.store(true, Ordering::Relaxed);
            return;
        }
    };
    let code = outcome.unwrap_or_else(|error| {
        eprintln!("{WARDEN}: {error}");
        2
    });
    std::process::exit(code);
}

/// Whether this process has called [`enter`]: else nobody would play the wardens that it starts.
#[must_use]
pub fn has_entered() -> bool {
    ENTERED.load(Ordering::Relaxed)
}

/// This executable, to be started again.
pub(crate) fn own_executable() -> Command {
    // Not current_exe(): this also works when the file has been replaced by a newer build since.
    let mut command = Command::new("/proc/self/exe");
    command.arg0("warden");
    command
}

/// The folder of another warden: none is there yet.
pub(crate) fn new_folder() -> PathBuf {
    // The process id tells people whose it is; the number keeps apart what a dead process of the same id left.
    let name = format!("{FOLDER_PREFIX}{}-{:08x}", std::process::id(), rand::random::<u32>());
    env::temp_dir().join(name)
}

/// `FOLDER [--with-stdio] [--with-file NAME TEXT]... PROGRAM [ARG]...`; answers the exit code, which is the program's if that
/// speaks.
fn play(args: impl Iterator<Item = OsString>) -> io::Result<i32> {
    let mut args = args.peekable();
    let folder = PathBuf::from(args.next().ok_or(io::ErrorKind::InvalidInput)?);
    let speaks = args.next_if(|arg| arg == WITH_STDIO).is_some();
    // Before `main` nobody has seen to that yet: a warden to whom nobody listens any more has to sweep up all the same.
    SigSet::from(nix::sys::signal::Signal::SIGPIPE).thread_block()?;
    setsid()?;
    set_child_subreaper(Some(getpid()))?;
    fs::create_dir(&folder).inspect_err(|error| {
        if !speaks {
            // On the stream that the run reads: it tells people why.
            println!("{}: {error}", folder.display());
        }
    })?;
    let watch_over: fn(&Path, Vec<OsString>) -> io::Result<i32> =
        if speaks { watch_over_speaker } else { watch_over_mute };
    let outcome = put_files(&folder, args).and_then(|command| watch_over(&folder, command.collect()));
    sweep();
    fs::remove_dir_all(&folder)?;
    outcome
}

/// Puts the files of `--with-file` where a program looks for them when it starts; answers the arguments behind them.
fn put_files(
    folder: &Path,
    mut args: Peekable<impl Iterator<Item = OsString>>,
) -> io::Result<impl Iterator<Item = OsString>> {
    while args.next_if(|arg| arg == WITH_FILE).is_some() {
        let (name, text) = args.next().zip(args.next()).ok_or(io::ErrorKind::InvalidInput)?;
        let file = folder.join(name);
        file.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(file, text.as_encoded_bytes())?;
    }
    Ok(args)
}

/// A driver, or a browser without one: it reads nothing, and what it prints is for people.
fn watch_over_mute(folder: &Path, command: Vec<OsString>) -> io::Result<i32> {
    let _lock = lock(folder)?;
    writeln!(io::stdout(), "{FOLDER_READY}")?;
    // One stream for both: whoever reads it has the driver's last words in their order.
    let errors = io::stdout().as_fd().try_clone_to_owned()?;
    let mut driver = leashed(folder, command);
    let mut driver = driver.stdin(Stdio::null()).stderr(errors).spawn()?;
    kill_at_end_of(io::stdin(), &driver)?;
    driver.wait()?;
    Ok(0)
}

/// A program that speaks on its standard input and output: those of this process become its own.
fn watch_over_speaker(folder: &Path, command: Vec<OsString>) -> io::Result<i32> {
    let _lock = lock(folder)?;
    let mut program = leashed(folder, command).spawn()?;
    // Otherwise the run would not see that the program has closed them.
    let nothing = File::options().read(true).write(true).open("/dev/null")?;
    dup2_stdin(&nothing)?;
    dup2_stdout(&nothing)?;
    kill_at_end_of(File::from(io::stderr().as_fd().try_clone_to_owned()?), &program)?;
    let status = program.wait()?;
    // As a shell has it.
    Ok(status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default()))
}

fn lock(folder: &Path) -> io::Result<File> {
    let lock = File::create(folder.join(LOCK))?;
    lock.lock()?;
    Ok(lock)
}

/// `command`, which ends with this process, and whose temporary files are in `folder`: Chromium puts sockets there, and leaves
/// them when it is killed.
fn leashed(folder: &Path, command: Vec<OsString>) -> Command {
    let mut leashed = own_executable();
    leashed.arg(LEASH).args(command).env("TMPDIR", folder);
    leashed
}

/// Kills `child` when the other end of `stream` is closed, by whatever end of the run: nothing is ever written to it.
fn kill_at_end_of(mut stream: impl Read + Send + 'static, child: &Child) -> io::Result<()> {
    let handle = pidfd_open(Pid::from_child(child), PidfdFlags::empty())?;
    thread::spawn(move || {
        let _ = stream.read_to_end(&mut Vec::new());
        let _ = pidfd_send_signal(handle, Signal::KILL);
    });
    Ok(())
}

/// `PROGRAM [ARG]...`: becomes it. The death signal survives the exec; it comes when the parent's *thread* ends, so the
/// parent starts this from its main thread.
fn become_leashed(mut args: impl Iterator<Item = OsString>) -> io::Result<i32> {
    let program = args.next().ok_or(io::ErrorKind::InvalidInput)?;
    set_parent_process_death_signal(Some(Signal::KILL))?;
    Err(Command::new(program).args(args).exec())
}

/// Kills all that descends from this process, until there is nothing left. Each reaped child may have left children
/// that were started after the last look; they are this process's children by then, so the next look sees them.
fn sweep() {
    loop {
        for pid in descendants(getpid()) {
            let _ = kill_process(pid, Signal::KILL);
        }
        if wait(WaitOptions::empty()).is_err_and(|error| error == rustix::io::Errno::CHILD) {
            return;
        }
    }
}

/// The processes that descend from `root`, as far as they run now.
fn descendants(root: Pid) -> Vec<Pid> {
    let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
    for (pid, parent) in processes() {
        children.entry(parent).or_default().push(pid);
    }
    let mut found = Vec::new();
    let mut open = vec![root.as_raw_nonzero().get()];
    while let Some(pid) = open.pop() {
        let next = children.remove(&pid).unwrap_or_default();
        found.extend(next.iter().copied().filter_map(Pid::from_raw));
        open.extend(next);
    }
    found
}

/// Every process with its parent: field 4 of /proc/PID/stat, counted behind the name in brackets (proc(5)).
fn processes() -> impl Iterator<Item = (i32, i32)> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
        Some((pid, parent))
    })
}

/// The longest that the main thread of `root`, or of a process that descends from it, was ready to run and waited for a processor:
/// the second field of /proc/PID/schedstat (sched-stats in the kernel's documentation), which a kernel may not have.
pub(crate) fn wait_for_processor(root: Pid) -> Duration {
    let waited = |pid: Pid| {
        let file = format!("/proc/{}/schedstat", pid.as_raw_nonzero());
        fs::read_to_string(file).ok()?.split_whitespace().nth(1)?.parse().ok()
    };
    let all = descendants(root).into_iter().chain([root]);
    Duration::from_nanos(all.filter_map(waited).max().unwrap_or(0))
}

/// Ends what is left of browsers whose warden was killed: kills what still runs on their folders in `place`, and removes
/// these. The folders of living runs are locked and stay.
pub(crate) fn remove_leftovers(place: &Path) {
    let folders = fs::read_dir(place).into_iter().flatten().flatten().map(|entry| entry.path());
    let ours = folders.filter(|path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(FOLDER_PREFIX))
    });
    for folder in ours {
        remove_leftover(&folder);
    }
}

/// The same for one folder: that of a warden that was killed. Returns when nothing uses it any more.
pub(crate) fn remove_leftover(folder: &Path) {
    let abandoned = File::open(folder.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok());
    if abandoned {
        kill_users(folder);
        // Whoever finds it at the same time removes the same folder: what is gone already is no error.
        let _ = fs::remove_dir_all(folder);
    }
}

/// The processes that descend from `root`, each with its command line.
pub(crate) fn commands_below(root: Pid) -> Vec<(Pid, String)> {
    descendants(root).into_iter().map(|pid| (pid, command_line(pid.as_raw_nonzero().get()))).collect()
}

/// The arguments of a process, its own name first; none if it has ended.
pub(crate) fn arguments(pid: Pid) -> Vec<String> {
    let line = raw_command_line(pid.as_raw_nonzero().get());
    line.trim_end_matches('\0').split('\0').map(str::to_owned).collect()
}

/// The command line of a process, its arguments with spaces between them; empty if it has ended.
fn command_line(pid: i32) -> String {
    raw_command_line(pid).replace('\0', " ")
}

fn raw_command_line(pid: i32) -> String {
    let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&command).into_owned()
}

/// Kills the processes that use `folder`, and waits for their end: the browser whose profile is in it, with whom its helpers end,
/// and what a program has started, whose temporary files are in it.
fn kill_users(folder: &Path) {
    let Some(folder) = folder.to_str() else { return };
    let temporary = format!("TMPDIR={folder}");
    let uses = |pid: i32| {
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        let is_set = environment.split(|byte| *byte == 0).any(|set| set == temporary.as_bytes());
        is_set || command_line(pid).contains(folder)
    };
    let users = processes().filter(|(pid, _)| uses(*pid)).filter_map(|(pid, _)| Pid::from_raw(pid));
    let users: Vec<_> = users.filter_map(|pid| pidfd_open(pid, PidfdFlags::empty()).ok()).collect();
    for user in &users {
        let _ = pidfd_send_signal(user, Signal::KILL);
    }
    // One that has not ended yet may still write there.
    let limit = Timespec { tv_sec: KILL_DEADLINE_S, tv_nsec: 0 };
    for user in &users {
        let _ = poll(&mut [PollFd::new(user, PollFlags::IN)], Some(&limit));
    }
}
