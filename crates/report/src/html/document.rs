//! The page around what is told.

use maud::{DOCTYPE, Markup, PreEscaped, html};

/// Nothing but the style in the page and pictures in it (Content Security Policy Level 3).
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// The page around `body`, with `more_style` after the style of every page.
pub(super) fn document(title: &str, more_style: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" href="data:,";
                style { (PreEscaped(include_str!("style.css"))) (PreEscaped(more_style)) }
            }
            body { (body) }
        }
    };
    // A page may hold no other control characters (HTML, section 13.1.4), and no text has a use for them.
    let is_text = |letter: &char| !letter.is_control() || matches!(letter, '\n' | '\t');
    page.into_string().chars().filter(is_text).collect()
}
