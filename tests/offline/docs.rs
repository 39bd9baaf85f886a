//! The documents: that they are as short as they have to be, and true as far as a programme can tell.

pub mod page;

use std::{fs, path::Path};

use serde_json::{Value, json};
use tempfile::TempDir;
use tincan_harness::NetworkCondition;
use tincan_peers::PageMap;
use tincan_tests::root;

use self::page::{Page, shell_words};
use crate::{cli::Tincan, report::violations_of};

const MOST_README_BYTES: usize = 8_000;
/// What each command is told with, and the pages that have a table of it.
const COMMANDS: [(&[&str], &str); 20] = [
    (&["run"], "run.md"),
    (&["compare"], "compare.md"),
    (&["sweep"], "sweep.md"),
    (&["sabotage"], "sabotage.md"),
    (&["snapshot", "record"], "snapshot.md"),
    (&["snapshot", "diff"], "snapshot.md"),
    (&["history"], "history.md"),
    (&["bisect"], "history.md"),
    (&["sdp", "check"], "sdp.md"),
    (&["sdp", "set"], "sdp.md"),
    (&["report"], "report.md"),
    (&["report", "bug"], "report.md"),
    (&["list"], "list.md"),
    (&["serve"], "serve.md"),
    (&["map", "record"], "map.md"),
    (&["map", "check"], "map.md"),
    (&["peer", "check"], "protocol.md"),
    (&["peer", "offer"], "by-hand.md"),
    (&["peer", "answer"], "by-hand.md"),
    (&["doctor"], "doctor.md"),
];

/// What is looked at in a page: each thing of its kind, and what is wrong with it.
struct Check {
    name: &'static str,
    look: fn(&Page) -> Vec<Result<(), String>>,
    /// So many there are at the least; else the look has gone blind.
    fewest: usize,
    /// Texts with one fault each.
    samples: &'static [&'static str],
}

const CHECKS: [Check; 6] = [
    Check {
        name: "links lead somewhere",
        look: links,
        fewest: 100,
        samples: &[
            "[x](nowhere.md)",
            "[x](run.md#nowhere)",
            "[x](#nowhere)",
            "![x](nowhere.png)",
            "[x](../../outside.md)",
        ],
    },
    Check {
        name: "command lines are understood",
        look: command_lines,
        fewest: 60,
        samples: &[
            "```sh\ntincan fly\n```",
            "```sh\ntincan run --fly   # away\n```",
            "```sh\ntincan run --repeat none\n```",
            "```sh\ntincan report\n```",
            "```sh\ntincan run chromium-to-*\n```",
            "```yaml\n  - run: ci/run --fly\n```",
            "It is `tincan run --fly` that does it.",
            "It is `tincan\nfly`.",
        ],
    },
    Check {
        name: "page maps are page maps",
        look: page_maps,
        fewest: 2,
        samples: &["```toml\nname = \"x\"\n```", "```toml\nname =\n```"],
    },
    Check { name: "JSON is JSON", look: json_blocks, fewest: 1, samples: &["```json\n{\"a\": 1,}\n```"] },
    Check {
        name: "files that are named are there",
        look: files,
        fewest: 100,
        samples: &["`peers/src/nowhere.rs`", "`nowhere.rs`", "`ci/nowhere`", "`tests/nowhere/`"],
    },
    Check {
        name: "names of the code are in the code",
        look: names,
        fewest: 50,
        samples: &["`a_test_that_nobody_has_written`"],
    },
];

fn links(page: &Page) -> Vec<Result<(), String>> {
    let is_elsewhere = |target: &String| target.starts_with("https://") || target.starts_with("http://");
    let targets = page.links().into_iter().filter(|target| !is_elsewhere(target));
    targets.map(|target| leads_somewhere(page, &target).map_err(|why| format!("{target}: {why}"))).collect()
}

fn leads_somewhere(page: &Page, target: &str) -> Result<(), String> {
    let (path, anchor) = target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
    let file = if path.is_empty() { page.path.clone() } else { page.folder().join(path) };
    let there = file.canonicalize().ok().filter(|file| file.starts_with(root().canonicalize().unwrap()));
    let Some(anchor) = anchor else {
        return there.map(drop).ok_or_else(|| "there is no such file".to_owned());
    };
    let text = if path.is_empty() { Ok(page.text.clone()) } else { fs::read_to_string(&file) };
    let text = text.map_err(|error| error.to_string())?;
    let has = Page { path: file, text }.anchors().iter().any(|found| found == anchor);
    has.then_some(()).ok_or_else(|| "there is no such heading".to_owned())
}

/// Those in blocks are read as they stand. In a sentence a command may stand without what it needs.
fn command_lines(page: &Page) -> Vec<Result<(), String>> {
    let blocks = page.blocks().into_iter().filter(|block| ["sh", "yaml"].contains(&block.language.as_str()));
    let lines = blocks.flat_map(|block| block.text.lines().map(str::to_owned).collect::<Vec<_>>());
    let typed = lines.filter_map(|line| words_of(line.trim().trim_start_matches("- run: ")));
    let said = page.code_spans().into_iter().filter_map(|span| words_of(&span));
    let said = said.map(|words| words.map(|words| [words, vec!["--help".to_owned()]].concat()));
    typed.chain(said).map(|words| words.and_then(|words| tincan_cli::read(&words))).collect()
}

/// What `tincan` is told in a line; none if it is another command.
fn words_of(line: &str) -> Option<Result<Vec<String>, String>> {
    let words = |rest: &str| shell_words(rest).map_err(|why| format!("{line}: {why}"));
    match line.split_whitespace().next() {
        Some("tincan") => Some(words(line.trim_start_matches("tincan"))),
        Some("ci/run") => Some(words(&format!("run {}", line.trim_start_matches("ci/run")))),
        _ => None,
    }
}

fn page_maps(page: &Page) -> Vec<Result<(), String>> {
    // The other kind of TOML that people write.
    let is_settings = |text: &String| ["[peers.", "[package]"].iter().any(|begin| text.starts_with(begin));
    let maps = page.blocks_of("toml").into_iter().filter(|text| !is_settings(text));
    maps.map(|text| page_map(&text).map(drop)).collect()
}

fn page_map(text: &str) -> Result<PageMap, String> {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("page.toml");
    fs::write(&file, text).unwrap();
    PageMap::read(&file).map_err(|error| error.to_string())
}

fn json_blocks(page: &Page) -> Vec<Result<(), String>> {
    let read = |text: String| serde_json::from_str::<Value>(&text).map(drop);
    page.blocks_of("json").into_iter().map(|text| read(text).map_err(|error| error.to_string())).collect()
}

/// A file may be named by the end of its path.
fn files(page: &Page) -> Vec<Result<(), String>> {
    let all = page::files();
    let is_file = |span: &String| {
        let is_name =
            span.chars().all(|letter| letter.is_ascii_lowercase() || "_-./0123456789".contains(letter));
        let below = ["crates/", "tests/", "fixtures/", "static/", "ci/", "docs/"];
        is_name && (below.iter().any(|folder| span.starts_with(folder)) || span.ends_with(".rs"))
    };
    let is_there =
        |span: &String| root().join(span).exists() || all.iter().any(|file| file.ends_with(Path::new(span)));
    let named = page.code_spans().into_iter().filter(is_file);
    named.map(|span| if is_there(&span) { Ok(()) } else { Err(format!("there is no {span}")) }).collect()
}

/// A name with two underscores is one of a test, a function or a field.
fn names(page: &Page) -> Vec<Result<(), String>> {
    let is_name = |span: &String| {
        span.matches('_').count() > 1
            && span
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
    };
    let code = page::code();
    let known = |name: String| if code.contains(&name) { Ok(()) } else { Err(format!("no code has {name}")) };
    page.code_spans().into_iter().filter(is_name).map(known).collect()
}

#[test]
fn the_documents_are_true() {
    let mut wrong = Vec::new();
    for check in &CHECKS {
        let found = page::all().into_iter().flat_map(|page| {
            let name = page.name();
            (check.look)(&page).into_iter().map(move |one| one.map_err(|why| format!("{name}: {why}")))
        });
        let found: Vec<_> = found.collect();
        let count = found.len();
        assert!(count >= check.fewest, "{}: {count} looked at, {} at the least", check.name, check.fewest);
        let said = found.into_iter().filter_map(Result::err);
        wrong.extend(said.map(|why| format!("{}: {why}", check.name)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_check_can_fail() {
    for check in &CHECKS {
        for sample in check.samples {
            let page = Page { path: root().join("docs/sample.md"), text: (*sample).to_owned() };
            let found = (check.look)(&page);
            assert!(found.iter().any(Result::is_err), "{} takes {sample:?}", check.name);
        }
    }
}

#[test]
fn the_readme_is_short() {
    let bytes = Page::read("README.md").text.len();
    assert!(bytes <= MOST_README_BYTES, "README.md has {bytes} bytes, {MOST_README_BYTES} at most");
}

#[test]
fn the_pages_have_the_options_that_the_help_has() {
    for page in COMMANDS.map(|(_, page)| page) {
        let commands = COMMANDS.iter().filter(|(_, of)| *of == page);
        let mut help: Vec<_> = commands.flat_map(|(command, _)| options_in_help(command)).collect();
        help.sort();
        help.dedup();
        assert_eq!(Page::read(&format!("docs/{page}")).options_in_tables(), help, "docs/{page}");
    }
}

fn options_in_help(command: &[&str]) -> Vec<String> {
    let help = Tincan::new().run(&[command, &["--help"]].concat());
    assert_eq!(help.code, 0, "{help:?}");
    let named = help.stdout.lines().filter_map(|line| line.trim_start().strip_prefix("--"));
    let named = named.map(|rest| format!("--{}", rest.split([' ', '=']).next().unwrap_or_default()));
    named.collect()
}

#[test]
fn the_deadlines_are_those_of_the_help() {
    let help = Tincan::new().run(&["run", "--help"]).stdout;
    let (_, deadlines) =
        help.split_once("from the end of the one before:\n").expect("the help has deadlines");
    let plain = |text: &str| text.replace('`', "").split_whitespace().collect::<Vec<_>>().join(" ");
    let deadlines = plain(deadlines);
    assert!(deadlines.starts_with("ready "), "{deadlines}");
    let page = plain(&Page::read("docs/run.md").text);
    assert!(page.contains(&deadlines), "docs/run.md should have: {deadlines}");
}

/// The example is built with the tests.
#[test]
fn the_example_is_the_one_that_is_compiled() {
    let compiled = fs::read_to_string(root().join("tests/examples/library.rs")).unwrap();
    assert_eq!(Page::read("docs/library.md").blocks_of("rust"), [compiled]);
}

/// Those of the template, but for where the crate comes from.
#[test]
fn the_test_of_ones_own_is_the_one_that_is_run() {
    let (page, own) = (Page::read("docs/own-tests.md"), root().join("fixtures/own-test"));
    let file = |name: &str| fs::read_to_string(own.join(name)).unwrap();
    let elsewhere = "git = \"https://github.com/OWNER/tincan\"";
    let manifest = file("Cargo.toml").replace("path = \"../../crates/tincan\"", elsewhere);
    for (language, expected) in
        [("rust", file("tests/call.rs")), ("toml", manifest), ("yaml", file(".github/workflows/tests.yml"))]
    {
        assert_eq!(page.blocks_of(language), [expected], "docs/own-tests.md");
    }
}

#[test]
fn the_maps_are_those_that_are_used() {
    let shown = Page::read("docs/page-maps.md").blocks_of("toml");
    let files = [
        "host-and-guest/page.toml",
        "prompts/page.toml",
        "shadow/page.toml",
        "tutorial/page.toml",
        "tincan.toml",
        "room/page.toml",
    ];
    let used = files.map(|file| fs::read_to_string(root().join("fixtures/pages").join(file)).unwrap());
    assert_eq!(shown, used);
}

#[test]
fn every_field_of_a_report_has_its_place() {
    let page = Page::read("docs/report-format.md");
    let spans = page.code_spans();
    let schema = fs::read_to_string(root().join("fixtures/report.schema.json")).unwrap();
    let mut schema: Value = serde_json::from_str(&schema).unwrap();
    let parts = [
        "Attempt",
        "ReachedAt",
        "SignalAt",
        "NoteAt",
        "Diagnosis",
        "FrameTally",
        "SoundTally",
        "MessageTally",
        "PhasePackets",
    ];
    let of_parts = parts.map(|part| &schema["$defs"][part]["properties"]);
    let fields = [&schema["properties"]].into_iter().chain(of_parts);
    let fields = fields.map(|fields| fields.as_object().unwrap().keys());
    for field in fields.flatten() {
        assert!(spans.contains(field), "docs/report-format.md does not tell of {field}");
    }
    let schema = json!({ "$ref": "#/$defs/Attempt", "$defs": schema["$defs"].take() }).to_string();
    let shown: Value = serde_json::from_str(&page.blocks_of("json")[0]).unwrap();
    assert_eq!(violations_of(&schema, &shown), [""; 0]);
}

#[test]
fn every_network_is_told_of() {
    let spans = Page::read("docs/networks.md").code_spans();
    for network in NetworkCondition::ALL {
        assert!(spans.contains(&network.to_string()), "docs/networks.md does not tell of {network}");
    }
}
