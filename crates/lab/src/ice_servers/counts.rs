//! What the servers saw and did: the proof that a condition took effect.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use serde::Serialize;
use stun::{
    error_code::{CODE_STALE_NONCE, CODE_UNAUTHORIZED, ErrorCodeAttribute},
    message::{
        BINDING_REQUEST, BINDING_SUCCESS, CLASS_ERROR_RESPONSE, CLASS_REQUEST, CLASS_SUCCESS_RESPONSE,
        Getter, METHOD_ALLOCATE, Message, is_message,
    },
};

use crate::phases::{Direction, PhaseCounter, PhaseCounts};

/// What the servers have seen and done since they were started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct IceServerCounts {
    /// STUN Binding requests that came in, repeated ones too.
    pub binding_requests: u64,
    /// STUN Binding responses that went out.
    pub binding_answers: u64,
    /// TURN allocations that were granted.
    pub allocations: u64,
    /// Error responses other than the challenge for credentials (401, 438): wrong or expired credentials above all.
    pub refusals: u64,
    /// Connections accepted for TURN over TCP.
    pub tcp_connections: u64,
    /// Datagrams that went through the relay, in both directions; from relay to relay they count once.
    pub datagrams_relayed: u64,
    /// Datagrams that were lost in the relay on purpose.
    pub datagrams_dropped: u64,
    /// Datagrams for addresses beyond this machine and its private networks, which the relay does not send.
    pub datagrams_blocked: u64,
}

/// The counts while they grow.
#[derive(Clone, Default)]
pub(super) struct Counts(Arc<Mutex<Growing>>);

#[derive(Default)]
struct Growing {
    ever: IceServerCounts,
    phases: PhaseCounter,
}

impl Counts {
    pub(super) fn now(&self) -> IceServerCounts {
        self.with(|growing| growing.ever)
    }

    pub(super) fn phases(&self) -> PhaseCounts {
        self.with(|growing| growing.phases.counts())
    }

    pub(super) fn add(&self, which: impl FnOnce(&mut IceServerCounts) -> &mut u64) {
        self.with(|growing| *which(&mut growing.ever) += 1);
    }

    /// A message came in where clients ask. What it wraps counts when the relay sends it.
    pub(super) fn asked(&self, bytes: &[u8]) {
        if let Some(message) = message(bytes).filter(|message| message.typ.class == CLASS_REQUEST) {
            self.with(|growing| growing.phases.see(Direction::Back, bytes));
            if message.typ == BINDING_REQUEST {
                self.add(|counts| &mut counts.binding_requests);
            }
        }
    }

    /// A datagram of `from` went through a relay to `to`.
    pub(super) fn relayed(&self, from: SocketAddr, to: SocketAddr, bytes: &[u8]) {
        self.add(|counts| &mut counts.datagrams_relayed);
        // Of the two ends of a path the lesser is taken for the side that looks.
        let direction = if from < to { Direction::There } else { Direction::Back };
        self.with(|growing| growing.phases.see(direction, bytes));
    }

    fn with<T>(&self, act: impl FnOnce(&mut Growing) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn answered(&self, bytes: &[u8]) {
        let Some(message) = message(bytes) else { return };
        if message.typ == BINDING_SUCCESS {
            self.add(|counts| &mut counts.binding_answers);
        } else if message.typ.method == METHOD_ALLOCATE && message.typ.class == CLASS_SUCCESS_RESPONSE {
            self.add(|counts| &mut counts.allocations);
        } else if is_refusal(&message) {
            self.add(|counts| &mut counts.refusals);
        }
    }
}

/// Whether these bytes are a STUN response, be it a success or an error.
pub(super) fn is_response(bytes: &[u8]) -> bool {
    message(bytes)
        .is_some_and(|message| [CLASS_SUCCESS_RESPONSE, CLASS_ERROR_RESPONSE].contains(&message.typ.class))
}

fn is_refusal(message: &Message) -> bool {
    let mut error = ErrorCodeAttribute::default();
    message.typ.class == CLASS_ERROR_RESPONSE
        && error.get_from(message).is_ok()
        && ![CODE_UNAUTHORIZED, CODE_STALE_NONCE].contains(&error.code)
}

fn message(bytes: &[u8]) -> Option<Message> {
    let mut message = Message { raw: is_message(bytes).then(|| bytes.to_vec())?, ..Message::default() };
    message.decode().ok().map(|()| message)
}
