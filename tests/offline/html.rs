//! What people and CI systems read: report.html, JUnit XML, Markdown, and `tincan report`.

use std::fs;

use serde_json::json;
use tincan_harness::Attempt;
use tincan_report::{
    Report,
    html::{Attachments, render},
    json, junit, markdown,
};
use tincan_tests::people::{
    HOSTILE, every_verdict, failed, failed_in, passed, passed_in, report, two_hundred,
};

use crate::cli::Tincan;

const MOST_BYTES: usize = 1_000_000;

fn page(report: &Report) -> String {
    render(report, &Attachments::default())
}

/// What a page shows, without its style: that is in the repository already.
fn without_style(page: &str) -> String {
    let (head, rest) = page.split_once("<style>").unwrap();
    let page = head.to_owned() + rest.split_once("</style>").unwrap().1;
    // A line for each element, so that a change is seen where it is.
    page.replace("><", ">\n<")
}

#[test]
fn the_page_shows_this() {
    insta::assert_snapshot!(without_style(&page(&every_verdict())));
}

#[test]
fn junit_and_markdown_say_this() {
    insta::assert_snapshot!("junit", junit::render(&every_verdict()).unwrap());
    insta::assert_snapshot!("markdown", markdown::render(&every_verdict()));
}

/// Two hundred calls between eight peers, of which every `of`th failed: each of its own scenario, or of eight.
fn two_hundred_attempts(of: usize, scenarios: usize) -> Vec<Attempt> {
    let all = two_hundred();
    let attempt = |n: usize| {
        let (scenario, repetition) = (all[n % scenarios], (n / scenarios) as u32 + 1);
        if n.is_multiple_of(of) { failed_in(scenario, repetition) } else { passed_in(scenario, repetition) }
    };
    (0..all.len()).map(attempt).collect()
}

#[test]
fn two_hundred_attempts_with_pictures_stay_below_a_megabyte() {
    let picture = [b"\x89PNG\r\n\x1a\n".as_slice(), &[7; 60_000]].concat();
    for (of, scenarios) in [1, 5, 1000].into_iter().flat_map(|of| [(of, 200), (of, 8)]) {
        let report = report(two_hundred_attempts(of, scenarios));
        let attachments = Attachments::found_by(|_| Some(picture.clone()));
        let page = render(&report, &attachments);
        assert!(page.len() < MOST_BYTES, "one of {of} in {scenarios} scenarios failed: {} bytes", page.len());
        let markdown = markdown::render(&report).len();
        assert!(markdown < MOST_BYTES, "{markdown} bytes of Markdown");
        // Whatever is left out, every call and its verdict is there, and what is left out is said.
        assert_eq!(page.matches("<h4 ").count(), 200);
        assert!(page.contains("left out to keep this page small"));
        assert!(page.contains("Offer against answer"), "no SDP is shown in full");
    }
}

/// The last scenario of many is the one that failed: what it was like has to be there.
#[test]
fn there_is_room_first_for_what_did_not_pass() {
    let mut attempts = two_hundred_attempts(1000, 200);
    let last = attempts.len() - 1;
    attempts[last] = failed_in(two_hundred()[last], 1);
    let page = page(&report(attempts));
    let (_, failed) = page.split_once("<article id=\"attempt-200\"").unwrap();
    assert!(failed.contains("<details open><summary>Timeline, SDP and statistics"), "{failed}");
}

#[test]
fn text_from_outside_stays_text() {
    let page = page(&every_verdict());
    for markup in ["<img", "<script", "</script", "onerror=alert(1)>"] {
        assert!(!page.contains(markup), "{markup} is in the page");
    }
    assert!(page.contains("&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"));
    assert!(!page.contains(['\u{0}', '\u{1b}']), "a control character is in the page");
    assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'; img-src data:;"));
    assert!(!page.contains("unsafe-eval") && !page.contains("href=\"http") && !page.contains("src=\"http"));
}

#[test]
fn junit_has_no_character_that_xml_forbids_and_markdown_keeps_its_table() {
    let xml = junit::render(&every_verdict()).unwrap();
    assert!(!xml.contains(['\u{0}', '\u{1b}', '\u{ffff}']) && !xml.contains("<img"), "{xml}");
    let markdown = markdown::render(&every_verdict());
    assert!(!markdown.contains("<img") && HOSTILE.contains('|'));
    let row = markdown.lines().find(|line| line.contains("onerror")).unwrap();
    assert_eq!(row.matches('|').count(), 5, "a bar ends a cell: {row}");
}

/// CI systems tell cases apart by class and name, and some by the name alone.
#[test]
fn no_two_cases_are_called_the_same() {
    let mut attempts: Vec<_> = (1..=3).flat_map(|n| [passed(0, n), failed(1, n), passed(4, n)]).collect();
    // What nobody but an author of reports does: an attempt twice, and names that XML makes the same.
    attempts.push(passed(0, 2));
    attempts.push(Attempt { scenario: "a\u{1}b".to_owned(), ..passed(0, 1) });
    attempts.push(Attempt { scenario: "ab".to_owned(), ..passed(0, 1) });
    attempts.push(Attempt { scenario: "ab (2)".to_owned(), ..passed(0, 1) });
    let xml = junit::render(&report(attempts)).unwrap();
    let attribute = |line: &str, name: &str| {
        let (_, value) =
            line.split_once(&format!(" {name}=\"")).unwrap_or_else(|| panic!("no {name}: {line}"));
        value.split('"').next().unwrap().to_owned()
    };
    let cases: Vec<_> = xml.lines().map(str::trim).filter(|line| line.starts_with("<testcase ")).collect();
    let mut names: Vec<_> = cases.iter().map(|case| attribute(case, "name")).collect();
    for expected in
        ["chromium-to-chromium/vanilla/vp8/direct", "chromium-to-chromium/vanilla/vp8/direct #2", "ab (2)"]
    {
        assert!(names.iter().any(|name| name == expected), "{expected} is not in {names:?}");
    }
    names.sort();
    names.dedup();
    assert_eq!((cases.len(), names.len()), (13, 13), "{names:?}");
    assert_eq!(attribute(cases[0], "classname"), "tincan.chromium-to-chromium");
    // The times are what attempts took, and a suite takes what its cases do.
    let seconds = |line: &str| attribute(line, "time").parse::<f64>().unwrap();
    let all: f64 = cases.iter().map(|case| seconds(case)).sum();
    let suites = xml.lines().map(str::trim).filter(|line| line.starts_with("<testsuite"));
    for suite in suites {
        assert!((seconds(suite) - all).abs() < 0.02, "{suite}, all cases take {all} s");
    }
    assert_eq!((seconds(cases[0]), seconds(cases[1])), (0.412, 20.48));
}

#[test]
fn a_report_is_rendered_again() {
    let tincan = Tincan::new();
    let text = json::render(&every_verdict()).unwrap();
    fs::write(tincan.folder().join("report.json"), text).unwrap();
    let ended = tincan.run(&["report", ".", "--junit", "x.xml", "--markdown", "x.md"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (0, "./report.html\n"), "{}", ended.stderr);
    let read = |name: &str| fs::read_to_string(tincan.folder().join(name)).unwrap();
    assert_eq!(read("report.html"), page(&every_verdict()));
    assert_eq!(read("x.xml"), junit::render(&every_verdict()).unwrap());
    assert_eq!(read("x.md"), markdown::render(&every_verdict()));
}

#[test]
fn what_is_no_report_is_refused_and_nothing_is_overwritten() {
    let good = json::render(&every_verdict()).unwrap();
    let other_version = json!({ "schema_version": 99 }).to_string();
    let table = [
        (None, "failed to read"),
        (Some("no json"), "report.json is no JSON"),
        (Some("{}"), "report.json is no report: missing field `schema_version`"),
        (Some(&other_version), "schema version 99, and this tincan reads 4"),
        (Some(&good[..good.len() / 2]), "report.json is truncated"),
        (Some(r#"{"schema_version": 4}"#), "report.json is no report"),
    ];
    for (text, expected) in table {
        let tincan = Tincan::new();
        for name in ["report.html", "x.xml"] {
            fs::write(tincan.folder().join(name), "old").unwrap();
        }
        if let Some(text) = text {
            fs::write(tincan.folder().join("report.json"), text).unwrap();
        }
        let ended = tincan.run(&["report", ".", "--junit", "x.xml"]);
        assert_eq!(ended.code, 2);
        assert!(ended.stderr.contains(expected), "{expected:?} is not in {}", ended.stderr);
        for name in ["report.html", "x.xml"] {
            assert_eq!(fs::read_to_string(tincan.folder().join(name)).unwrap(), "old", "{text:?}");
        }
    }
}

#[test]
fn a_run_writes_what_people_read() {
    let tincan = Tincan::new();
    let ended = tincan.run(&[
        "run",
        "chromium-to-chromium/*/vp8/direct",
        "--out",
        "out",
        "--junit",
        "x.xml",
        "--markdown",
        "x.md",
    ]);
    assert!(ended.code == 2 && ended.stdout.contains("page: out/report.html"), "{ended:?}");
    let read = |name: &str| fs::read_to_string(tincan.folder().join(name)).unwrap();
    assert!(read("out/report.html").contains("3 errored"));
    assert!(read("x.xml").contains(r#"errors="3""#));
    assert!(read("x.md").contains("0 passed of 3"));
}
