//! Rules about DTLS: fingerprints and roles.

use super::{
    edit::{all, behind, first, twice, with, without, without_first},
    rule::{Rule, rule},
};

const FINGERPRINT: &str = "RFC 8122, section 5";
const SETUP: &str = "RFC 8842, section 5.2";
const TLS_ID: &str = "RFC 8842, section 4";

/// A fingerprint of so many bytes, by this hash.
fn fingerprint(hash: &str, bytes: usize) -> String {
    format!("a=fingerprint:{hash} {}", vec!["AB"; bytes].join(":"))
}

fn with_fingerprint(sdp: &str, hash: &str, bytes: usize) -> String {
    all(sdp, "a=fingerprint:", &fingerprint(hash, bytes))
}

pub(super) const RULES: &[Rule] = &[
    rule("fingerprint-missing", FINGERPRINT, "there is no a=fingerprint", |s| without(s, "a=fingerprint:")),
    rule("fingerprint-missing-first", FINGERPRINT, "the first m-section has no a=fingerprint", |s| {
        without_first(s, "a=fingerprint:")
    }),
    rule("fingerprint-in-session", FINGERPRINT, "a=fingerprint is in the session alone", |s| {
        behind(&without(s, "a=fingerprint:"), "t=", &fingerprint("sha-256", 32))
    }),
    rule("fingerprint-empty", FINGERPRINT, "a=fingerprint is empty", |s| {
        all(s, "a=fingerprint:", "a=fingerprint:")
    }),
    rule("fingerprint-without-value", FINGERPRINT, "a=fingerprint has a hash and no value", |s| {
        all(s, "a=fingerprint:", "a=fingerprint:sha-256")
    }),
    rule("fingerprint-of-31-bytes", FINGERPRINT, "one of SHA-256 has 31 bytes; it has 32", |s| {
        with_fingerprint(s, "sha-256", 31)
    }),
    rule("fingerprint-of-33-bytes", FINGERPRINT, "one of SHA-256 has 33 bytes; it has 32", |s| {
        with_fingerprint(s, "sha-256", 33)
    }),
    rule("fingerprint-sha-1", FINGERPRINT, "it is one of SHA-1", |s| with_fingerprint(s, "sha-1", 20)),
    rule("fingerprint-sha-384", FINGERPRINT, "it is one of SHA-384", |s| with_fingerprint(s, "sha-384", 48)),
    rule("fingerprint-sha-512", FINGERPRINT, "it is one of SHA-512", |s| with_fingerprint(s, "sha-512", 64)),
    rule("fingerprint-md5", FINGERPRINT, "it is one of MD5, which must not be used", |s| {
        with_fingerprint(s, "md5", 16)
    }),
    rule("fingerprint-of-an-unknown-hash", FINGERPRINT, "its hash is one that there is not", |s| {
        with_fingerprint(s, "sha-999", 32)
    }),
    rule("fingerprint-hash-in-capitals", FINGERPRINT, "its hash is in capitals", |s| {
        with_fingerprint(s, "SHA-256", 32)
    }),
    rule(
        "fingerprint-in-small-letters",
        FINGERPRINT,
        "its bytes are in small letters; they are in capitals",
        |s| all(s, "a=fingerprint:", &fingerprint("sha-256", 32).replace("AB", "ab")),
    ),
    rule("fingerprint-without-colons", FINGERPRINT, "its bytes have no colons between them", |s| {
        all(s, "a=fingerprint:", &format!("a=fingerprint:sha-256 {}", "AB".repeat(32)))
    }),
    rule("fingerprint-of-other-letters", FINGERPRINT, "its bytes are no hexadecimal digits", |s| {
        all(s, "a=fingerprint:", &fingerprint("sha-256", 32).replace("AB", "XY"))
    }),
    rule("fingerprint-two-of-one-hash", FINGERPRINT, "there are two of SHA-256", |s| {
        behind(s, "a=fingerprint:", &fingerprint("sha-256", 32))
    }),
    rule(
        "fingerprint-two-of-two-hashes",
        FINGERPRINT,
        "there is one of SHA-512 beside that of SHA-256",
        |s| behind(s, "a=fingerprint:", &fingerprint("sha-512", 64)),
    ),
    rule(
        "fingerprint-of-the-second-is-another",
        "RFC 9143, section 7.1.3",
        "bundled m-sections have two",
        |s| first(s, "a=fingerprint:", &fingerprint("sha-256", 32)),
    ),
    rule("setup-missing", SETUP, "there is no a=setup", |s| without(s, "a=setup:")),
    rule("setup-active", SETUP, "an offer says a=setup:active", |s| all(s, "a=setup:", "a=setup:active")),
    rule("setup-passive", SETUP, "an offer says a=setup:passive", |s| all(s, "a=setup:", "a=setup:passive")),
    rule("setup-holdconn", SETUP, "an offer says a=setup:holdconn", |s| {
        all(s, "a=setup:", "a=setup:holdconn")
    }),
    rule("setup-unknown", "RFC 4145, section 4", "a=setup is a word that there is not", |s| {
        all(s, "a=setup:", "a=setup:maybe")
    }),
    rule("setup-empty", "RFC 4145, section 4", "a=setup is empty", |s| all(s, "a=setup:", "a=setup:")),
    rule("setup-twice", "RFC 4145, section 4", "an m-section has a=setup:actpass twice", |s| {
        twice(s, "a=setup:")
    }),
    rule("setup-two", "RFC 4145, section 4", "an m-section is actpass and active", |s| {
        behind(s, "a=setup:", "a=setup:active")
    }),
    rule("setup-in-session", SETUP, "a=setup is in the session alone", |s| {
        behind(&without(s, "a=setup:"), "t=", "a=setup:actpass")
    }),
    rule("tls-id", TLS_ID, "there is an a=tls-id", |s| {
        behind(s, "a=setup:", "a=tls-id:abc3de65cddef001be82abc3de65cddef001be82")
    }),
    rule("tls-id-too-short", TLS_ID, "a=tls-id has 4 letters; 20 are the fewest", |s| {
        behind(s, "a=setup:", "a=tls-id:abcd")
    }),
    rule("crypto", "RFC 8827, section 6.5", "there is an a=crypto, which WebRTC does without", |s| {
        with(s, "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz")
    }),
    rule("connection-existing", "RFC 4145, section 5", "a first offer says a=connection:existing", |s| {
        behind(s, "a=setup:", "a=connection:existing")
    }),
];
