//! Peers side by side, each of which is given one description after the other.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anyhow::anyhow;
use tincan_harness::{
    PeerId,
    sdp::{question::Question, reaction::Reaction},
};
use tincan_peers::Parser;
use tincan_report::sdp::{AskedPeer, CheckedFile};
use tokio::{
    sync::mpsc::{self, UnboundedSender},
    task::JoinSet,
    time::Instant,
};

use super::{files::GivenFile, progress::Progress};
use crate::stop::Stop;

/// Who could not be asked as often as this, one time after the other, is not asked any more: each may take long.
const MOST_TROUBLES: u32 = 2;

/// A peer that is asked.
pub struct Asked {
    name: PeerId,
    parser: Box<dyn Parser>,
    took: Vec<Duration>,
    /// How often it could not be asked since it was last.
    troubles: u32,
}

/// What a peer makes of the file of this index.
struct News {
    file: usize,
    name: PeerId,
    reaction: Reaction,
}

impl Asked {
    /// The peer `name`, which is asked by `parser`.
    pub const fn new(name: PeerId, parser: Box<dyn Parser>) -> Self {
        Self { name, parser, took: Vec::new(), troubles: 0 }
    }

    /// Its name.
    pub const fn name(&self) -> PeerId {
        self.name
    }

    /// Gives it a description, unless it could not be asked too often.
    pub async fn ask(&mut self, question: &Question) -> Reaction {
        if self.troubles >= MOST_TROUBLES {
            let reason = format!("it could not be asked {MOST_TROUBLES} times, one after the other");
            return Reaction::Unasked { reason };
        }
        let began = Instant::now();
        match self.parser.ask(question).await {
            Ok(reaction) => {
                self.troubles = 0;
                self.took.push(began.elapsed());
                reaction
            }
            Err(trouble) => {
                self.troubles += 1;
                Reaction::Unasked { reason: trouble.to_string() }
            }
        }
    }

    /// The median of the times that it took.
    pub fn median(&self) -> Option<Duration> {
        let mut took = self.took.clone();
        took.sort_unstable();
        took.get(took.len().checked_sub(1)? / 2).copied()
    }

    /// Ends it.
    pub async fn end(self) -> AskedPeer {
        let median_ms = self.median().map(|median| (median.as_secs_f64() * 1e4).round() / 10.0);
        let peer = AskedPeer { name: self.name, software: self.parser.software(), median_ms };
        self.parser.end().await;
        peer
    }

    /// Gives it all descriptions, until the order to stop.
    async fn ask_each(mut self, questions: Arc<[Question]>, say: UnboundedSender<News>, stop: Stop) -> Self {
        for (file, question) in questions.iter().enumerate() {
            let reaction = tokio::select! {
                biased;
                () = stop.ordered() => Reaction::Unasked { reason: "interrupted".to_owned() },
                reaction = self.ask(question) => reaction,
            };
            // Nobody listens any more only if the command is being torn down.
            let _ = say.send(News { file, name: self.name, reaction });
            if let Some(reaction) = self.parser.late().await {
                let _ = say.send(News { file, name: self.name, reaction });
            }
        }
        self
    }
}

/// Gives all files to all of them, and answers them, in their order, with what each makes of each file.
///
/// # Errors
/// When one of them panics, which is a bug in tincan.
pub async fn ask_all(
    asked: Vec<Asked>,
    files: &[GivenFile],
    stop: &Stop,
) -> anyhow::Result<(Vec<Asked>, Vec<CheckedFile>)> {
    let progress = Progress::new(asked.len() * files.len());
    let questions: Arc<[Question]> = files.iter().map(|file| file.question.clone()).collect();
    let order: Vec<_> = asked.iter().map(Asked::name).collect();
    let (say, mut news) = mpsc::unbounded_channel();
    let mut asking = JoinSet::new();
    for peer in asked {
        asking.spawn(peer.ask_each(Arc::clone(&questions), say.clone(), stop.clone()));
    }
    drop(say);
    let mut reactions = vec![BTreeMap::new(); files.len()];
    while let Some(News { file, name, reaction }) = news.recv().await {
        // A crash that comes late takes the place of what was said before.
        if reactions[file].insert(name, reaction).is_none() {
            progress.advance();
        }
        progress.say(files[file].path.display().to_string());
    }
    let mut asked = Vec::new();
    while let Some(peer) = asking.join_next().await {
        asked.push(peer.map_err(|error| anyhow!("a peer could not be asked to the end: {error}"))?);
    }
    asked.sort_by_key(|peer| order.iter().position(|name| *name == peer.name));
    let checked = files.iter().zip(reactions).map(|(file, reactions)| {
        let said = (file.question.kind, file.told_by);
        CheckedFile::new(file.path.display().to_string(), said, reactions)
    });
    Ok((asked, checked.collect()))
}
