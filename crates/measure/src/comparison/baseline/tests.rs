//! What a baseline keeps, what it says against new measurements, and what is refused.

use tincan_harness::{
    attempt::BySide,
    environment::{Browser, Environment},
    network::{NetworkCondition, PhasePackets, Served},
};

use super::*;
use crate::comparison::{Arm, Block, Change, Comparison, Comparisons, FEWEST_BLOCKS, Finding, Sample};

const ARMS: [Arm; 3] = [Arm::Vanilla, Arm::Trickle, Arm::VanillaAgain];

fn browser(name: &str, version: &str) -> Browser {
    Browser {
        name: name.to_owned(),
        version: version.to_owned(),
        driver_version: version.to_owned(),
        flags: [("--user-data-dir=/tmp/1".to_owned(), String::new())].into(),
        ..Browser::default()
    }
}

fn sample(arm: Arm, ms: f64) -> Sample {
    Sample {
        arm,
        first_frame_ms: Some(ms),
        first_frames_ms: BySide::default(),
        phases: None,
        carrying_ms: BySide::default(),
        served: None,
        packets: BySide::default(),
        clock_error_ms: Some(0.5),
        left_out: None,
    }
}

/// Calls of some 220 ms in vanilla and 120 ms in trickle, spread over 12 ms, each `later` by so much.
fn comparisons(later: f64) -> Comparisons {
    let wave = |i: u32| f64::from((i * 5) % 12) + 0.123_456;
    let block = |i: u32| {
        let times = [220.0 + wave(i), 120.0 + wave(i + 3), 220.0 + wave(i + 4)];
        Block(ARMS.into_iter().zip(times).map(|(arm, ms)| sample(arm, ms + later)).collect())
    };
    let blocks = (0..12).map(block).collect();
    let mut comparisons = Comparisons {
        schema_version: crate::comparison::SCHEMA_VERSION,
        environment: Environment {
            browsers: vec![browser("chrome", "155.0")],
            processors: 2,
            ..Environment::default()
        },
        pair: "chromium-to-chromium".to_owned(),
        seed: 1,
        margin_ms: 10.0,
        signaling_delay_ms: 0,
        planned: 12,
        arms: ARMS.to_vec(),
        comparisons: vec![Comparison { blocks, ..Comparison::new(NetworkCondition::Direct) }],
    };
    comparisons.compare();
    comparisons
}

fn baseline() -> Baseline {
    Baseline::of(&comparisons(0.0)).expect("there is enough of it")
}

fn rendered() -> String {
    baseline().render().expect("it can be written")
}

fn against(now: &Comparisons) -> BaselineComparison {
    baseline().compare_with(now, 10.0).expect("it can be compared")
}

/// What is said when a baseline is read that was changed so, and its checksum put right.
fn said(change: impl Fn(&mut Baseline)) -> String {
    let mut baseline = baseline();
    change(&mut baseline);
    Baseline::parse(&baseline.render().expect("it can be written")).expect_err("it is no good").to_string()
}

fn refused(change: impl Fn(&mut Comparisons)) -> String {
    let mut now = comparisons(0.0);
    change(&mut now);
    baseline().compare_with(&now, 10.0).expect_err("it cannot be compared").to_string()
}

#[test]
fn what_is_rendered_is_read_again() {
    let text = rendered();
    assert_eq!(Baseline::parse(&text), Ok(baseline()));
    // To a microsecond.
    assert!(text.contains(" 220.123,\n"), "{text}");
    // How it is laid out does not matter.
    let compact: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(Baseline::parse(&compact.to_string()), Ok(baseline()));
}

#[test]
fn what_is_slower_beyond_the_margin_is_worse() {
    let change = |later| against(&comparisons(later)).conditions[0].change();
    assert_eq!(change(0.0), Some(Change::Same));
    assert_eq!(change(20.0), Some(Change::Worse));
    assert_eq!(change(-20.0), Some(Change::Better));
    assert!(matches!(change(12.0), Some(Change::Inconclusive { .. })));
    let (worse, unclear) = (against(&comparisons(20.0)), against(&comparisons(12.0)));
    assert_eq!((worse.is_worse(), worse.tells()), (true, true));
    assert_eq!((unclear.is_worse(), unclear.tells()), (false, false));
}

#[test]
fn one_arm_that_is_worse_is_enough() {
    let mut now = comparisons(0.0);
    for block in &mut now.comparisons[0].blocks {
        block.0[1].first_frame_ms = block.0[1].first_frame_ms.map(|ms| ms + 30.0);
    }
    now.compare();
    let found = against(&now);
    let changes: Vec<_> =
        found.conditions[0].arms.iter().filter_map(|arm| Some(arm.contrast.as_ref()?.change)).collect();
    assert_eq!(changes, [Change::Same, Change::Worse, Change::Same]);
    assert!(found.is_worse());
}

#[test]
fn calls_that_take_more_checks_in_every_case_are_worse() {
    // The calls take so many checks, in turns.
    let counted = |checks: [u64; 2]| {
        let mut comparisons = comparisons(0.0);
        for (block, checks) in comparisons.comparisons[0].blocks.iter_mut().zip(checks.into_iter().cycle()) {
            // Datagrams of DTLS vary with the load, and decide nothing.
            let packets = PhasePackets { checks, dtls: 10 * checks, ..PhasePackets::default() };
            block.0[1].served = Some(Served { packets, ..Served::default() });
            block.0[2].packets.answerer =
                Some(PhasePackets { server_requests: 0, checks: 4, dtls_flights: checks, ..packets });
        }
        comparisons
    };
    let then = Baseline::of(&counted([6, 7])).expect("there is enough of it");
    assert_eq!(Baseline::parse(&then.render().expect("it can be written")), Ok(then.clone()));
    let against = |checks| then.compare_with(&counted(checks), 10.0).expect("it can be compared");
    let said = |checks| -> Vec<_> {
        let arms = &against(checks).conditions[0].arms;
        arms.iter().flat_map(|arm| &arm.counts).map(ToString::to_string).collect()
    };
    for like_then in [[6, 6], [7, 9], [2, 6]] {
        assert_eq!((said(like_then), against(like_then).is_worse()), (vec![], false));
    }
    let changes = |words: &str| {
        vec![
            format!("servers: 6 to 7 connectivity checks in a call then, {words}"),
            format!("answerer: 6 to 7 DTLS flights in a call then, {words}"),
        ]
    };
    assert_eq!((said([8, 9]), against([8, 9]).is_worse()), (changes("8 to 9 now: worse"), true));
    assert_eq!((said([5, 5]), against([5, 5]).is_worse()), (changes("5 now: better"), false));
    // What nobody counted then, or now, has not changed.
    assert!(!then.compare_with(&comparisons(0.0), 10.0).expect("it can be compared").is_worse());
}

#[test]
fn where_a_control_differs_or_times_are_few_nothing_is_said() {
    let mut now = comparisons(20.0);
    let control = now.comparisons[0].control.as_mut().expect("there are enough blocks");
    control.finding = Finding::Changed;
    let found = against(&now);
    assert_eq!((found.conditions[0].change(), found.is_worse(), found.tells()), (None, false, false));
    let mut now = comparisons(20.0);
    now.comparisons[0].blocks.truncate(FEWEST_BLOCKS - 1);
    now.compare();
    assert_eq!((against(&now).conditions[0].change(), against(&now).tells()), (None, false));
    let few = Baseline::of(&now).expect_err("there is too little of it").to_string();
    assert_eq!(few, "direct, vanilla: 5 times are too few for a baseline, 6 are the fewest");
    now.comparisons.clear();
    assert_eq!(Baseline::of(&now), Err(BaselineError::Empty));
    assert_eq!(against(&now).not_measured, [NetworkCondition::Direct]);
}

#[test]
fn environments_differ_in_words_and_another_version_is_a_difference() {
    let mut now = comparisons(0.0);
    now.environment.browsers[0] = browser("chrome", "156.0");
    now.environment.browsers[0].flags =
        ["--user-data-dir=/tmp/2", "--mute", "--lang=de"].map(|flag| (flag.to_owned(), String::new())).into();
    now.environment.processors = 4;
    now.environment.started_at_s = 7;
    now.environment.crates.insert("webrtc".to_owned(), "0.21.1".to_owned());
    let said: Vec<_> = against(&now).differences.iter().map(ToString::to_string).collect();
    let expected = [
        "chrome version: 155.0 then, 156.0 now",
        "chrome driver version: 155.0 then, 156.0 now",
        "processors: 2 then, 4 now",
        "crate webrtc: none then, 0.21.1 now",
        "flag --lang: none then, de now",
        "flag --mute: none then, yes now",
    ];
    assert_eq!(said, expected);
    // And what is gone is a difference too.
    let back: Vec<_> = differences(&now.environment, &comparisons(0.0).environment)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(back.contains(&"flag --lang: de then, none now".to_owned()), "{back:?}");
    assert_eq!(against(&comparisons(0.0)).differences, []);
}

type Edit = fn(&mut Comparisons);

#[test]
fn what_cannot_be_compared_is_said() {
    let cases: [(&str, Edit); 5] = [
        (
            "the baseline is of chromium-to-chromium, this is chromium-to-webrtc-rs: another pair cannot be compared",
            |now| now.pair = "chromium-to-webrtc-rs".to_owned(),
        ),
        (
            "the baseline has the modes vanilla, trickle, vanilla again, this has vanilla, trickle, half-trickle, \
             vanilla again: other modes cannot be compared",
            |now| now.arms.push(Arm::HalfTrickle),
        ),
        ("in the baseline 0 ms were added to each signal, now 100 ms: these cannot be compared", |now| {
            now.signaling_delay_ms = 100
        }),
        (
            "the baseline is of chrome, this is firefox: another browser cannot be compared, only another version of it",
            |now| now.environment.browsers[0].name = "firefox".to_owned(),
        ),
        (
            "the baseline is of chrome, this is no browser: another browser cannot be compared, only another version \
             of it",
            |now| now.environment.browsers.clear(),
        ),
    ];
    for (expected, change) in cases {
        assert_eq!(refused(change), expected);
    }
}

#[test]
fn a_condition_that_the_baseline_lacks_is_missing() {
    let mut without = baseline();
    without.conditions.clear();
    let missing = without.compare_with(&comparisons(0.0), 10.0).expect_err("there is nothing").to_string();
    assert_eq!(missing, "the baseline has nothing of direct; it has ");
}

#[test]
fn text_that_is_cut_short_is_refused_wherever_that_is() {
    let text = rendered();
    let whole = text.trim_end().len();
    for end in (0..whole).filter(|end| text.is_char_boundary(*end)) {
        let found = Baseline::parse(&text[..end]);
        assert!(matches!(found, Err(BaselineError::CutShort(_))), "cut at {end}: {found:?}");
    }
}

#[test]
fn any_digit_that_is_changed_by_hand_is_noticed() {
    let text = rendered();
    for (place, digit) in text.char_indices().filter(|(_, letter)| letter.is_ascii_digit()) {
        let other = if digit == '1' { '2' } else { '1' };
        let changed = format!("{}{other}{}", &text[..place], &text[place + 1..]);
        assert!(Baseline::parse(&changed).is_err(), "{other} for {digit} at {place}");
    }
    let changed =
        Baseline::parse(&text.replacen("155.0", "156.0", 1)).expect_err("it was changed").to_string();
    assert!(changed.starts_with("the baseline was changed by hand: its checksum is "), "{changed}");
}

#[test]
fn what_is_absurd_is_said_even_where_the_checksum_is_right() {
    let time = |ms: f64| said(move |baseline| baseline.conditions[0].arms[1].first_frame_ms[2] = ms);
    let absurd = "direct, trickle: no call takes -5 ms, so the baseline was changed by hand; save it anew";
    assert_eq!(time(-5.0), absurd);
    assert_eq!(time(0.0), absurd.replace("-5", "0"));
    assert_eq!(time(1e9), absurd.replace("-5", "1000000000"));
    // JSON has no such number: it is written as null.
    assert!(time(f64::NAN).starts_with("this is no baseline: invalid type: null, expected f64 at line"));
    let few = said(|baseline| baseline.conditions[0].arms[2].first_frame_ms.truncate(5));
    assert_eq!(few, "direct, vanilla again: 5 times are too few for a baseline, 6 are the fewest");
    let without = said(|baseline| baseline.conditions[0].arms.truncate(1));
    assert!(
        without.contains("direct has the modes vanilla, and vanilla, trickle, vanilla again were"),
        "{without}"
    );
    let twice = said(|baseline| baseline.conditions.push(baseline.conditions[0].clone()));
    assert!(twice.contains("direct stands in it twice"), "{twice}");
    assert_eq!(said(|baseline| baseline.conditions.clear()), "there is no network condition in it");
}

#[test]
fn other_text_is_no_baseline() {
    let said = |text: &str| Baseline::parse(text).expect_err("it is none").to_string();
    let text = rendered();
    let version = said(&text.replacen("\"schema_version\": 2", "\"schema_version\": 7", 1));
    assert_eq!(version, "the baseline's form is version 7, and this tincan reads version 2; save it anew");
    let key = said(&text.replacen("\"processors\": 2", "\"processors\": 2, \"cores\": 2", 1));
    let expected = "the baseline was changed by hand: tincan wrote no \"baseline.environment.cores\" into it; save it anew";
    assert_eq!(key, expected);
    assert_eq!(
        said(&text.replacen("\"schema", "\"scheme", 1)),
        "this is no baseline: it does not say its schema_version"
    );
    assert!(said("NaN").starts_with("this is no baseline: expected value at line 1"), "{}", said("NaN"));
    let comparison = crate::comparison::json::render(&comparisons(0.0)).expect("it can be written");
    assert!(said(&comparison).starts_with("this is no baseline: missing field `checksum`"));
}
