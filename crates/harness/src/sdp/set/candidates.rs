//! Rules about candidates, all of one m-section.

use super::{
    edit::{first, without},
    rule::{Rule, rule},
};

const CANDIDATE: &str = "RFC 8839, section 5.1";
const TCP: &str = "RFC 6544, section 4.5";
const MDNS: &str = "draft-ietf-mmusic-mdns-ice-candidates, section 3.1.1";

/// With this candidate in the place of all that there are.
fn candidate(sdp: &str, candidate: &str) -> String {
    first(&without(sdp, "a=candidate:"), "a=rtcp-mux", &format!("a=rtcp-mux\r\na=candidate:{candidate}"))
}

pub(super) const RULES: &[Rule] = &[
    rule("candidate-none", CANDIDATE, "there are no candidates", |s| without(s, "a=candidate:")),
    rule("candidate-plain", CANDIDATE, "there is one, as it ought to be", |s| {
        candidate(s, "1 1 udp 2130706431 192.0.2.3 45664 typ host")
    }),
    rule("candidate-twice", CANDIDATE, "one is there twice", |s| {
        let one = "1 1 udp 2130706431 192.0.2.3 45664 typ host";
        candidate(s, &format!("{one}\r\na=candidate:{one}"))
    }),
    rule("candidate-empty", CANDIDATE, "one is empty", |s| candidate(s, "")),
    rule("candidate-cut-off", CANDIDATE, "one ends behind its address", |s| {
        candidate(s, "1 1 udp 2130706431 192.0.2.3")
    }),
    rule("candidate-without-typ", CANDIDATE, "one has no typ", |s| {
        candidate(s, "1 1 udp 2130706431 192.0.2.3 45664")
    }),
    rule("candidate-of-an-unknown-type", CANDIDATE, "one is of a type that there is not", |s| {
        candidate(s, "1 1 udp 2130706431 192.0.2.3 45664 typ moon")
    }),
    rule("candidate-of-an-unknown-transport", CANDIDATE, "one has a transport that there is not", |s| {
        candidate(s, "1 1 sctp 2130706431 192.0.2.3 45664 typ host")
    }),
    rule(
        "candidate-foundation-of-33-letters",
        CANDIDATE,
        "the foundation has 33 letters; 32 are the most",
        |s| candidate(s, &format!("{} 1 udp 2130706431 192.0.2.3 45664 typ host", "1".repeat(33))),
    ),
    rule(
        "candidate-foundation-of-other-letters",
        CANDIDATE,
        "the foundation has letters that are none",
        |s| candidate(s, "a:b 1 udp 2130706431 192.0.2.3 45664 typ host"),
    ),
    rule("candidate-component-zero", CANDIDATE, "the component is 0; it is at least 1", |s| {
        candidate(s, "1 0 udp 2130706431 192.0.2.3 45664 typ host")
    }),
    rule("candidate-component-two", CANDIDATE, "the component is 2, though RTCP is multiplexed", |s| {
        candidate(s, "1 2 udp 2130706430 192.0.2.3 45664 typ host")
    }),
    rule("candidate-component-300", CANDIDATE, "the component is 300; it is at most 256", |s| {
        candidate(s, "1 300 udp 2130706431 192.0.2.3 45664 typ host")
    }),
    rule("candidate-component-of-letters", CANDIDATE, "the component is a word", |s| {
        candidate(s, "1 rtp udp 2130706431 192.0.2.3 45664 typ host")
    }),
    rule("candidate-priority-zero", "RFC 8445, section 5.1.2", "the priority is 0; it is at least 1", |s| {
        candidate(s, "1 1 udp 0 192.0.2.3 45664 typ host")
    }),
    rule(
        "candidate-priority-too-large",
        "RFC 8445, section 5.1.2",
        "the priority is 2^31; it is less",
        |s| candidate(s, "1 1 udp 2147483648 192.0.2.3 45664 typ host"),
    ),
    rule("candidate-priority-of-33-bits", CANDIDATE, "the priority does not fit into 32 bits", |s| {
        candidate(s, "1 1 udp 4294967296 192.0.2.3 45664 typ host")
    }),
    rule("candidate-priority-negative", CANDIDATE, "the priority is -1", |s| {
        candidate(s, "1 1 udp -1 192.0.2.3 45664 typ host")
    }),
    rule("candidate-port-too-large", CANDIDATE, "the port is 70000", |s| {
        candidate(s, "1 1 udp 2130706431 192.0.2.3 70000 typ host")
    }),
    rule("candidate-port-zero", CANDIDATE, "the port is 0", |s| {
        candidate(s, "1 1 udp 2130706431 192.0.2.3 0 typ host")
    }),
    rule("candidate-port-of-letters", CANDIDATE, "the port is a word", |s| {
        candidate(s, "1 1 udp 2130706431 192.0.2.3 http typ host")
    }),
    rule("candidate-no-address", CANDIDATE, "the address is one that there is not", |s| {
        candidate(s, "1 1 udp 2130706431 192.0.2.300 45664 typ host")
    }),
    rule("candidate-of-a-name", CANDIDATE, "the address is a host name", |s| {
        candidate(s, "1 1 udp 2130706431 peer.example 45664 typ host")
    }),
    rule("candidate-of-mdns", MDNS, "the address is a name of mDNS", |s| {
        candidate(s, "1 1 udp 2130706431 1f4712db-ea17-4bcf-a596-105139dfd8bf.local 45664 typ host")
    }),
    rule("candidate-ip6", CANDIDATE, "the address is one of IPv6", |s| {
        candidate(s, "1 1 udp 2130706431 fd00::3 45664 typ host")
    }),
    rule("candidate-ip6-in-brackets", CANDIDATE, "the address is one of IPv6, in brackets", |s| {
        candidate(s, "1 1 udp 2130706431 [fd00::3] 45664 typ host")
    }),
    rule("candidate-ip6-with-zone", CANDIDATE, "the address is one of IPv6 with a zone", |s| {
        candidate(s, "1 1 udp 2130706431 fe80::1%eth0 45664 typ host")
    }),
    rule("candidate-srflx", CANDIDATE, "it is server-reflexive, with its related address", |s| {
        candidate(s, "1 1 udp 1694498815 192.0.2.3 45664 typ srflx raddr 10.0.1.1 rport 8998")
    }),
    rule(
        "candidate-srflx-without-raddr",
        CANDIDATE,
        "it is server-reflexive, without a related address",
        |s| candidate(s, "1 1 udp 1694498815 192.0.2.3 45664 typ srflx"),
    ),
    rule("candidate-raddr-without-rport", CANDIDATE, "it has a related address without its port", |s| {
        candidate(s, "1 1 udp 1694498815 192.0.2.3 45664 typ srflx raddr 10.0.1.1")
    }),
    rule("candidate-upper-case", CANDIDATE, "transport and type are in capitals", |s| {
        candidate(s, "1 1 UDP 2130706431 192.0.2.3 45664 TYP HOST")
    }),
    rule("candidate-extension", CANDIDATE, "it has an extension that nobody knows", |s| {
        candidate(s, "1 1 udp 2130706431 192.0.2.3 45664 typ host x-tincan 1")
    }),
    rule("candidate-extension-without-value", CANDIDATE, "it has an extension without a value", |s| {
        candidate(s, "1 1 udp 2130706431 192.0.2.3 45664 typ host generation")
    }),
    rule("candidate-generation-of-letters", CANDIDATE, "its generation is a word", |s| {
        candidate(s, "1 1 udp 2130706431 192.0.2.3 45664 typ host generation new")
    }),
    rule("candidate-tcp-active", TCP, "it is an active one of TCP", |s| {
        candidate(s, "1 1 tcp 1518280447 192.0.2.3 9 typ host tcptype active")
    }),
    rule("candidate-tcp-without-tcptype", TCP, "it is one of TCP, without tcptype", |s| {
        candidate(s, "1 1 tcp 1518280447 192.0.2.3 45664 typ host")
    }),
    rule(
        "candidate-tcp-of-an-unknown-tcptype",
        TCP,
        "it is one of TCP, of a tcptype that there is not",
        |s| candidate(s, "1 1 tcp 1518280447 192.0.2.3 45664 typ host tcptype lazy"),
    ),
    rule("candidate-of-another-ufrag", "RFC 8839, section 5.4", "it has the ufrag of nobody", |s| {
        candidate(s, "1 1 udp 2130706431 192.0.2.3 45664 typ host ufrag nobody")
    }),
    rule("candidate-in-session", CANDIDATE, "it is in the session", |s| {
        first(
            &without(s, "a=candidate:"),
            "t=",
            "t=0 0\r\na=candidate:1 1 udp 2130706431 192.0.2.3 45664 typ host",
        )
    }),
];
