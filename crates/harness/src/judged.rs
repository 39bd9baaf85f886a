//! A call that is over: judged once, while both sides are still up, so that what did not pass can be pictured.

use crate::{
    exchange::{Call, Exchange, exchange},
    peer::Peer,
    scenario::Scenario,
    verdict::{Verdict, judge},
};

/// A call that was made, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// What it yielded.
    pub exchange: Exchange,
    /// The verdict on that.
    pub verdict: Verdict,
}

impl Judged {
    /// An exchange with the verdict on it.
    #[must_use]
    pub fn of(scenario: &Scenario, exchange: Exchange) -> Self {
        let verdict = judge(scenario, &exchange);
        Self { exchange, verdict }
    }

    /// What is known of a call whose peers could not be started, if one of them printed something.
    ///
    /// # Errors
    /// The verdict itself, if there is no more to it.
    pub fn never_begun(scenario: &Scenario, verdict: Verdict) -> Result<Self, Verdict> {
        match verdict {
            Verdict::Errored(Some(role), trouble) if !trouble.printed.is_empty() => {
                Ok(Self::of(scenario, Exchange::never_begun(role, trouble)))
            }
            verdict => Err(verdict),
        }
    }
}

/// Ends a call whose exchange is over, and in which all that is to be looked at is known: judges it, takes pictures of both
/// sides unless it passed (or they are wanted anyway), and closes both.
pub async fn conclude(
    call: &Call,
    exchange: Exchange,
    offerer: &mut dyn Peer,
    answerer: &mut dyn Peer,
) -> Judged {
    let mut judged = Judged::of(&call.scenario, exchange);
    if call.keep_pictures || judged.verdict != Verdict::Passed {
        let pictures = tokio::join!(offerer.pictures(), answerer.pictures());
        (judged.exchange.offerer.pictures, judged.exchange.answerer.pictures) = pictures;
    }
    tokio::join!(offerer.close(), answerer.close());
    judged
}

/// Makes a call from its beginning to its end, between peers that are up and where no servers see anything of it.
pub async fn make(call: &Call, offerer: &mut dyn Peer, answerer: &mut dyn Peer) -> Judged {
    let exchange = exchange(call, offerer, answerer).await;
    conclude(call, exchange, offerer, answerer).await
}
