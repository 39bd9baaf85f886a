//! Screenshots and last frames, inside the page as long as there is room for them.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use maud::{Markup, html};
use tincan_harness::{attempt::Attempt, signaling::Role};

use super::bytes::fits;

/// The pictures in an evidence folder: whose, what is shown, and the file.
const FILES: [(Role, &str, &str); 4] = [
    (Role::Offerer, "page", "offerer-screenshot.png"),
    (Role::Answerer, "page", "answerer-screenshot.png"),
    (Role::Offerer, "last decoded frame", "offerer-last-frame.png"),
    (Role::Answerer, "last decoded frame", "answerer-last-frame.png"),
];

/// The first bytes of a PNG file (RFC 2083, section 3.1).
const PNG: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n'];

/// The pictures in the evidence folders of a report. Each is looked for when there may be room for it, and is not held.
#[derive(Default)]
pub struct Attachments<'a> {
    look: Option<Box<Look<'a>>>,
}

/// Looks for the picture at a path, relative to the report.
type Look<'a> = dyn Fn(&str) -> Option<Vec<u8>> + 'a;

impl<'a> Attachments<'a> {
    /// Those that `look` finds: it is given a path, relative to the report.
    pub fn found_by(look: impl Fn(&str) -> Option<Vec<u8>> + 'a) -> Self {
        Self { look: Some(Box::new(look)) }
    }

    /// The picture at `path`. What is no PNG is none.
    fn picture(&self, path: &str) -> Option<Vec<u8>> {
        self.look.as_ref()?(path).filter(|picture| picture.starts_with(&PNG))
    }
}

impl fmt::Debug for Attachments<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attachments").finish_non_exhaustive()
    }
}

fn path(folder: &str, file: &str) -> String {
    format!("{}/{file}", folder.trim_end_matches('/'))
}

/// The pictures of `attempt`, as many as there is `room` for in bytes; for the others it is said where they are.
pub(super) fn draw(attempt: &Attempt, attachments: &Attachments<'_>, room: &mut usize) -> Markup {
    let Some(folder) = &attempt.evidence else { return html! {} };
    let picture = |file| attachments.picture(&path(folder, file));
    let found: Vec<_> =
        FILES.iter().filter_map(|(role, what, file)| picture(file).map(|png| (role, what, png))).collect();
    if found.is_empty() {
        return html! {};
    }
    let mut left_out = 0;
    html! {
        div class="pictures" {
            @for (role, what, png) in found {
                // Every 3 bytes become 4.
                @if fits(room, png.len().div_ceil(3) * 4) {
                    figure {
                        img alt={ "The " (what) " of the " (role) } src={ "data:image/png;base64," (STANDARD.encode(&png)) };
                        figcaption { (role) ", " (what) }
                    }
                } @else { ({ left_out += 1; "" }) }
            }
        }
        @if left_out > 0 {
            p class="note" { (left_out) " pictures are left out to keep this page small; they are in "
                a href=(link(folder)) { "the evidence folder" } "." }
        }
    }
}

/// A relative link to `path` that can be nothing but a path: no scheme, no host, no query (RFC 3986, section 4.2).
pub(super) fn link(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let encode = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    format!("./{}/", path.trim_matches('/').bytes().map(encode).collect::<String>())
}

#[cfg(test)]
mod tests {
    use tincan_harness::{testing, verdict::Verdict};

    use super::*;

    fn attempt() -> Attempt {
        let attempt = Attempt::without_exchange(&testing::catalogue().scenarios()[0], 1, &Verdict::Passed);
        Attempt { evidence: Some("evidence/1".to_owned()), ..attempt }
    }

    #[test]
    fn pictures_beyond_the_room_are_linked_and_that_is_said() {
        let attachments = Attachments::found_by(|_| Some([&PNG[..], &[0; 92]].concat()));
        let mut room = 300;
        let drawn = draw(&attempt(), &attachments, &mut room).into_string();
        assert_eq!((drawn.matches("data:image/png").count(), room), (2, 300 - 2 * 136));
        assert!(drawn.contains("2 pictures are left out") && drawn.contains("./evidence/1/"), "{drawn}");
    }

    #[test]
    fn what_is_no_png_is_no_picture() {
        let attachments = Attachments::found_by(|_| Some(b"<svg onload=x>".to_vec()));
        assert_eq!(draw(&attempt(), &attachments, &mut 9999).into_string(), "");
    }

    #[test]
    fn a_link_is_a_path_and_nothing_else() {
        assert_eq!(link("javascript:alert(1)"), "./javascript%3Aalert%281%29/");
        assert_eq!(link("//host/x?y#z"), "./host/x%3Fy%23z/");
    }
}
