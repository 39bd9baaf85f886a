//! Server-reflexive candidates (RFC 8445, section 5.1.1.2): each socket asks each STUN server for its address.

use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use stun::{
    agent::TransactionId,
    error_code::ErrorCodeAttribute,
    message::{BINDING_REQUEST, CLASS_SUCCESS_RESPONSE, Getter, Message},
    xoraddr::XorMappedAddress,
};

use super::sockets::{Datagram, Outgoing};

/// How long the first answer is waited for, before the request is sent again; from then on twice as long each time (RFC 8489,
/// section 6.2.1, as the two that follow).
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// How often a request is sent.
const MOST_REQUESTS: u32 = 7;
/// How long the answer to the last one is waited for.
const LAST_WAIT: Duration = Duration::from_secs(8);
/// Where a STUN server listens (RFC 8489, section 14).
const PORT: u16 = 3478;

/// What a server is asked, and was not yet answered.
#[derive(Debug)]
struct Transaction {
    id: TransactionId,
    request: Vec<u8>,
    base: SocketAddr,
    server: SocketAddr,
    requests: u32,
    /// When it is sent again or given up.
    due: Instant,
}

/// The transactions of one call.
#[derive(Debug, Default)]
pub(super) struct Gathering(Vec<Transaction>);

/// What came of a transaction.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The address at which the server saw the socket.
    Reflexive {
        /// The socket.
        base: SocketAddr,
        /// How the server saw it.
        address: SocketAddr,
    },
    /// None, and why not.
    Error(String),
}

/// The address in a STUN URI (RFC 7064): `stun:192.0.2.1:3478`; none if it has a name, or is none.
pub(super) fn server(url: &str) -> Option<SocketAddr> {
    let server = url.strip_prefix("stun:")?;
    let with_port = || server.parse().ok();
    let alone = || server.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    with_port().or_else(|| Some(SocketAddr::new(alone()?, PORT)))
}

impl Gathering {
    /// Asks each of `servers` from each of `bases` of its family, from `now` on.
    ///
    /// # Errors
    /// When a request cannot be written.
    pub(super) fn begin(
        bases: &[SocketAddr],
        servers: &[SocketAddr],
        now: Instant,
    ) -> Result<Self, stun::Error> {
        let pairs = bases.iter().flat_map(|base| servers.iter().map(move |server| (*base, *server)));
        let asked = pairs.filter(|(base, server)| base.is_ipv4() == server.is_ipv4());
        let transaction = |(base, server)| {
            let (id, mut message) = (TransactionId::new(), Message::new());
            message.build(&[Box::new(id), Box::new(BINDING_REQUEST)])?;
            Ok(Transaction { id, request: message.raw, base, server, requests: 0, due: now })
        };
        asked.map(transaction).collect::<Result<_, _>>().map(Self)
    }

    /// Whether nothing is waited for any more.
    pub(super) const fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    /// When a request is to be sent again, or given up.
    pub(super) fn due(&self) -> Option<Instant> {
        self.0.iter().map(|transaction| transaction.due).min()
    }

    /// What is to be sent `now`, and what is given up.
    pub(super) fn proceed(&mut self, now: Instant) -> (Vec<Outgoing>, Vec<Outcome>) {
        let (mut requests, mut outcomes) = (Vec::new(), Vec::new());
        self.0.retain_mut(|transaction| {
            if transaction.due <= now {
                match transaction.next(now) {
                    Some(request) => requests.push(request),
                    None => {
                        // The code that webrtc-pc has for it (RTCPeerConnectionIceErrorEvent).
                        outcomes.push(Outcome::Error(format!("701 no answer stun:{}", transaction.server)));
                        return false;
                    }
                }
            }
            true
        });
        (requests, outcomes)
    }

    /// What a datagram is the answer to; none if it is not the answer of a server.
    pub(super) fn take(&mut self, datagram: &Datagram) -> Option<Outcome> {
        let asked = |found: &Transaction| (found.server, found.base) == (datagram.from, datagram.to);
        let mut message = Message::new();
        if !self.0.iter().any(asked) || message.unmarshal_binary(&datagram.bytes).is_err() {
            return None;
        }
        let found = self.0.iter().position(|found| asked(found) && found.id == message.transaction_id)?;
        let Transaction { base, server, .. } = self.0.swap_remove(found);
        Some(match answer(&message) {
            Ok(address) => Outcome::Reflexive { base, address },
            Err(error) => Outcome::Error(format!("{error} stun:{server}")),
        })
    }
}

/// The address in an answer, or what it says instead.
fn answer(message: &Message) -> Result<SocketAddr, String> {
    if message.typ.class == CLASS_SUCCESS_RESPONSE {
        let mut mapped = XorMappedAddress::default();
        return match mapped.get_from(message) {
            Ok(()) => Ok(SocketAddr::new(mapped.ip, mapped.port)),
            Err(error) => Err(format!("an answer without an address: {error}")),
        };
    }
    let mut error = ErrorCodeAttribute::default();
    Err(error.get_from(message).map_or_else(|_| message.typ.to_string(), |()| error.to_string()))
}

impl Transaction {
    /// The request that is due `now`; none if it was sent often enough.
    fn next(&mut self, now: Instant) -> Option<Outgoing> {
        if self.requests == MOST_REQUESTS {
            return None;
        }
        self.due = now
            + match self.requests {
                sent if sent + 1 == MOST_REQUESTS => LAST_WAIT,
                sent => FIRST_WAIT * 2_u32.pow(sent),
            };
        self.requests += 1;
        Some(Outgoing { from: self.base, to: self.server, bytes: self.request.clone() })
    }
}

#[cfg(test)]
mod tests {
    use stun::message::{BINDING_ERROR, BINDING_SUCCESS};

    use super::*;

    const BASE: &str = "192.0.2.1:5000";
    const SERVER: &str = "198.51.100.1:3478";

    fn at(address: &str) -> SocketAddr {
        address.parse().unwrap()
    }

    fn begin(now: Instant) -> Gathering {
        Gathering::begin(&[at(BASE), at("[2001:db8::1]:5000")], &[at(SERVER)], now).unwrap()
    }

    fn from(server: &str, build: &[Box<dyn stun::message::Setter>]) -> Datagram {
        let mut message = Message::new();
        message.build(build).unwrap();
        Datagram { at: Instant::now(), from: at(server), to: at(BASE), bytes: message.raw }
    }

    #[test]
    fn servers_are_addresses() {
        for (url, expected) in [
            ("stun:192.0.2.1:99", Some("192.0.2.1:99")),
            ("stun:192.0.2.1", Some("192.0.2.1:3478")),
            ("stun:[2001:db8::1]:99", Some("[2001:db8::1]:99")),
            ("stun:[2001:db8::1]", Some("[2001:db8::1]:3478")),
            ("stun:localhost", None),
            ("turn:192.0.2.1", None),
        ] {
            assert_eq!(server(url), expected.map(at), "{url}");
        }
    }

    #[test]
    fn a_server_that_is_silent_is_asked_seven_times_in_39_5_s() {
        let start = Instant::now();
        let (mut gathering, mut sent, mut given_up) = (begin(start), Vec::new(), Vec::new());
        while let Some(due) = gathering.due() {
            let (requests, outcomes) = gathering.proceed(due);
            sent.extend(requests.iter().map(|_| (due - start).as_millis()));
            given_up.extend(outcomes.into_iter().map(|outcome| ((due - start).as_millis(), outcome)));
        }
        assert_eq!(sent, [0, 500, 1500, 3500, 7500, 15_500, 31_500]);
        assert_eq!(given_up, [(39_500, Outcome::Error(format!("701 no answer stun:{SERVER}")))]);
        assert!(gathering.is_over());
    }

    #[test]
    fn only_the_answer_to_a_request_ends_it() {
        let mut gathering = begin(Instant::now());
        let id = gathering.0[0].id;
        let mapped = || Box::new(XorMappedAddress { ip: at("203.0.113.1:0").ip(), port: 7 });
        for stray in [
            from(SERVER, &[Box::new(TransactionId::new()), Box::new(BINDING_SUCCESS), mapped()]),
            from("203.0.113.9:3478", &[Box::new(id), Box::new(BINDING_SUCCESS), mapped()]),
        ] {
            assert_eq!(gathering.take(&stray), None);
        }
        let answer = from(SERVER, &[Box::new(id), Box::new(BINDING_SUCCESS), mapped()]);
        let expected = Outcome::Reflexive { base: at(BASE), address: at("203.0.113.1:7") };
        assert_eq!(gathering.take(&answer), Some(expected));
        assert!(gathering.is_over() && gathering.take(&answer).is_none());
    }

    #[test]
    fn what_a_server_says_instead_is_told() {
        let mut gathering = begin(Instant::now());
        let id = gathering.0[0].id;
        let Some(Outcome::Error(message)) =
            gathering.take(&from(SERVER, &[Box::new(id), Box::new(BINDING_ERROR)]))
        else {
            panic!("no error");
        };
        assert!(message.ends_with(SERVER), "{message}");
    }
}
