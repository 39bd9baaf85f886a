//! A page map of a call that a person has made by hand: from what was seen in two windows, without looking at anything else.

mod carried;
mod draft;
mod lines;
pub(crate) mod log;
mod trouble;
mod videos;
mod written;

use std::path::Path;

use tincan_harness::{HarnessError, Role, SdpType, SignalingMode};
use url::Url;

use self::{
    carried::{Carried, carried, is_signal, put_in},
    draft::Draft,
    lines::{Own, lines},
    log::{Cast, Logged, Seen, Window},
    trouble::cannot,
};
use super::{INDEX, PageMap};

/// What stands for a word of each call's own, as in any map.
const CALL: &str = "{call}";

/// What was opened in the windows.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// What the page is called.
    pub(crate) name: String,
    /// Its address: of a folder that of its server, else that which was named.
    pub(crate) base: Url,
    /// Whether it is a folder.
    pub(crate) is_folder: bool,
}

/// A page map, as it was written down.
#[derive(Debug, Clone)]
pub struct RecordedMap {
    /// The file.
    pub text: String,
    /// It, as it is read.
    pub map: PageMap,
    /// What in it was not seen for certain, and is marked there.
    pub guesses: Vec<String>,
}

/// The map of the call that `log` shows, on the page at `place`.
///
/// # Errors
/// When no call was made, or something was done that no map can say: what, and what to do.
pub(crate) fn recorded(place: &Place, log: &[Logged]) -> Result<RecordedMap, HarnessError> {
    let log: Vec<_> = since_loaded(log).cloned().collect();
    let mut draft = match carried(&log)? {
        Some(carried) => by_hand(place, &log, &carried)?,
        None => by_itself(place, &log)?,
    };
    draft.video = videos::videos(&log);
    let (text, guesses) = written::written(&draft);
    let map = PageMap::parse(&text, Path::new("(recorded)"))
        .map_err(|error| cannot(error, "make the call once more, one step after the other, and each once"))?;
    Ok(RecordedMap { text, map, guesses })
}

/// What was seen of the documents that were there at the end: who loads a page anew begins anew.
fn since_loaded(log: &[Logged]) -> impl Iterator<Item = &Logged> + Clone {
    let is_hello =
        |logged: &Logged, window| logged.window == window && matches!(logged.seen, Seen::Hello { .. });
    let begin =
        Window::BOTH.map(|window| log.iter().rposition(|logged| is_hello(logged, window)).unwrap_or(0));
    let is_later = move |(at, logged): &(usize, &Logged)| *at >= begin[logged.window as usize];
    log.iter().enumerate().filter(is_later).map(|(_, logged)| logged)
}

/// A page on which a person has carried offer and answer.
fn by_hand(place: &Place, log: &[Logged], carried: &Carried<'_>) -> Result<Draft, HarnessError> {
    let candidates = carried.candidates(log)?;
    let mode = if candidates.is_some() { SignalingMode::Trickle } else { SignalingMode::Vanilla };
    let mut draft = begun(place, log, carried.cast, mode);
    for role in Role::BOTH {
        let own = lines(log, carried.cast.window(role), Some(carried))?;
        draft.take(role, own);
    }
    draft.signals = carried.offer.form();
    draft.candidates = candidates;
    if !is_connected(log) {
        draft.guesses.push("the call was not connected when the recording ended".to_owned());
    }
    Ok(draft)
}

/// A page on which nothing was carried, and which has connected all the same.
fn by_itself(place: &Place, log: &[Logged]) -> Result<Draft, HarnessError> {
    let offers = |logged: &Logged| matches!(logged.seen, Seen::Described { kind: SdpType::Offer, .. });
    let offer = log.iter().position(offers);
    let Some(offer) = offer.filter(|_| is_connected(log)) else {
        let message = match offer {
            None => "no call was made: no page made an offer, and nothing was pasted".to_owned(),
            Some(at) => format!(
                "the {} window made an offer, and nothing was pasted into the {} one",
                log[at].window,
                log[at].window.other()
            ),
        };
        let hint = "make the whole call by hand: copy the offer from one window and paste it into the other one, and the answer back";
        return Err(cannot(message, hint));
    };
    let cast = Cast { offerer: log[offer].window };
    let trickles = log.iter().any(|logged| logged.seen == Seen::GivenCandidate);
    let mode = if trickles { SignalingMode::Trickle } else { SignalingMode::Vanilla };
    let mut draft = begun(place, log, cast, mode);
    draft.signals_itself = true;
    let mut offerer = lines(log, cast.window(Role::Offerer), None)?;
    let mut answerer = lines(log, cast.window(Role::Answerer), None)?;
    begin_call(&mut offerer, &mut answerer, offer);
    share_words(&mut offerer, &mut answerer);
    draft.take(Role::Offerer, offerer);
    draft.take(Role::Answerer, answerer);
    Ok(draft)
}

/// Marks what was done last, on either side, before there was an offer.
fn begin_call(one: &mut Own, other: &mut Own, offer: usize) {
    let lines = one.lines.iter_mut().chain(&mut other.lines);
    if let Some(line) = lines.filter(|line| line.at < offer).max_by_key(|line| line.at) {
        line.step.begins_call = true;
        line.guesses
            .push("it was done last before there was an offer, and so is taken for what calls".to_owned());
    }
}

/// What both have typed is by what they meet, and has to be another one in each call.
fn share_words(one: &mut Own, other: &mut Own) {
    let typed =
        |own: &Own| own.lines.iter().filter_map(|line| line.step.type_text.clone()).collect::<Vec<_>>();
    let theirs = typed(other);
    let shared: Vec<_> = typed(one).into_iter().filter(|text| theirs.contains(text)).collect();
    for line in one.lines.iter_mut().chain(&mut other.lines) {
        if let Some(text) = line.step.type_text.clone().filter(|text| shared.contains(text)) {
            line.step.type_text = Some(CALL.to_owned());
            line.guesses.push(format!(
                "both have typed {text:?}, and so it is taken for a word that each call has of its own"
            ));
        }
    }
}

/// What of `seen` is a signal that was put into a window.
pub(crate) fn signal_put_in(seen: &Seen) -> Option<&str> {
    put_in(seen).filter(|text| is_signal(text))
}

/// Whether the call is up, and each window plays the video of the other one.
pub(crate) fn is_up(log: &[Logged]) -> bool {
    let plays = |logged: &Logged| matches!(logged.seen, Seen::Plays { is_remote: true, .. });
    in_both(since_loaded(log), plays) && is_connected(log)
}

/// Whether the call is connected on both sides.
pub(crate) fn is_connected(log: &[Logged]) -> bool {
    in_both(since_loaded(log), is_connection)
}

fn is_connection(logged: &Logged) -> bool {
    logged.seen == Seen::Connected
}

fn in_both<'l>(log: impl Iterator<Item = &'l Logged> + Clone, is: impl Fn(&Logged) -> bool) -> bool {
    let has = |window: Window| log.clone().any(|logged| logged.window == window && is(logged));
    Window::BOTH.into_iter().all(has)
}

/// A draft with what each role opens.
fn begun(place: &Place, log: &[Logged], cast: Cast, mode: SignalingMode) -> Draft {
    let mut draft = Draft::new(&place.name, mode);
    let [offerer, answerer] = Role::BOTH.map(|role| opened(place, log, cast.window(role)));
    // Of a page at an address, that is what is opened where a map says nothing.
    let entry = offerer.clone().filter(|_| place.is_folder);
    let open = |opened: Option<String>| opened.filter(|opened| Some(opened) != entry.as_ref());
    draft.offerer.open = open(offerer);
    draft.answerer.open = open(answerer);
    draft.entry = entry.filter(|entry| entry != INDEX);
    draft
}

/// What was opened in `window`, as a map says it; none if it is what was named.
fn opened(place: &Place, log: &[Logged], window: Window) -> Option<String> {
    let url = log.iter().find_map(|logged| match &logged.seen {
        Seen::Hello { url } if logged.window == window => Some(url),
        _ => None,
    })?;
    let url = Url::parse(url).ok()?;
    if url == place.base && !place.is_folder {
        return None;
    }
    if url.origin() != place.base.origin() {
        return Some(url.into());
    }
    let path = &url[url::Position::BeforePath..];
    let own = path.strip_prefix('/').unwrap_or(path);
    Some(match place.is_folder {
        true if own.is_empty() || own.starts_with(['?', '#']) => format!("{INDEX}{own}"),
        true => own.to_owned(),
        false => path.to_owned(),
    })
}

#[cfg(test)]
mod tests;
