//! What the page shows of comparisons that are made up, and that it stays small and well made whatever they hold.

use tincan_harness::{
    attempt::BySide,
    environment::{Browser, Environment},
    network::{NetworkCondition, PhasePackets},
    scenario::PeerId,
    testing,
};
use tincan_measure::comparison::{Block, Phases, SCHEMA_VERSION, Sample};

use super::*;

const MOST_BYTES: usize = 1_000_000;
/// What may stand in a file that was not written by tincan.
const HOSTILE: &str = "</style><script>alert(1)</script><img src=x onerror=alert(1)>\u{0}\u{1b}[31m";

/// How long a call of an arm takes, by its block.
type Times = fn(Arm, u32) -> f64;

/// One of 0 to 12, in another order for each arm.
fn drawn(arm: Arm, block: u32) -> u32 {
    (block + 1) * [5, 8, 11, 2][arm as usize] % 13
}

/// Vanilla 100 ms later than trickle, spread over 24 ms.
fn apart(arm: Arm, block: u32) -> f64 {
    f64::from(drawn(arm, block)) * 2.0
        + if matches!(arm, Arm::Vanilla | Arm::VanillaAgain) { 210.5 } else { 110.5 }
}

/// All alike, spread over 66 ms.
fn alike(arm: Arm, block: u32) -> f64 {
    210.0 + f64::from(drawn(arm, block)) * 6.0
}

/// The second vanilla call 40 ms slower than the first.
fn drifting(arm: Arm, block: u32) -> f64 {
    apart(arm, block) + if arm == Arm::VanillaAgain { 40.0 } else { 0.0 }
}

fn sample(arm: Arm, ms: f64) -> Sample {
    let gathering_ms = if arm == Arm::Trickle { 0.0 } else { ms / 2.0 };
    let rest = ms - gathering_ms;
    Sample {
        arm,
        first_frame_ms: Some(ms),
        first_frames_ms: BySide { offerer: Some(ms), answerer: Some(ms - 8.0) },
        phases: Some(Phases {
            gathering_ms,
            signalling_ms: rest * 0.25,
            ice_ms: rest * 0.125,
            dtls_ms: rest * 0.25,
            first_packet_ms: rest * 0.125,
            first_frame_ms: rest * 0.25,
        }),
        carrying_ms: BySide::default(),
        served: None,
        // Trickle takes one check more in some calls.
        packets: BySide {
            offerer: None,
            answerer: Some(packets(u64::from(arm == Arm::Trickle && ms > 110.0))),
        },
        clock_error_ms: Some(0.5),
        left_out: None,
    }
}

fn packets(more: u64) -> PhasePackets {
    PhasePackets { server_requests: 2, checks: 7 + more, dtls: 8, dtls_flights: 6 }
}

fn without(arm: Arm, reason: &str) -> Sample {
    let [first_frame_ms, offerer, answerer] = [None; 3];
    let left_out = Some(reason.to_owned());
    Sample {
        first_frame_ms,
        first_frames_ms: BySide { offerer, answerer },
        phases: None,
        left_out,
        ..sample(arm, 0.0)
    }
}

fn condition(arms: &[Arm], blocks: u32, times: Times) -> Comparison {
    let block = |block| Block(arms.iter().map(|arm| sample(*arm, times(*arm, block))).collect());
    Comparison { blocks: (0..blocks).map(block).collect(), ..Comparison::new(NetworkCondition::Direct) }
}

fn made(arms: &[Arm], planned: u32, conditions: Vec<Comparison>) -> Comparisons {
    let browser = Browser {
        peer: Some(PeerId::literal("chromium")),
        name: "chromium".into(),
        version: "140.0.7339.16".into(),
        ..Browser::default()
    };
    let environment = Environment {
        tincan: "0.4.0".into(),
        crates: [("webrtc".to_owned(), "0.21.1".to_owned())].into(),
        platform: "linux x86_64".into(),
        processors: 2,
        started_at_s: 1_800_000_000,
        page: "built-in".into(),
        browsers: vec![browser],
        peers: testing::profiles(),
        ..Environment::default()
    };
    let mut comparisons = Comparisons {
        schema_version: SCHEMA_VERSION,
        environment,
        pair: "chromium-to-webrtc-rs".into(),
        seed: 7,
        margin_ms: 10.0,
        signaling_delay_ms: 0,
        planned,
        arms: arms.to_vec(),
        comparisons: conditions,
    };
    comparisons.compare();
    comparisons
}

const THREE: [Arm; 3] = [Arm::Vanilla, Arm::Trickle, Arm::VanillaAgain];

/// One condition of each kind: what is said, and every reason for which nothing is.
fn every_finding() -> Comparisons {
    let mut said = condition(&THREE, 12, apart);
    said.blocks[3].0[1] = without(Arm::Trickle, "failed");
    let conditions = vec![
        said,
        condition(&THREE, 12, alike),
        condition(&THREE, 12, drifting),
        condition(&THREE, 5, apart),
        condition(&THREE, 0, apart),
        condition(&THREE, 12, |arm, block| alike(Arm::Vanilla, block) + f64::from(arm as u32)),
    ];
    made(&THREE, 12, conditions)
}

/// What a page shows, without its style, a line for each element.
fn without_style(page: &str) -> String {
    let (head, rest) = page.split_once("<style>").unwrap();
    let page = head.to_owned() + rest.split_once("</style>").unwrap().1;
    page.replace("><", ">\n<")
}

#[test]
fn the_page_shows_this() {
    let mut said = condition(&Arm::ALL, 8, apart);
    said.blocks[2].0[1] = without(Arm::Trickle, "clocks aligned worse than 2 ms");
    insta::assert_snapshot!(without_style(&comparison_page(&made(&Arm::ALL, 10, vec![said]))));
}

#[test]
fn what_may_be_quoted_comes_first_and_else_why_nothing_is_said() {
    let comparisons = every_finding();
    let page = comparison_page(&comparisons);
    let (found, rest) = page.split_once(r#"id="asked""#).unwrap();
    let sentence = comparisons.sentence(&comparisons.comparisons[0]).unwrap();
    assert!(found.contains(&format!("<blockquote><p>{sentence}</p></blockquote>")), "{found}");
    for said in [
        "; about ",
        " more blocks would tell.",
        "the second vanilla call of a block came 40.0 ms [",
        "Nothing is said: 5 of 5 blocks hold a vanilla and a trickle call, and fewer than 6 tell nothing.",
        "Nothing is said: 0 of 0 blocks hold a vanilla and a trickle call",
        "at the same time within 10 ms, n = 12",
    ] {
        assert!(found.contains(said), "{said} is not said first");
        assert!(rest.contains(said), "{said} is not said of its condition");
    }
    // Nothing else may be quoted.
    assert_eq!(page.matches("<blockquote>").count(), 2);
}

#[test]
fn every_condition_has_its_place_and_every_link_leads_to_it() {
    let page = comparison_page(&every_finding());
    for place in 0..6 {
        let id = findings::anchor(place);
        assert!(
            page.contains(&format!(r##"href="#{id}">direct"##)) && page.contains(&format!(r#"id="{id}""#))
        );
    }
    let ids: Vec<_> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let mut once = ids.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(ids.len(), once.len(), "an id stands twice");
    for named in page.split("aria-labelledby=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(named.split(' ').all(|id| once.contains(&id)), "{named} leads nowhere");
    }
}

#[test]
fn a_comparison_that_was_cut_short_says_so() {
    let page = |planned| comparison_page(&made(&THREE, planned, vec![condition(&THREE, 8, apart)]));
    let said = ["<strong>Partial: </strong>it ended", "<strong>Partial: </strong>8 of 10 blocks were made."];
    assert!(said.iter().all(|text| page(10).contains(text)));
    assert!(!page(8).contains("Partial"));
}

#[test]
fn every_colour_has_its_name_its_shape_and_its_number() {
    let page = comparison_page(&made(&Arm::ALL, 8, vec![condition(&Arm::ALL, 8, apart)]));
    let drawn = |name| page.split("<figure").find(|part| part.contains(name)).unwrap().to_owned();
    let curves = drawn("Share of calls");
    for (arm, name) in [("vanilla", "vanilla"), ("trickle", "trickle"), ("half-trickle", "half-trickle")] {
        assert!(
            curves.contains(&format!("class=\"line {arm}\""))
                && curves.contains(&format!(">{name}: median "))
        );
        assert!(page.contains(&format!(".{arm} {{ --arm: var(--{arm});")), "{arm} has no colour");
    }
    for dashed in
        [".trickle { --arm: var(--trickle); --dash: ", ".half-trickle { --arm: var(--half-trickle); --dash: "]
    {
        assert!(page.contains(dashed));
    }
    let stacks = drawn("<figcaption>Phases");
    for (phase, name) in Phases::NAMES.iter().enumerate() {
        let number = phase + 1;
        assert!(
            stacks.contains(&format!("class=\"part p{number}\""))
                && stacks.contains(&format!(">{name}</text>"))
        );
        assert!(page.contains(&format!("<th scope=\"row\">{number} {name}</th>")));
    }
    assert!(Arm::ALL.iter().all(|arm| stacks.contains(&format!(">{}: ", arm.name()))));
    // Each drawing says in words what it shows.
    assert_eq!(page.matches("<svg role=\"img\"").count(), page.matches("<desc ").count());
}

#[test]
fn text_from_outside_stays_text() {
    let mut comparisons = made(&THREE, 8, vec![condition(&THREE, 8, apart)]);
    comparisons.comparisons[0].blocks[1].0[0] = without(Arm::Vanilla, HOSTILE);
    comparisons.pair = format!("{HOSTILE}-to-chromium");
    comparisons.environment.platform = HOSTILE.into();
    comparisons.environment.browsers[0].version = HOSTILE.into();
    let page = comparison_page(&comparisons);
    for markup in ["<img", "<script", "</script", "onerror=alert(1)>", "\u{0}", "\u{1b}"] {
        assert!(!page.contains(markup), "{markup:?} is in the page");
    }
    assert_eq!(page.matches("</style>").count(), 1);
    assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'; img-src data:;"));
    assert!(!page.contains("href=\"http") && !page.contains("src=\"") && !page.contains("url("));
}

#[test]
fn nine_conditions_of_sixty_blocks_stay_below_a_megabyte_and_many_blocks_too() {
    for (count, blocks) in [(9, 60), (9, 2_000)] {
        let mut one = condition(&Arm::ALL, blocks, |arm, block| apart(arm, block) + f64::from(block) / 8.0);
        for (place, block) in one.blocks.iter_mut().enumerate().filter(|(place, _)| place % 2 == 0) {
            block.0[place % 4] = without(Arm::ALL[place % 4], &format!("{place}: {}", "why ".repeat(400)));
        }
        // The figures are those of a few blocks: what is compared does not change how large the page is.
        let few = made(&Arm::ALL, blocks, vec![condition(&Arm::ALL, 60, apart)]);
        let Comparison { trickle, half_trickle, control, .. } = few.comparisons[0].clone();
        let one = Comparison { trickle, half_trickle, control, ..one };
        let page = comparison_page(&Comparisons { comparisons: vec![one; count], ..few });
        assert!(page.len() < MOST_BYTES, "{} bytes", page.len());
        assert_eq!(page.matches("class=\"condition\"").count(), count);
    }
}

#[test]
fn values_that_cannot_be_drawn_spoil_no_page() {
    let spoilt = |arm, block| match block {
        0 => f64::INFINITY,
        1 => f64::NAN,
        2 => 1e300,
        3 => -1e300,
        block => apart(arm, block),
    };
    let mut comparisons = made(&THREE, 8, Vec::new());
    comparisons.comparisons = vec![condition(&THREE, 8, spoilt)];
    comparisons.margin_ms = f64::INFINITY;
    let page = comparison_page(&comparisons);
    let shapes = page.split(" d=\"").skip(1).filter_map(|rest| rest.split('"').next());
    for shape in shapes {
        assert!(!shape.contains("NaN") && !shape.contains("inf") && shape.len() < 4_000, "{shape}");
    }
}

/// Gathering waits in vain: vanilla takes 40 s, trickle a fifth of a second.
#[test]
fn what_is_far_quicker_is_still_seen() {
    let cliff: Times = |arm, block| apart(arm, block) + if arm == Arm::Trickle { 0.0 } else { 39_800.0 };
    let page = comparison_page(&made(&THREE, 12, vec![condition(&THREE, 12, cliff)]));
    assert!(page.contains("v15h-2.0z"), "trickle has no bar");
    assert!(page.contains("<td>0.0031 [0.0029, 0.0032]</td>"), "{page}");
}
