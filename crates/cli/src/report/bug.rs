//! `tincan report bug`: what is wrong with a scenario that fails, and with `--minimize` the lines of a description that matter for it.

use anyhow::{Context, bail, ensure};
use tincan_harness::{
    PeerId,
    sdp::{
        question::Question,
        reaction::{Reaction, Way},
        shrink::{Shrunk, shrink},
    },
};
use tincan_report::{
    Report,
    bug::{Bug, Minimized, Reacts, Refused},
};
use tokio::runtime;

use crate::{
    args::{BrowserArgs, BugArgs, PeersArgs},
    exit::Exit,
    peers, print,
    sdp::{self, Asked, MOST_TRIED},
    stop::Stop,
};

/// Prints the bug of a scenario.
///
/// # Errors
/// When there is none, or a description is to be minimized and its peer cannot be asked.
pub fn tell(report: &Report, args: BugArgs) -> anyhow::Result<Exit> {
    let bug = Bug::find(report, &args.scenario)?;
    let minimized = match (args.minimize, bug.refused()) {
        (true, Some(refused)) => Some(minimize(report, refused, &args.peers, args.browser)?),
        (true, None) => {
            let stage = bug.stage().map(|stage| format!(": it breaks in {stage}")).unwrap_or_default();
            print::to_stderr(&format!(
                "not minimized: no description is refused in this call{stage}; the lines that bear on it are told"
            ));
            None
        }
        (false, Some(_)) => {
            print::to_stderr("with --minimize, the lines of the description that matter are told as well");
            None
        }
        (false, None) => None,
    };
    print::to_stdout(&bug.render(minimized.as_ref()))?;
    Ok(Exit::Well)
}

/// What is left of a description, with the peers that are on this machine.
fn minimize(
    report: &Report,
    refused: Refused<'_>,
    peers: &PeersArgs,
    browser: BrowserArgs,
) -> anyhow::Result<Minimized> {
    let registry = peers::registry(peers)?;
    if registry.catalogue().profile(refused.by).is_none() {
        let profile = report.environment.profile(refused.by);
        let command = profile.and_then(|profile| Some(profile.program.as_ref()?.command.as_str()));
        // What stands in a report may be anybody's: it is shown, and not carried out.
        let hint =
            command.map(|command| format!("; the report was made with --peer '{}={command}'", refused.by));
        bail!(
            "{} refuses it, and is not here: name it as for the run{}",
            refused.by,
            hint.unwrap_or_default()
        );
    }
    let by_name: Vec<_> = peers.only.iter().copied().chain([refused.by]).collect();
    let (asked, _) = sdp::who(&registry, &browser.options(false, false), &by_name)?;
    let runtime = runtime::Builder::new_multi_thread().enable_all().build().context("failed to start")?;
    runtime.block_on(async {
        let stop = Stop::by_signals().context("failed to watch for Ctrl-C")?;
        let mut asked = asked;
        let found = tokio::select! {
            biased;
            () = stop.ordered() => None,
            found = ask(&mut asked, refused) => Some(found),
        };
        let mut software = Vec::new();
        for one in asked {
            let ended = one.end().await;
            software.push((ended.name, ended.software));
        }
        ensure!(found.is_some(), "interrupted");
        let found = found.context("interrupted")??;
        Ok(found.with(&software))
    })
}

/// What was found, before it is known what ran.
enum Found {
    Left(Shrunk, Vec<(PeerId, Reaction)>),
    NotByItself(PeerId, Reaction),
    AcceptedByNobody(Vec<(PeerId, Reaction)>),
}

impl Found {
    fn with(self, software: &[(PeerId, String)]) -> Minimized {
        let reacts = |(name, reaction): (PeerId, Reaction)| Reacts {
            name,
            software: software
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, it)| it.clone())
                .unwrap_or_default(),
            how: in_words(reaction),
        };
        match self {
            Self::Left(shrunk, all) => {
                let Shrunk { sdp, lines, of, tried, is_least } = shrunk;
                let reacts = all.into_iter().map(reacts).collect();
                Minimized::To { sdp, lines: (lines, of), tried, is_least, reacts }
            }
            Self::NotByItself(name, reaction) => Minimized::NotByItself(reacts((name, reaction))),
            Self::AcceptedByNobody(all) => Minimized::AcceptedByNobody(all.into_iter().map(reacts).collect()),
        }
    }
}

fn in_words(reaction: Reaction) -> String {
    match reaction {
        Reaction::Accepts { no_answer: None } => "accepts it".to_owned(),
        Reaction::Accepts { no_answer: Some(words) } => format!("accepts it, and makes no answer: {words}"),
        Reaction::Refuses { words, .. } => format!("refuses it: {words}"),
        Reaction::Crashes { words } => format!("crashes: {words}"),
        Reaction::Hangs { after_s } => format!("does not answer within {after_s} s"),
        Reaction::Unsupported { reason } | Reaction::Unasked { reason } => format!("not asked: {reason}"),
    }
}

/// Gives the description to all, and leaves out lines as long as it is refused in the same words, and accepted by those who accept the
/// whole: of what everybody refuses hardly a line would be left, and that would show nothing.
async fn ask(asked: &mut [Asked], refused: Refused<'_>) -> anyhow::Result<Found> {
    let is_same = |reaction: &Reaction| matches!(reaction, Reaction::Refuses { words, .. } if refused.is_refused_like(words));
    let whole = refused.question();
    let mut all = Vec::new();
    for one in asked.iter_mut() {
        all.push((one.name(), one.ask(&whole).await));
    }
    let of_peer = all.iter().find(|(name, _)| *name == refused.by).map(|(_, reaction)| reaction.clone());
    match of_peer.with_context(|| format!("{} was not asked", refused.by))? {
        Reaction::Unasked { reason } | Reaction::Unsupported { reason } => {
            bail!("{} could not be asked: {reason}", refused.by)
        }
        reaction if !is_same(&reaction) => return Ok(Found::NotByItself(refused.by, reaction)),
        _ => {}
    }
    let accepts = |reaction: &Reaction| reaction.way() == Some(Way::Accepts);
    let accepting: Vec<_> =
        all.iter().filter(|(_, reaction)| accepts(reaction)).map(|(name, _)| *name).collect();
    if accepting.is_empty() {
        return Ok(Found::AcceptedByNobody(all));
    }
    // Who answers soonest is asked first: whoever reacts in another way spares the others the question.
    asked.sort_by_key(|one| one.median());
    let shrunk = shrink(whole.sdp.as_str(), MOST_TRIED, async |sdp| {
        let question = Question { kind: whole.kind, sdp: sdp.to_owned() };
        for one in asked.iter_mut() {
            let (is_by, is_accepting) = (one.name() == refused.by, accepting.contains(&one.name()));
            if !is_by && !is_accepting {
                continue;
            }
            let reaction = one.ask(&question).await;
            if !(if is_by { is_same(&reaction) } else { accepts(&reaction) }) {
                return false;
            }
        }
        true
    });
    let shrunk = shrunk.await;
    let question = Question { kind: whole.kind, sdp: shrunk.sdp.clone() };
    let mut all = Vec::new();
    for one in asked.iter_mut().filter(|one| one.name() == refused.by || accepting.contains(&one.name())) {
        all.push((one.name(), one.ask(&question).await));
    }
    all.sort_by_key(|(name, _)| *name != refused.by);
    Ok(Found::Left(shrunk, all))
}
