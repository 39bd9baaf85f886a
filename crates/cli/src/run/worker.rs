//! One line of calls: takes rounds from the queue and makes their calls on peers of its own.

use std::sync::{Arc, Mutex, PoisonError};

use tincan_harness::{Attempt, Exchange, HarnessError, Scenario, environment::Browser};
use tincan_peers::{Roster, RosterOptions};
use tokio::sync::mpsc::UnboundedSender;

use super::queue::{Place, Queue, Round};
use crate::stop::Stop;

/// What a worker says.
#[derive(Debug)]
pub enum News {
    /// A call is being made.
    Started {
        /// By whom.
        worker: usize,
        /// Which one.
        scenario: Scenario,
    },
    /// A call has ended.
    Ended(Ended),
}

/// A call that has ended.
#[derive(Debug)]
pub struct Ended {
    /// Whose.
    pub worker: usize,
    /// What it yielded.
    pub attempt: Box<Attempt>,
    /// All of what was exchanged, for the evidence; none if the call never began.
    pub exchange: Option<Box<Exchange>>,
    /// The browsers that were started for it.
    pub browsers: Vec<Browser>,
}

/// One of the workers of a run.
#[derive(Debug)]
pub struct Worker {
    /// Its number, from 0.
    pub number: usize,
    /// Where it takes its rounds.
    pub queue: Arc<Mutex<Queue>>,
    /// Where it says what happens.
    pub say: UnboundedSender<News>,
    /// When it stops.
    pub stop: Stop,
    /// Whether its peers stay until it is told to stop.
    pub keep_open: bool,
}

impl Worker {
    /// Makes calls until there are none left or the order to stop comes, and then ends its peers.
    ///
    /// # Errors
    /// When it cannot even begin.
    pub async fn work(self, options: RosterOptions) -> Result<(), HarnessError> {
        let mut roster = Roster::new(options).await?;
        let mut place = None;
        while let Some(round) = self.next(&mut place) {
            tokio::select! {
                biased;
                () = self.stop.ordered() => break,
                () = self.make(&round, &mut roster) => {}
            }
        }
        // Nothing more is said: when all have come here, the results are shown.
        drop(self.say);
        if self.keep_open {
            self.stop.ordered().await;
        }
        roster.close().await;
        Ok(())
    }

    fn next(&self, place: &mut Place) -> Option<Round> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).take(place)
    }

    async fn make(&self, round: &Round, roster: &mut Roster) {
        for scenario in &round.scenarios {
            self.say(News::Started { worker: self.number, scenario: *scenario });
            let known = roster.browsers().len();
            let (attempt, exchange) = roster.attempt_with_exchange(scenario, round.repetition).await;
            self.say(News::Ended(Ended {
                worker: self.number,
                attempt: Box::new(attempt),
                exchange: exchange.map(Box::new),
                browsers: roster.browsers()[known..].to_vec(),
            }));
        }
    }

    fn say(&self, news: News) {
        // Nobody listens any more only if the run is being torn down.
        let _ = self.say.send(news);
    }
}
