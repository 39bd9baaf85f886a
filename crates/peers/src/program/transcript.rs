//! What was said in a call, both ways, for people.

use std::collections::VecDeque;

use serde::Serialize;

use super::lines::beginning;

/// Lines that are kept: more than a call without its pictures takes.
const KEPT: usize = 400;

/// The lines of a call; of a long one the last.
#[derive(Debug, Default)]
pub(super) struct Transcript {
    lines: VecDeque<String>,
    left_out: usize,
}

impl Transcript {
    /// Takes down what is said to the program.
    pub(super) fn told(&mut self, message: &impl Serialize) {
        let line = serde_json::to_string(message).unwrap_or_default();
        self.add(format!("to the program: {}", beginning(&line)));
    }

    /// Takes down what the program says.
    pub(super) fn heard(&mut self, line: &str) {
        self.add(format!("from the program: {}", beginning(line)));
    }

    fn add(&mut self, line: String) {
        if self.lines.len() == KEPT {
            self.lines.pop_front();
            self.left_out += 1;
        }
        self.lines.push_back(line);
    }

    /// The lines, and how many stood before them; the transcript is empty then.
    pub(super) fn take(&mut self) -> Vec<String> {
        let left_out = std::mem::take(&mut self.left_out);
        let before = (left_out > 0).then(|| format!("({left_out} lines before)"));
        before.into_iter().chain(self.lines.drain(..)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_call_the_last_lines_are_kept() {
        let mut transcript = Transcript::default();
        transcript.told(&"start");
        assert_eq!(transcript.take(), ["to the program: \"start\""]);
        (0..KEPT + 3).for_each(|n| transcript.heard(&n.to_string()));
        let lines = transcript.take();
        assert_eq!((lines.len(), lines[0].as_str()), (KEPT + 1, "(3 lines before)"));
        assert_eq!(lines[1], "from the program: 3");
    }
}
