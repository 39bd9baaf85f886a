//! Scenarios row by row, with their times.

use tincan_harness::Attempt;
use tincan_report::group::Group;

use super::columns::{Column, Columns, Row, WIDTH, wrapped};

const NOTHING: &str = "–";
/// The columns, each with its letters, beyond which its text goes on in another line; times and counts stand on the right.
const COLUMNS: [(&str, usize, bool); 4] = [
    ("verdict", 18, false),
    ("first frame", 17, true),
    ("frames\nseen", 11, true),
    ("selected pair", 16, false),
];

/// The scenarios of each pair below its name.
pub fn render(groups: &[Group<'_>]) -> String {
    let mut rows = Vec::new();
    let mut last = None;
    for group in groups {
        let title = title(group.first());
        if last.as_ref() != Some(&title) {
            rows.push(Row::Title(title.clone()));
            last = Some(title);
        }
        rows.push(row(group));
    }
    let column = |(head, _, right): (&str, usize, bool)| Column { head: head.to_owned(), right };
    let table = Columns { corner: String::new(), columns: COLUMNS.map(column).to_vec(), rows };
    table.render() + "\n"
}

/// What the scenarios of a pair have in common.
fn title(attempt: &Attempt) -> String {
    let scenario = attempt.scenario();
    let procedure =
        if scenario.procedure.is_plain() { String::new() } else { format!(", {}", scenario.procedure) };
    wrapped(&format!("{}, {}, {}{procedure}", scenario.pair(), scenario.media, scenario.network), WIDTH)
}

fn row(group: &Group<'_>) -> Row {
    let texts = [Some(group.summary()), group.first_frame(), group.frames(), group.pairs()];
    let cells = texts
        .into_iter()
        .zip(COLUMNS)
        .map(|(text, (_, most, _))| wrapped(text.as_deref().unwrap_or(NOTHING), most));
    Row::Cells(format!("  {}", group.first().mode), cells.collect())
}
