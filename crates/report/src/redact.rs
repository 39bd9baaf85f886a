//! Masks what a report must not carry out of the house: addresses, and what ICE and DTLS keep peers apart by.
//!
//! A mask has the form of what it stands for, so that a masked SDP still parses, and the same value has the same mask
//! wherever it stands in a run. Addresses are known by their form; the other secrets are learnt from what was exchanged.

// `core::net` has the addresses without the sockets.
use core::net::{Ipv4Addr, Ipv6Addr};
use std::{cmp::Reverse, collections::HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use tincan_harness::{
    attempt::{Attempt, Descriptions},
    exchange::{Exchange, Side},
    signaling::{Role, Signal},
};

/// What is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, strum::Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "lowercase")]
pub enum Secret {
    /// IPv4 and IPv6 addresses, mDNS names, and URLs of STUN and TURN servers; not loopback or unspecified ones.
    Addresses,
    /// ICE user name fragments (RFC 8839, section 5.4).
    Ufrags,
    /// ICE passwords.
    Passwords,
    /// Fingerprints of certificates (RFC 8122, section 5), and the certificates.
    Fingerprints,
}

impl Secret {
    /// All that is masked.
    pub const ALL: [Self; 4] = [Self::Addresses, Self::Ufrags, Self::Passwords, Self::Fingerprints];
}

/// The secrets that are looked for, by their first bytes: no ufrag is shorter (RFC 8839, section 5.4).
const KEY: usize = 4;
/// A shorter secret is masked only where it stands alone: four letters may be part of any word.
const ALONE_BELOW: usize = 8;

/// The masks of a run.
#[derive(Debug, Default)]
pub struct Redaction {
    masks: HashMap<String, String>,
    /// The secrets that are known by value, by their beginnings, the longest first.
    known: HashMap<[u8; KEY], Vec<String>>,
}

impl Redaction {
    /// Takes down the secrets of an exchange: from what was carried and given, the candidates, and the statistics.
    pub fn learn(&mut self, exchange: &Exchange) {
        for carried in &exchange.carried {
            match &carried.signal {
                Signal::Offer(sdp) | Signal::Answer(sdp) => self.learn_sdp(sdp),
                Signal::Candidate(candidate) | Signal::EndOfCandidates(candidate) => {
                    self.learn_candidate(&candidate.candidate);
                    candidate.username_fragment.iter().for_each(|ufrag| self.add(Secret::Ufrags, ufrag));
                }
            }
        }
        Role::BOTH.into_iter().for_each(|role| self.learn_side(exchange.side(role)));
    }

    /// Takes down the secrets that an attempt of a report holds: its descriptions and candidates.
    pub(crate) fn learn_attempt(&mut self, attempt: &Attempt) {
        let Descriptions { offer, answer } = &attempt.sdp;
        offer.iter().chain(answer).for_each(|sdp| self.learn_sdp(sdp));
        let candidates = attempt.signals.iter().filter_map(|signal| signal.candidate.as_deref());
        candidates.for_each(|candidate| self.learn_candidate(candidate));
    }

    fn learn_side(&mut self, side: &Side) {
        side.evidence.given.iter().for_each(|sdp| self.learn_sdp(sdp));
        side.evidence.gathered.iter().for_each(|candidate| self.learn_candidate(candidate));
        side.evidence
            .stats
            .iter()
            .flat_map(|sample| &sample.entries)
            .for_each(|entry| self.learn_stats(entry));
    }

    fn learn_sdp(&mut self, sdp: &str) {
        for attribute in sdp.lines().filter_map(|line| line.trim_end().strip_prefix("a=")) {
            match attribute.split_once(':') {
                Some(("ice-ufrag", ufrag)) => self.add(Secret::Ufrags, ufrag.trim()),
                Some(("ice-pwd", password)) => self.add(Secret::Passwords, password.trim()),
                Some(("fingerprint", value)) => {
                    value.split_whitespace().skip(1).for_each(|hash| self.add_hash(hash));
                }
                Some(("candidate", _)) => self.learn_candidate(attribute),
                _ => {}
            }
        }
    }

    /// The `ufrag` extension of a candidate; its addresses are known by their form.
    fn learn_candidate(&mut self, candidate: &str) {
        let mut words = candidate.split_whitespace().skip_while(|word| *word != "ufrag").skip(1);
        words.next().into_iter().for_each(|ufrag| self.add(Secret::Ufrags, ufrag));
    }

    /// The fields of webrtc-stats that hold secrets.
    fn learn_stats(&mut self, entry: &Value) {
        for (field, value) in entry.as_object().into_iter().flatten() {
            let Some(value) = value.as_str() else { continue };
            match field.as_str() {
                "usernameFragment" | "iceLocalUsernameFragment" => self.add(Secret::Ufrags, value),
                "fingerprint" => self.add_hash(value),
                "base64Certificate" => self.add(Secret::Fingerprints, value),
                "url" => self.add(Secret::Addresses, value),
                _ => {}
            }
        }
    }

    /// A hash of a certificate, however its digits are written.
    fn add_hash(&mut self, hash: &str) {
        self.add(Secret::Fingerprints, &hash.to_ascii_uppercase());
        let mask = self.masks.get(&hash.to_ascii_uppercase()).cloned();
        for spelling in [hash.to_owned(), hash.to_ascii_lowercase()] {
            mask.iter().for_each(|mask| self.put(&spelling, mask.clone()));
        }
    }

    fn add(&mut self, secret: Secret, value: &str) {
        let number = self.masks.len() + 1;
        self.put(value, mask(secret, number, value));
    }

    fn put(&mut self, value: &str, mask: String) {
        let Some(key) = value.as_bytes().first_chunk::<KEY>() else { return };
        if !self.masks.contains_key(value) {
            self.masks.insert(value.to_owned(), mask);
            let same_key = self.known.entry(*key).or_default();
            same_key.push(value.to_owned());
            same_key.sort_by_key(|value| Reverse(value.len()));
        }
    }

    /// A text with its secrets masked.
    pub fn text(&mut self, text: &str) -> String {
        let (mut masked, mut at) = (String::with_capacity(text.len()), 0);
        while let Some(letter) = text[at..].chars().next() {
            let found = self.secret_at(text, at).or_else(|| self.address_at(text, at));
            let (length, mask) = found.unwrap_or_else(|| (letter.len_utf8(), letter.to_string()));
            masked.push_str(&mask);
            at += length;
        }
        masked
    }

    /// JSON with the secrets in its texts masked; the names of its fields stay.
    pub fn json(&mut self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text)),
            Value::Array(values) => values.into_iter().map(|value| self.json(value)).collect(),
            Value::Object(fields) => {
                fields.into_iter().map(|(name, value)| (name, self.json(value))).collect()
            }
            other => other,
        }
    }

    /// Whatever has a form in JSON, an attempt for example, with its secrets masked, wherever they stand in it.
    ///
    /// # Errors
    /// When a secret is also one of the words that the form is made of, and what is left has it no more.
    pub fn value<T: Serialize + DeserializeOwned>(&mut self, value: &T) -> serde_json::Result<T> {
        let value = serde_json::to_value(value)?;
        serde_json::from_value(self.json(value))
    }

    /// The secret that begins at `at`, as its length and its mask.
    fn secret_at(&self, text: &str, at: usize) -> Option<(usize, String)> {
        let rest = &text[at..];
        let known = self.known.get(rest.as_bytes().first_chunk::<KEY>()?)?;
        let alone = |value: &String| {
            value.len() >= ALONE_BELOW || !(ends_in_word(&text[..at]) || begins_word(&rest[value.len()..]))
        };
        let value = known.iter().find(|value| rest.starts_with(*value) && alone(value))?;
        Some((value.len(), self.masks.get(value)?.clone()))
    }

    /// The address that begins at `at`, as its length and its mask.
    fn address_at(&mut self, text: &str, at: usize) -> Option<(usize, String)> {
        let rest = &text[at..];
        if !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == ':') || continues(&text[..at]) {
            return None;
        }
        let (address, form) = mdns_name(rest).or_else(|| ip_address(rest))?;
        let number = self.masks.len() + 1;
        let mask = self.masks.entry(address.to_ascii_lowercase()).or_insert_with(|| form.mask(number));
        Some((address.len(), mask.clone()))
    }
}

fn begins_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

fn ends_in_word(text: &str) -> bool {
    text.ends_with(|c: char| c.is_ascii_alphanumeric())
}

/// Whether an address that began here would be the rest of a longer word.
fn continues(before: &str) -> bool {
    before.ends_with(|c: char| c.is_ascii_alphanumeric() || "._-".contains(c))
}

fn mask(secret: Secret, number: usize, value: &str) -> String {
    match secret {
        Secret::Addresses => format!("stun:masked-{number}.invalid"),
        Secret::Ufrags => format!("ufrag{number}"),
        // At least 22 characters (RFC 8839, section 5.4).
        Secret::Passwords => format!("password{number:0>16}"),
        Secret::Fingerprints if value.contains(':') => {
            let digits = format!("{number:0>width$}", width = value.split(':').count() * 2);
            let pairs = digits.as_bytes().chunks(2).map(String::from_utf8_lossy);
            pairs.collect::<Vec<_>>().join(":")
        }
        Secret::Fingerprints => format!("certificate{number}"),
    }
}

#[derive(Debug, Clone, Copy)]
enum Form {
    Mdns,
    Ip4,
    Ip6,
}

impl Form {
    fn mask(self, number: usize) -> String {
        match self {
            Self::Mdns => format!("00000000-0000-4000-8000-{number:0>12}.local"),
            // The block for benchmarks (RFC 2544): larger than those for documentation, and as little in use.
            Self::Ip4 => Ipv4Addr::from(u32::from(Ipv4Addr::new(198, 18, 0, 0)) + (number % 0x2_0000) as u32)
                .to_string(),
            Self::Ip6 => {
                Ipv6Addr::from(u128::from(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0)) + number as u128)
                    .to_string()
            }
        }
    }
}

/// A name of multicast DNS (RFC 6762) at the beginning of `text`.
fn mdns_name(text: &str) -> Option<(&str, Form)> {
    let label = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))?;
    let behind = text[label..].strip_prefix(".local")?;
    // `video.local` is a control of a page map, and no machine.
    (label > 0 && &text[..label] != "video" && !begins_word(behind))
        .then(|| (&text[..label + ".local".len()], Form::Mdns))
}

/// An address at the beginning of `text`, unless it is one that everybody has.
fn ip_address(text: &str) -> Option<(&str, Form)> {
    let end = text.find(|c: char| !(c.is_ascii_hexdigit() || ".:".contains(c))).unwrap_or(text.len());
    if text[end..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        return None;
    }
    // A sentence may end behind an address.
    let run = text[..end].trim_end_matches('.');
    let ip6 = [run, run.trim_end_matches(':')]
        .into_iter()
        .find_map(|run| Some((run, run.parse::<Ipv6Addr>().ok()?)));
    if let Some((run, address)) = ip6 {
        return (!address.is_loopback() && !address.is_unspecified()).then_some((run, Form::Ip6));
    }
    let run = run.split(':').next().unwrap_or_default();
    let address: Ipv4Addr = run.parse().ok()?;
    // `110.0.0.0` is the version of a browser.
    let no_host = address.octets()[1..] == [0; 3];
    (!address.is_loopback() && !no_host).then_some((run, Form::Ip4))
}
