//! A program is killed at one of ten moments, from its hello to the end of its call: nothing of it is left.

use std::{
    fs::{self, File},
    io::Read,
    thread,
};

use rustix::fs::{CWD, Mode, mkfifoat};
use tincan_tests::root;

use crate::cli::{Running, Tincan};

/// Runs the reference, and kills it when it hears (`<`) or is about to say (`>`) a message of that kind.
const RUNNER: &str = r#"
import json, os, runpy, signal, sys
moment, reference = sys.argv[1:]

def look(sign, text):
    if text.strip() and f"{sign}{json.loads(text)['kind']}" == moment:
        os.kill(os.getpid(), signal.SIGKILL)

class Seen:
    def __init__(self, stream):
        self.stream = stream

    def __iter__(self):
        for line in self.stream:
            look("<", line)
            yield line

    def write(self, text):
        look(">", text)
        return self.stream.write(text)

    def flush(self):
        self.stream.flush()

sys.stdin, sys.stdout = Seen(sys.stdin), Seen(sys.stdout)
runpy.run_path(reference, run_name="__main__")
"#;

/// The moments, in their order.
const MOMENTS: [&str; 10] = [
    ">hello",
    "<start",
    ">ready",
    "<act",
    ">description",
    ">candidate",
    "<description",
    ">accepted",
    "<statistics",
    "<close",
];

#[test]
fn nothing_is_left_of_a_program_that_is_killed_at_any_moment() {
    thread::scope(|scope| {
        let all = MOMENTS.map(|moment| (moment, scope.spawn(move || killed_at(moment))));
        for (moment, killed) in all {
            assert!(killed.join().is_ok(), "at {moment}");
        }
    });
}

fn killed_at(moment: &str) {
    let tincan = Tincan::new();
    let (temporary, fifo) = (tincan.folder().join("tmp"), tincan.folder().join("fifo"));
    fs::create_dir(&temporary).unwrap();
    mkfifoat(CWD, &fifo, Mode::RUSR | Mode::WUSR).unwrap();
    let (file, runner) = (tincan.folder().join("program.sh"), tincan.folder().join("runner.py"));
    fs::write(&runner, RUNNER).unwrap();
    // Whatever is started holds the pipe open, also what has left the session of the program.
    let program = format!(
        "exec 9>{}\n/usr/bin/setsid /bin/sleep 1000 <&- >&- 2>&- &\nexec /usr/bin/python3 {} '{moment}' {}",
        fifo.display(),
        runner.display(),
        root().join("fixtures/peers/reference/peer.py").display()
    );
    fs::write(&file, program).unwrap();
    let peer = format!("mine=exec /bin/sh {}", file.display());
    let mut command = tincan.command(&["run", "--peer", &peer, "mine-to-webrtc-rs/trickle/vp8/direct"]);
    command.env("TMPDIR", &temporary).args(["--out", "out", "--deadline", "ice=1"]);
    let running = Running::start(command);
    let mut held = File::open(&fifo).unwrap();
    let ended = running.end();
    assert_ne!(ended.code, 0, "{ended:?}");
    // It ends when nobody holds it any more.
    held.read_to_end(&mut Vec::new()).unwrap();
    let said = format!("{}{}", ended.stdout, ended.stderr);
    let is_late = ["<statistics", "<close"].contains(&moment);
    assert!(is_late || said.contains("ended by signal 9"), "{said}");
    let left: Vec<_> = fs::read_dir(&temporary).unwrap().flatten().map(|entry| entry.path()).collect();
    assert!(left.is_empty(), "left: {left:?}");
}
