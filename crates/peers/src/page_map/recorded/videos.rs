//! Which video is whose.

use super::{
    draft::VideosDraft,
    log::{Logged, Named, Seen},
};
use crate::page_map::Target;

/// The videos that were seen to play, if they are named alike on both sides.
pub(super) fn videos(log: &[Logged]) -> VideosDraft {
    let mut draft = VideosDraft::default();
    let mut one = |is_remote, what: &str| {
        let (found, why) = alike(&playing(log, is_remote));
        draft.guesses.extend(why.map(|why| format!("the {what} video is not named: {why}")));
        found
    };
    (draft.local, draft.remote) = (one(false, "local"), one(true, "remote"));
    draft
}

fn playing(log: &[Logged], remote: bool) -> Vec<&Named> {
    let plays = |logged: &'_ Logged| match logged.seen {
        Seen::Plays { is_remote, .. } => is_remote == remote,
        _ => false,
    };
    let seen = log.iter().filter(|logged| plays(logged));
    seen.filter_map(|logged| match &logged.seen {
        Seen::Plays { video, .. } => Some(video),
        _ => None,
    })
    .collect()
}

/// What finds it on either side; else why there is no such thing.
fn alike(videos: &[&Named]) -> (Option<Target>, Option<String>) {
    let Some(first) = videos.first() else { return (None, None) };
    if videos.iter().any(|video| video.target.is_none() || video.guessed.is_some()) {
        return (None, Some(format!("{} has no name of its own", first.words)));
    }
    match videos.iter().find(|video| video.target != first.target) {
        Some(other) => (None, Some(format!("several were seen, {} and {}", first.words, other.words))),
        None => (first.target.clone(), None),
    }
}
