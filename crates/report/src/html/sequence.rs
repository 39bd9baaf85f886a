//! The sequence diagram: two lifelines, what each side reached, and what was carried between them.
//!
//! Time runs down. The scale is uneven, so that no label overlaps the next: the times are written beside the marks.

use maud::{Markup, html};
use tincan_harness::{
    attempt::Attempt,
    procedure::Awaited,
    signaling::Role,
    timeline::{FIRST_ROUND, Milestone},
    verdict::Outcome,
};

use super::words::number;

const WIDTH: f64 = 600.0;
const LIFELINE: [f64; 2] = [205.0, 395.0];
const TOP: f64 = 44.0;
const ROW: f64 = 21.0;
/// An idle time is drawn this much longer at the most.
const MOST_IDLE: f64 = 26.0;
const MS_PER_IDLE_UNIT: f64 = 6.0;
/// Candidates that follow each other this closely are drawn as one arrow.
const BUNDLE_MS: f64 = 25.0;

/// One row of the diagram.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    at_ms: f64,
    side: Role,
    what: What,
}

#[derive(Debug, Clone, PartialEq)]
enum What {
    Reached(Milestone),
    Carried { kind: String, count: usize, until_ms: f64 },
}

impl Row {
    fn label(&self) -> String {
        match &self.what {
            What::Reached(milestone) => milestone.to_string(),
            What::Carried { kind, count: 1, .. } => kind.clone(),
            What::Carried { kind, count, .. } => format!("{count} {kind}s"),
        }
    }

    fn time(&self) -> String {
        match &self.what {
            What::Carried { count, until_ms, .. } if *count > 1 => {
                format!("{}–{}", number(self.at_ms), number(*until_ms))
            }
            _ => number(self.at_ms),
        }
    }

    fn describe(&self) -> String {
        format!("{} at {}", self.label(), self.time())
    }
}

/// The diagram of `attempt`; nothing if nothing was reached or carried.
pub(super) fn draw(attempt: &Attempt, id: &str) -> Markup {
    let rows = rows(attempt);
    if rows.is_empty() {
        return html! {};
    }
    let ys = heights(&rows);
    let broken = first_break(attempt);
    let bottom = ys.last().copied().unwrap_or(TOP) + if broken.is_some() { 30.0 } else { 8.0 };
    let height = bottom + 14.0;
    html! {
        figure {
            figcaption { "Sequence " span class="note" { "times in ms from the click on create offer; the scale is uneven" } }
            div class="scroll" tabindex="0" role="group" aria-label="Sequence diagram" {
                svg class="sequence" role="img" viewBox=(format!("0 0 {WIDTH} {height:.0}")) width=(WIDTH)
                    height=(format!("{height:.0}")) aria-labelledby={ (id) "-st " (id) "-sd" } {
                    title id={ (id) "-st" } { "Sequence of the call between " (attempt.offerer) " and " (attempt.answerer) }
                    desc id={ (id) "-sd" } { (describe(&rows, broken.as_ref())) }
                    (lifelines(attempt, bottom))
                    (marks(&rows, &ys))
                    (arrows(&rows, &ys))
                    @if let Some(broken) = &broken { (draw_break(broken, bottom - 8.0)) }
                }
            }
        }
    }
}

fn lifelines(attempt: &Attempt, bottom: f64) -> Markup {
    let d: String = LIFELINE.iter().map(|x| format!("M{x} 30V{bottom:.0}")).collect();
    html! {
        path class="life" d=(d) {}
        g class="head" {
            text x=(LIFELINE[0]) y="12" { "offerer" }
            text class="who" x=(LIFELINE[0]) y="26" { (attempt.offerer) }
            text x=(LIFELINE[1]) y="12" { "answerer" }
            text class="who" x=(LIFELINE[1]) y="26" { (attempt.answerer) }
        }
    }
}

/// A dot and a label for each milestone, outside of its lifeline.
fn marks(rows: &[Row], ys: &[f64]) -> Markup {
    let of = |side: Role| {
        let reached = rows.iter().zip(ys).filter(move |(row, _)| row.side == side);
        reached.filter(|(row, _)| matches!(row.what, What::Reached(_)))
    };
    let dots: String =
        Role::BOTH.into_iter().flat_map(of).map(|(row, y)| format!("M{} {y:.0}h0", x(row.side))).collect();
    html! {
        path class="dots" d=(dots) {}
        @for (side, class, offset) in [(Role::Offerer, "left", -10.0), (Role::Answerer, "right", 10.0)] {
            g class=(class) {
                @for (row, y) in of(side) {
                    text x=(x(side) + offset) y=(format!("{:.0}", y + 4.0)) {
                        @if side == Role::Offerer { (row.label()) " " tspan { (row.time()) } }
                        @else { tspan { (row.time()) } " " (row.label()) }
                    }
                }
            }
        }
    }
}

/// An arrow and a label for each signal.
fn arrows(rows: &[Row], ys: &[f64]) -> Markup {
    let carried = || rows.iter().zip(ys).filter(|(row, _)| matches!(row.what, What::Carried { .. }));
    let line = |(row, y): (&Row, &f64)| {
        let (from, to) = (x(row.side), x(row.side.other()));
        let back = if to > from { -8.0 } else { 8.0 };
        format!("M{from} {y:.0}H{to}l{back} -4M{to} {y:.0}l{back} 4")
    };
    html! {
        path class="arrows" d=(carried().map(line).collect::<String>()) {}
        g class="middle" {
            @for (row, y) in carried() {
                text x=(WIDTH / 2.0) y=(format!("{:.0}", y - 4.0)) { (row.label()) " " tspan { (row.time()) } }
            }
        }
    }
}

fn draw_break(broken: &Break, y: f64) -> Markup {
    let (at, class, offset) = match broken.side {
        Some(Role::Offerer) => (LIFELINE[0], "left", -12.0),
        Some(Role::Answerer) => (LIFELINE[1], "right", 12.0),
        None => (WIDTH / 2.0, "right", 12.0),
    };
    html! {
        path class="broken" d=(format!("M{} {}l10 10m0 -10l-10 10", at - 5.0, y - 5.0)) {}
        g class={ (class) " break" } { text x=(at + offset) y=(y + 4.0) { (broken.what) } }
    }
}

const fn x(side: Role) -> f64 {
    match side {
        Role::Offerer => LIFELINE[0],
        Role::Answerer => LIFELINE[1],
    }
}

/// All that happened, in order of time.
fn rows(attempt: &Attempt) -> Vec<Row> {
    let reached =
        attempt.milestones.iter().map(|m| Row { at_ms: m.at_ms, side: m.peer, what: What::Reached(m.name) });
    let mut rows: Vec<_> = reached.chain(carried(attempt)).collect();
    rows.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
    rows
}

/// All that was carried; candidates of one side that follow each other closely are one.
fn carried(attempt: &Attempt) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for signal in attempt.signals.iter().filter(|signal| !signal.withheld) {
        let last = rows.iter_mut().rev().find(|row| row.side == signal.from);
        if let Some(Row { what: What::Carried { kind, count, until_ms }, .. }) = last
            && kind == "candidate"
            && *kind == signal.kind
            && signal.at_ms - *until_ms <= BUNDLE_MS
        {
            *count += 1;
            *until_ms = signal.at_ms;
        } else {
            let what = What::Carried { kind: signal.kind.clone(), count: 1, until_ms: signal.at_ms };
            rows.push(Row { at_ms: signal.at_ms, side: signal.from, what });
        }
    }
    rows
}

fn heights(rows: &[Row]) -> Vec<f64> {
    let mut y = TOP;
    let mut before = rows.first().map_or(0.0, |row| row.at_ms);
    let height = |row: &Row| {
        let idle = ((row.at_ms - before) / MS_PER_IDLE_UNIT).clamp(0.0, MOST_IDLE);
        before = row.at_ms;
        y += ROW + idle;
        y - ROW + 6.0
    };
    rows.iter().map(height).collect()
}

/// Where a call broke that did not pass.
#[derive(Debug, Clone, PartialEq)]
struct Break {
    /// None if it cannot be told.
    side: Option<Role>,
    what: String,
}

/// The first milestone that is missing; if none is, what the diagnosis names.
fn first_break(attempt: &Attempt) -> Option<Break> {
    if matches!(attempt.verdict, Outcome::Passed | Outcome::Unsupported) {
        return None;
    }
    let is_missing = |Awaited { round, role, milestone }: &Awaited| {
        !attempt.milestones.iter().any(|m| (m.round, m.peer, m.name) == (*round, *role, *milestone))
    };
    let missing = attempt.procedure.path(attempt.mode, attempt.media).find(is_missing);
    Some(match (missing, &attempt.diagnosis) {
        (Some(Awaited { round, role, milestone }), _) => {
            let round = if round > FIRST_ROUND { format!(" in round {round}") } else { String::new() };
            Break { side: Some(role), what: format!("{milestone} not reached{round}") }
        }
        (None, Some(diagnosis)) => {
            Break { side: diagnosis.peer, what: format!("broke at {}", diagnosis.stage) }
        }
        (None, None) => Break { side: None, what: format!("{}", attempt.verdict) },
    })
}

/// The diagram in words.
fn describe(rows: &[Row], broken: Option<&Break>) -> String {
    let list = |side: Role, reached: bool| {
        let of =
            rows.iter().filter(|row| row.side == side && matches!(row.what, What::Reached(_)) == reached);
        let said: Vec<_> = of.map(Row::describe).collect();
        if said.is_empty() { "nothing".to_owned() } else { said.join(", ") }
    };
    let mut words = String::from("Times in milliseconds.");
    for side in Role::BOTH {
        words += &format!(" The {side} reached: {}. It sent: {}.", list(side, true), list(side, false));
    }
    if let Some(Break { side, what }) = broken {
        let side = side.map_or_else(String::new, |side| format!(" on the side of the {side}"));
        words += &format!(" The first break{side}: {what}.");
    }
    words
}

#[cfg(test)]
mod tests {
    use tincan_harness::{
        attempt::{ReachedAt, SignalAt},
        testing,
        verdict::Verdict,
    };

    use super::*;

    fn signal(from: Role, kind: &str, at_ms: f64) -> SignalAt {
        SignalAt {
            from,
            kind: kind.to_owned(),
            candidate: None,
            round: FIRST_ROUND,
            withheld: false,
            by_page: false,
            at_ms,
        }
    }

    fn attempt(signals: Vec<SignalAt>) -> Attempt {
        let attempt = Attempt::without_exchange(&testing::catalogue().scenarios()[0], 1, &Verdict::Passed);
        Attempt { signals, ..attempt }
    }

    #[test]
    fn candidates_close_together_are_one_arrow_that_says_how_many() {
        let attempt = attempt(vec![
            signal(Role::Offerer, "offer", 0.0),
            signal(Role::Offerer, "candidate", 5.0),
            signal(Role::Answerer, "candidate", 6.0),
            signal(Role::Offerer, "candidate", 7.5),
            signal(Role::Offerer, "candidate", 90.0),
            signal(Role::Offerer, "end-of-candidates", 91.0),
        ]);
        let said: Vec<_> = carried(&attempt).iter().map(Row::describe).collect();
        let expected = [
            "offer at 0.0",
            "2 candidates at 5.0–7.5",
            "candidate at 6.0",
            "candidate at 90.0",
            "end-of-candidates at 91.0",
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn rows_never_overlap_and_time_runs_down() {
        let times = [0.0, 0.0, 0.1, 500.0, 500.0];
        let rows = rows(&attempt(times.map(|at| signal(Role::Answerer, "offer", at)).to_vec()));
        let ys = heights(&rows);
        assert!(ys.windows(2).all(|pair| pair[1] - pair[0] >= ROW), "{ys:?}");
        assert!(ys[3] - ys[2] > ROW, "an idle time is not seen: {ys:?}");
    }

    #[test]
    fn the_first_missing_milestone_is_the_break() {
        let mut attempt = attempt(Vec::new());
        assert_eq!(first_break(&attempt), None);
        attempt.verdict = Outcome::Failed;
        let ready = |peer| ReachedAt { peer, name: Milestone::Ready, round: FIRST_ROUND, at_ms: 0.0 };
        attempt.milestones = Role::BOTH.map(ready).to_vec();
        let broken = first_break(&attempt).unwrap();
        assert_eq!((broken.side, broken.what.as_str()), (Some(Role::Offerer), "offer-requested not reached"));
    }
}
