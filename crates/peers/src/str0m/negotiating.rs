//! Descriptions and candidates, given to str0m and taken from it.

use std::time::Instant;

use str0m::{
    Candidate, RtcError,
    change::{SdpAnswer, SdpApi, SdpOffer},
    error::IceError,
    media::{Direction, MediaKind, Mid},
    net::Protocol,
};
use tincan_harness::{
    Flow, IceServer, Note, Operation, PeerError, Role, SdpType, media::messages::CHANNELS, procedure::Act,
    sdp::user_name_fragment,
};

use super::{
    agent::Agent,
    candidates::{candidates_in, with_candidates},
    channels::config,
    gathering::{self, Gathering},
    relays::{self, Relays},
};
use crate::library::observer::Occurrence;

fn refused<E: ToString>(operation: Operation) -> impl FnOnce(E) -> PeerError {
    move |error| PeerError { operation, message: error.to_string() }
}

const fn direction_of(direction: tincan_harness::Direction) -> Direction {
    use tincan_harness::Direction as D;
    match direction {
        D::SendRecv => Direction::SendRecv,
        D::SendOnly => Direction::SendOnly,
        D::RecvOnly => Direction::RecvOnly,
        D::Inactive => Direction::Inactive,
    }
}

impl Agent {
    /// Prepares what the next offer is about, or forgets the last one.
    pub(super) fn prepare(&mut self, act: Act) {
        if act != Act::RollBack {
            self.acts.push(act);
        } else if self.pending.take().is_some() {
            (self.description, self.fragment) = self.agreed.clone();
        }
    }

    /// Creates the description of `role`, which str0m takes as its own with that, and begins to gather.
    pub(super) fn describe(&mut self, role: Role) -> Result<String, PeerError> {
        let description = match role {
            Role::Offerer => self.offer(),
            // It was made when the offer was accepted.
            Role::Answerer => self.description.clone(),
        };
        let nothing = |operation| PeerError { operation, message: "str0m has none to give".to_owned() };
        let description = description.ok_or_else(|| match role {
            Role::Offerer => nothing(Operation::CreateOffer),
            Role::Answerer => nothing(Operation::CreateAnswer),
        })?;
        if self.pending.is_some() {
            self.agreed = (self.description.clone(), self.fragment.clone());
        }
        self.description = Some(description.clone());
        let fragment = user_name_fragment(&description).map(str::to_owned);
        let before = std::mem::replace(&mut self.fragment, fragment);
        match before {
            None => self.gather(),
            Some(_) if before != self.fragment => self.announce(),
            Some(_) => {}
        }
        Ok(description)
    }

    /// After a restart str0m uses its sockets and candidates on: they are told as if they had been gathered anew.
    fn announce(&self) {
        let state = |state: &str, is_complete| {
            self.observer.pass_on(Occurrence::Gathering { state: state.to_owned(), is_complete });
        };
        state("gathering", false);
        for candidate in &self.local {
            self.observer.candidate(Ok::<_, IceError>(candidate.to_sdp_string()));
        }
        state("complete", true);
    }

    fn offer(&mut self) -> Option<String> {
        let acts = std::mem::take(&mut self.acts);
        let (asked, direction): (Vec<_>, _) = match self.description {
            None => (self.asked.flows().collect(), direction_of(self.direction)),
            Some(_) => (Vec::new(), Direction::SendRecv),
        };
        let added = asked.into_iter().chain(acts.iter().filter_map(|act| act.added()));
        let mut change = self.rtc.sdp_api();
        if acts.contains(&Act::RestartIce) {
            change.ice_restart(true);
        }
        if let (true, Some(mid)) = (acts.contains(&Act::RemoveTrack), self.mid) {
            change.set_direction(mid, Direction::RecvOnly);
        }
        let add = |change: &mut SdpApi<'_>, kind| change.add_media(kind, direction, None, None, None);
        for flow in added {
            match flow {
                Flow::Video(_) => self.mid = Some(add(&mut change, MediaKind::Video)),
                Flow::Audio(_) => self.sound.mid = Some(add(&mut change, MediaKind::Audio)),
                Flow::Data => {
                    for channel in CHANNELS.iter().filter(|channel| channel.is_opened_by(Role::Offerer)) {
                        change.add_channel_with_config(config(channel));
                    }
                    self.channels.are_opened = true;
                }
            }
        }
        let (offer, pending) = change.apply()?;
        self.pending = Some(pending);
        Some(offer.to_sdp_string())
    }

    /// Begins to gather: host candidates at once, and what servers give; relayed ones alone if no others are to be used.
    fn gather(&mut self) {
        self.observer.pass_on(Occurrence::Gathering { state: "gathering".to_owned(), is_complete: false });
        let (bases, now) = (self.sockets.addresses().collect::<Vec<_>>(), Instant::now());
        let servers = &self.ice.servers;
        let is_known =
            |ice: &&IceServer| gathering::server(&ice.urls).is_some() || relays::server(ice).is_some();
        let unknown =
            servers.iter().find(|ice| !is_known(ice)).map(|ice| format!("not to be asked: {}", ice.urls));
        let stun: Vec<_> = servers.iter().filter_map(|ice| gathering::server(&ice.urls)).collect();
        let turn: Vec<_> = servers.iter().filter_map(relays::server).collect();
        let relays = Relays::begin(&bases, &turn, now);
        let direct = if self.ice.relay_only { &[][..] } else { &bases[..] };
        let gathering = Gathering::begin(direct, &stun, now).map_err(|error| error.to_string());
        let hosts = direct.iter().map(|address| Candidate::host(*address, Protocol::Udp));
        self.found.extend(hosts.filter_map(Result::ok));
        let troubles = [unknown, relays.as_ref().err().cloned(), gathering.as_ref().err().cloned()];
        for message in troubles.into_iter().flatten() {
            self.note(Note::CandidateError { message });
        }
        self.relays = relays.unwrap_or_default();
        self.gathering = Some(gathering.unwrap_or_default());
    }

    /// The own description, with the candidates that there are.
    pub(super) fn full_description(&self) -> Option<String> {
        let description = self.description.as_ref()?;
        // A later description has those that there were.
        let is_new = |candidate: &&Candidate| !description.contains(&candidate.to_sdp_string());
        let new: Vec<_> = self.local.iter().filter(is_new).cloned().collect();
        Some(with_candidates(description, &new))
    }

    /// Takes the other side's description.
    pub(super) fn accept(&mut self, kind: SdpType, sdp: &str) -> Result<(), PeerError> {
        let operation = Operation::SetRemoteDescription(kind);
        match kind {
            SdpType::Offer => self.accept_offer(sdp).map_err(refused(operation))?,
            _ => self.accept_answer(sdp, operation)?,
        }
        for (text, read) in candidates_in(sdp) {
            match read {
                Ok(candidate) => self.remote.push(candidate),
                Err(error) => self
                    .note(Note::CandidateRefused { candidate: text.to_owned(), message: error.to_string() }),
            }
        }
        Ok(())
    }

    fn accept_offer(&mut self, sdp: &str) -> Result<(), RtcError> {
        let answer = self.rtc.sdp_api().accept_offer(SdpOffer::from_sdp_string(sdp)?)?;
        self.description = Some(answer.to_sdp_string());
        let has_channels = sdp.lines().any(|line| line.starts_with("m=application"));
        if self.flowing.data && has_channels && !std::mem::replace(&mut self.channels.are_opened, true) {
            for channel in CHANNELS.iter().filter(|channel| channel.is_opened_by(Role::Answerer)) {
                self.rtc.direct_api().create_data_channel(config(channel));
            }
        }
        Ok(())
    }

    fn accept_answer(&mut self, sdp: &str, operation: Operation) -> Result<(), PeerError> {
        let answer = SdpAnswer::from_sdp_string(sdp).map_err(refused(operation))?;
        let none = || PeerError { operation, message: "there is no offer that it answers".to_owned() };
        let pending = self.pending.take().ok_or_else(none)?;
        self.rtc.sdp_api().accept_answer(pending, answer).map_err(refused(operation))?;
        // str0m says so only of media that the other side has added.
        let kinds = [
            (MediaKind::Video, self.mid, self.frames.is_some()),
            (MediaKind::Audio, self.sound.mid, self.sound.packets.is_some()),
        ];
        for (kind, mid, is_there) in kinds {
            if !is_there && mid.is_some_and(|mid| self.receives(mid)) {
                self.track(kind);
            }
        }
        Ok(())
    }

    fn receives(&self, mid: Mid) -> bool {
        self.rtc.media(mid).is_some_and(|media| !media.disabled() && media.direction().is_receiving())
    }

    /// Takes a candidate of the other side.
    pub(super) fn add(&mut self, candidate: &str) -> Result<(), String> {
        let candidate = Candidate::from_sdp_string(candidate).map_err(|error| error.to_string())?;
        self.remote.push(candidate.clone());
        self.rtc.add_remote_candidate(candidate);
        Ok(())
    }
}
