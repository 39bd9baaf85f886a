//! What of the signals of a call is handed over when: as they come, unless its procedure says otherwise.

use crate::{
    peer::HarnessError,
    procedure::Handover,
    signaling::{IceCandidate, Role, Signal},
    timeline::Milestone,
};

/// Candidates that nobody can use, after foundation and component: see [`Handover::Unusable`]. Port 9 is that of the discard protocol.
const UNUSABLE: [&str; 6] = [
    "candidate:101 1 sctp 2122260223 127.0.0.1 9 typ host",
    "candidate:102 1 udp 2122260223 127.0.0.1 9 typ unknown",
    "candidate:103 1 tcp 1518280447 127.0.0.1 9 typ host tcptype active",
    "candidate:104 2 udp 2122260222 127.0.0.1 9 typ host",
    "candidate:105 1 udp 2122262783 fe80::1%lo 9 typ host",
    "candidate:106 1 udp 2122260223 127.0.0.1 9 typ host unknown-extension 1",
];

/// Hands over what is to cross.
#[derive(Debug)]
pub(super) struct Courier {
    how: Option<Handover>,
    sides: [OfSide; 2],
}

/// What is known of the signals of one side.
#[derive(Debug, Default)]
struct OfSide {
    /// What waits, in order.
    held: Vec<Signal>,
    /// Its candidates since its last description.
    candidates: Vec<IceCandidate>,
    /// Those of the generation before.
    before: Vec<IceCandidate>,
    descriptions: usize,
    /// Whether it has said that its candidates have ended.
    has_ended: bool,
    /// Whether it has accepted the other side's description.
    has_accepted: bool,
    /// Whether its candidates were handed over in the way that was asked for.
    is_done: bool,
}

/// What comes of a signal.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Handed {
    /// What is handed over now.
    pub(super) now: Vec<Signal>,
    /// Whether the signal itself never is.
    pub(super) withheld: bool,
    /// What the other side is given that its own side has not said, in words.
    pub(super) besides: Option<String>,
}

impl Handed {
    const fn now(now: Vec<Signal>) -> Self {
        Self { now, withheld: false, besides: None }
    }

    /// It is never handed over.
    pub(super) const fn nothing() -> Self {
        Self { now: Vec::new(), withheld: true, besides: None }
    }
}

fn trouble(how: Handover, why: &str) -> HarnessError {
    HarnessError::new(format!("hand over its candidates as {how} has it"), why)
}

impl Courier {
    pub(super) fn new(how: Option<Handover>) -> Self {
        Self { how, sides: Default::default() }
    }

    /// What comes of a signal of `from`.
    pub(super) fn take(&mut self, from: Role, signal: Signal) -> Handed {
        let (how, side) = (self.how, &mut self.sides[from as usize]);
        side.take_down(&signal);
        let Some(how) = how else { return Handed::now(vec![signal]) };
        let is_description = signal.sdp().is_some();
        match how {
            Handover::First if is_description => Handed::now(side.hold(signal)),
            Handover::First if side.has_ended => Handed::now(side.end(Some(signal))),
            Handover::First => Handed::now(vec![signal]),
            Handover::Late if !is_description => {
                side.held.push(signal);
                Handed::now(if self.both_have_accepted() { self.release(from) } else { Vec::new() })
            }
            Handover::Twice if !is_description => {
                side.is_done |= matches!(signal, Signal::Candidate(_));
                Handed::now(vec![signal.clone(), signal])
            }
            Handover::WithoutEnd => {
                let is_end = matches!(signal, Signal::EndOfCandidates(_));
                side.is_done |= matches!(signal, Signal::Candidate(_));
                if is_end { Handed::nothing() } else { Handed::now(vec![signal]) }
            }
            Handover::AfterEnd if !is_description => side.after_end(signal),
            Handover::Unusable if matches!(signal, Signal::Candidate(_)) => side.with_unusable(signal),
            Handover::OfBefore if is_description => side.of_before(signal),
            _ => Handed::now(vec![signal]),
        }
    }

    /// What is handed over since `role` has reached `milestone`, with whose it is.
    pub(super) fn reached(&mut self, role: Role, milestone: Milestone) -> Vec<(Role, Signal)> {
        let of = |role: Role, signals: Vec<Signal>| {
            signals.into_iter().map(move |signal| (role, signal)).collect()
        };
        let side = &mut self.sides[role as usize];
        match (self.how, milestone) {
            // Not everybody says it by a signal.
            (Some(Handover::First), Milestone::GatheringComplete) => {
                side.has_ended = true;
                of(role, side.end(None))
            }
            (Some(Handover::Late), Milestone::RemoteDescriptionSet) => {
                side.has_accepted = true;
                if !self.both_have_accepted() {
                    return Vec::new();
                }
                Role::BOTH.into_iter().flat_map(|role| of(role, self.release(role))).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Begins anew with a side whose page has taken another connection.
    pub(super) fn begin(&mut self, role: Role) {
        self.sides[role as usize] = OfSide::default();
    }

    /// Of whom nothing was handed over in the way that was asked for, in a call that has come to its end all the same.
    pub(super) fn unasked(&self) -> Option<(Role, HarnessError)> {
        let how = self.how?;
        let role = Role::BOTH.into_iter().find(|role| !self.sides[*role as usize].is_done)?;
        let side = &self.sides[role as usize];
        let why = if side.candidates.is_empty() && side.before.is_empty() {
            "it had no candidate"
        } else {
            "it did not say that its candidates had ended"
        };
        Some((role, trouble(how, why)))
    }

    /// Whose end of candidates the call waits for in vain.
    pub(super) fn waits(&self) -> Option<(Role, HarnessError)> {
        let how = self.how.filter(|how| matches!(how, Handover::First | Handover::AfterEnd))?;
        let role = Role::BOTH.into_iter().find(|role| !self.sides[*role as usize].held.is_empty())?;
        Some((role, trouble(how, "it did not say that its candidates had ended, which that waits for")))
    }

    fn both_have_accepted(&self) -> bool {
        self.sides.iter().all(|side| side.has_accepted)
    }

    /// What waits of `from`.
    fn release(&mut self, from: Role) -> Vec<Signal> {
        let side = &mut self.sides[from as usize];
        side.is_done |= !side.candidates.is_empty();
        std::mem::take(&mut side.held)
    }
}

impl OfSide {
    fn take_down(&mut self, signal: &Signal) {
        match signal {
            Signal::Offer(_) | Signal::Answer(_) => {
                self.descriptions += 1;
                self.before = std::mem::take(&mut self.candidates);
                self.has_ended = false;
            }
            Signal::Candidate(candidate) => self.candidates.push(candidate.clone()),
            Signal::EndOfCandidates(_) => self.has_ended = true,
        }
    }

    /// Holds a description back until all candidates have been handed over.
    fn hold(&mut self, description: Signal) -> Vec<Signal> {
        self.held.push(description);
        Vec::new()
    }

    /// The candidates have ended, as `signal` says if there is one: the description follows.
    fn end(&mut self, signal: Option<Signal>) -> Vec<Signal> {
        self.is_done |= !self.candidates.is_empty();
        signal.into_iter().chain(std::mem::take(&mut self.held)).collect()
    }

    /// All wait for the end, so that they come once more before anything can have come of them.
    fn after_end(&mut self, signal: Signal) -> Handed {
        self.held.push(signal);
        if !self.has_ended {
            return Handed::default();
        }
        self.is_done |= !self.candidates.is_empty();
        let again = self.candidates.iter().cloned().map(Signal::Candidate);
        let besides =
            format!("its {} candidates were handed over once more, after their end", self.candidates.len());
        let now = std::mem::take(&mut self.held).into_iter().chain(again).collect();
        Handed { besides: Some(besides), ..Handed::now(now) }
    }

    fn with_unusable(&mut self, signal: Signal) -> Handed {
        let Signal::Candidate(own) = &signal else { return Handed::now(vec![signal]) };
        if std::mem::replace(&mut self.is_done, true) {
            return Handed::now(vec![signal]);
        }
        let unusable = UNUSABLE
            .map(|text| Signal::Candidate(IceCandidate { candidate: text.to_owned(), ..own.clone() }));
        let besides = format!("with its first candidate these were handed over: {}", UNUSABLE.join("; "));
        let now = unusable.into_iter().chain([signal]).collect();
        Handed { besides: Some(besides), ..Handed::now(now) }
    }

    fn of_before(&mut self, description: Signal) -> Handed {
        if self.descriptions < 2 {
            return Handed::now(vec![description]);
        }
        self.is_done |= !self.before.is_empty();
        let besides = format!(
            "with it the {} candidates of its generation before were handed over once more",
            self.before.len()
        );
        let now =
            [description].into_iter().chain(self.before.iter().cloned().map(Signal::Candidate)).collect();
        Handed { besides: Some(besides), ..Handed::now(now) }
    }
}
