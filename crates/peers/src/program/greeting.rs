//! How a program is started: it says hello, and what it can do.

use std::time::Duration;

use tincan_harness::HarnessError;
use tokio::time::timeout;

use super::{
    call::trouble,
    heard::read,
    lines::Heard,
    process::Process,
    protocol::{Hello, VERSION, What},
    spec::ProgramSpec,
};
use crate::network_host::NetworkHost;

/// How long a program may take to say hello. Measured of Python programs: 0.1 to 0.5 s.
const HELLO_DEADLINE: Duration = Duration::from_secs(10);

/// A program that was started on `host`, with what it has said of itself.
pub(super) async fn greeted(
    spec: &ProgramSpec,
    host: &NetworkHost,
) -> Result<(Process, Hello), HarnessError> {
    let mut process = Process::start(spec, host)?;
    match hello(&mut process).await {
        Ok(hello) => Ok((process, hello)),
        Err(why) => {
            let trouble = trouble(spec.name, &why, &process).printed(process.log.take());
            process.end().await;
            Err(trouble)
        }
    }
}

async fn hello(process: &mut Process) -> Result<Hello, String> {
    let heard = timeout(HELLO_DEADLINE, process.output.next()).await;
    let heard = heard.map_err(|_| format!("it did not say hello within {} s", HELLO_DEADLINE.as_secs()))?;
    let line = match heard {
        Some(Heard::Line(line)) => line,
        Some(Heard::Unfit(why)) => return Err(format!("it said {why}")),
        None => return Err(format!("it did not say hello: {}", process.ending().await)),
    };
    match read(&line)?.what {
        What::Hello(hello) if hello.protocol == VERSION => Ok(*hello),
        What::Hello(hello) => {
            Err(format!("it speaks version {} of the protocol, and tincan {VERSION}", hello.protocol))
        }
        _ => Err("its first line is not hello".to_owned()),
    }
}
