//! Text in columns, no wider than a terminal: what does not fit beside the rest stands below it.

use anstream::adapter::strip_str;

/// The letters in a line of any terminal.
pub const WIDTH: usize = 80;
const GAP: &str = "  ";

/// A column: its head, and on which side its text stands.
#[derive(Debug, Clone)]
pub struct Column {
    pub head: String,
    pub right: bool,
}

/// A line of its own, or a head and a text for each column. Texts may have several lines, and colours.
#[derive(Debug, Clone)]
pub enum Row {
    Title(String),
    Cells(String, Vec<String>),
}

/// Rows and columns.
#[derive(Debug, Clone)]
pub struct Columns {
    /// What stands above the heads of the rows.
    pub corner: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
}

impl Columns {
    /// Whether all columns stand side by side.
    pub fn fit(&self) -> bool {
        self.blocks().len() <= 1
    }

    /// As many columns beside each other as there is room for, and the others below them.
    pub fn render(&self) -> String {
        let blocks: Vec<_> = self.blocks().iter().map(|block| self.block(block)).collect();
        blocks.join("\n")
    }

    /// The columns that stand side by side, each with its width.
    fn blocks(&self) -> Vec<Vec<(usize, usize)>> {
        let mut blocks: Vec<Vec<(usize, usize)>> = Vec::new();
        let mut left = 0;
        for index in 0..self.columns.len() {
            let width = self.width(index);
            match blocks.last_mut() {
                Some(block) if GAP.len() + width <= left => block.push((index, width)),
                _ => {
                    blocks.push(vec![(index, width)]);
                    left = WIDTH.saturating_sub(self.head_width());
                }
            }
            left = left.saturating_sub(GAP.len() + width);
        }
        blocks
    }

    fn block(&self, block: &[(usize, usize)]) -> String {
        let heads: Vec<_> = self.columns.iter().map(|column| column.head.clone()).collect();
        let mut text = self.line(&self.corner, &heads, block);
        for row in &self.rows {
            text += &match row {
                Row::Title(title) => format!("{title}\n"),
                Row::Cells(head, cells) => self.line(head, cells, block),
            };
        }
        text
    }

    /// A row, which has as many lines as the longest of its texts.
    fn line(&self, head: &str, cells: &[String], block: &[(usize, usize)]) -> String {
        let lines = block.iter().map(|(index, _)| cells[*index].lines().count()).max().unwrap_or(0).max(1);
        let mut text = String::new();
        for number in 0..lines {
            let mut line = padded(if number == 0 { head } else { "" }, self.head_width(), false);
            for (index, width) in block {
                let part = cells[*index].lines().nth(number).unwrap_or_default();
                line += GAP;
                line += &padded(part, *width, self.columns[*index].right);
            }
            text += line.trim_end();
            text.push('\n');
        }
        text
    }

    fn head_width(&self) -> usize {
        let heads = self.rows.iter().filter_map(|row| match row {
            Row::Title(_) => None,
            Row::Cells(head, _) => Some(width(head)),
        });
        heads.max().unwrap_or(0).max(width(&self.corner))
    }

    fn width(&self, index: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| match row {
            Row::Title(_) => None,
            Row::Cells(_, cells) => Some(width(&cells[index])),
        });
        cells.max().unwrap_or(0).max(width(&self.columns[index].head))
    }
}

/// `text` in lines of so many letters, if no word is longer.
pub fn wrapped(text: &str, most: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

/// The letters of the longest line that are seen.
fn width(text: &str) -> usize {
    text.lines().map(|line| strip_str(line).to_string().chars().count()).max().unwrap_or(0)
}

fn padded(text: &str, to: usize, right: bool) -> String {
    let space = " ".repeat(to.saturating_sub(width(text)));
    if right { space + text } else { text.to_owned() + &space }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(widths: &[usize]) -> Columns {
        let column = |width: &usize| Column { head: "x".repeat(*width), right: false };
        let cells = widths.iter().enumerate().map(|(index, _)| index.to_string()).collect();
        let rows = vec![Row::Title("title".to_owned()), Row::Cells("head".to_owned(), cells)];
        Columns { corner: String::new(), columns: widths.iter().map(column).collect(), rows }
    }

    #[test]
    fn a_line_is_full_before_another_block_begins() {
        // 4 letters of head, and 2 of gap and 36 of text twice.
        assert!(columns(&[36, 36]).fit() && !columns(&[36, 37]).fit());
        let text = columns(&[36, 37]).render();
        assert_eq!(text.matches("title\nhead").count(), 2, "{text}");
        assert!(text.ends_with("head  1\n"), "{text}");
    }

    #[test]
    fn a_column_that_is_too_wide_for_any_line_stands_alone() {
        assert_eq!(columns(&[90, 1]).blocks(), [vec![(0, 90)], vec![(1, 1)]]);
    }

    #[test]
    fn texts_have_lines_and_stand_on_their_side() {
        let column = |head: &str, right| Column { head: head.to_owned(), right };
        let cells = ["a b".to_owned(), wrapped("one two three", 7)].to_vec();
        let table = Columns {
            corner: String::new(),
            columns: vec![column("left", false), column("right", true)],
            rows: vec![Row::Cells("\u{1b}[32mh\u{1b}[0m".to_owned(), cells)],
        };
        let text = strip_str(&table.render()).to_string();
        assert_eq!(text, "   left    right\nh  a b   one two\n           three\n");
    }
}
