//! Rules about the session, and about addresses, times and bandwidths.

use super::{
    edit::{all, behind, first, session, with, without, without_first},
    rule::{Rule, rule},
};

const ORIGIN: &str = "RFC 8866, section 5.2";
const CONNECTION: &str = "RFC 8866, section 5.7";
const BANDWIDTH: &str = "RFC 8866, section 5.8";
const TIME: &str = "RFC 8866, section 5.9";
const BUNDLE: &str = "RFC 9143, section 7.1";
const GROUP: &str = "RFC 5888, section 5";

pub(super) const RULES: &[Rule] = &[
    rule("origin-of-five-fields", ORIGIN, "o= lacks its address", |s| first(s, "o=", "o=- 1 2 IN IP4")),
    rule("origin-id-of-letters", ORIGIN, "the id of the session is a word", |s| {
        first(s, "o=", "o=- one 2 IN IP4 0.0.0.0")
    }),
    rule("origin-id-too-large", "RFC 8829, section 5.2.1", "the id does not fit into 64 bits", |s| {
        first(s, "o=", "o=- 99999999999999999999999 2 IN IP4 0.0.0.0")
    }),
    rule("origin-version-negative", ORIGIN, "the version of the session is -1", |s| {
        first(s, "o=", "o=- 1 -1 IN IP4 0.0.0.0")
    }),
    rule("origin-other-network", ORIGIN, "the network of o= is not IN", |s| {
        first(s, "o=", "o=- 1 2 ATM NSAP 0.0.0.0")
    }),
    rule("origin-ip6", ORIGIN, "o= has an address of IPv6", |s| first(s, "o=", "o=- 1 2 IN IP6 ::1")),
    rule("connection-missing", CONNECTION, "there is no c= at all", |s| without(s, "c=")),
    rule("connection-in-session", CONNECTION, "c= is in the session alone", |s| {
        behind(&without(s, "c="), "s=", "c=IN IP4 0.0.0.0")
    }),
    rule("connection-ip6", CONNECTION, "c= has an address of IPv6", |s| all(s, "c=", "c=IN IP6 fd00::2")),
    rule("connection-ip6-said-to-be-ip4", CONNECTION, "c= says IP4 of an address of IPv6", |s| {
        all(s, "c=", "c=IN IP4 fd00::2")
    }),
    rule("connection-of-a-name", CONNECTION, "c= has a host name", |s| all(s, "c=", "c=IN IP4 peer.example")),
    rule("connection-no-address", CONNECTION, "c= has an address that there is not", |s| {
        all(s, "c=", "c=IN IP4 300.0.0.1")
    }),
    rule("connection-multicast", CONNECTION, "c= has a multicast address with a time to live", |s| {
        all(s, "c=", "c=IN IP4 233.252.0.1/127")
    }),
    rule("bandwidth-as", BANDWIDTH, "an m-section has b=AS", |s| behind(s, "c=", "b=AS:500")),
    rule("bandwidth-tias", "RFC 3890, section 6.2", "an m-section has b=TIAS", |s| {
        behind(s, "c=", "b=TIAS:500000")
    }),
    rule("bandwidth-unknown", BANDWIDTH, "an m-section has a bandwidth that nobody knows", |s| {
        behind(s, "c=", "b=X-YZ:128")
    }),
    rule("bandwidth-negative", BANDWIDTH, "an m-section has b=AS:-1", |s| behind(s, "c=", "b=AS:-1")),
    rule("bandwidth-of-letters", BANDWIDTH, "an m-section has b=AS:much", |s| behind(s, "c=", "b=AS:much")),
    rule("bandwidth-too-large", BANDWIDTH, "b=AS does not fit into 32 bits", |s| {
        behind(s, "c=", "b=AS:99999999999")
    }),
    rule("time-of-letters", TIME, "t= says now and then", |s| first(s, "t=", "t=now then")),
    rule("time-of-one-field", TIME, "t= has one field", |s| first(s, "t=", "t=0")),
    rule("time-with-repeat", "RFC 8866, section 5.10", "there is an r= behind t=", |s| {
        behind(s, "t=", "r=604800 3600 0 90000")
    }),
    rule("information-line", "RFC 8866, section 5.4", "there are i=, u=, e= and p= lines", |s| {
        behind(s, "s=", "i=a call\r\nu=https://peer.example/\r\ne=a@peer.example\r\np=+1 617 555-6011")
    }),
    rule("key-line", "RFC 8866, section 5.12", "there is a k=, which must not be used", |s| {
        behind(s, "t=", "k=clear:secret")
    }),
    rule("bundle-missing", BUNDLE, "there is no a=group:BUNDLE", |s| without(s, "a=group:")),
    rule("bundle-of-an-unknown-mid", GROUP, "BUNDLE names a mid that nobody has", |s| {
        s.replace("a=group:BUNDLE", "a=group:BUNDLE nobody")
    }),
    rule("bundle-of-one-of-two", BUNDLE, "BUNDLE names the first m-section alone", |s| {
        first(s, "a=group:", "a=group:BUNDLE art")
    }),
    rule("bundle-twice-the-same", GROUP, "BUNDLE names the first m-section twice", |s| {
        first(s, "a=group:", "a=group:BUNDLE art art 5Zq")
    }),
    rule("bundle-in-two-groups", BUNDLE, "an m-section is in two BUNDLE groups", |s| {
        behind(s, "a=group:", "a=group:BUNDLE art")
    }),
    rule("bundle-empty", GROUP, "BUNDLE names nobody", |s| first(s, "a=group:", "a=group:BUNDLE")),
    rule("group-lip-sync", "RFC 5888, section 8", "there is a group LS beside BUNDLE", |s| {
        behind(s, "a=group:", "a=group:LS art 5Zq")
    }),
    rule("group-unknown", GROUP, "there is a group of an unknown kind", |s| {
        behind(s, "a=group:", "a=group:XYZ art")
    }),
    rule("msid-semantic-missing", "RFC 8830, section 2", "there is no a=msid-semantic", |s| {
        without(s, "a=msid-semantic")
    }),
    rule("attribute-unknown", "RFC 8866, section 6", "there is an attribute that nobody knows", |s| {
        behind(s, "t=", "a=x-tincan:1")
    }),
    rule("attribute-with-a-bad-name", "RFC 8866, section 9", "the name of an attribute has a space", |s| {
        behind(s, "t=", "a=x tincan:1")
    }),
    rule("direction-in-session", "RFC 8866, section 6.7", "the direction is in the session alone", |s| {
        behind(&without(s, "a=sendrecv"), "t=", "a=recvonly")
    }),
    rule("media-none", "RFC 8829, section 5.2.1", "there is no m-section", |s| {
        without_first(&session(s), "a=group:")
    }),
    rule("media-none-with-bundle", GROUP, "there is no m-section, and BUNDLE names two", session),
    rule("charset", "RFC 8866, section 6.10", "a=charset is not UTF-8", |s| with(s, "a=charset:ISO-8859-1")),
];
