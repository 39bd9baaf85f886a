//! How large the folder of a matrix is: eleven implementations, every pair in two modes, five times each, with evidence of what failed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::Write as _,
    path::Path,
};

use serde_json::Value;
use tincan_harness::{
    Attempt, Environment, Note, PeerId, Profile, Role, Scenario, SignalingMode, Stage, Verdict,
    attempt::{NoteAt, SignalAt},
    environment::Browser,
    profile::{Library, MediaBy, Program},
    timeline::FIRST_ROUND,
    verdict::Outcome,
};
use tincan_peers::registry;
use tincan_report::{
    Report, Run, SCHEMA_VERSION, evidence,
    html::{Attachments, render},
    json, markdown,
};
use tincan_tests::people::{failed_in, passed_in};

use crate::cli::Tincan;

const MOST_BYTES: u64 = 5_000_000;
const REPETITIONS: u32 = 5;
const PROGRAMS: [&str; 6] = ["aiortc", "gstreamer", "libdatachannel", "libwebrtc", "pion", "werift"];
/// What a call that did not pass leaves, in bytes: as calls of two browsers do, or more.
const EVIDENCE: [(&str, u64); 14] = [
    ("offer.sdp", 5_000),
    ("answer.sdp", 5_000),
    ("candidates.txt", 2_500),
    ("timeline.txt", 4_500),
    ("asked-and-found.txt", 6_000),
    ("attempt.json", 30_000),
    ("offerer-stats.json", 150_000),
    ("answerer-stats.json", 150_000),
    ("offerer-console.txt", 4_000),
    ("answerer-driver.txt", 90_000),
    ("offerer-screenshot.png", 60_000),
    ("answerer-screenshot.png", 60_000),
    ("answerer-last-frame.png", 20_000),
    ("packets.pcapng", 700_000),
];

fn profiles() -> Vec<Profile> {
    let built_in = registry::catalogue().profiles().to_vec();
    let like = built_in.iter().find(|profile| profile.library.is_some()).unwrap().clone();
    let program = |name: &str| Profile {
        id: name.parse().unwrap(),
        library: Some(Library { name: name.to_owned(), version: "1.2.3".to_owned() }),
        program: Some(Program {
            command: format!("fixtures/peers/{name}/peer"),
            media: MediaBy::Rtp,
            stamped_on_arrival: false,
        }),
        ..like.clone()
    };
    built_in.iter().cloned().chain(PROGRAMS.map(program)).collect()
}

fn scenarios(offerer: PeerId) -> Vec<Scenario> {
    let like =
        registry::catalogue().select(&["chromium-to-firefox/vanilla/vp8/direct".to_owned()]).unwrap()[0];
    let modes = [SignalingMode::Vanilla, SignalingMode::Trickle];
    let pair = |answerer| modes.map(|mode| Scenario { offerer, answerer, mode, ..like });
    profiles().iter().flat_map(|profile| pair(profile.id)).collect()
}

/// An attempt that holds as much as one of a live call: 45 notes, as many candidates as two interfaces have.
fn heavy(attempt: Attempt) -> Attempt {
    let note = |at: u32| {
        let text = format!("{at} pages say much about a call, and this is as long as such notes are");
        NoteAt::new(Role::Offerer, Note::Other { text }, f64::from(at))
    };
    let signal = |at: u32| SignalAt {
        from: Role::Answerer,
        kind: "candidate".to_owned(),
        candidate: Some(format!("candidate:{at} 1 udp 2130706431 198.18.0.12 52690 typ host generation 0")),
        round: FIRST_ROUND,
        withheld: false,
        by_page: false,
        at_ms: f64::from(at),
    };
    Attempt { notes: (0..45).map(note).collect(), signals: (0..8).map(signal).collect(), ..attempt }
}

/// What becomes of the calls of the `place`th scenario: a third fails, a sixth in some calls only and in two ways, some are unsupported.
fn attempt(place: usize, scenario: Scenario, repetition: u32) -> Attempt {
    let failed = |stage| {
        let mut failed = failed_in(scenario, repetition);
        failed.diagnosis.as_mut().unwrap().stage = stage;
        failed.evidence = Some(format!("{}/{}", evidence::FOLDER, evidence::folder_name(&failed)));
        heavy(failed)
    };
    match place % 12 {
        0..4 => failed([Stage::OfferCarried, Stage::AnswerCarried, Stage::Ice, Stage::Dtls][place % 4]),
        4 | 5 if repetition == 2 => failed(Stage::Ice),
        4 | 5 if repetition == 4 => failed(Stage::MediaReceived),
        6 => Attempt::without_exchange(&scenario, repetition, &Verdict::Unsupported("it cannot".to_owned())),
        _ => heavy(passed_in(scenario, repetition)),
    }
}

/// The row of an implementation, as a run would have written it.
fn row(offerer: PeerId, folder: &Path) -> Report {
    let row = profiles().iter().position(|profile| profile.id == offerer).unwrap();
    let all = scenarios(offerer);
    let calls = (1..=REPETITIONS)
        .flat_map(|n| all.iter().enumerate().map(move |(place, one)| (row + place, *one, n)));
    let attempts: Vec<_> = calls.map(|(place, scenario, n)| attempt(place, scenario, n)).collect();
    for attempt in attempts.iter().filter_map(|attempt| attempt.evidence.as_ref()) {
        let folder = folder.join(attempt);
        fs::create_dir_all(&folder).unwrap();
        for (name, size) in EVIDENCE {
            let mut file = File::create(folder.join(name)).unwrap();
            if name.ends_with(".png") {
                file.write_all(b"\x89PNG\r\n\x1a\n").unwrap();
            }
            // What is not written takes no room here, and counts all the same.
            file.set_len(size).unwrap();
        }
    }
    let browser = |peer: &str| Browser {
        peer: Some(peer.parse().unwrap()),
        version: "156.0".to_owned(),
        flags: (0..60)
            .map(|n| (format!("--flag-{n}"), "what it is for, in some words".repeat(2)))
            .collect::<BTreeMap<_, _>>(),
        ..Browser::default()
    };
    let browsers = vec![browser("chromium"), browser("firefox")];
    let environment = Environment { peers: profiles(), browsers, ..Environment::default() };
    let planned = attempts.len() as u32;
    Report::of(Run { schema_version: SCHEMA_VERSION, environment, planned, redacted: Vec::new() }, attempts)
}

/// What a disk gives to it.
fn size(path: &Path) -> u64 {
    if path.is_dir() {
        return 4096 + fs::read_dir(path).unwrap().map(|entry| size(&entry.unwrap().path())).sum::<u64>();
    }
    path.metadata().unwrap().len().div_ceil(4096) * 4096
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

#[test]
fn the_folder_of_a_full_matrix_is_smaller_than_5_mb_and_every_cell_is_told() {
    let tincan = Tincan::new();
    let rows: Vec<_> = profiles().iter().map(|profile| profile.id.to_string()).collect();
    for name in &rows {
        let folder = tincan.folder().join(name);
        fs::create_dir(&folder).unwrap();
        let report = row(name.parse().unwrap(), &folder);
        fs::write(folder.join("report.json"), json::render(&report).unwrap()).unwrap();
    }
    let merge = |out: &str, more: &[&str]| {
        let rows = rows.iter().map(String::as_str);
        let markdown = format!("{out}/matrix.md");
        let badges = format!("{out}/badges");
        fs::create_dir(tincan.folder().join(out)).unwrap();
        let args = ["--out", out, "--markdown", &markdown, "--badges", &badges];
        let args: Vec<_> =
            ["report"].into_iter().chain(rows).chain(args).chain(more.iter().copied()).collect();
        tincan.run(&args)
    };
    let ended = merge("site", &["--max-size", "5", "--left-out", "mine=its setup failed: no compiler"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let site = tincan.folder().join("site");
    assert!(size(&site) <= MOST_BYTES, "{} bytes", size(&site));
    let small = tincan.report("site");
    every_cell_is_told(&small, &site);
    // What it tells of itself can be read again, and is the same.
    let page = fs::read_to_string(site.join("report.html")).unwrap();
    assert_eq!(tincan.run(&["report", "site"]).code, 0);
    assert_eq!(fs::read_to_string(site.join("report.html")).unwrap(), page);
    assert!(page.contains("<strong>mine</strong>: its setup failed: no compiler"));
    assert!(
        fs::read_to_string(site.join("matrix.md")).unwrap().contains("- mine: its setup failed: no compiler")
    );
    // A bug can be told of what is left.
    let bug = tincan.run(&["report", "bug", "chromium-to-chromium/vanilla/vp8/direct", "site"]);
    assert!(bug.code == 0 && bug.stdout.contains("0 of 5 passed"), "{bug:?}");
    // What cannot be is said, and does not end with 0.
    let ended = merge("smaller", &["--max-size", "1"]);
    assert!(ended.code == 2 && ended.stderr.contains("more than the 1 MB of --max-size"), "{ended:?}");
}

fn every_cell_is_told(small: &Value, site: &Path) {
    let attempts = small["attempts"].as_array().unwrap();
    let alike = small["alike"].as_array().unwrap();
    let of_alike = alike.iter().map(|alike| alike["repetitions"].as_array().unwrap().len());
    let implementations = profiles().len();
    assert_eq!(
        attempts.len() + of_alike.sum::<usize>(),
        2 * implementations * implementations * REPETITIONS as usize
    );
    assert_eq!(small["implementations"].as_array().unwrap().len(), implementations);
    assert_eq!(
        small["pass_rates"].as_array().unwrap().len() + unsupported(attempts),
        2 * implementations * implementations
    );
    // Each kind of failure in each cell has its reason, and what passed has not taken the room from it.
    let kinds: BTreeSet<_> = attempts
        .iter()
        .filter(|attempt| attempt["verdict"] == "failed")
        .map(|attempt| (text(attempt, "scenario"), text(&attempt["diagnosis"], "stage")))
        .collect();
    let flaky = kinds.iter().filter(|(_, stage)| stage == "media-received").count();
    assert!(flaky > 30 && kinds.len() > 100, "{} kinds, {flaky} in cells of which some pass", kinds.len());
    let with_details = |verdict: &str| {
        attempts.iter().filter(|one| one["verdict"] == verdict && one["details_left_out"].is_null()).count()
    };
    assert!(with_details("failed") > 20, "{} that failed have their details", with_details("failed"));
    let folders: Vec<_> = attempts.iter().filter_map(|attempt| attempt["evidence"].as_str()).collect();
    assert!(folders.len() > 35, "only {} have evidence", folders.len());
    for folder in &folders {
        assert!(site.join(folder).join("timeline.txt").is_file(), "{folder}");
        let left_out = fs::read_to_string(site.join(folder).join("left-out.txt")).unwrap();
        assert!(
            left_out.contains("packets.pcapng (700000 bytes)") && left_out.contains("5 MB"),
            "{left_out}"
        );
    }
    let there = fs::read_dir(site.join(evidence::FOLDER)).unwrap().count();
    assert_eq!(there, folders.len(), "there is evidence that nothing leads to");
}

fn unsupported(attempts: &[Value]) -> usize {
    attempts.iter().filter(|attempt| attempt["verdict"] == "unsupported").count()
}

/// Fifty repetitions are no more than five.
#[test]
fn what_is_told_does_not_grow_with_the_attempts() {
    let sizes = |repetitions: u32| {
        let all = profiles();
        let calls = all.iter().enumerate().flat_map(|(row, profile)| {
            scenarios(profile.id)
                .into_iter()
                .enumerate()
                .map(move |(place, scenario)| (row + place, scenario))
        });
        let attempts = calls.flat_map(|(place, scenario)| {
            (1..=repetitions).map(move |n| attempt(place, scenario, n).without_details())
        });
        let attempts: Vec<_> = attempts.collect();
        let planned = attempts.len() as u32;
        let environment = Environment { peers: profiles(), ..Environment::default() };
        let run = Run { schema_version: SCHEMA_VERSION, environment, planned, redacted: Vec::new() };
        let small = Report::of(run, attempts).within(1_000_000).unwrap();
        assert_eq!(
            small.count(Outcome::Passed) + small.count(Outcome::Failed) + small.count(Outcome::Unsupported),
            small.ended()
        );
        assert_eq!(small.ended(), planned as usize);
        let page = render(&small, &Attachments::default()).len();
        (json::compact_size(&small).unwrap(), page, markdown::render(&small).len())
    };
    let (json, page, markdown) = sizes(50);
    assert!(json < 1_500_000 && page < 1_200_000 && markdown < 300_000, "{json}, {page}, {markdown}");
}
