//! `tincan serve`: the page, for people.

use anyhow::Context;
use tincan_peers::page_server::{PageServer, PageServerError, PageSource};
use tokio::runtime;

use crate::{args::ServeArgs, exit::Exit, print, stop::Stop};

/// Serves the page until it is told to stop.
pub fn serve(args: ServeArgs) -> anyhow::Result<Exit> {
    let built_in = args.page.folder.is_none();
    let page = args.page.folder.map_or(PageSource::BuiltIn, PageSource::Folder);
    let runtime = runtime::Builder::new_current_thread().enable_all().build().context("failed to start")?;
    runtime.block_on(async {
        let stop = Stop::by_signals().context("failed to watch for Ctrl-C")?;
        let server = PageServer::start(&page, args.port).await.map_err(with_cure)?;
        print::to_stdout(&guide(&server.url(), built_in))?;
        stop.ordered().await;
        server.close().await;
        Ok(Exit::Well)
    })
}

const STEPS: &str = "\
Open it in two tabs, one to call and one to be called. In each, follow the numbered steps: one in the
column Offer, the other in the column Answer. What a tab shows as its SDP to send, copy into the other
tab's field for the SDP received.

";

fn with_cure(error: PageServerError) -> anyhow::Error {
    match error {
        PageServerError::Listen { .. } => anyhow::Error::new(error)
            .context("the port cannot be had; name another with --port, 0 is any free one"),
        _ => error.into(),
    }
}

fn guide(url: &str, built_in: bool) -> String {
    let steps = if built_in { STEPS } else { "" };
    format!(
        "The page is at {url}\n\n\
         {steps}\
         It is served to this machine only. Ctrl-C ends it.\n"
    )
}
