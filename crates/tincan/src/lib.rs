//! Calls between two WebRTC peers, as plain tests.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! #[tokio::test]
//! async fn video_arrives() -> tincan::Result {
//!     let call = tincan::pair("http://localhost:5173").map("tests/page.toml").chromium().firefox().trickle().call().await?;
//!     call.assert_passed(); // panics with the diagnosis and the path of the evidence
//!     assert!(call.first_frame() < Duration::from_millis(800));
//!     Ok(())
//! }
//! ```
//!
//! There is a page on which people copy and paste offer and answer: at the address of a server that runs already, or in a folder. A page
//! map says how it is used; in a folder with the page it is called `page.toml`. The first peer that is named makes the offer, the second one answers.
//!
//! It is a test like any other, under `cargo test` and `cargo nextest run` alike, without a `main` of its own. Whoever has no
//! asynchronous runtime says [`call_blocking`](Pair::call_blocking); whoever has one may have any. This example is run as it stands here,
//! between two libraries on the built-in page's terms, without a browser:
//!
//! ```
//! let call = tincan::pair(tincan::built_in()).webrtc_rs().str0m().trickle().call_blocking()?;
//! call.assert_passed();
//! call.assert(|seen| seen.frames.answerer.proven >= 10);
//! # Ok::<(), tincan::Error>(())
//! ```
//!
//! # What a call leaves
//!
//! A report, as `tincan run` writes it, below `target/tincan-tests/`, in a folder with the name of the test; with the evidence of a call
//! that did not pass, or of which the test then panicked. Nothing else: no process, socket or folder outlives a call, however the test
//! ends. Each browser runs below a warden, which is this executable, started once more: that is seen before `main`.
//!
//! # Many tests at a time
//!
//! Each call has browsers of its own. So that they do not stretch each other's times, no more calls are made at a time than the machine
//! bears, one for each two processors, in all test processes of one target folder together. `TINCAN_JOBS` sets another number. The time
//! that a call waits for its turn is not that of its deadlines.

mod before_main;
mod call;
mod calling;
mod error;
mod folder;
mod judgement;
mod kept;
mod named;
mod pair;
mod plan;
mod running;
mod turn;

pub use tincan_harness::{
    Attempt, Diagnosis, Media, Milestone, NetworkCondition, Role, Stage,
    attempt::{BySide, ReachedAt},
    procedure::Procedure,
    verdict::Outcome,
};

pub use self::{
    call::Call,
    error::{Error, Result},
    judgement::Judgement,
    named::{Page, built_in},
    pair::Pair,
};

/// A call on `page`: a folder with a page and its `page.toml`, the address of a page, or [`built_in`]. Nothing happens until it is [called](Pair::call).
pub fn pair(page: impl Into<Page>) -> Pair {
    Pair::on(page.into())
}
