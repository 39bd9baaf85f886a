//! How a scripted peer differs from a good one.

use crate::{
    abilities::Detail,
    media::{Direction, frames::FrameSource},
    peer::Evidence,
    timeline::Milestone,
};

/// How a scripted peer differs from a good one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quirk {
    /// It never says that it reached this, and nothing after it.
    StopsBefore(Milestone),
    /// The same, when the call is changed.
    StopsLater(Milestone),
    /// Its user name fragment stays when ICE is to start anew.
    KeepsFragment,
    /// It goes on sending and receiving when it is to hold.
    NeverHolds,
    /// It says this direction in its descriptions, whatever it was asked for.
    Says(&'static str),
    /// It finds this direction negotiated.
    GoesOtherwise(Direction),
    /// It describes video where there is nothing to be sent.
    DescribesAnyway,
    /// It takes what it was to reject.
    TakesAll,
    /// It offers again what was rejected.
    Revives,
    /// It receives pictures that nobody was to send.
    SeesAnyway,
    /// It counts packets that it has sent, though it was not to send any.
    SendsAnyway,
    /// After a change it receives no more pictures.
    GoesBlind,
    /// It goes on receiving pictures when the call is up, whatever becomes of it.
    GoesOn,
    /// It refuses the description of the other side.
    Refuses(&'static str),
    /// It dies when it should make its description.
    Dies(&'static str),
    /// It does not say that its candidates have ended.
    NeverEnds,
    /// It keeps this candidate out of its vanilla description.
    HoldsBack(&'static str),
    /// Its description leaves after gathering whatever the mode.
    AlwaysGathersFirst,
    /// Its description leaves before gathering whatever the mode.
    NeverGathersFirst,
    /// It receives pictures of this source.
    Sees(FrameSource),
    /// It receives the same picture again and again.
    SeesStill,
    /// It receives a message twice.
    SeesTwice,
    /// It receives no more messages than so many of each channel.
    SeesFirst(usize),
    /// It finds another codec negotiated.
    Negotiates(&'static str),
    /// It cannot tell which candidate pair was selected.
    LosesPair,
    /// It makes its description with one connection, and then with another one.
    TakesAnother,
    /// It knows that it was not asked, for this reason.
    Unasked(&'static str),
    /// It does not say this of the call, whether it could or not.
    Withholds(Detail),
    /// It finds this about its transport; or nothing.
    Finds(Fact, Option<&'static str>),
}

/// What a scripted peer can find about its transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    /// The type of its own candidate in the selected pair.
    CandidateType,
    /// Over what the selected pair goes.
    Protocol,
    /// Its role in ICE.
    IceRole,
    /// Its role in DTLS.
    DtlsRole,
    /// The version of DTLS.
    DtlsVersion,
    /// The protection profile of SRTP.
    SrtpCipher,
}

/// The same evidence without `detail`.
pub(super) fn withhold(detail: Detail, mut evidence: Evidence) -> Evidence {
    match detail {
        Detail::GivenDescription => evidence.given = None,
        Detail::GatheredCandidates => evidence.gathered.clear(),
        Detail::SelectedPair => evidence.pair = None,
        Detail::ReceivedCodec => evidence.received_codec = None,
        Detail::SentCodec => evidence.sent_codec = None,
        Detail::Direction => (evidence.video_direction, evidence.audio_direction) = (None, None),
        Detail::IceRole => evidence.transport.ice_role = None,
        Detail::DtlsRole => evidence.transport.dtls_role = None,
        Detail::DtlsVersion => evidence.transport.dtls_version = None,
        Detail::DtlsCipher => evidence.transport.dtls_cipher = None,
        Detail::SrtpProfile => evidence.transport.srtp_cipher = None,
        Detail::Packets => evidence.packets = None,
        // It stands in no evidence, but in states.
        Detail::IceCompletion => {}
        // A scripted peer has neither a relay nor statistics.
        Detail::RelayProtocol | Detail::DecodedFrames | Detail::RoundTrip => {}
    }
    evidence
}
