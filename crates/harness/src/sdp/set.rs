//! Tincan's own set of descriptions: recorded ones, and what rules make of them, each of which breaks or bends what one section of a
//! standard says.

mod answers;
mod candidates;
mod codecs;
mod data;
mod dtls;
mod edit;
mod ice;
mod layout;
mod media;
pub mod rule;
mod session;
mod streams;

use self::rule::Rule;
use super::question::{DescriptionKind, Question};

/// What the rules change, and what is in the set as it was recorded, with where it is from.
const OFFER: &str = include_str!("../../../../fixtures/sdp/str0m-0.25.0-vp8-opus-offer.sdp");
const DATA_OFFER: &str = include_str!("../../../../fixtures/sdp/webrtc-rs-0.17.2-vp8-data-offer.sdp");
const DATA_ANSWER: &str = include_str!("../../../../fixtures/sdp/chromium-156-vp8-data-answer.sdp");

/// Descriptions that are in the set as they were recorded.
const RECORDED: [(&str, DescriptionKind, &str); 7] = [
    (
        "recorded-chromium-vp8",
        DescriptionKind::Offer,
        include_str!("../../../../fixtures/sdp/chromium-156-offer.sdp"),
    ),
    (
        "recorded-chromium-vp8-data",
        DescriptionKind::Offer,
        include_str!("../../../../fixtures/sdp/chromium-156-vp8-data-offer.sdp"),
    ),
    (
        "recorded-firefox-vp8-opus",
        DescriptionKind::Offer,
        include_str!("../../../../fixtures/sdp/firefox-153-vp8-opus-offer.sdp"),
    ),
    (
        "recorded-webrtc-rs-vp8-opus",
        DescriptionKind::Offer,
        include_str!("../../../../fixtures/sdp/webrtc-rs-0.21.1-vp8-opus-offer.sdp"),
    ),
    ("recorded-str0m-vp8-opus", DescriptionKind::Offer, OFFER),
    (
        "recorded-chromium-answer",
        DescriptionKind::Answer,
        include_str!("../../../../fixtures/sdp/chromium-156-vp8-opus-answer.sdp"),
    ),
    (
        "recorded-firefox-answer",
        DescriptionKind::Answer,
        include_str!("../../../../fixtures/sdp/firefox-153-vp8-data-answer.sdp"),
    ),
];

/// The rules, by what they are about: of an offer of video and sound, of one of video and data, and of an answer to that.
const GROUPS: [(DescriptionKind, &str, &[Rule]); 10] = [
    (DescriptionKind::Offer, OFFER, layout::RULES),
    (DescriptionKind::Offer, OFFER, session::RULES),
    (DescriptionKind::Offer, OFFER, media::RULES),
    (DescriptionKind::Offer, OFFER, ice::RULES),
    (DescriptionKind::Offer, OFFER, candidates::RULES),
    (DescriptionKind::Offer, OFFER, dtls::RULES),
    (DescriptionKind::Offer, OFFER, codecs::RULES),
    (DescriptionKind::Offer, OFFER, streams::RULES),
    (DescriptionKind::Offer, DATA_OFFER, data::RULES),
    (DescriptionKind::Answer, DATA_ANSWER, answers::RULES),
];

/// A description of the set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name, which no other one has.
    pub name: &'static str,
    /// The section of a standard that it is about.
    pub section: &'static str,
    /// What was changed in it, in a line.
    pub meaning: &'static str,
    /// It, to be given to peers.
    pub question: Question,
}

/// The whole set, in the same order and the same in every byte whenever it is made.
#[must_use]
pub fn members() -> Vec<Member> {
    let recorded = RECORDED.iter().map(|(name, kind, sdp)| Member {
        name,
        section: "RFC 8829, section 5",
        meaning: "nothing is changed",
        question: Question { kind: *kind, sdp: with_crlf(sdp) },
    });
    let made = GROUPS.iter().flat_map(|(kind, sdp, rules)| {
        let base = with_crlf(sdp);
        rules.iter().map(move |rule| Member {
            name: rule.name,
            section: rule.section,
            meaning: rule.meaning,
            question: Question { kind: *kind, sdp: rule.apply(&base) },
        })
    });
    recorded.chain(made).collect()
}

/// As it was recorded: in the repository lines end in LF.
fn with_crlf(sdp: &str) -> String {
    sdp.lines().flat_map(|line| [line, "\r\n"]).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn there_are_enough_and_each_has_a_name_and_a_section_of_its_own() {
        let members = members();
        assert!(members.len() >= 150, "there are {}", members.len());
        let names: BTreeSet<_> = members.iter().map(|member| member.name).collect();
        assert_eq!(names.len(), members.len());
        for Member { name, section, meaning, .. } in &members {
            let is_name =
                name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
            assert!(is_name, "{name}");
            let names_a_section = section.starts_with("RFC ") && section.contains(", section ");
            assert!(names_a_section || section.starts_with("draft-"), "{name}: {section}");
            assert!(!meaning.is_empty() && meaning.len() <= 100, "{name}: {meaning}");
        }
    }

    /// A rule that finds nothing to change says nothing about anybody.
    #[test]
    fn each_rule_changes_something_and_no_two_make_the_same() {
        for (_, sdp, rules) in &GROUPS {
            let base = with_crlf(sdp);
            for rule in rules.iter().filter(|rule| rule.meaning != "nothing is changed") {
                assert!(rule.apply(&base) != base, "{} changes nothing", rule.name);
            }
        }
        let members = members();
        let mut seen = std::collections::BTreeMap::new();
        for member in members.iter().filter(|member| member.meaning != "nothing is changed") {
            let before = seen.insert(member.question.sdp.clone(), member.name);
            assert_eq!(before, None, "{} makes the same", member.name);
        }
    }

    #[test]
    fn it_is_the_same_whenever_it_is_made() {
        assert_eq!(members(), members());
    }
}
