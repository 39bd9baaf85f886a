//! The entry of a program in the registry: it is started once, and asked what it can do.

use std::sync::Arc;

use async_trait::async_trait;
use tincan_harness::{HarnessError, Profile, frames::FrameSource};

use super::{
    abilities::profile, call::trouble, greeting::greeted, parser::ProgramParser, peer::ProgramPeer,
    protocol::Hello, spec::ProgramSpec,
};
use crate::{
    browser::BrowserOptions,
    kind::{Kind, Launch, LivePeer},
    network_host::NetworkHost,
    parser::Parser,
};

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

    fn parser(&self, _: &BrowserOptions) -> Result<Box<dyn Parser>, HarnessError> {
        Ok(Box::new(ProgramParser::new(self.spec.clone(), (*self.hello).clone())))
    }
}
