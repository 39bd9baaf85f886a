//! How long what runs below a warden may take: a processor that others have is not its doing, and what it waits for one is not counted.

use std::{pin::pin, time::Duration};

use rustix::process::Pid;
use tokio::time::{Instant, timeout_at};

use crate::warden;

/// The most that is not counted: a machine this busy makes no calls.
const WAIT_FOR_PROCESSOR: Duration = Duration::from_secs(50);

/// Nothing came in time.
#[derive(Debug)]
pub(super) struct Late {
    /// How long it was waited.
    pub(super) limit: Duration,
    /// Whether most of that was a wait for a processor.
    is_busy: bool,
}

impl Late {
    /// What to do, if the machine is busy.
    pub(super) fn hint(&self) -> Option<&'static str> {
        let hint = "the machine is busy: make fewer calls at once (--jobs), or end what else runs";
        self.is_busy.then_some(hint)
    }
}

/// Waits for `work` of what runs below `root` until it was not done within `own` time.
pub(super) async fn within_own_time<T>(
    root: Option<Pid>,
    own: Duration,
    work: impl Future<Output = T>,
) -> Result<T, Late> {
    let waited = || root.map(warden::wait_for_processor).unwrap_or_default();
    let (began, mut limit, before) = (Instant::now(), own, waited());
    let mut work = pin!(work);
    loop {
        if let Ok(done) = timeout_at(began + limit, &mut work).await {
            return Ok(done);
        }
        let waited = waited().saturating_sub(before);
        let longer = own + waited.min(WAIT_FOR_PROCESSOR);
        // A wait of less than this between two looks is that of a machine that is not busy.
        if longer < limit + Duration::from_millis(100) {
            return Err(Late { limit, is_busy: waited > own / 2 });
        }
        limit = longer;
    }
}
