//! Ethernet frames, as far as a line has to understand them.

use std::ops::Range;

/// Where the Ethernet header ends.
const ETHERNET: usize = 14;
const IPV4: [u8; 2] = [0x08, 0x00];
const IPV6: [u8; 2] = [0x86, 0xdd];
/// Where the IPv6 header ends, which has a fixed length (RFC 8200).
const IPV6_END: usize = ETHERNET + 40;
const TCP: u8 = 6;
const UDP: u8 = 17;

/// Whether this goes to one host. The others are the kernel's own talk: no router passes them on.
pub(super) fn is_unicast(frame: &[u8]) -> bool {
    frame.first().is_some_and(|first| first & 1 == 0)
}

/// Writes the checksum of TCP and UDP. A veth leaves it to a network card that does not exist: what a packet socket
/// reads from it holds the sum of the pseudo-header only, and the far side would drop it.
pub(super) fn write_checksum(frame: &mut [u8]) {
    let Some(transport) = Transport::of(frame) else { return };
    let field = transport.segment.start + if transport.protocol == TCP { 16 } else { 6 };
    if field + 2 > transport.segment.end || frame.len() < transport.segment.end {
        return;
    }
    let absent = transport.protocol == UDP && frame[field..field + 2] == [0, 0];
    if absent {
        // Allowed over IPv4 (RFC 768).
        return;
    }
    frame[field..field + 2].fill(0);
    let length = transport.segment.len() as u64;
    let pseudo_header = sum(&frame[transport.addresses]) + u64::from(transport.protocol) + length;
    let checksum = !fold(pseudo_header + sum(&frame[transport.segment]));
    // Zero would mean that there is none; both are zero in ones' complement (RFC 768).
    let checksum = if checksum == 0 && transport.protocol == UDP { u16::MAX } else { checksum };
    frame[field..field + 2].copy_from_slice(&checksum.to_be_bytes());
}

/// Where a TCP or UDP packet has what goes into its checksum.
struct Transport {
    protocol: u8,
    addresses: Range<usize>,
    segment: Range<usize>,
}

impl Transport {
    /// None if it is another protocol, or a fragment, whose checksum the sender has written.
    fn of(frame: &[u8]) -> Option<Self> {
        let transport = match ethertype(frame)? {
            IPV4 => {
                let header = frame.get(ETHERNET..ETHERNET + 20)?;
                if u16_at(header, 6) & 0x3fff != 0 {
                    return None;
                }
                let start = ETHERNET + usize::from(header[0] & 0xf) * 4;
                let end = ETHERNET + usize::from(u16_at(header, 2));
                Self { protocol: header[9], addresses: 26..34, segment: start..end }
            }
            IPV6 => {
                let header = frame.get(ETHERNET..IPV6_END)?;
                let end = IPV6_END + usize::from(u16_at(header, 4));
                Self { protocol: header[6], addresses: 22..IPV6_END, segment: IPV6_END..end }
            }
            _ => return None,
        };
        matches!(transport.protocol, TCP | UDP).then_some(transport)
    }
}

fn ethertype(frame: &[u8]) -> Option<[u8; 2]> {
    frame.get(12..ETHERNET)?.try_into().ok()
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

/// The sum of the 16-bit words, an odd last byte counting as the upper half of one (RFC 1071).
fn sum(bytes: &[u8]) -> u64 {
    let words = bytes.chunks(2);
    words.map(|word| u64::from(u16::from_be_bytes([word[0], word.get(1).copied().unwrap_or(0)]))).sum()
}

fn fold(mut sum: u64) -> u16 {
    while sum > u64::from(u16::MAX) {
        sum = (sum >> 16) + (sum & 0xffff);
    }
    sum as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// UDP from 10.0.0.1:1 to 10.0.0.2:2 with the payload "abc"; the checksum worked out by hand (RFC 768):
    /// 0a00+0001+0a00+0002 + 0011+000b + 0001+0002+000b + 6162+6300 = d88f, inverted 2770.
    const IPV4_UDP: [u8; 45] = [
        0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0x08, 0x00, // Ethernet
        0x45, 0, 0, 31, 0, 0, 0x40, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, // IPv4
        0, 1, 0, 2, 0, 11, 0x27, 0x70, b'a', b'b', b'c', // UDP
    ];

    #[test]
    fn a_checksum_is_written_over_what_was_there() {
        let mut frame = IPV4_UDP;
        frame[40] = 0x99;
        write_checksum(&mut frame);
        assert_eq!(frame, IPV4_UDP);
    }

    #[test]
    fn padding_behind_the_packet_does_not_count() {
        let mut frame = [IPV4_UDP.as_slice(), &[1, 2, 3, 4, 5]].concat();
        frame[40] = 0x99;
        write_checksum(&mut frame);
        assert_eq!(frame[..45], IPV4_UDP);
    }

    #[test]
    fn what_has_no_checksum_of_its_own_is_left_alone() {
        let mut without = IPV4_UDP;
        without[40..42].fill(0);
        let mut fragment = IPV4_UDP;
        fragment[21] = 1;
        let mut icmp = IPV4_UDP;
        icmp[23] = 1;
        for frame in [without, fragment, icmp] {
            let mut written = frame;
            write_checksum(&mut written);
            assert_eq!(written, frame);
        }
    }

    #[test]
    fn a_frame_of_any_length_is_survived() {
        for length in 0..IPV4_UDP.len() {
            write_checksum(&mut IPV4_UDP[..length].to_vec());
            is_unicast(&IPV4_UDP[..length]);
        }
        for header_length in 0..16 {
            let mut frame = IPV4_UDP;
            frame[14] = 0x40 | header_length;
            write_checksum(&mut frame);
        }
    }
}
