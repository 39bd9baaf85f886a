//! Times, dates, sizes and verdicts as people read them.

use maud::{Markup, html};
use tincan_harness::{attempt::Attempt, verdict::Outcome};

/// A time or a length in milliseconds, to a tenth.
pub(super) fn ms(ms: f64) -> String {
    format!("{} ms", number(ms))
}

/// To a tenth, with a true minus sign.
pub(super) fn number(value: f64) -> String {
    let text = format!("{:.1}", value.abs());
    if value < 0.0 && text != "0.0" { format!("−{text}") } else { text }
}

/// `2026-11-22 23:47:35 UTC`, from the seconds since 1970-01-01 UTC.
pub(crate) fn date(since_1970_s: u64) -> String {
    let (days, second) = (since_1970_s / 86_400, since_1970_s % 86_400);
    // Counted in eras of 400 years that begin on a first of March (Howard Hinnant, "chrono-compatible low-level date
    // algorithms", civil_from_days).
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// The sign that stands for an outcome beside its word.
pub(super) const fn sign(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "✓",
        Outcome::Failed => "✗",
        Outcome::Unsupported => "–",
        Outcome::Errored => "!",
    }
}

/// An outcome as a badge: a sign and `text`, in the look of the outcome.
pub(super) fn badge(outcome: Outcome, text: &str) -> Markup {
    html! {
        span class={ "badge " (outcome) } { span aria-hidden="true" { (sign(outcome)) } " " (text) }
    }
}

/// Where the attempt at `place` in the report stands in the page.
pub(super) fn anchor(place: usize) -> String {
    format!("attempt-{}", place + 1)
}

/// Who calls whom, how, with what and over what, for people; what every call has that says nothing else is not said.
pub(super) fn title(attempt: &Attempt) -> String {
    let Attempt { offerer, answerer, mode, media, network, procedure, .. } = attempt;
    let media = if media.is_plain() { String::new() } else { format!("{media}, ") };
    let procedure = if procedure.is_plain() { String::new() } else { format!(", {procedure}") };
    format!("{offerer} → {answerer}, {mode}, {media}{network}{procedure}")
}

/// `text`, of which no more than `most` characters are shown.
pub(super) fn clipped(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use tincan_harness::{testing, verdict::Verdict};

    use super::*;

    #[test]
    fn a_title_says_what_is_not_as_usual() {
        let titled = |name: &str| {
            let scenario = testing::catalogue().select(&[name.to_owned()]).unwrap()[0];
            title(&Attempt::without_exchange(&scenario, 1, &Verdict::Passed))
        };
        assert_eq!(
            titled("chromium-to-webrtc-rs/trickle/vp8/direct"),
            "chromium → webrtc-rs, trickle, direct"
        );
        let changed = "chromium-to-webrtc-rs/vanilla/opus/direct/hang-up-by-answerer";
        assert_eq!(titled(changed), "chromium → webrtc-rs, vanilla, opus, direct, hang-up-by-answerer");
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(date(0), "1970-01-01 00:00:00 UTC");
        assert_eq!(date(951_782_400), "2000-02-29 00:00:00 UTC");
        assert_eq!(date(1_709_251_199), "2024-02-29 23:59:59 UTC");
        assert_eq!(date(4_107_542_400), "2100-03-01 00:00:00 UTC");
    }

    #[test]
    fn numbers_have_one_digit_and_nothing_is_minus_zero() {
        assert_eq!([number(-7.04), number(-0.01), number(129.66)], ["−7.0", "0.0", "129.7"]);
    }

    #[test]
    fn text_is_clipped_between_characters() {
        assert_eq!([clipped("äöü", 2), clipped("äöü", 3)], ["äö…", "äöü"]);
    }
}
