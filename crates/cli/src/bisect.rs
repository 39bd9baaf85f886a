//! `tincan bisect`: between which two builds something changed.

mod asking;
mod bisection;
mod log;
mod question;
mod timing;

use anyhow::{Context, ensure};
use tincan_measure::bisect::{Answer, FoundBetween, Next, Search};
use tincan_peers::{Roster, RosterOptions};
use tokio::runtime;

use self::{
    asking::Asking,
    bisection::{Bisection, Ends},
    log::Log,
    question::BisectQuestion,
    timing::Timing,
};
use crate::{args::BisectArgs, builds::Builds, exit::Exit, print, stop::Stop};

/// Finds between which two builds something changed.
pub fn bisect(args: BisectArgs) -> anyhow::Result<Exit> {
    let runtime = runtime::Builder::new_multi_thread().enable_all().build().context("failed to start")?;
    runtime.block_on(async {
        let question = BisectQuestion::of(&args)?;
        let browser = args.browser.options(false, false);
        let builds = Builds::of(&args.builds, &browser).await?;
        let (good, bad) = (builds.place(&args.good)?, builds.place(&args.bad)?);
        ensure!(good != bad, "the good build and the bad one are the same, {}", builds.builds[good].name);
        let log = Log::begin(&builds, (good, bad), &question, &args.out)?;
        let stop = Stop::by_signals().context("failed to watch for Ctrl-C")?;
        let options = RosterOptions::on_built_in_page(rand::random::<u32>() & 0xFF_FFFF, browser.clone())?;
        let options = RosterOptions { registry: builds.registry.clone(), ..options };
        let roster = Roster::new(options).await?;
        let mut bisection = Bisection { builds, browser, roster, log };
        let outcome = tokio::select! {
            biased;
            () = stop.ordered() => Err(anyhow::anyhow!("interrupted; what was tried is in {}", bisection.log.path().display())),
            outcome = bisection.carry_out(&question, (good, bad)) => outcome,
        };
        bisection.roster.close().await;
        outcome
    })
}

impl Bisection {
    async fn carry_out(
        &mut self,
        question: &BisectQuestion,
        (good, bad): (usize, usize),
    ) -> anyhow::Result<Exit> {
        print::to_stderr(&format!("asked: {question}"));
        let mut asking = Asking::default();
        let mut timing = Timing::default();
        let ends = match question {
            BisectQuestion::Timed(phase) => timing.ends(self, phase, (good, bad)).await?,
            BisectQuestion::Asked(question) => asking.ends(self, question, (good, bad)).await?,
        };
        let names = (self.builds.builds[good].name, self.builds.builds[bad].name);
        match ends {
            Ends::Differ => {}
            Ends::Alike(why) => {
                print::to_stdout(&format!(
                    "{} and {} do not differ: {why}; {}\n",
                    names.0,
                    names.1,
                    self.log.taken()
                ))?;
                return Ok(Exit::SomeFailed);
            }
            Ends::Unknown(why) => {
                print::to_stdout(&format!("it cannot be said: {why}; {}\n", self.log.taken()))?;
                return Ok(Exit::CouldNotAsk);
            }
        }
        let mut search = Search::new(good, bad);
        let found = loop {
            match search.next() {
                Next::Done(found) => break found,
                Next::Try(at) => {
                    let answer = match question {
                        BisectQuestion::Timed(phase) => timing.answer(self, phase, at).await?,
                        BisectQuestion::Asked(question) => asking.answer(self, question, at).await?,
                    };
                    self.log.decide(at, &answer)?;
                    let said = told(&self.builds, at, &answer);
                    search.tell(at, answer);
                    let left = match search.left() {
                        0 => "that was the last build".to_owned(),
                        1 => "1 more build at the most".to_owned(),
                        left => format!("{left} more builds at the most"),
                    };
                    print::to_stderr(&format!("{said}; {left}"));
                }
            }
        };
        self.conclude(question, &search, &found)
    }

    fn conclude(
        &mut self,
        question: &BisectQuestion,
        search: &Search,
        found: &FoundBetween,
    ) -> anyhow::Result<Exit> {
        self.log.conclude(found)?;
        let label = |at: usize| {
            let build = &self.builds.builds[at];
            build
                .version
                .as_ref()
                .map_or_else(|| build.name.to_string(), |version| format!("{} ({version})", build.name))
        };
        let mut text =
            format!("it changed between {} and {}: {question}\n", label(found.good), label(found.bad));
        for at in &found.between {
            let answer =
                search.answer(*at).cloned().unwrap_or_else(|| Answer::Skipped { reason: String::new() });
            text += &format!(
                "  between them {}: so it may have come with it, too\n",
                told(&self.builds, *at, &answer)
            );
        }
        let labels = [found.good, found.bad].map(|at| self.builds.builds[at].label.as_str());
        for label in labels.iter().filter(|label| !label.is_empty()).take(1) {
            text += &format!("builds not by their maker: {label}\n");
        }
        text += &format!("{}; the log of all decisions is {}\n", self.log.taken(), self.log.path().display());
        print::to_stdout(&text)?;
        Ok(Exit::Well)
    }
}

fn told(builds: &Builds, at: usize, answer: &Answer) -> String {
    let name = builds.builds[at].name;
    match answer {
        Answer::Good => format!("{name} is as the good one"),
        Answer::Bad => format!("{name} is as the bad one"),
        Answer::Unsure { seen } => format!("{name} is not sure: {seen}"),
        Answer::Skipped { reason } => format!("{name} cannot be tried: {reason}"),
    }
}
