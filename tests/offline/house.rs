//! The rules of the house, each shown to be able to fail.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tincan_tests::root;

/// Written apart, so that this file does not break its own rules.
const SKIPPED: &str = concat!("#[", "ignore");
const SLEEPS: [&str; 2] = [concat!("sleep", "("), concat!("sleep", "_until(")];
const UNFINISHED: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
const ELSEWHERE: [&str; 5] = [
    concat!("stun:", "stun."),
    concat!("google", "apis"),
    concat!("un", "pkg.com"),
    concat!("js", "delivr"),
    concat!("cdn", "js"),
];
const IMPURE: [&str; 5] = ["fs", "net", "process", "env", "os"];
const MOST_LINES: usize = 400;

/// A rule: which files it is for, what breaks it, and a sample that does.
struct Rule {
    name: &'static str,
    applies: fn(&Path) -> bool,
    broken_by: fn(&str) -> Option<String>,
    sample: &'static str,
}

const RULES: [Rule; 7] = [
    Rule {
        name: "no test is skipped",
        applies: is_rust,
        broken_by: skips,
        sample: concat!("#[", "ignore]\nfn x() {}"),
    },
    Rule {
        name: "waiting is on an event",
        applies: is_rust,
        broken_by: waits,
        sample: concat!("thread::sleep", "(second)"),
    },
    Rule {
        name: "nothing is left unfinished",
        applies: is_code,
        broken_by: is_unfinished,
        sample: concat!("// TO", "DO: later"),
    },
    Rule { name: "files are short", applies: is_code, broken_by: is_long, sample: LONG },
    Rule {
        name: "nothing leaves the machine",
        applies: is_code,
        broken_by: names_elsewhere,
        sample: concat!("urls: 'stun:", "stun.elsewhere.net'"),
    },
    Rule {
        name: "harness, measure and report are pure",
        applies: is_pure,
        broken_by: is_impure,
        sample: "use std::{fmt, fs::File};",
    },
    Rule { name: "a file says what it is", applies: is_rust, broken_by: is_silent, sample: "use std::fmt;" },
];

const LONG: &str = match std::str::from_utf8(&[b'\n'; MOST_LINES + 1]) {
    Ok(text) => text,
    Err(_) => "",
};

fn has_extension(file: &Path, extensions: &[&str]) -> bool {
    file.extension().is_some_and(|found| extensions.iter().any(|extension| found == *extension))
}

fn is_rust(file: &Path) -> bool {
    has_extension(file, &["rs"])
}

fn is_code(file: &Path) -> bool {
    has_extension(file, &["rs", "js", "css", "html", "toml", "sh", "yml"])
}

fn is_pure(file: &Path) -> bool {
    let of = |name| file.starts_with(root().join("crates").join(name).join("src"));
    is_rust(file) && ["harness", "measure", "report"].into_iter().any(of)
}

fn line_with(text: &str, words: &[&str]) -> Option<String> {
    let mut lines = text.lines().enumerate();
    lines
        .find(|(_, line)| words.iter().any(|word| line.contains(word)))
        .map(|(number, line)| format!("line {}: {}", number + 1, line.trim()))
}

fn skips(text: &str) -> Option<String> {
    line_with(text, &[SKIPPED])
}

/// What a library asks of the runtime that it is given is no wait of ours.
fn waits(text: &str) -> Option<String> {
    let forwarded = [concat!("fn sleep", "(&self"), concat!("self.runtime.sleep", "(")];
    line_with(&forwarded.iter().fold(text.to_owned(), |text, part| text.replace(part, "")), &SLEEPS)
}

fn is_unfinished(text: &str) -> Option<String> {
    line_with(text, &UNFINISHED)
}

fn is_long(text: &str) -> Option<String> {
    let lines = text.lines().count();
    (lines > MOST_LINES).then(|| format!("{lines} lines, {MOST_LINES} at most"))
}

/// `example.org` is nobody's (RFC 2606): it may stand in a hint to people.
fn names_elsewhere(text: &str) -> Option<String> {
    line_with(&text.replace("stun.example.org", ""), &ELSEWHERE)
}

fn is_silent(text: &str) -> Option<String> {
    (!text.starts_with("//! ")).then(|| "it does not begin with //!".to_owned())
}

/// Sockets, processes, files, the environment, the wall clock and the terminal are for the other crates.
fn is_impure(text: &str) -> Option<String> {
    let impure =
        |path: &str| IMPURE.iter().any(|module| path == *module || path.starts_with(&format!("{module}::")));
    let imported = ["std", "tokio"].into_iter().flat_map(|of| imports(text, of)).find(|path| impure(path));
    imported.or_else(|| line_with(text, &["SystemTime", "println!", "std::thread"]))
}

/// What is named of a crate: the rest of each `std::a::b`, and each `a::b` in a `std::{…}`.
fn imports(text: &str, of: &str) -> Vec<String> {
    let text: String = text.split_whitespace().collect();
    let rests: Vec<_> = text.split(&format!("{of}::")).skip(1).collect();
    let named = |rest: &str| {
        let end = if rest.starts_with('{') {
            closing(rest)
        } else {
            rest.find([';', ',', ')']).unwrap_or(rest.len())
        };
        rest[..end].trim_start_matches('{').split([',', '{']).map(str::to_owned).collect::<Vec<_>>()
    };
    rests.into_iter().flat_map(named).collect()
}

/// Where the bracket closes that `text` begins with.
fn closing(text: &str) -> usize {
    let mut depth = 0;
    for (index, letter) in text.char_indices() {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        if depth == 0 {
            return index;
        }
    }
    text.len()
}

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn the_house_keeps_its_rules() {
    let mut files = Vec::new();
    for folder in ["crates", "tests", "static", "fixtures", "ci", ".github"] {
        files_below(&root().join(folder), &mut files);
    }
    let mut broken = Vec::new();
    for rule in &RULES {
        let mut looked_at = 0;
        for file in files.iter().filter(|file| (rule.applies)(file)) {
            let text = fs::read_to_string(file).unwrap();
            looked_at += 1;
            let found = (rule.broken_by)(&text);
            broken.extend(found.map(|found| format!("{}: {}: {found}", rule.name, file.display())));
        }
        assert!(looked_at > 5, "{} looked at {looked_at} files only", rule.name);
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_rule_can_be_broken() {
    for rule in &RULES {
        assert!((rule.broken_by)(rule.sample).is_some(), "{} takes {:?}", rule.name, rule.sample);
    }
}

#[test]
fn impurity_is_seen_however_it_is_written() {
    let impure = [
        "use std::fs;",
        "let x = std::fs::read(p);",
        "use std::{\n    fmt,\n    net::SocketAddr,\n};",
        "use std::{collections::{BTreeMap, HashMap}, process};",
        "use tokio::{sync::mpsc, net::TcpStream};",
        "let now = SystemTime::now();",
    ];
    for text in impure {
        assert!(is_impure(text).is_some(), "{text:?} was taken");
    }
    for pure in ["use std::{fmt, time::Duration};", "use tokio::time::Instant;", "use std::fmt; let fs = 1;"]
    {
        assert_eq!(is_impure(pure), None);
    }
}

/// The verdict on a call is found once, and handed on: by whoever ends the call.
#[test]
fn a_call_is_judged_in_one_place() {
    let judges = |text: &str| text.split("judge(").skip(1).count() - text.split("fn judge(").skip(1).count();
    let mut files = Vec::new();
    ["harness", "measure", "report", "output", "peers", "tincan", "cli"]
        .iter()
        .for_each(|name| files_below(&root().join("crates").join(name).join("src"), &mut files));
    let judging = files.iter().filter(|file| is_rust(file) && judges(&fs::read_to_string(file).unwrap()) > 0);
    let judging: Vec<_> = judging.map(|file| file.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(judging, ["judged.rs"]);
}
