//! Grids of offerers and answerers: a sign for each mode, or a row for each mode where calls were repeated.

use tincan_harness::{PeerId, SignalingMode};
use tincan_report::{
    Report,
    grid::{Grid, grids, letter, letters},
    group::{Group, OUTCOMES, time},
};

use super::columns::{Column, Columns, Row, WIDTH, wrapped};
use crate::print;

/// A grid for each medium and network, and what the signs stand for.
pub fn render(report: &Report, groups: &[Group<'_>]) -> String {
    let grids: String = grids(report, groups).iter().map(|grid| one(grid, groups) + "\n").collect();
    let signs = OUTCOMES.iter().filter(|outcome| report.count(**outcome) > 0);
    let signs: Vec<_> = signs.map(|outcome| format!("{} {outcome}", print::sign(*outcome))).collect();
    format!("{grids}{}; the page has the times of each scenario\n\n", signs.join(", "))
}

/// With names at the columns and times in the cells, if there is room for them.
fn one(grid: &Grid, groups: &[Group<'_>]) -> String {
    let is_repeated = grid.places().any(|place| groups[place].is_repeated());
    let view = |timed, numbered| View { grid, groups, is_repeated, timed, numbered };
    let last = view(false, true);
    let views = [view(true, false), view(true, true), view(false, false)];
    let view = views.iter().find(|view| view.columns().fit()).unwrap_or(&last);
    format!("{}\n{}{}", view.title(), view.legend(), view.columns().render())
}

/// A grid as it is shown.
struct View<'g> {
    grid: &'g Grid,
    groups: &'g [Group<'g>],
    /// Whether a mode has a row of its own.
    is_repeated: bool,
    /// Whether the cells of repeated calls have their times.
    timed: bool,
    /// Whether the columns are headed by numbers.
    numbered: bool,
}

impl View<'_> {
    fn title(&self) -> String {
        let cells = match (self.is_repeated, self.timed) {
            (false, _) => letters(&self.grid.modes),
            (true, false) => "passed/asked".to_owned(),
            (true, true) => "passed/asked, and the median time to the first frame".to_owned(),
        };
        let words = self.grid.network.approximation().map(|words| format!("; {words}")).unwrap_or_default();
        wrapped(&format!("{}: {cells}{words}", self.grid.title()), WIDTH)
    }

    fn columns(&self) -> Columns {
        let (letters, rows) = match self.is_repeated {
            true => (String::new(), self.by_mode()),
            false => (self.letters(), self.by_pair()),
        };
        let head = |id: &PeerId| if self.numbered { self.number(*id).to_string() } else { id.to_string() };
        let column = |id| Column { head: head(id) + &letters, right: self.is_repeated };
        Columns {
            corner: "offerer ↓ answerer →".to_owned(),
            columns: self.grid.answerers.iter().map(column).collect(),
            rows,
        }
    }

    /// What stands below the head of a column: a letter for each mode.
    fn letters(&self) -> String {
        format!("\n{}", self.grid.modes.iter().copied().map(letter).collect::<String>())
    }

    /// A row for each offerer, with a sign for each mode in its cells.
    fn by_pair(&self) -> Vec<Row> {
        let sign = |offerer, answerer, mode| {
            let place = self.grid.place(offerer, answerer, mode);
            place.map_or_else(|| " ".to_owned(), |place| print::sign(self.groups[place].worst()))
        };
        let cell = |offerer, answerer: &PeerId| {
            self.grid.modes.iter().map(|mode| sign(offerer, *answerer, *mode)).collect::<String>()
        };
        let row = |offerer: &PeerId| {
            let cells = self.grid.answerers.iter().map(|answerer| cell(*offerer, answerer));
            Row::Cells(self.label(*offerer), cells.collect())
        };
        self.grid.offerers.iter().map(row).collect()
    }

    /// A row for each offerer and mode, with how often calls passed in its cells.
    fn by_mode(&self) -> Vec<Row> {
        let row = |offerer, mode: SignalingMode| {
            let place = |answerer: &PeerId| self.grid.place(offerer, *answerer, mode);
            let cells = self.grid.answerers.iter().map(|answerer| {
                place(answerer).map_or_else(String::new, |place| self.tally(&self.groups[place]))
            });
            Row::Cells(format!("  {mode}"), cells.collect())
        };
        let rows = |offerer: &PeerId| {
            let modes = self.grid.modes.iter().map(|mode| row(*offerer, *mode));
            std::iter::once(Row::Title(self.label(*offerer))).chain(modes).collect::<Vec<_>>()
        };
        self.grid.offerers.iter().flat_map(rows).collect()
    }

    /// Who is meant by the numbers of columns that no row has.
    fn legend(&self) -> String {
        let others = self.grid.answerers.iter().filter(|id| !self.grid.offerers.contains(id));
        let others: Vec<_> = others.map(|id| self.label(*id)).collect();
        match self.numbered && !others.is_empty() {
            true => wrapped(&others.join(", "), WIDTH) + "\n",
            false => String::new(),
        }
    }

    fn number(&self, id: PeerId) -> usize {
        self.grid.peers.iter().position(|peer| *peer == id).map_or(0, |place| place + 1)
    }

    fn label(&self, id: PeerId) -> String {
        if self.numbered { format!("{} {id}", self.number(id)) } else { id.to_string() }
    }

    /// How many calls passed, with the sign of what did not, and their time.
    fn tally(&self, group: &Group<'_>) -> String {
        let sign = print::sign(group.worst());
        let tally = match group.tally() {
            Some(tally) if group.faults().next().is_none() => tally,
            Some(tally) => format!("{sign} {tally}"),
            None => sign,
        };
        let time = group.median_ms().filter(|_| self.timed).map(|ms| format!(" {}", time(ms)));
        tally + &time.unwrap_or_default()
    }
}
