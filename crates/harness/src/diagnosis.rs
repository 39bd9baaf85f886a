//! Why a call did not pass: the first stage that broke, on which side, what shows it, and what to look at.

mod connectivity;
mod data;
mod finding;
mod mangled;
mod media;

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::finding::{Examination, Finding, state_of};
use crate::{
    abilities::Detail,
    carried::{Given, given},
    deadlines::in_seconds,
    exchange::Exchange,
    note::{Machine, Note},
    peer::{HarnessError, Operation, PeerError, SdpType},
    scenario::Scenario,
    signaling::{Role, Signal},
    stage::Stage,
    timeline::{FIRST_ROUND, Milestone, Round, first_round, in_round, is_first_round},
    verdict::{Missing, Verdict},
};

/// Why an attempt did not pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Diagnosis {
    /// The first stage that broke.
    pub stage: Stage,
    /// In which negotiation of the call, from 1; it stands here unless it is the first.
    #[serde(default = "first_round", skip_serializing_if = "is_first_round")]
    pub round: Round,
    /// On which side; none if it cannot be told, or is neither.
    pub peer: Option<Role>,
    /// What shows it, in one sentence.
    pub evidence: String,
    /// What to look at.
    pub look_at: String,
}

/// The diagnosis of an exchange on which there is this `verdict`; none if it passed, or nothing was tried.
#[must_use]
pub fn diagnose(scenario: &Scenario, exchange: &Exchange, verdict: &Verdict) -> Option<Diagnosis> {
    match verdict {
        Verdict::Passed | Verdict::Unsupported(_) => None,
        Verdict::Errored(role, trouble) => Some(of_trouble(*role, trouble)),
        Verdict::Failed(shortfall) => Some(
            Examination {
                exchange,
                media: scenario.media,
                procedure: scenario.procedure,
                network: scenario.network,
                role: shortfall.role,
            }
            .find(&shortfall.what),
        ),
    }
}

/// The diagnosis of a question that could not be asked.
#[must_use]
pub fn of_trouble(role: Option<Role>, trouble: &HarnessError) -> Diagnosis {
    let stage = if ["camera", "microphone"].iter().any(|device| trouble.step.contains(device)) {
        Stage::Camera
    } else {
        Stage::Page
    };
    let side = role.map(|role| format!("{role}: ")).unwrap_or_default();
    Diagnosis {
        stage,
        round: FIRST_ROUND,
        peer: role,
        evidence: format!("{side}failed to {}: {}", trouble.step, trouble.message),
        look_at: trouble.hint.clone().unwrap_or_else(|| stage.look_at().to_owned()),
    }
}

impl Examination<'_> {
    fn find(&self, what: &Missing) -> Diagnosis {
        let Finding { stage, peer, evidence, look_at } = match what {
            Missing::Milestone { milestone, waited, .. } => self.stalled(*milestone, *waited),
            Missing::Refused(fault) => self.refused(fault),
            Missing::NotAsAsked { stage, what } => Finding::new(*stage, self.role, what),
        };
        let look_at = look_at.unwrap_or_else(|| stage.look_at()).to_owned();
        let round = self.exchange.round;
        let evidence = format!("{peer}{}: {evidence}", in_round(round));
        Diagnosis { stage, round, peer: Some(peer), evidence, look_at }
    }

    fn stalled(&self, milestone: Milestone, waited: Duration) -> Finding {
        let seconds = in_seconds(waited);
        match milestone {
            Milestone::Ready => self.not_ready(&seconds),
            Milestone::OfferRequested | Milestone::LocalDescriptionSet | Milestone::DescriptionSent => {
                self.not_described(milestone, &seconds)
            }
            Milestone::GatheringComplete => Finding::new(
                Stage::Gathering,
                self.role,
                format!(
                    "gathering was not complete within {seconds}: {}{}",
                    self.state(Machine::IceGatheringState),
                    self.gathered()
                ),
            ),
            Milestone::RemoteDescriptionSet => self.not_accepted(&seconds),
            Milestone::IceConnected => self.mangled().unwrap_or_else(|| self.no_ice(&seconds)),
            Milestone::DtlsConnected => self.mangled().unwrap_or_else(|| self.no_dtls(&seconds)),
            Milestone::FirstSound | Milestone::SoundProven => self.no_sound(&seconds),
            Milestone::TrackReceived | Milestone::FirstPacket if self.awaits_sound() => {
                self.no_sound(&seconds)
            }
            Milestone::TrackReceived
            | Milestone::FirstPacket
            | Milestone::FirstFrame
            | Milestone::FramesProven => self.no_media(&seconds),
            Milestone::ChannelOpen => {
                let earlier = self.mangled().or_else(|| self.same_dtls_role());
                earlier.unwrap_or_else(|| self.no_channels(&seconds))
            }
            Milestone::FirstMessage | Milestone::MessagesProven => self.no_messages(&seconds),
            Milestone::Muted => self.not_muted(&seconds),
            Milestone::TrackReplaced => self.not_replaced(&seconds),
            Milestone::RolledBack => self.not_rolled_back(&seconds),
            Milestone::ChannelsClosed => self.channels_not_closed(&seconds),
            Milestone::Closed | Milestone::CloseHeard => self.not_closed(milestone, &seconds),
        }
    }

    /// The call was held by both descriptions, and the side does not say that nothing comes any more.
    fn not_muted(&self, seconds: &str) -> Finding {
        let evidence = format!(
            "by both descriptions nothing comes to it any more, and its track was not muted within {seconds}{}",
            self.said()
        );
        Finding::new(Stage::MediaReceived, self.role, evidence)
            .look_at("the direction of each transceiver, and the `mute` event of its receiver's track")
    }

    fn not_replaced(&self, seconds: &str) -> Finding {
        let evidence = format!(
            "it was asked to replace its track, and within {seconds} replaceTrack() did not resolve, or the track of before \
             did not end{}",
            self.said()
        );
        Finding::new(Stage::Camera, self.role, evidence)
            .look_at("whether another camera track can be had, and is given to the sender; that the one before is stopped")
    }

    fn not_rolled_back(&self, seconds: &str) -> Finding {
        let state = self.state(Machine::SignalingState);
        let evidence = format!(
            "it was asked to take back its offer, and did not within {seconds}: {state}{}",
            self.said()
        );
        Finding::new(Stage::Offer, self.role, evidence).look_at("setLocalDescription({ type: \"rollback\" })")
    }

    fn not_closed(&self, milestone: Milestone, seconds: &str) -> Finding {
        let what = match milestone {
            Milestone::Closed => "it was asked to hang up, and its connection was not closed",
            _ => "the other side has hung up, and it heard nothing of that",
        };
        let states = [Machine::DtlsState, Machine::IceConnectionState, Machine::ConnectionState];
        let states: Vec<_> =
            states.into_iter().filter_map(|machine| state_of(self.side(self.role), machine)).collect();
        let evidence = format!("{what} within {seconds}: {}{}", states.join(", "), self.said());
        Finding::new(Stage::Closed, self.role, evidence)
    }

    fn not_ready(&self, seconds: &str) -> Finding {
        let notes = || self.side(self.role).notes.iter().map(|(_, note)| note);
        let connected = notes().any(|note| *note == Note::ConnectionCreated);
        if connected && !notes().any(|note| matches!(note, Note::TrackAdded { .. })) {
            let camera = notes().rev().find_map(|note| match note {
                Note::Camera { state } => Some(format!("the camera is {state}")),
                _ => None,
            });
            let camera = camera.unwrap_or_else(|| "the camera does not run".to_owned());
            let evidence = format!("no track was added within {seconds}; {camera}{}", self.said());
            return Finding::new(Stage::Camera, self.role, evidence);
        }
        Finding::new(
            Stage::Page,
            self.role,
            format!("the page was not ready within {seconds}{}", self.said()),
        )
    }

    /// The side did not make its description, or did not show it.
    fn not_described(&self, milestone: Milestone, seconds: &str) -> Finding {
        let create = match self.part(self.role) {
            Role::Offerer => "createOffer",
            Role::Answerer => "createAnswer",
        };
        let what = match milestone {
            Milestone::DescriptionSent => "the description was set and never shown to be copied".to_owned(),
            _ => format!("neither {create} nor setLocalDescription resolved or was rejected"),
        };
        Finding::new(
            Stage::own(self.part(self.role)),
            self.role,
            format!("{what} within {seconds}{}", self.said()),
        )
    }

    /// The side did not accept the other's description, without a word of refusal.
    fn not_accepted(&self, seconds: &str) -> Finding {
        let stage = Stage::carried_to(self.part(self.role));
        let description = Signal::description(self.part(self.role.other()), String::new());
        let name = description.name();
        let how = match given(self.exchange, self.role) {
            None if self.side(self.role).evidence.signals_itself => {
                format!(
                    "the page has the {name} on the other side, and has not given it to setRemoteDescription here"
                )
            }
            None => format!("the {name} was copied and never came to setRemoteDescription"),
            Some(Given::Intact) => format!("setRemoteDescription({name}) neither resolved nor was rejected"),
            Some(Given::Changed(how) | Given::OtherEnds(how)) => {
                format!("setRemoteDescription({name}) did not resolve; {how}")
            }
        };
        Finding::new(stage, self.role, format!("{how} within {seconds}{}", self.said()))
    }

    fn refused(&self, fault: &PeerError) -> Finding {
        if let Some(earlier) = self.wrong_before_the_answer(fault) {
            return earlier;
        }
        let (stage, carried) = match fault.operation {
            Operation::CreateConnection => (Stage::Page, String::new()),
            Operation::CreateOffer | Operation::SetLocalDescription(SdpType::Offer) => (Stage::Offer, String::new()),
            Operation::CreateAnswer
            | Operation::SetLocalDescription(SdpType::Answer | SdpType::Pranswer)
            // Nothing was negotiated that could be sent.
            | Operation::Send => (Stage::Answer, String::new()),
            Operation::SetLocalDescription(SdpType::Implicit | SdpType::Rollback) => {
                (Stage::own(self.part(self.role)), String::new())
            }
            Operation::SetRemoteDescription(kind) => (self.carried_as(kind), self.how_it_was_carried()),
            Operation::ReplaceTrack => (Stage::Camera, String::new()),
            Operation::ShowSignal => (Stage::Gathering, String::new()),
            Operation::CreateDataChannel => (Stage::ChannelOpen, String::new()),
            Operation::SendMessage => (Stage::MessagesReceived, String::new()),
        };
        let evidence = format!("{} was rejected: {}{carried}", fault.operation, fault.message);
        Finding::new(stage, self.role, evidence)
    }

    /// Why an answer that came across as it was copied could not but be refused: what it answers is not what was offered.
    fn wrong_before_the_answer(&self, fault: &PeerError) -> Option<Finding> {
        let is_answer =
            matches!(fault.operation, Operation::SetRemoteDescription(SdpType::Answer | SdpType::Pranswer));
        if !is_answer || !matches!(given(self.exchange, self.role), Some(Given::Intact)) {
            return None;
        }
        let earlier = self.mangled().or_else(|| self.other_dtls_role())?;
        let evidence = format!("{}; {} was rejected: {}", earlier.evidence, fault.operation, fault.message);
        Some(Finding { evidence, ..earlier })
    }

    /// The stage in which a description of this type comes to the side that fell short.
    fn carried_as(&self, kind: SdpType) -> Stage {
        match kind {
            SdpType::Offer => Stage::OfferCarried,
            SdpType::Answer | SdpType::Pranswer => Stage::AnswerCarried,
            SdpType::Implicit | SdpType::Rollback => Stage::carried_to(self.part(self.role)),
        }
    }

    /// What can be said of a description that was refused; nothing if it is not known what was given.
    fn how_it_was_carried(&self) -> String {
        match given(self.exchange, self.role) {
            Some(Given::Changed(how) | Given::OtherEnds(how)) => format!("; {how}"),
            Some(Given::Intact) => "; it was carried as it was copied".to_owned(),
            None => String::new(),
        }
    }

    /// How many candidates the side that fell short gathered, if it can tell.
    fn gathered(&self) -> String {
        let side = self.side(self.role);
        let told = side.reads_back.tells(Detail::GatheredCandidates);
        if told { format!(", {} candidates gathered", side.evidence.gathered.len()) } else { String::new() }
    }

    /// The last state of `machine` of the side that fell short, as `iceGatheringState: gathering`.
    fn state(&self, machine: Machine) -> String {
        state_of(self.side(self.role), machine).unwrap_or_else(|| format!("{machine} has not changed"))
    }

    /// What the page of the side that fell short said about it, last.
    fn said(&self) -> String {
        let last = self.side(self.role).notes.iter().map(|(_, note)| note).rfind(|note| note.is_telling());
        last.map(|note| format!("; {note}")).unwrap_or_default()
    }
}
