//! The process in which a library is given descriptions: this executable once more.

use std::{
    env,
    io::{self, Write},
    panic::{self, PanicHookInfo},
};

use rustix::process::{Resource, Rlimit, setrlimit};
use tincan_harness::sdp::{question::Question, reaction::Reaction};
use tokio::{
    io::{AsyncBufReadExt, BufReader, stdin},
    runtime,
};

use crate::{
    parser::{Parser, child::PARSER, fault::Fault},
    registry::Registry,
};

/// The exit code of a process whose library has panicked: that of Rust.
const PANICKED: i32 = 101;
/// As much memory as one may take, in bytes: a description that makes a library want more ends it, and not the machine.
const MOST_MEMORY: u64 = 8 << 30;

/// Gives a library descriptions, if this process was started for that, and does not return then. A programme that gives descriptions to
/// peers calls this first of all in `main`, behind [`crate::warden::enter`].
pub fn enter() {
    let mut args = env::args().skip(1);
    let (Some(PARSER), Some(name)) = (args.next().as_deref(), args.next()) else { return };
    let code = match serve(&name) {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("{PARSER}: {error}");
            2
        }
    };
    std::process::exit(code);
}

fn serve(name: &str) -> io::Result<()> {
    // Where it panics: a library's own tasks may do so, and the rest of it would go on as if nothing had happened.
    panic::set_hook(Box::new(end));
    setrlimit(Resource::As, Rlimit { current: Some(MOST_MEMORY), maximum: Some(MOST_MEMORY) })?;
    let id = name.parse().map_err(io::Error::other)?;
    let parser = Registry::built_in().parser_in_process(id);
    let parser = parser.ok_or_else(|| io::Error::other(format!("{name} is no library in Rust")))?;
    runtime::Builder::new_multi_thread().enable_all().build()?.block_on(answer(parser))
}

/// Answers every line until there are no more.
async fn answer(mut parser: Box<dyn Parser>) -> io::Result<()> {
    let mut lines = BufReader::new(stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let question: Question = serde_json::from_str(&line)?;
        Fault::at(&question.sdp).into_iter().for_each(Fault::commit);
        let reaction = parser.ask(&question).await;
        let reaction = reaction.unwrap_or_else(|trouble| Reaction::Unasked { reason: trouble.to_string() });
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "{}", serde_json::to_string(&reaction)?)?;
        stdout.flush()?;
    }
    Ok(())
}

fn end(info: &PanicHookInfo<'_>) {
    eprintln!("{info}");
    std::process::exit(PANICKED);
}
