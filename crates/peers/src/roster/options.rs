//! What the peers of a run are made of.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use tincan_harness::{Deadlines, HarnessError};

use crate::{
    browser::options::BrowserOptions,
    page::Page,
    page_map::{PageMap, PageMapError},
    registry::Registry,
};

/// A picture has room for so many numbers of runs.
const RUN_NUMBERS: u32 = 0xFF_FFFF;

/// What the peers of a run are made of.
#[derive(Debug, Clone)]
pub struct RosterOptions {
    /// The number drawn for this run, which every picture carries.
    pub run_number: u32,
    /// The numbers of the run's peers: shared by all rosters of the run, so that no two peers have the same.
    pub peer_numbers: PeerNumbers,
    /// Who can take part.
    pub registry: Registry,
    /// The page.
    pub page: Page,
    /// Where the page's controls are.
    pub page_map: PageMap,
    /// Which browsers are started, and how.
    pub browser: BrowserOptions,
    /// How long each step of a call may take.
    pub deadlines: Deadlines,
    /// Whether pictures are taken also of calls that passed.
    pub keep_pictures: bool,
    /// How much later than it could be copied each signal is pasted.
    pub signaling_delay: Duration,
}

impl RosterOptions {
    /// Those of a run on `page`, which is used as `page_map` says, by those whom tincan knows by itself, with the deadlines that
    /// calls have by default and a number that is drawn.
    #[must_use]
    pub fn new(page: Page, page_map: PageMap, browser: BrowserOptions) -> Self {
        Self {
            run_number: rand::random::<u32>() & RUN_NUMBERS,
            peer_numbers: PeerNumbers::default(),
            registry: Registry::built_in(),
            page,
            page_map,
            browser,
            deadlines: Deadlines::default(),
            keep_pictures: false,
            signaling_delay: Duration::ZERO,
        }
    }

    /// Looks whether what is asked goes together.
    ///
    /// # Errors
    /// When it does not.
    pub(crate) fn check(&self) -> Result<(), HarnessError> {
        if self.page_map.signals_itself && !self.signaling_delay.is_zero() {
            let why = format!("the page {} signals for itself: nothing is pasted", self.page_map.name);
            return Err(HarnessError::new("delay signals", why).hint("leave out --signaling-delay"));
        }
        Ok(())
    }

    /// The same on the built-in page, with the number `run_number`.
    ///
    /// # Errors
    /// Never: a test reads the built-in page map.
    pub fn on_built_in_page(run_number: u32, browser: BrowserOptions) -> Result<Self, PageMapError> {
        Ok(Self { run_number, ..Self::new(Page::BuiltIn, PageMap::built_in()?, browser) })
    }
}

/// Gives each peer of a run a number of its own. They start again after 256 peers: by then the first are gone.
#[derive(Debug, Clone, Default)]
pub struct PeerNumbers(Arc<AtomicU8>);

impl PeerNumbers {
    /// The next one.
    pub(super) fn next(&self) -> u8 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}
