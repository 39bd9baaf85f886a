//! `tincan run`: makes calls side by side, reports each as it ends, and says what became of them.

mod keep_open;
mod plan;
mod progress;
mod queue;
mod record;
mod subject;
mod summary;
mod table;
mod worker;

use std::{
    iter, mem, panic,
    sync::{Arc, Mutex},
    time::Instant,
};

use anyhow::Context;
use tincan_harness::HarnessError;
use tincan_output::{Evidence, Output};
use tincan_peers::environment;
use tincan_report::{Run, SCHEMA_VERSION, redact::Secret};
use tokio::{
    runtime,
    sync::mpsc::{self, UnboundedReceiver},
    task::JoinSet,
};

use self::{
    plan::Plan,
    queue::Queue,
    record::Record,
    subject::Subject,
    worker::{News, Worker},
};
use crate::{
    args::RunArgs,
    exit::{self, Exit},
    print,
    report::Formats,
    stop::Stop,
};

/// Makes the calls that `args` asks for.
pub fn run(mut args: RunArgs) -> anyhow::Result<Exit> {
    let (output, formats) = (args.out.take(), Formats::new(mem::take(&mut args.formats))?);
    let (keep_evidence, redact, subject) = (args.keep_evidence, args.redact, Subject::of(&args));
    let plan = Plan::new(args)?;
    let run = Run {
        schema_version: SCHEMA_VERSION,
        environment: environment(&plan.roster, plan.jobs),
        planned: plan.calls(),
        redacted: if redact { Secret::ALL.to_vec() } else { Vec::new() },
    };
    // Before anything is started: a run of which nothing can be written is not worth its time.
    let output = Output::open(output, &run)?;
    plan.left_out.iter().for_each(|line| print::to_stderr(line));
    let evidence = Evidence::new(output.folder(), keep_evidence, redact);
    let record = Record::new(run, output, evidence);
    let runtime = runtime::Builder::new_multi_thread().enable_all().build().context("failed to start")?;
    runtime.block_on(make_calls(plan, record, &formats, subject))
}

async fn make_calls(
    plan: Plan,
    mut record: Record,
    formats: &Formats,
    subject: Option<Subject>,
) -> anyhow::Result<Exit> {
    let began = Instant::now();
    let stop = Stop::by_signals().context("failed to watch for Ctrl-C")?;
    let keep_open = plan.keep_open;
    let (workers, news) = start_workers(plan, &stop);
    let taken_down = record.take_down(news, &stop).await;
    let (finished, written) = record.finish(formats);
    let interrupted = stop.is_ordered();
    print::to_stdout(&finished.results(began.elapsed(), interrupted))?;
    if keep_open && !interrupted {
        keep_open::until_dismissed(&stop).await;
    }
    stop.order();
    join(workers).await?;
    say_all(iter::once(taken_down).chain(written))?;
    Ok(if interrupted { Exit::CouldNotAsk } else { finished.exit(subject) })
}

/// Says each trouble but the last, which is the answer: on a full disk there is more than one, and each tells what is lost.
fn say_all(outcomes: impl Iterator<Item = anyhow::Result<()>>) -> anyhow::Result<()> {
    let mut troubles: Vec<_> = outcomes.filter_map(Result::err).collect();
    let last = troubles.pop();
    troubles.iter().for_each(|error| print::to_stderr(&exit::describe(error)));
    last.map_or(Ok(()), Err)
}

fn start_workers(plan: Plan, stop: &Stop) -> (JoinSet<Result<(), HarnessError>>, UnboundedReceiver<News>) {
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
async fn join(mut workers: JoinSet<Result<(), HarnessError>>) -> anyhow::Result<()> {
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
