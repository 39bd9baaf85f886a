//! Which lines of a description matter: the delta debugging of Zeller and Hildebrandt (ddmin), over whole lines.

/// What was left of a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shrunk {
    /// What was left, with the ends of its lines as they were.
    pub sdp: String,
    /// How many lines were left.
    pub lines: usize,
    /// How many there were.
    pub of: usize,
    /// How many descriptions were tried.
    pub tried: usize,
    /// Whether none of the lines that are left can be left out alone; else the trials were over before that was known.
    pub is_least: bool,
}

/// Leaves out lines of `sdp` as long as what remains still `shows` what the whole does, in the same order whenever it is done, and
/// tries `most` descriptions at the most.
pub async fn shrink(sdp: &str, most: usize, mut shows: impl AsyncFnMut(&str) -> bool) -> Shrunk {
    let all: Vec<_> = sdp.split_inclusive('\n').collect();
    let (mut left, mut parts, mut tried) = (all.clone(), 2_usize, 0);
    let is_least = loop {
        if left.len() < 2 {
            break true;
        }
        let mut smaller = None;
        for without in complements(left.len(), parts) {
            if tried == most {
                break;
            }
            tried += 1;
            let rest: Vec<_> = left[..without.start].iter().chain(&left[without.end..]).copied().collect();
            if shows(&rest.concat()).await {
                smaller = Some(rest);
                break;
            }
        }
        match smaller {
            Some(rest) => {
                left = rest;
                parts = (parts - 1).max(2);
            }
            None if tried == most => break false,
            None if parts >= left.len() => break true,
            None => parts = (2 * parts).min(left.len()),
        }
    };
    Shrunk { sdp: left.concat(), lines: left.len(), of: all.len(), tried, is_least }
}

/// The ranges that are left out one after the other: `parts` of nearly the same length, the last one first, since what stands at
/// the end is needed by nothing before it.
fn complements(length: usize, parts: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    let parts = parts.min(length);
    (0..parts).rev().map(move |part| (part * length / parts)..((part + 1) * length / parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines from 0 to `count`, of which what remains is to hold all `needed`.
    async fn of(count: usize, needed: &[usize], most: usize) -> Shrunk {
        let sdp: String = (0..count).map(|line| format!("{line}\r\n")).collect();
        let holds = |sdp: &str| {
            let lines: Vec<_> = sdp.lines().map(|line| line.parse::<usize>().unwrap()).collect();
            needed.iter().all(|line| lines.contains(line))
        };
        shrink(&sdp, most, async |sdp| holds(sdp)).await
    }

    #[tokio::test]
    async fn the_lines_that_matter_are_left_and_no_others() {
        for needed in [&[0][..], &[49], &[3, 17], &[0, 1, 2, 47, 48, 49], &[5, 10, 15, 20, 25]] {
            let shrunk = of(50, needed, 10_000).await;
            let expected: String = needed.iter().map(|line| format!("{line}\r\n")).collect();
            assert_eq!((shrunk.sdp, shrunk.lines, shrunk.of), (expected, needed.len(), 50));
            assert!(shrunk.is_least && shrunk.tried < 300, "{} were tried", shrunk.tried);
        }
    }

    #[tokio::test]
    async fn the_same_is_left_whenever_it_is_done() {
        assert_eq!(of(40, &[7, 8, 30], 1000).await, of(40, &[7, 8, 30], 1000).await);
    }

    #[tokio::test]
    async fn it_ends_after_as_many_trials_as_it_may_make() {
        let shrunk = of(50, &[3, 17], 4).await;
        assert!(shrunk.tried == 4 && !shrunk.is_least && shrunk.lines < 50, "{shrunk:?}");
        let shrunk = of(50, &(0..50).collect::<Vec<_>>(), 10_000).await;
        assert!(shrunk.is_least && shrunk.lines == 50, "{shrunk:?}");
    }

    #[tokio::test]
    async fn what_has_one_line_or_no_end_is_left_as_it_is() {
        let shrunk = shrink("v=0", 10, async |_| true).await;
        assert_eq!((shrunk.sdp.as_str(), shrunk.tried, shrunk.is_least), ("v=0", 0, true));
        let shrunk = shrink("a\nb", 10, async |sdp| sdp.contains('b')).await;
        assert_eq!(shrunk.sdp, "b");
    }
}
