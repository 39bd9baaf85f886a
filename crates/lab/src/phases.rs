//! To which phase of a call a packet belongs, told from its bytes.

use serde::Serialize;
use stun::{
    attributes::{ATTR_DATA, ATTR_PRIORITY},
    message::{BINDING_REQUEST, CLASS_INDICATION, CLASS_REQUEST, Message, is_message},
};

/// A ChannelData message of TURN has four bytes before the data (RFC 8656, section 12.4).
const CHANNEL_HEADER: usize = 4;

/// Packets by the phase of a call to which they belong. What was sent again counts again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct PhaseCounts {
    /// Gathering: requests to STUN and TURN servers (RFC 8489, RFC 8656).
    pub server_requests: u64,
    /// ICE: connectivity checks (RFC 8445, section 7), until DTLS begins.
    pub checks: u64,
    /// DTLS: datagrams from the first handshake record on, until media passes.
    pub dtls: u64,
    /// DTLS: its flights (RFC 6347, section 4.2.4): runs of these datagrams in one direction. Two are a round trip.
    pub dtls_flights: u64,
}

/// One of the two directions between the sides of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Away from the side that looks.
    There,
    /// Towards it.
    Back,
}

/// Counts the packets of a call as they pass.
#[derive(Debug, Default)]
pub struct PhaseCounter {
    counts: PhaseCounts,
    /// Which way the last datagram of DTLS went; none before it begins.
    last_dtls: Option<Direction>,
    has_media: bool,
}

/// What a packet is, by its first byte (RFC 7983, section 7) and, for STUN, by its type and attributes.
enum Kind {
    ServerRequest,
    Check,
    /// A handshake record in the clear: the first of each handshake is one, and nothing that ends an earlier call.
    Handshake,
    OtherDtls,
    Media,
    Other,
}

impl PhaseCounter {
    /// Takes in the next packet; of what TURN wraps, the content.
    pub fn see(&mut self, direction: Direction, packet: &[u8]) {
        let began = self.last_dtls.is_some();
        match Kind::of(packet) {
            Kind::ServerRequest => self.counts.server_requests += 1,
            Kind::Check if !began => self.counts.checks += 1,
            Kind::Handshake if !self.has_media => self.dtls(direction),
            Kind::OtherDtls if began && !self.has_media => self.dtls(direction),
            Kind::Media if began => self.has_media = true,
            _ => {}
        }
    }

    fn dtls(&mut self, direction: Direction) {
        self.counts.dtls += 1;
        self.counts.dtls_flights += u64::from(self.last_dtls.replace(direction) != Some(direction));
    }

    /// What was counted until now.
    #[must_use]
    pub const fn counts(&self) -> PhaseCounts {
        self.counts
    }
}

impl Kind {
    fn of(packet: &[u8]) -> Self {
        match packet.first() {
            Some(0..=3) if is_message(packet) => Self::of_stun(packet),
            Some(64..=79) => packet.get(CHANNEL_HEADER..).map_or(Self::Other, Self::of),
            Some(22) => Self::Handshake,
            Some(20..=63) => Self::OtherDtls,
            Some(128..=191) => Self::Media,
            _ => Self::Other,
        }
    }

    fn of_stun(packet: &[u8]) -> Self {
        let mut message = Message { raw: packet.to_vec(), ..Message::default() };
        if message.decode().is_err() {
            return Self::Other;
        }
        match message.typ.class {
            // A check has to say the priority of its candidate (RFC 8445, section 7.1.1); a server asks for none.
            CLASS_REQUEST if message.typ == BINDING_REQUEST && message.contains(ATTR_PRIORITY) => Self::Check,
            CLASS_REQUEST => Self::ServerRequest,
            CLASS_INDICATION => message.get(ATTR_DATA).map_or(Self::Other, |data| Self::of(&data)),
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use Direction::{Back, There};
    use stun::{
        attributes::AttrType,
        message::{BINDING_SUCCESS, METHOD_ALLOCATE, METHOD_SEND, MessageType},
    };

    use super::*;

    const HANDSHAKE: [u8; 3] = [22, 254, 253];
    const CHANGE_CIPHER_SPEC: [u8; 3] = [20, 254, 253];
    const ALERT: [u8; 3] = [21, 254, 253];
    const MEDIA: [u8; 2] = [0x80, 96];

    fn message(of_type: MessageType, attributes: &[(AttrType, &[u8])]) -> Vec<u8> {
        let mut message = Message::new();
        message.set_type(of_type);
        message.new_transaction_id().unwrap();
        message.write_header();
        for (kind, value) in attributes {
            message.add(*kind, value);
        }
        message.raw
    }

    fn check() -> Vec<u8> {
        message(BINDING_REQUEST, &[(ATTR_PRIORITY, &[0, 0, 0, 1])])
    }

    fn counted(packets: &[(Direction, &[u8])]) -> PhaseCounts {
        let mut counter = PhaseCounter::default();
        for (direction, packet) in packets {
            counter.see(*direction, packet);
        }
        counter.counts()
    }

    #[test]
    fn each_packet_counts_in_its_phase() {
        let binding = message(BINDING_REQUEST, &[]);
        let allocate = message(MessageType::new(METHOD_ALLOCATE, CLASS_REQUEST), &[]);
        let answer = message(BINDING_SUCCESS, &[]);
        let found = counted(&[
            (There, &binding),
            (There, &allocate),
            (Back, &answer),
            (There, &check()),
            (Back, &check()),
            (Back, &answer),
            (There, &HANDSHAKE),
            (Back, &HANDSHAKE),
            (Back, &HANDSHAKE),
            (There, &CHANGE_CIPHER_SPEC),
        ]);
        assert_eq!(found, PhaseCounts { server_requests: 2, checks: 2, dtls: 4, dtls_flights: 3 });
    }

    #[test]
    fn a_phase_ends_where_the_next_one_begins() {
        let packets: [&[u8]; 6] = [&check(), &HANDSHAKE, &check(), &MEDIA, &HANDSHAKE, &check()];
        let found = counted(&packets.map(|packet| (There, packet)));
        assert_eq!(found, PhaseCounts { checks: 1, dtls: 1, dtls_flights: 1, ..PhaseCounts::default() });
    }

    #[test]
    fn the_end_of_an_earlier_call_begins_nothing() {
        let packets: [&[u8]; 4] = [&MEDIA, &ALERT, &check(), &HANDSHAKE];
        let found = counted(&packets.map(|packet| (There, packet)));
        assert_eq!(found, PhaseCounts { checks: 1, dtls: 1, dtls_flights: 1, ..PhaseCounts::default() });
    }

    #[test]
    fn what_turn_wraps_counts_for_what_it_is() {
        let sent = message(MessageType::new(METHOD_SEND, CLASS_INDICATION), &[(ATTR_DATA, &check())]);
        let channel = [&[0x40, 0, 0, 3][..], &HANDSHAKE].concat();
        let found = counted(&[(There, &sent), (There, &channel)]);
        assert_eq!(found, PhaseCounts { checks: 1, dtls: 1, dtls_flights: 1, ..PhaseCounts::default() });
    }

    #[test]
    fn what_is_none_of_these_counts_nowhere() {
        let cut = &check()[..24];
        let packets: [&[u8]; 5] = [&[], &[0, 1], &[0x40], b"odd", cut];
        assert_eq!(counted(&packets.map(|packet| (There, packet))), PhaseCounts::default());
    }
}
