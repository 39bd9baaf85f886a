//! What is said of a side that was not ready, or whose description was not made, shown, taken.

use super::*;

/// What is found if `role` does not reach `milestone` and has noted this.
async fn noting(role: Role, milestone: Milestone, notes: &[Note]) -> Found {
    let mut exchange = exchanged(role, Quirk::StopsBefore(milestone)).await;
    side_mut(&mut exchange, role).notes = notes.iter().map(|note| (Duration::ZERO, note.clone())).collect();
    found(&exchange)
}

fn camera(state: &str) -> Note {
    Note::Camera { state: state.to_owned() }
}

fn error(text: &str) -> Note {
    Note::PageError { text: text.to_owned() }
}

fn track() -> Note {
    Note::TrackAdded { method: "addTrack".to_owned() }
}

#[tokio::test(start_paused = true)]
async fn who_was_not_ready_lacked_its_camera_or_its_page() {
    let created = Note::ConnectionCreated;
    let page = "answerer: the page was not ready within 20.0 s";
    let no_track = "answerer: no track was added within 20.0 s; the camera";
    let cases = [
        (vec![], Stage::Page, page.to_owned()),
        (vec![track()], Stage::Page, page.to_owned()),
        (vec![created.clone(), track()], Stage::Page, page.to_owned()),
        (vec![camera("refused"), error("x is null")], Stage::Page, format!("{page}; page error: x is null")),
        (vec![created.clone()], Stage::Camera, format!("{no_track} does not run")),
        (
            vec![created.clone(), camera("asked for"), error("no"), camera("refused")],
            Stage::Camera,
            format!("{no_track} is refused; page error: no"),
        ),
    ];
    for (notes, stage, evidence) in cases {
        let expected = (stage, Role::Answerer, evidence);
        assert_eq!(noting(Role::Answerer, Milestone::Ready, &notes).await, expected, "{notes:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_did_not_describe_itself_did_not_make_its_description_or_did_not_show_it() {
    use Milestone as M;
    let not_made = |create| format!("neither {create} nor setLocalDescription resolved or was rejected");
    let not_shown = "the description was set and never shown to be copied".to_owned();
    let cases = [
        (Role::Offerer, M::OfferRequested, Stage::Offer, not_made("createOffer")),
        (Role::Offerer, M::LocalDescriptionSet, Stage::Offer, not_made("createOffer")),
        (Role::Answerer, M::LocalDescriptionSet, Stage::Answer, not_made("createAnswer")),
        (Role::Offerer, M::DescriptionSent, Stage::Offer, not_shown.clone()),
        (Role::Answerer, M::DescriptionSent, Stage::Answer, not_shown),
    ];
    for (role, milestone, stage, what) in cases {
        let expected = (stage, role, format!("{role}: {what} within 10.0 s"));
        assert_eq!(noting(role, milestone, &[]).await, expected, "{milestone}");
    }
    let words =
        [error("the first"), Note::PageSays { text: "please wait".to_owned() }, Note::other("a word")];
    let (_, _, evidence) = noting(Role::Offerer, M::DescriptionSent, &words).await;
    assert_eq!(
        evidence,
        "offerer: the description was set and never shown to be copied within 10.0 s; page says: please wait"
    );
}

#[tokio::test(start_paused = true)]
async fn gathering_that_does_not_end_is_told_by_its_state_and_what_was_gathered() {
    let (role, milestone) = (Role::Answerer, Milestone::GatheringComplete);
    let evidence = async |notes: &[Note]| noting(role, milestone, notes).await.2;
    let begin = "answerer: gathering was not complete within 45.0 s: iceGatheringState";
    assert_eq!(evidence(&[]).await, format!("{begin} has not changed, 2 candidates gathered"));
    let states = [
        Note::state(Machine::IceGatheringState, "new"),
        Note::state(Machine::IceGatheringState, "gathering"),
        Note::state(Machine::IceConnectionState, "checking"),
    ];
    assert_eq!(evidence(&states).await, format!("{begin}: gathering, 2 candidates gathered"));
    let mut untold = exchanged(role, Quirk::StopsBefore(milestone)).await;
    untold.answerer.reads_back = ReadBack::everything().without(&[Detail::GatheredCandidates]);
    assert_eq!(found(&untold).2, format!("{begin} has not changed"));
}

#[tokio::test(start_paused = true)]
async fn who_did_not_take_a_description_is_told_what_it_was_given() {
    for (role, stage, name) in
        [(Role::Answerer, Stage::OfferCarried, "offer"), (Role::Offerer, Stage::AnswerCarried, "answer")]
    {
        let mut exchange = exchanged(role, Quirk::StopsBefore(Milestone::RemoteDescriptionSet)).await;
        let copied = exchange.description(role.other()).unwrap().to_owned();
        let given = [
            (None, format!("the {name} was copied and never came to setRemoteDescription")),
            (Some(copied.clone()), format!("setRemoteDescription({name}) neither resolved nor was rejected")),
            (
                Some(format!("{copied}a=x\r\n")),
                format!(
                    "setRemoteDescription({name}) did not resolve; line 8: it was given \"a=x\" where the end was \
                     copied"
                ),
            ),
            (
                Some(copied.replace("\r\n", "\n")),
                format!(
                    "setRemoteDescription({name}) did not resolve; it was given the same lines, but they end in \
                     \"\\n\" where \"\\r\\n\" was copied"
                ),
            ),
        ];
        for (given, evidence) in given {
            side_mut(&mut exchange, role).evidence.given = given;
            assert_eq!(found(&exchange), (stage, role, format!("{role}: {evidence} within 10.0 s")));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_given_that_was_never_copied_or_is_ones_own_is_told() {
    let mut exchange = exchanged(Role::Answerer, Quirk::StopsBefore(Milestone::RemoteDescriptionSet)).await;
    let not_taken =
        |how: &str| format!("answerer: setRemoteDescription(offer) did not resolve; {how} within 10.0 s");
    let own = "v=0\r\no=- 9 2 IN IP4 0.0.0.0\r\n";
    exchange.carried.push(Carried {
        withheld: false,
        by_page: false,
        round: FIRST_ROUND,
        from: Role::Answerer,
        at: Duration::ZERO,
        signal: Signal::Answer(own.to_owned()),
    });
    // It has been through a text area.
    exchange.answerer.evidence.given = Some(own.replace("\r\n", "\n"));
    assert_eq!(found(&exchange).2, not_taken("it was given its own description"));
    exchange.carried.clear();
    assert_eq!(found(&exchange).2, not_taken("nothing had been copied from the other side"));
}

#[tokio::test(start_paused = true)]
async fn what_was_refused_names_the_stage_of_what_was_tried() {
    use Operation as O;
    use Role::{Answerer, Offerer};
    let cases = [
        (Offerer, O::CreateConnection, Stage::Page),
        (Offerer, O::CreateOffer, Stage::Offer),
        (Answerer, O::CreateAnswer, Stage::Answer),
        (Offerer, O::Send, Stage::Answer),
        (Offerer, O::ShowSignal, Stage::Gathering),
        (Answerer, O::SetLocalDescription(SdpType::Offer), Stage::Offer),
        (Offerer, O::SetLocalDescription(SdpType::Answer), Stage::Answer),
        (Offerer, O::SetLocalDescription(SdpType::Pranswer), Stage::Answer),
        (Offerer, O::SetLocalDescription(SdpType::Implicit), Stage::Offer),
        (Answerer, O::SetLocalDescription(SdpType::Rollback), Stage::Answer),
        (Offerer, O::SetRemoteDescription(SdpType::Offer), Stage::OfferCarried),
        (Answerer, O::SetRemoteDescription(SdpType::Answer), Stage::AnswerCarried),
        (Answerer, O::SetRemoteDescription(SdpType::Pranswer), Stage::AnswerCarried),
        (Offerer, O::SetRemoteDescription(SdpType::Implicit), Stage::AnswerCarried),
        (Answerer, O::SetRemoteDescription(SdpType::Rollback), Stage::OfferCarried),
    ];
    let mut exchange = call(VANILLA, &[], Deadlines::default()).await;
    for (role, operation, stage) in cases {
        exchange.ending = Ending::PeerFailed(role, PeerError { operation, message: "no".to_owned() });
        let carried = match operation {
            O::SetRemoteDescription(_) => "; it was carried as it was copied",
            _ => "",
        };
        let expected = (stage, role, format!("{role}: {operation} was rejected: no{carried}"));
        assert_eq!(found(&exchange), expected, "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_refused_is_held_against_what_was_copied() {
    let mut exchange = exchanged(Role::Answerer, Quirk::Refuses("Failed to parse.")).await;
    let copied = exchange.description(Role::Offerer).unwrap().to_owned();
    let length = copied.len();
    let cut = format!("; it was given the same lines, but the last line end is missing: 2 bytes of {length}");
    let cases = [
        (None, String::new()),
        (Some(copied.clone()), "; it was carried as it was copied".to_owned()),
        (Some("v=0\r\n".to_owned()), "; it was given 1 of 5 lines".to_owned()),
        (Some(copied.trim_end().to_owned()), cut),
    ];
    for (given, how) in cases {
        exchange.answerer.evidence.given = given;
        let evidence = format!("answerer: setRemoteDescription(offer) was rejected: Failed to parse.{how}");
        assert_eq!(found(&exchange), (Stage::OfferCarried, Role::Answerer, evidence));
    }
}

/// What `role` copied, as it was carried.
fn copied(exchange: &mut Exchange, role: Role) -> &mut String {
    let carried = exchange.carried.iter_mut().filter(|carried| carried.from == role);
    let mut sdps = carried.filter_map(|carried| match &mut carried.signal {
        Signal::Offer(sdp) | Signal::Answer(sdp) => Some(sdp),
        _ => None,
    });
    sdps.next().unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_rightly_refused_is_not_held_against_who_refused_it() {
    let refused = exchanged(Role::Offerer, Quirk::Refuses("No.")).await;
    let rejected = "setRemoteDescription(answer) was rejected: No.";
    let intact = |exchange: &mut Exchange| {
        for role in [Role::Offerer, Role::Answerer] {
            let given = copied(exchange, role.other()).clone();
            side_mut(exchange, role).evidence.given = Some(given);
        }
    };
    let mut well = refused;
    intact(&mut well);
    let evidence = format!("offerer: {rejected}; it was carried as it was copied");
    assert_eq!(found(&well), (Stage::AnswerCarried, Role::Offerer, evidence));

    let mut mangled = well.clone();
    mangled.answerer.evidence.given = Some("v=0\r\n".to_owned());
    let evidence = format!("answerer: it was given 1 of 5 lines; {rejected}");
    assert_eq!(found(&mangled), (Stage::OfferCarried, Role::Answerer, evidence));
    // Both are: the one that is refused is the one that was changed last.
    mangled.offerer.evidence.given = Some("v=0\r\n".to_owned());
    assert_eq!(found(&mangled).1, Role::Offerer);
}
