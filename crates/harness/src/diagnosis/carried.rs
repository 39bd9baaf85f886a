//! Whether a description came across as it was copied.

use super::{Examination, Finding, carried_to};
use crate::{exchange::Exchange, signaling::Role};

/// What a side was given, held against what was copied from the other one.
pub(crate) enum Given {
    /// The same, line by line.
    Intact,
    /// Not the same; how it differs, in words.
    Changed(String),
}

/// What `role` was given as the description of the other side; none if it was given nothing.
pub(crate) fn given(exchange: &Exchange, role: Role) -> Option<Given> {
    let given = exchange.side(role).evidence.given.as_deref()?;
    let Some(copied) = exchange.description(role.other()) else {
        return Some(Given::Changed("nothing had been copied from the other side".to_owned()));
    };
    if exchange.description(role).is_some_and(|own| own == given) {
        return Some(Given::Changed("it was given its own description".to_owned()));
    }
    Some(difference(copied, given).map_or(Given::Intact, Given::Changed))
}

impl Examination<'_> {
    /// The first description that did not come across as it was copied, if that was not meant.
    pub(super) fn mangled(&self) -> Option<Finding> {
        [Role::Answerer, Role::Offerer].into_iter().find_map(|role| match given(self.exchange, role)? {
            Given::Changed(how) if !self.exchange.side(role).evidence.rewrites => {
                Some(Finding::new(carried_to(role), role, how))
            }
            _ => None,
        })
    }
}

/// How `given` differs from `copied`, candidates apart: these may go missing on the way without harm to the description.
fn difference(copied: &str, given: &str) -> Option<String> {
    let lines = |sdp: &str| -> Vec<String> {
        let all = sdp.lines().map(|line| line.trim_end().to_owned());
        all.filter(|line| !line.is_empty() && !is_of_candidates(line)).collect()
    };
    let (copied, given) = (lines(copied), lines(given));
    if copied == given {
        return None;
    }
    let origin = |lines: &[String]| lines.iter().find(|line| line.starts_with("o=")).cloned();
    if let (Some(copied), Some(given)) = (origin(&copied), origin(&given))
        && copied != given
    {
        return Some(format!("it was given a description of another call ({given}, copied was {copied})"));
    }
    if given.len() < copied.len() && copied.starts_with(&given[..given.len().saturating_sub(1)]) {
        return Some(format!("it was given {} of {} lines", given.len(), copied.len()));
    }
    let at = copied.iter().zip(&given).position(|(a, b)| a != b).unwrap_or(copied.len().min(given.len()));
    let line = |lines: &[String]| lines.get(at).cloned().unwrap_or_else(|| "the end".to_owned());
    Some(format!("it was given {:?} where {:?} was copied", line(&given), line(&copied)))
}

fn is_of_candidates(line: &str) -> bool {
    line.starts_with("a=candidate:") || line == "a=end-of-candidates"
}

#[cfg(test)]
mod tests {
    use super::difference;

    const SDP: &str =
        "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\nm=video 9 X 96\r\na=setup:active\r\na=candidate:1\r\n";

    #[test]
    fn line_ends_and_candidates_make_no_difference() {
        assert_eq!(difference(SDP, &SDP.replace("\r\n", "\n")), None);
        assert_eq!(difference(SDP, &SDP.replace("a=candidate:1\r\n", "")), None);
    }

    #[test]
    fn a_cut_a_flip_and_another_call_are_named() {
        let named = |given: &str| difference(SDP, given).expect("it differs");
        assert_eq!(named(&SDP[..40]), "it was given 3 of 4 lines");
        assert!(
            named(&SDP.replace("active", "passive")).contains("\"a=setup:passive\" where \"a=setup:active\"")
        );
        assert!(named(&SDP.replace("- 1 2", "- 7 2")).contains("of another call"));
        assert!(named("").contains("0 of 4"));
    }
}
