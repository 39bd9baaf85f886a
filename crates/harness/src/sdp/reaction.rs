//! What a peer makes of a description that it is given by itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// As many letters of a peer's words are kept as tell what it means: some quote the whole description.
const MOST_LETTERS: usize = 400;
/// And of a line.
const MOST_OF_LINE: usize = 50;

/// What a peer makes of a description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "reaction", rename_all = "snake_case")]
pub enum Reaction {
    /// `setRemoteDescription` takes it.
    Accepts {
        /// Why `createAnswer` does not work then, in the peer's own words; none if it works, or if it is an answer itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        no_answer: Option<String>,
    },
    /// `setRemoteDescription` does not take it.
    Refuses {
        /// What the peer says, in its own words.
        words: String,
        /// The line that it tells by its number, or the whole of which it quotes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<Line>,
    },
    /// Its process, or that of its tab, ended over it: a finding.
    Crashes {
        /// How it ended, and what it printed last.
        words: String,
    },
    /// It did not answer in time, and was ended: a finding.
    Hangs {
        /// How long it was waited, in seconds.
        after_s: u64,
    },
    /// It cannot be asked this.
    Unsupported {
        /// Why.
        reason: String,
    },
    /// It could not be asked, which says nothing about it.
    Unasked {
        /// Why.
        reason: String,
    },
}

/// A line of a description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// It, without its end; its beginning, if it is long.
    pub text: String,
}

/// In which way a peer reacts, whatever its words: by this it agrees with others, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, strum::Display)]
#[strum(serialize_all = "lowercase")]
pub enum Way {
    /// It takes it.
    Accepts,
    /// It does not.
    Refuses,
    /// It ends over it.
    Crashes,
    /// It does not answer.
    Hangs,
}

impl Reaction {
    /// A refusal of `sdp` in these words; the line is the `told` one, or that which they name or quote.
    #[must_use]
    pub fn refusal(words: &str, told: Option<usize>, sdp: &str) -> Self {
        let number = told.filter(|line| *line > 0).or_else(|| line_in(words, sdp));
        let text = |number: usize| sdp.lines().nth(number - 1).map(|line| bounded_to(line, MOST_OF_LINE));
        let line = number.map(|number| Line { number, text: text(number).unwrap_or_default() });
        Self::Refuses { words: bounded(words), line }
    }

    /// The description was accepted; `no_answer` says why no answer could be made.
    #[must_use]
    pub fn acceptance(no_answer: Option<&str>) -> Self {
        Self::Accepts { no_answer: no_answer.map(bounded) }
    }

    /// The peer has ended, as `words` say.
    #[must_use]
    pub fn crash(words: &str) -> Self {
        Self::Crashes { words: bounded(words) }
    }

    /// In which way the peer reacts; none if it was not asked.
    #[must_use]
    pub const fn way(&self) -> Option<Way> {
        match self {
            Self::Accepts { .. } => Some(Way::Accepts),
            Self::Refuses { .. } => Some(Way::Refuses),
            Self::Crashes { .. } => Some(Way::Crashes),
            Self::Hangs { .. } => Some(Way::Hangs),
            Self::Unsupported { .. } | Self::Unasked { .. } => None,
        }
    }
}

/// Whether those who were asked react in the same way, and nobody crashes or hangs over it.
pub fn agree<'r>(reactions: impl IntoIterator<Item = &'r Reaction>) -> bool {
    let mut ways = reactions.into_iter().filter_map(Reaction::way);
    let Some(first) = ways.next() else { return true };
    matches!(first, Way::Accepts | Way::Refuses) && ways.all(|way| way == first)
}

fn bounded(words: &str) -> String {
    bounded_to(words, MOST_LETTERS)
}

fn bounded_to(words: &str, most: usize) -> String {
    // What a peer quotes may hold anything, and ends up in terminals.
    let plain = words.trim().chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let mut plain: String = plain.take(most + 1).collect();
    if let Some((end, _)) = plain.char_indices().nth(most) {
        plain.truncate(end);
        plain.push('…');
    }
    plain
}

/// The line of `sdp` that a peer means: one whose number it says, or one that it quotes whole.
fn line_in(words: &str, sdp: &str) -> Option<usize> {
    let lines = sdp.lines().count();
    numbered(words).filter(|number| (1..=lines).contains(number)).or_else(|| quoted(words, sdp))
}

/// The number behind the word `line`.
fn numbered(words: &str) -> Option<usize> {
    let small = words.to_ascii_lowercase();
    small.split("line").skip(1).find_map(|behind| {
        let digits = behind.trim_start_matches([' ', '#', ':']);
        let end = digits.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(digits.len());
        digits[..end].parse().ok()
    })
}

/// The longest line of which the whole stands in the words; a line of the shortest kind may stand there by chance.
fn quoted(words: &str, sdp: &str) -> Option<usize> {
    const SHORTEST: usize = 5;
    let lines = sdp.lines().enumerate().filter(|(_, line)| line.len() >= SHORTEST && words.contains(line));
    // Of several that are equally long the first one.
    lines.min_by_key(|(at, line)| (std::cmp::Reverse(line.len()), *at)).map(|(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_were_asked_agree_or_not() {
        let (accepts, refuses) = (Reaction::acceptance(None), Reaction::refusal("no", None, ""));
        let (crashes, hangs) = (Reaction::crash("x"), Reaction::Hangs { after_s: 5 });
        let unasked = Reaction::Unasked { reason: "x".to_owned() };
        let other = Reaction::refusal("never", Some(3), "");
        assert!(agree([&accepts, &unasked, &accepts]) && agree([&refuses, &other]) && agree([&unasked]));
        assert!(!agree([&accepts, &refuses]) && !agree([&refuses, &unasked, &accepts]));
        // A crash is a finding also if all crash.
        assert!(!agree([&crashes, &crashes]) && !agree([&hangs]) && !agree([&refuses, &crashes]));
    }

    #[test]
    fn the_line_is_the_one_that_is_told_named_or_quoted() {
        let sdp = "v=0\r\na=mid:0\r\na=ice-ufrag:ab\r\nt=0 0\r\na=ice-ufrag:ab c\r\n";
        let line = |words: &str, told| match Reaction::refusal(words, told, sdp) {
            Reaction::Refuses { line, .. } => line.map(|line| line.number),
            _ => None,
        };
        assert_eq!(line("no", Some(4)), Some(4));
        assert_eq!(line("no", Some(0)), None);
        assert_eq!(line("SIPCC: Line 3: no", None), Some(3));
        assert_eq!(line("parse error on line 99", None), None);
        assert_eq!(line("Failed: a=ice-ufrag:ab Invalid", None), Some(3));
        assert_eq!(line("Failed: a=ice-ufrag:ab c is", None), Some(5));
        assert_eq!(line("v=0 is no line of mine", None), None);
    }

    #[test]
    fn words_are_bounded_and_hold_nothing_that_a_terminal_obeys() {
        let Reaction::Crashes { words } = Reaction::crash(&format!("\x1b[2J{}", "ä".repeat(1000))) else {
            panic!("it is a crash")
        };
        assert!(
            words.starts_with(" [2Jä") && words.ends_with("ä…") && words.chars().count() == MOST_LETTERS + 1
        );
    }
}
