//! The pace of what is sent as if it were filmed or recorded.

use std::time::Duration;

use tokio::time::Instant;

/// When the next of what comes every `interval` is due, behind one that was due at `due`.
///
/// After a stall it is due at once, and no more of what was held up is made up for: on a machine that is too slow for that, whoever tried would
/// never wait again, and keep everything else of the process from its turn, the deadlines too.
pub(crate) fn next_due(due: Instant, interval: Duration) -> Instant {
    (due + interval).max(Instant::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn after_a_stall_there_is_a_wait_again() {
        let (begun, interval) = (Instant::now(), Duration::from_millis(20));
        assert_eq!(next_due(begun, interval), begun + interval);
        tokio::time::advance(Duration::from_secs(1)).await;
        let late = next_due(begun, interval);
        assert_eq!(late, Instant::now());
        assert_eq!(next_due(late, interval), Instant::now() + interval);
    }
}
