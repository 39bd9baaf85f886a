//! What each side knew at the end, as tables.

use maud::{Markup, html};
use tincan_harness::{
    abilities::Detail,
    attempt::{Attempt, BySide, Codecs},
    environment::Environment,
    frames::FrameTally,
    media::messages::MessageTally,
    network::PhasePackets,
    peer::{CandidatePair, Codec, PairEnd, Transport},
    scenario::PeerId,
    signaling::Role,
    sounds::SoundTally,
};

use super::words::{clipped, ms, number};

/// As many lines of a console are shown, the last ones, each clipped to so many characters.
const MOST_LINES: usize = 40;
const MOST_CHARACTERS: usize = 400;
const UNKNOWN: &str = "–";
const NOT_TOLD: &str = "not told";

/// A row: what it is, and what stands in each column.
type Row = (&'static str, Vec<String>);
/// The columns of most tables.
const SIDES: [&str; 2] = ["offerer", "answerer"];
/// What is counted of the pictures of one side.
type Count = fn(&FrameTally) -> u32;
/// What is counted of the sound of one side.
type Sound = fn(&SoundTally) -> u32;
/// What is counted of the messages of one side.
type Messages = fn(&MessageTally) -> u32;
/// What is counted of the packets that were seen at one place.
type Packets = fn(&PhasePackets) -> u64;

/// Pair, transport, codecs and the error of the clocks. What an implementation cannot tell is said to be *not told*.
pub(super) fn connection(attempt: &Attempt, environment: &Environment) -> Markup {
    let told = |detail, values: Vec<String>| -> Vec<String> {
        let cannot = |(value, peer): (String, PeerId)| match environment.tells(peer, detail) {
            false if value == UNKNOWN => NOT_TOLD.to_owned(),
            _ => value,
        };
        values.into_iter().zip([attempt.offerer, attempt.answerer]).map(cannot).collect()
    };
    let pair = |end: fn(&CandidatePair) -> &PairEnd| {
        let ends = each(&attempt.selected_pair, |pair| pair.as_ref().map(|pair| self::end(end(pair))));
        told(Detail::SelectedPair, ends)
    };
    let transport = |detail, of: fn(&Transport) -> &Option<String>| {
        told(detail, each(&attempt.transport, |found| of(found).clone()))
    };
    let codec = |detail, of: fn(&Codecs) -> &Option<Codec>| {
        told(detail, each(&attempt.codec, |codecs| of(codecs).as_ref().map(self::codec)))
    };
    let rows: [Row; 12] = [
        ("selected pair, local", pair(|pair| &pair.local)),
        ("selected pair, remote", pair(|pair| &pair.remote)),
        ("ICE role", transport(Detail::IceRole, |found| &found.ice_role)),
        ("DTLS version", transport(Detail::DtlsVersion, |found| &found.dtls_version)),
        ("DTLS role", transport(Detail::DtlsRole, |found| &found.dtls_role)),
        ("DTLS cipher", transport(Detail::DtlsCipher, |found| &found.dtls_cipher)),
        ("SRTP profile", transport(Detail::SrtpProfile, |found| &found.srtp_cipher)),
        ("codec sent", codec(Detail::SentCodec, |codecs| &codecs.sent)),
        ("codec received", codec(Detail::ReceivedCodec, |codecs| &codecs.received)),
        ("sound codec sent", codec(Detail::SentCodec, |codecs| &codecs.sent_audio)),
        ("sound codec received", codec(Detail::ReceivedCodec, |codecs| &codecs.received_audio)),
        ("clock error", each(&attempt.clock_error_ms, |error| error.map(|error| format!("± {}", ms(error))))),
    ];
    let known = |(_, sides): &&Row| sides.iter().any(|side| side != UNKNOWN && side != NOT_TOLD);
    table("Connection", &SIDES, &rows.iter().filter(known).collect::<Vec<_>>())
}

/// The packets until media came, as far as they are seen.
pub(super) fn packets(attempt: &Attempt) -> Markup {
    let BySide { offerer, answerer } = attempt.packets;
    let taps = [
        ("offerer", offerer),
        ("answerer", answerer),
        ("servers", attempt.served.map(|served| served.packets)),
    ];
    let kinds: [(&'static str, Packets); 4] = [
        ("gathering: requests to servers", |packets| packets.server_requests),
        ("ICE: connectivity checks", |packets| packets.checks),
        ("DTLS: datagrams", |packets| packets.dtls),
        ("DTLS: flights, two to a round trip", |packets| packets.dtls_flights),
    ];
    let seen: Vec<_> = taps.iter().filter_map(|(name, packets)| Some((*name, (*packets)?))).collect();
    let names: Vec<_> = seen.iter().map(|(name, _)| *name).collect();
    let row = |(name, count): (&'static str, Packets)| -> Row {
        (name, seen.iter().map(|(_, packets)| count(packets).to_string()).collect())
    };
    let rows = if seen.is_empty() { Vec::new() } else { kinds.map(row).to_vec() };
    table("Packets until media came, as seen by", &names, &rows.iter().collect::<Vec<_>>())
}

/// The pictures that were decoded, by what they prove.
pub(super) fn frames(attempt: &Attempt) -> Markup {
    let kinds: [(&'static str, Count); 9] = [
        ("looked at", |tally| tally.seen),
        ("by the other peer (proven)", |tally| tally.proven),
        ("without a readable code", |tally| tally.unreadable),
        ("by this peer itself", |tally| tally.own),
        ("by a third peer", |tally| tally.foreign),
        ("of the other peer's camera, not of its screen", |tally| tally.former),
        ("of another run", |tally| tally.stale),
        ("repeated", |tally| tally.repeated),
        ("with a counter that ran backwards", |tally| tally.backwards),
    ];
    let rows = kinds.map(|(name, of)| (name, each(&attempt.frames, |tally| Some(of(tally).to_string()))));
    tally("Pictures", &rows)
}

/// The sound that was decoded, by what it proves; nothing of a call that has none.
pub(super) fn sounds(attempt: &Attempt) -> Markup {
    let kinds: [(&'static str, Sound); 10] = [
        ("words, and lengths without one", |tally| tally.heard),
        ("by the other peer (proven)", |tally| tally.proven),
        ("missing between two of them", |tally| tally.missing),
        ("silent", |tally| tally.silent),
        ("without a readable code", |tally| tally.unreadable),
        ("by this peer itself", |tally| tally.own),
        ("by a third peer", |tally| tally.foreign),
        ("of another run", |tally| tally.stale),
        ("repeated", |tally| tally.repeated),
        ("with a counter that ran backwards", |tally| tally.backwards),
    ];
    let Some(sounds) = &attempt.sounds else { return tally("Sound", &[]) };
    tally("Sound", &kinds.map(|(name, of)| (name, each(sounds, |tally| Some(of(tally).to_string())))))
}

/// What proves something always stands there, what befalls a call only if it did.
fn tally(caption: &str, rows: &[Row]) -> Markup {
    let told = |(index, (_, sides)): &(usize, &Row)| *index < 2 || sides.iter().any(|side| side != "0");
    table(caption, &SIDES, &rows.iter().enumerate().filter(told).map(|(_, row)| row).collect::<Vec<_>>())
}

/// The messages that came on data channels, by what they prove.
pub(super) fn messages(attempt: &Attempt) -> Markup {
    let kinds: [(&'static str, Messages); 11] = [
        ("data channels open", |tally| tally.channels),
        ("that came", |tally| tally.seen),
        ("by the other peer, as they were sent (proven)", |tally| tally.proven),
        ("unreadable", |tally| tally.unreadable),
        ("cut", |tally| tally.truncated),
        ("changed", |tally| tally.altered),
        ("twice", |tally| tally.doubled),
        ("out of order", |tally| tally.out_of_order),
        ("by this peer itself", |tally| tally.own),
        ("by a third peer", |tally| tally.foreign),
        ("of another run", |tally| tally.stale),
    ];
    let Some(sides) = &attempt.messages else { return html! {} };
    tally("Messages", &kinds.map(|(name, of)| (name, each(sides, |tally| Some(of(tally).to_string())))))
}

fn codec(codec: &Codec) -> String {
    match codec.payload_type {
        Some(number) => format!("{codec}, payload type {number}"),
        None => codec.to_string(),
    }
}

fn each<T>(of: &BySide<T>, text: impl Fn(&T) -> Option<String>) -> Vec<String> {
    [&of.offerer, &of.answerer].map(|side| text(side).unwrap_or_else(|| UNKNOWN.to_owned())).into()
}

fn end(end: &PairEnd) -> String {
    let address = end.address.as_deref().unwrap_or(UNKNOWN);
    let address = if address.contains(':') { format!("[{address}]") } else { address.to_owned() };
    let port = end.port.map_or_else(String::new, |port| format!(":{port}"));
    format!("{} {} {address}{port}", end.candidate_type, end.protocol)
}

fn table(caption: &str, columns: &[&str], rows: &[&Row]) -> Markup {
    html! {
        @if !rows.is_empty() {
            div class="scroll" tabindex="0" role="group" aria-label=(caption) {
                table {
                    caption { (caption) }
                    thead { tr { td {} @for column in columns { th scope="col" { (column) } } } }
                    tbody {
                        @for (name, values) in rows {
                            tr { th scope="row" { (name) } @for value in values { td { (value) } } }
                        }
                    }
                }
            }
        }
    }
}

/// Changes of state, in order of time.
pub(super) fn notes(attempt: &Attempt) -> Markup {
    html! {
        @if !attempt.notes.is_empty() {
            details {
                summary { "Changes of state " span class="note" { (attempt.notes.len()) } }
                (lines("Changes of state", attempt.notes.iter().map(|note| {
                    format!("{:>9}  {:<8}  {}", number(note.at_ms), note.peer.to_string(), note.text)
                })))
            }
        }
    }
}

/// What each side said.
pub(super) fn console(attempt: &Attempt) -> Markup {
    let sides = [(Role::Offerer, &attempt.console.offerer), (Role::Answerer, &attempt.console.answerer)];
    html! {
        @for (role, said) in sides {
            @if !said.is_empty() {
                details {
                    summary { "Console of the " (role) " " span class="note" { (said.len()) " lines" } }
                    (lines("Console", said.iter().cloned()))
                }
            }
        }
    }
}

/// The last ones of `all`.
fn lines(name: &str, all: impl ExactSizeIterator<Item = String>) -> Markup {
    let earlier = all.len().saturating_sub(MOST_LINES);
    html! {
        pre tabindex="0" role="group" aria-label=(name) {
            @if earlier > 0 { "… " (earlier) " earlier lines are in report.json\n" }
            @for line in all.skip(earlier) { (clipped(&line, MOST_CHARACTERS)) "\n" }
        }
    }
}

#[cfg(test)]
mod tests {
    use tincan_harness::{testing, verdict::Verdict};

    use super::*;

    #[test]
    fn what_an_implementation_cannot_tell_is_not_told_and_what_it_could_have_told_is_not_known() {
        let scenario = testing::catalogue().select(&["chromium-to-webrtc-rs/trickle".to_owned()]).unwrap()[0];
        let mut attempt = Attempt::without_exchange(&scenario, 1, &Verdict::Passed);
        attempt.transport.offerer.srtp_cipher = Some("SRTP_AEAD_AES_128_GCM".to_owned());
        attempt.transport.offerer.dtls_cipher = Some("SUITE".to_owned());
        let environment = Environment { peers: testing::profiles(), ..Environment::default() };
        let text = connection(&attempt, &environment).0;
        assert!(text.contains("<td>SRTP_AEAD_AES_128_GCM</td><td>not told</td>"), "{text}");
        assert!(text.contains("<td>SUITE</td><td>–</td>"), "{text}");
        // A row of which neither side tells anything is left out.
        assert!(!text.contains("DTLS version"), "{text}");
    }
}
