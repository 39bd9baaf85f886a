//! Whether this machine lets a browser do what every call needs: fetch from the page server, and gather a candidate.
//!
//! It is tried once in each browser that is started, on a page of tincan's own, before a page under test is opened: what
//! fails here is nobody's fault who takes part in a call.

use std::{fmt::Display, time::Duration};

use rustix::process::Pid;
use serde::Deserialize;
use tincan_harness::{HarnessError, sdp};
use url::Url;

use super::{
    context::Context,
    own_time::{Late, within_own_time},
};
use crate::{
    interfaces::{Changes, explain, for_changes, take},
    network_host::NetworkHost,
    page_server::{BLANK, BLANK_TITLE},
};

/// How long each of the two may take, waits for a processor apart. Measured: 57 to 120 ms for both together.
const DEADLINE: Duration = Duration::from_secs(5);
/// How long the first candidate may take, waits for a processor apart. Measured: 10 to 50 ms.
const GATHERING_DEADLINE: Duration = Duration::from_secs(3);

/// What a browser was seen to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The page that it fetched.
    pub fetched: Url,
    /// The first candidate that it gathered (RFC 8839, section 5.1).
    pub candidate: String,
}

const FETCH: &str = "have the browser fetch from this machine's page server";
const GATHER: &str = "have the browser gather a candidate on a page of tincan's own";

/// Has the browser of `tab`, which runs on `host` below the process `root`, fetch from the server of `page` and gather a candidate.
///
/// # Errors
/// When it can do neither: which of the two, what it said, and what the network is that it has.
pub(super) async fn try_machine(
    tab: &Context,
    page: &str,
    host: &NetworkHost,
    root: Option<Pid>,
) -> Result<Tried, HarnessError> {
    let mut changes = host.run(|| Changes::listen().ok()).ok().flatten();
    match try_both(tab, page, root).await {
        Ok(tried) => hidden(tried, host),
        Err(unable) => {
            let trouble = with_network(unable, host).await;
            Err(for_changes(trouble, &take(&mut changes)))
        }
    }
}

/// Where addresses are to be hidden, a candidate has a name.
fn hidden(tried: Tried, host: &NetworkHost) -> Result<Tried, HarnessError> {
    let shows = sdp::host_address(&tried.candidate).is_some_and(|address| !sdp::is_name(address));
    if !host.hides_addresses() || !shows {
        return Ok(tried);
    }
    let said =
        format!("it was started to hide its addresses, and its first candidate is {}", tried.candidate);
    let hint = "a policy of this machine may allow addresses (WebRtcLocalIpsAllowedUrls, WebRtcIPHandling)";
    Err(HarnessError::new(GATHER, said).hint(hint))
}

/// What it could not do.
struct Unable {
    step: &'static str,
    /// What was said of that.
    said: String,
    /// What to do, if that is known.
    hint: Option<&'static str>,
}

impl Unable {
    fn new(step: &'static str, said: String) -> Self {
        let hint = hint(&said);
        Self { step, said, hint }
    }

    fn late(step: &'static str, late: &Late) -> Self {
        let said = format!("it did not do so within {} s", late.limit.as_secs());
        Self { step, said, hint: late.hint() }
    }
}

async fn try_both(tab: &Context, page: &str, root: Option<Pid>) -> Result<Tried, Unable> {
    let blank = Url::parse(page).and_then(|page| page.join(BLANK));
    let blank = blank.map_err(|error| Unable::new(FETCH, format!("{page}: {error}")))?;
    let fetching = async { tab.fetch(blank.as_str()).await.map_err(first_line) };
    let unable = |unable: Unable| Unable { said: format!("{blank}: {}", unable.said), ..unable };
    bounded(FETCH, root, fetching).await.map_err(unable)?;
    let (gathered, late) = gather(tab, root).await?;
    if gathered.title != BLANK_TITLE {
        let said = format!("{blank}: another page is there, with the title {:?}", gathered.title);
        return Err(Unable::new(FETCH, said));
    }
    let none = || {
        let limit = late.as_ref().map_or(GATHERING_DEADLINE, |late| late.limit).as_secs();
        let said = format!("there was none within {limit} s; seen: {}", gathered.seen.join(", "));
        Unable { step: GATHER, said, hint: late.as_ref().and_then(Late::hint) }
    };
    let candidate = gathered.candidate.ok_or_else(none)?;
    Ok(Tried { fetched: blank, candidate })
}

async fn bounded<T>(
    step: &'static str,
    root: Option<Pid>,
    trying: impl Future<Output = Result<T, String>>,
) -> Result<T, Unable> {
    let done = within_own_time(root, DEADLINE, trying).await;
    done.map_err(|late| Unable::late(step, &late))?.map_err(|said| Unable::new(step, said))
}

/// What came of gathering.
#[derive(Debug, Deserialize)]
struct Gathered {
    /// Of the page that was there.
    title: String,
    /// The first candidate.
    candidate: Option<String>,
    /// What was seen besides.
    seen: Vec<String>,
}

/// Gathers without servers until the first candidate. If there is none in time, what was seen until then is answered, and that it is late.
async fn gather(tab: &Context, root: Option<Pid>) -> Result<(Gathered, Option<Late>), Unable> {
    const SEEN: &str = "window[Symbol.for(\"tincan.gathering\")]()";
    let gather = format!("(function () {{ {} }})()", include_str!("machine.js"));
    let (gathered, late) = match within_own_time(root, GATHERING_DEADLINE, tab.evaluate(&gather)).await {
        Ok(gathered) => (gathered.map_err(|error| Unable::new(GATHER, first_line(error)))?, None),
        Err(late) => {
            let seen = async { tab.evaluate(SEEN).await.map_err(first_line) };
            (bounded(GATHER, root, seen).await?, Some(late))
        }
    };
    let read = Gathered::deserialize(&gathered);
    Ok((read.map_err(|error| Unable::new(GATHER, format!("{error}: {gathered}")))?, late))
}

/// What a driver says has its stack behind the first line.
fn first_line(error: impl Display) -> String {
    error.to_string().lines().next().unwrap_or_default().trim().to_owned()
}

/// The trouble with what the network is, and with what to do.
async fn with_network(Unable { step, said, hint }: Unable, host: &NetworkHost) -> HarnessError {
    let trouble = HarnessError { hint: hint.map(str::to_owned), ..HarnessError::new(step, said) };
    let trouble = explain(trouble, host).await;
    HarnessError { hint: trouble.hint.or_else(|| Some(UNKNOWN.to_owned())), ..trouble }
}

const UNKNOWN: &str = "the network is there, so something forbids it: see chrome://policy for a policy of this machine \
                       (/etc/chromium/policies, /etc/opt/chrome/policies) and its firewall";

/// What to do about a refusal that says itself what it comes from.
fn hint(said: &str) -> Option<&'static str> {
    let hints = [
        (
            "ERR_BLOCKED_BY_ADMINISTRATOR",
            "a policy of this machine forbids it (URLBlocklist): see /etc/chromium/policies and /etc/opt/chrome/policies",
        ),
        (
            "ERR_PROXY",
            "the browser asks a proxy for pages of this machine: see the proxy settings and the policy ProxySettings",
        ),
    ];
    hints.into_iter().find(|(word, _)| said.contains(word)).map(|(_, hint)| hint)
}
