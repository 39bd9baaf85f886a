//! A call that goes on, in a thread and a runtime of its own.

use std::{
    path::PathBuf,
    thread::{self, JoinHandle},
};

use tincan_peers::{Roster, environment, warden};
use tokio::{runtime, sync::oneshot};

use crate::{
    call::Call,
    error::{Error, Result},
    folder,
    kept::Kept,
    pair::Pair,
    plan::Plan,
    turn::Turn,
};

/// A call that goes on. When this is dropped, it ends, and nothing is left of it when the drop returns.
pub(crate) struct Running {
    /// The other end hears when this is gone.
    stop: Option<oneshot::Sender<()>>,
    ended: oneshot::Receiver<Result<Call>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Starts the call that `pair` asks for, which the test `name` makes.
    ///
    /// # Errors
    /// When there is no thread for it, or nobody would play the wardens of its browsers.
    pub(crate) fn start(pair: Pair, name: PathBuf) -> Result<Self> {
        if !warden::has_entered() {
            let why = "what tincan has to do before `main` was not done: is its crate linked in as usual?";
            return Err(Error::NotBegun(why.to_owned()));
        }
        let ((stop, stopped), (end, ended)) = (oneshot::channel(), oneshot::channel());
        let thread = thread::Builder::new().name("tincan-call".to_owned()).spawn(move || {
            drop(end.send(run(pair, name, stopped)));
        });
        let failed = |error| Error::NotBegun(format!("failed to start a thread: {error}"));
        Ok(Self { stop: Some(stop), ended, thread: Some(thread.map_err(failed)?) })
    }

    /// What becomes of it.
    pub(crate) async fn ended(mut self) -> Result<Call> {
        let ended = (&mut self.ended).await;
        ended.unwrap_or_else(|_| Err(panicked()))
    }

    /// The same, waited for in this thread.
    pub(crate) fn ended_blocking(mut self) -> Result<Call> {
        // What it says when it ends is there then; and a runtime of the caller's, if there is one, does not mind.
        let _ = self.thread.take().map(JoinHandle::join);
        self.ended.try_recv().unwrap_or_else(|_| Err(panicked()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn panicked() -> Error {
    Error::NotBegun("tincan panicked (see above): this is a bug in tincan, please report it".to_owned())
}

fn run(pair: Pair, name: PathBuf, stopped: oneshot::Receiver<()>) -> Result<Call> {
    let runtime = runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| Error::NotBegun(format!("failed to start a runtime: {error}")))?;
    runtime.block_on(make(pair, name, stopped))
}

async fn make(pair: Pair, name: PathBuf, mut stopped: oneshot::Receiver<()>) -> Result<Call> {
    let (keep_evidence, redact) = (pair.keep_evidence, pair.redact);
    let reports = pair.evidence.clone().unwrap_or_else(folder::reports);
    let folder = folder::next(&reports.join(name));
    let begin = async {
        let plan = Plan::of(pair).await?;
        let turn = Turn::wait(&folder::reports()).await?;
        Ok::<_, Error>((plan, turn))
    };
    let (Plan { scenario, roster }, turn) = tokio::select! {
        biased;
        _ = &mut stopped => return Err(dropped()),
        begun = begin => begun?,
    };
    let mut kept = Kept::begin(folder, environment(&roster, 1), redact)?;
    let mut roster = Roster::new(roster).await?;
    let made = tokio::select! {
        biased;
        _ = &mut stopped => None,
        made = roster.attempt_with_exchange(&scenario, 1) => Some(made),
    };
    let browsers = roster.browsers().to_vec();
    roster.close().await;
    drop(turn);
    let (attempt, exchange) = made.ok_or_else(dropped)?;
    match kept.end((attempt.clone(), exchange), &browsers, keep_evidence) {
        Ok(()) => Ok(Call::new(attempt, kept)),
        // What became of it is not lost with its report.
        Err(error) => Err(Error::NotWritten(format!("{error}\nof this call:\n{}", Call::new(attempt, kept)))),
    }
}

/// Nobody hears it.
fn dropped() -> Error {
    Error::NotBegun("the call was dropped".to_owned())
}
