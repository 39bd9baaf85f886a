//! `tincan run`: makes calls side by side, reports each as it ends, and says what became of them.

mod evidence;
mod keep_open;
mod output;
mod plan;
mod progress;
mod queue;
mod subject;
mod table;
mod worker;

use std::{
    iter, mem, panic,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use anyhow::Context;
use tincan_harness::{
    Attempt, Report, Trouble,
    redact::Secret,
    report::{Browser, SCHEMA_VERSION},
};
use tokio::{
    runtime,
    sync::mpsc::{self, UnboundedReceiver},
    task::JoinSet,
};

use self::{
    evidence::Evidence,
    output::Output,
    plan::Plan,
    progress::Progress,
    queue::Queue,
    subject::Subject,
    worker::{News, Worker},
};
use crate::{args::RunArgs, exit::Exit, print, ran::ran, report::Formats, stop::Stop};

/// Makes the calls that `args` asks for.
pub fn run(mut args: RunArgs) -> anyhow::Result<Exit> {
    let (output, formats) = (args.out.take(), Formats::new(mem::take(&mut args.formats))?);
    let (keep_evidence, redact, subject) = (args.keep_evidence, args.redact, Subject::of(&args));
    let plan = Plan::new(args)?;
    let report = Report {
        schema_version: SCHEMA_VERSION,
        ran: ran(&plan.roster, plan.jobs),
        planned: plan.calls(),
        redacted: if redact { Secret::ALL.to_vec() } else { Vec::new() },
        pass_rates: Vec::new(),
        attempts: Vec::new(),
    };
    // Before anything is started: a run whose report cannot be written is not worth its time.
    let output = Output::open(output, &report)?;
    let evidence = Evidence::new(output.folder(), keep_evidence, redact);
    let runtime = runtime::Builder::new_multi_thread().enable_all().build().context("failed to start")?;
    runtime.block_on(make_calls(plan, Record { report, output, evidence, formats, subject }))
}

async fn make_calls(plan: Plan, mut record: Record) -> anyhow::Result<Exit> {
    let began = Instant::now();
    let stop = Stop::by_signals().context("failed to watch for Ctrl-C")?;
    let keep_open = plan.keep_open;
    let (workers, news) = start_workers(plan, &stop);
    let written = record.take_down(news, &stop).await.and_then(|()| record.write_for_people());
    let interrupted = stop.is_ordered();
    let results = record.results(began.elapsed(), interrupted);
    print::to_stdout(&results)?;
    if keep_open && !interrupted {
        keep_open::until_dismissed(&stop).await;
    }
    stop.order();
    join(workers).await?;
    written?;
    Ok(if interrupted { Exit::CouldNotAsk } else { record.exit() })
}

fn start_workers(plan: Plan, stop: &Stop) -> (JoinSet<Result<(), Trouble>>, UnboundedReceiver<News>) {
    let (say, news) = mpsc::unbounded_channel();
    let queue = Arc::new(Mutex::new(Queue::new(plan.rounds)));
    let worker = |number| Worker {
        number,
        queue: Arc::clone(&queue),
        say: say.clone(),
        stop: stop.clone(),
        keep_open: plan.keep_open,
    };
    let workers = (0..plan.jobs).map(|number| worker(number).work(plan.roster.clone())).collect();
    (workers, news)
}

/// Waits until every worker has ended. If one has panicked, so does this.
async fn join(mut workers: JoinSet<Result<(), Trouble>>) -> anyhow::Result<()> {
    let mut outcome = Ok(());
    while let Some(ended) = workers.join_next().await {
        match ended {
            Ok(ended) => outcome = outcome.and(ended),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => panic::resume_unwind(panic),
                Err(error) => return Err(error.into()),
            },
        }
    }
    Ok(outcome?)
}

/// The report, and where it is written.
struct Record {
    report: Report,
    output: Output,
    evidence: Evidence,
    formats: Formats,
    subject: Option<Subject>,
}

impl Record {
    /// Takes down what the workers say until the last of them has made its calls, and writes the report as it grows.
    async fn take_down(&mut self, mut news: UnboundedReceiver<News>, stop: &Stop) -> anyhow::Result<()> {
        let mut progress = Progress::new(self.report.planned);
        let (mut unwritten, mut incomplete) = (None, Ok(()));
        loop {
            let said = tokio::select! {
                biased;
                () = stop.ordered(), if !progress.is_stopping() => {
                    progress.stop();
                    continue;
                }
                said = news.recv() => said,
            };
            let Some(said) = said else { return unwritten.map_or(incomplete, Err) };
            // What has ended while the report was being written is written together.
            let mut said: Vec<_> = iter::once(said).chain(iter::from_fn(|| news.try_recv().ok())).collect();
            let heard: Vec<_> = said.iter_mut().filter_map(|said| self.hear(said)).collect();
            if !heard.is_empty() && unwritten.is_none() {
                unwritten = self.write().err();
            }
            // A call whose evidence is lost has its verdict in the report all the same.
            incomplete = heard.into_iter().fold(incomplete, Result::and);
            // Only now: what has been shown to have ended is not lost any more.
            said.iter().for_each(|said| show(said, &mut progress));
            if unwritten.is_some() {
                stop.order();
            }
        }
    }

    /// Writes the report. Where there is no room for it, verdicts come before evidence: the last that was kept makes way.
    fn write(&mut self) -> anyhow::Result<()> {
        let Err(error) = self.output.write(&self.report) else { return Ok(()) };
        self.evidence.give_up_last(&mut self.report.attempts);
        self.output.write(&self.report).and(Err(error))
    }

    /// Writes the formats that are written once, when the run has ended.
    fn write_for_people(&self) -> anyhow::Result<()> {
        let page = self.output.write_page(&self.report);
        page.and(self.formats.write(&self.report))
    }

    /// How the run ends. Where what it was about took no part, it says so.
    fn exit(&self) -> Exit {
        let attempts = &self.report.attempts;
        if let Some(unused) = self.subject.and_then(|subject| subject.unused(attempts)) {
            print::to_stderr(&format!("error: {unused}"));
            return Exit::CouldNotAsk;
        }
        Exit::of_run(attempts.iter().map(|attempt| attempt.verdict))
    }

    /// What is shown at the end.
    fn results(&self, took: Duration, interrupted: bool) -> String {
        let (table, summary) = (
            table::render(&self.report),
            table::summary(&self.report, self.output.folder(), took, interrupted),
        );
        let (page, report) = (self.output.page(), self.output.report());
        format!("{table}{summary}\npage: {}\nreport: {}\n", page.display(), report.display())
    }

    /// Takes down one piece of news, and makes it what may be shown. If the report has grown by it, answers whether its
    /// evidence was kept.
    fn hear(&mut self, said: &mut News) -> Option<anyhow::Result<()>> {
        let News::Ended { attempt, exchange, browsers, .. } = said else { return None };
        add_new(&mut self.report.ran.browsers, browsers);
        let (shown, kept) =
            self.evidence.keep(Attempt::clone(attempt), exchange.take().as_deref(), &self.report.ran);
        **attempt = shown;
        self.report.add([Attempt::clone(attempt)]);
        Some(kept)
    }
}

fn show(said: &News, progress: &mut Progress) {
    match said {
        News::Started { worker, scenario } => progress.started(*worker, scenario),
        News::Ended { worker, attempt, .. } => progress.ended(*worker, attempt),
    }
}

/// Each browser stands in the report once, however often it was started.
fn add_new(known: &mut Vec<Browser>, browsers: &[Browser]) {
    for browser in browsers {
        if !known.contains(browser) {
            known.push(browser.clone());
        }
    }
}
