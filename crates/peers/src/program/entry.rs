//! The entry of a program in the registry: it is started once, and asked what it can do.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use tincan_harness::{HarnessError, Profile, frames::FrameSource};
use tokio::time::timeout;

use super::{
    abilities::profile,
    call::trouble,
    heard::read,
    lines::Heard,
    peer::ProgramPeer,
    process::Process,
    protocol::{Hello, VERSION, What},
    spec::ProgramSpec,
};
use crate::{
    kind::{Kind, Launch, LivePeer},
    network_host::NetworkHost,
};

/// How long a program may take to say hello. Measured of Python programs: 0.1 to 0.5 s.
const HELLO_DEADLINE: Duration = Duration::from_secs(10);

/// A program that was asked what it can do.
struct Entry {
    spec: ProgramSpec,
    hello: Arc<Hello>,
}

/// Starts the program of `spec`, asks it what it can do, and ends it.
///
/// # Errors
/// When it does not start, or does not say hello as the protocol wants it.
pub(crate) async fn ask(spec: ProgramSpec) -> Result<Arc<dyn Kind>, HarnessError> {
    let (process, hello) = greeted(&spec, &NetworkHost::default()).await?;
    process.end().await;
    Ok(Arc::new(Entry { spec, hello: Arc::new(hello) }))
}

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

#[async_trait]
impl Kind for Entry {
    fn profile(&self) -> Profile {
        profile(&self.spec, &self.hello)
    }

    fn crates(&self) -> &'static [&'static str] {
        &[]
    }

    async fn launch(&self, launch: Launch<'_>) -> Result<Box<dyn LivePeer>, HarnessError> {
        let (process, hello) = greeted(&self.spec, &launch.host).await?;
        if hello != *self.hello {
            let trouble = trouble(self.spec.name, "it says something else of itself than at first", &process);
            process.end().await;
            return Err(trouble);
        }
        let source = FrameSource { run: launch.source.run & 0xFF_FFFF, ..launch.source };
        Ok(Box::new(ProgramPeer::new(self.spec.name, Arc::clone(&self.hello), source, process)))
    }
}
