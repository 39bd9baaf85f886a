//! Between which two builds something changed: the fewest builds are tried that tell, each as often as it takes to be sure.

mod answer;
mod log;
mod search;
mod times;

pub use self::{
    answer::{Answer, ERROR, MOST_CALLS, RateTally},
    log::{Asked, Conclusion, Decided, FILE, Line, SCHEMA_VERSION, Tried},
    search::{FoundBetween, Next, Search},
    times::{LOOKS, Looked, TimesOf, look},
};
