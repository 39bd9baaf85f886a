//! The call itself, for who has a runtime and for who has none.

use crate::{call::Call, error::Result, folder::name_of_this_test, pair::Pair, running::Running};

impl Pair {
    /// Makes the call, in a thread of its own: whatever else the runtime has to do goes on, and it may be any runtime. When this is
    /// dropped, the call ends, and nothing is left of it when the drop returns.
    ///
    /// # Errors
    /// When no call was made: something that was asked for is not understood, or the machine lacks what every call needs. A call that was
    /// made has a [verdict](Call::verdict), whatever went wrong in it.
    pub async fn call(self) -> Result<Call> {
        self.start()?.ended().await
    }

    /// The same, for who has no asynchronous runtime: returns when the call has ended.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn call_blocking(self) -> Result<Call> {
        self.start()?.ended_blocking()
    }

    fn start(self) -> Result<Running> {
        // The name is that of the thread of the test.
        Running::start(self, name_of_this_test())
    }
}
