//! What peers make of the set of descriptions, as a text that is the same whenever it is made.

use serde_json::{Map, Value};

/// The files of a `sdp.json`, each with what its peers make of it: in their words, without what differs between two machines.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn reactions(report: &Value) -> String {
    report["files"].as_array().expect("there are files").iter().map(file).collect()
}

fn file(file: &Value) -> String {
    let path = file["file"].as_str().expect("a file has a name");
    let name = path.rsplit('/').next().unwrap_or(path);
    let reactions = file["reactions"].as_object().expect("there are reactions");
    let accepts = |reaction: &Value| reaction["reaction"] == "accepts" && reaction["no_answer"].is_null();
    match reactions.values().all(accepts) {
        true => format!("{name}: all accept\n"),
        false => {
            format!("{name}{}\n{}", if file["agree"] == true { ": they agree" } else { "" }, each(reactions))
        }
    }
}

fn each(reactions: &Map<String, Value>) -> String {
    let line = |(peer, reaction): (&String, &Value)| {
        let text = |field: &str| {
            reaction[field].as_str().map(|text| format!(": {}", plain(text))).unwrap_or_default()
        };
        let at = reaction["line"]["number"].as_u64().map(|line| format!(" line {line}")).unwrap_or_default();
        let no_answer = reaction["no_answer"].as_str().map(|text| format!(", no answer: {}", plain(text)));
        let way = reaction["reaction"].as_str().unwrap_or_default();
        format!("  {peer} {way}{at}{}{}{}\n", text("words"), text("reason"), no_answer.unwrap_or_default())
    };
    reactions.iter().map(line).collect()
}

/// Words without the folders of source files, and without what a peer draws anew each time.
fn plain(words: &str) -> String {
    let plain = |word: &str| match word.rsplit_once("/src/") {
        Some((folder, file)) if folder.contains('/') => format!("…/src/{file}"),
        // Where in its memory it has found the fault.
        _ if word.starts_with("PointerOffset(0x") => "PointerOffset(…)".to_owned(),
        _ => word.to_owned(),
    };
    words.split(' ').map(plain).collect::<Vec<_>>().join(" ")
}
