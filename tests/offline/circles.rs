//! Imports run downwards only: inside a crate no two files import each other, not by way of others either.
//!
//! Between crates the compiler sees to that.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use tincan_tests::root;

/// A module by its path in the crate; the crate itself is empty.
type Module = Vec<String>;

/// Which module imports from which.
type Imports = BTreeMap<Module, BTreeSet<Module>>;

/// The code of a file: without comments and tests, which may look at whatever they test.
fn code(text: &str) -> String {
    let tests = text.find("#[cfg(test)]").unwrap_or(text.len());
    text[..tests]
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .fold(String::new(), |code, line| code + line.split(" // ").next().unwrap_or_default() + "\n")
}

/// The files below `folder`, each with its module.
fn modules(folder: &Path, within: &[String], found: &mut BTreeMap<Module, String>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = entry.file_stem().unwrap().to_str().unwrap().to_owned();
        let module = [within, std::slice::from_ref(&name)].concat();
        if entry.is_dir() {
            modules(&entry, &module, found);
        } else if entry.extension().is_some_and(|extension| extension == "rs") && name != "tests" {
            let module = if ["lib", "main"].contains(&name.as_str()) { within.to_vec() } else { module };
            found.insert(module, code(&fs::read_to_string(&entry).unwrap()));
        }
    }
}

/// What stands between the commas of `text` that are in no brackets.
fn parts(text: &str) -> Vec<&str> {
    let (mut depth, mut begin, mut parts) = (0, 0, Vec::new());
    for (at, letter) in text.char_indices() {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        if letter == ',' && depth == 0 {
            parts.push(&text[begin..at]);
            begin = at + 1;
        }
    }
    parts.push(&text[begin..]);
    parts
}

/// The paths of a tree of imports: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn paths(tree: &str) -> Vec<Vec<String>> {
    let segments = |text: &str| {
        let segments = text.split("::").map(|segment| segment.trim().to_owned());
        segments.filter(|segment| !segment.is_empty()).collect::<Vec<_>>()
    };
    let mut found = Vec::new();
    for part in parts(tree).into_iter().map(str::trim).filter(|part| !part.is_empty()) {
        match part.split_once('{') {
            Some((before, inner)) => {
                let inner = paths(inner.strip_suffix('}').unwrap_or(inner));
                found.extend(inner.into_iter().map(|path| [segments(before), path].concat()));
            }
            None => found.push(segments(part)),
        }
    }
    found
}

/// The paths that stand in code outside of imports, as `super::x::y`.
fn inline(code: &str) -> Vec<Vec<String>> {
    let is_path = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == ':';
    let words = code.split(|letter| !is_path(letter)).filter(|word| word.contains("::"));
    words.flat_map(|word| paths(word.trim_matches(':'))).collect()
}

/// The module to which `path`, written in the module `from`, leads; none if that is no module of this crate.
fn leads_to(from: &Module, path: &[String], all: &BTreeMap<Module, String>) -> Option<Module> {
    let (mut base, rest) = match path.first()?.as_str() {
        "crate" => (Vec::new(), &path[1..]),
        "self" => (from.clone(), &path[1..]),
        "super" => {
            let up = path.iter().take_while(|segment| *segment == "super").count();
            (from[..from.len().checked_sub(up)?].to_vec(), &path[up..])
        }
        first if all.contains_key(&[from.as_slice(), &[first.to_owned()]].concat()) => (from.clone(), path),
        _ => return None,
    };
    let mut left = rest.len();
    for segment in rest {
        let inner = [base.as_slice(), std::slice::from_ref(segment)].concat();
        if !all.contains_key(&inner) {
            break;
        }
        (base, left) = (inner, left - 1);
    }
    // A module that is only named is used where something of it is.
    (left > 0 && base != *from && all.contains_key(&base)).then_some(base)
}

fn imports(all: &BTreeMap<Module, String>) -> Imports {
    let of = |module: &Module, code: &str| {
        let mut written = inline(code);
        for statement in code.split('\n').collect::<Vec<_>>().join(" ").split("use ").skip(1) {
            written.extend(paths(statement.split(';').next().unwrap_or_default()));
        }
        written.iter().filter_map(|path| leads_to(module, path, all)).collect()
    };
    all.iter().map(|(module, code)| (module.clone(), of(module, code))).collect()
}

/// All that `from` imports, by way of others too.
fn reached(from: &Module, imports: &Imports) -> BTreeSet<Module> {
    let (mut found, mut next) = (BTreeSet::new(), vec![from.clone()]);
    while let Some(module) = next.pop() {
        for imported in &imports[&module] {
            if found.insert(imported.clone()) {
                next.push(imported.clone());
            }
        }
    }
    found
}

/// The modules that import themselves by way of others.
fn in_circles(imports: &Imports) -> Vec<String> {
    let circular = imports.keys().filter(|module| reached(module, imports).contains(*module));
    circular.map(|module| format!("crate::{}", module.join("::"))).collect()
}

fn crate_of(files: &[(&str, &str)]) -> BTreeMap<Module, String> {
    let module = |name: &str| name.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
    files.iter().map(|(name, text)| (module(name), code(text))).collect()
}

#[test]
fn no_files_import_each_other() {
    let mut circles = Vec::new();
    for name in ["vpx", "opus", "harness", "measure", "report", "output", "lab", "peers", "tincan", "cli"] {
        let mut all = BTreeMap::new();
        modules(&root().join("crates").join(name).join("src"), &[], &mut all);
        let imports = imports(&all);
        let arrows: usize = imports.values().map(BTreeSet::len).sum();
        assert!(
            arrows + 1 >= all.len().min(4),
            "{name}: {arrows} imports were seen among {} files",
            all.len()
        );
        circles.extend(in_circles(&imports).into_iter().map(|module| format!("{name}: {module}")));
    }
    assert!(circles.is_empty(), "these are in circles of imports:\n{}", circles.join("\n"));
}

#[test]
fn a_circle_is_seen_however_it_is_written() {
    let circles: [&[(&str, &str)]; 5] = [
        &[("", ""), ("a", "use crate::b::B;"), ("b", "use super::{x, a::{A, C}};")],
        &[("", ""), ("a", "fn f() { crate::b::g() }"), ("b", "use crate::a::A;")],
        &[("", ""), ("a", "mod b;\nuse self::b::B;"), ("a::b", "use super::A;")],
        &[("", ""), ("a", "mod b;\nfn f() { html! { (b::draw()) } }"), ("a::b", "use super::A;")],
        &[
            ("", ""),
            ("a", "use crate::{\n    b::B,\n    d,\n};"),
            ("b", "use crate::c::C;"),
            ("c", "use crate::a::{self, A};"),
        ],
    ];
    for files in circles {
        assert!(!in_circles(&imports(&crate_of(files))).is_empty(), "{files:?} was taken");
    }
    let downwards = crate_of(&[
        ("", "pub use a::A;"),
        ("a", "use crate::b::B;\n// use crate::a::A;"),
        ("b", "use std::fmt;\n#[cfg(test)]\nmod tests { use crate::a::A; }"),
    ]);
    assert_eq!(in_circles(&imports(&downwards)), [""; 0]);
}
