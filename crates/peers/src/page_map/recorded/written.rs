//! A page map as text, in the order of its documentation.

use std::fmt::{Display, Write as _};

use super::draft::{Draft, RoleDraft};
use crate::page_map::{Prompt, Step, Target};

const HEAD: &str = "# Recorded by `tincan map record`, from a call that was made by hand.";

/// The text of a map, and all that is guessed in it.
pub(super) fn written(draft: &Draft) -> (String, Vec<String>) {
    let mut out = Out { text: format!("{HEAD}\n"), guesses: Vec::new() };
    out.guessed("", &draft.guesses);
    out.key("name", quoted(&draft.name));
    out.text_key("entry", draft.entry.as_deref());
    if draft.signals_itself {
        out.key("signals_itself", true);
    }
    let mode = draft.mode;
    out.guessed(
        "",
        &[format!("the call was made in {mode}; whether the page has another mode, too, was not seen")],
    );
    out.key("modes", format_args!("[\"{mode}\"]"));
    out.text_key("signals", draft.signals.as_deref());
    out.role("offerer", &draft.offerer);
    out.role("answerer", &draft.answerer);
    if let Some(candidates) = &draft.candidates {
        out.table("candidates");
        out.key("send", quoted(&candidates.send));
        out.key("received", quoted(&candidates.received));
        out.key("add", quoted(&candidates.add));
    }
    let video = &draft.video;
    if video.local.is_some() || video.remote.is_some() || !video.guesses.is_empty() {
        out.table("video");
        out.guessed("", &video.guesses);
        out.target_key("local", video.local.as_ref());
        out.target_key("remote", video.remote.as_ref());
    }
    if draft.dialogs.confirm.is_some() || draft.dialogs.prompt.is_some() {
        out.table("dialogs");
        if let Some(confirm) = draft.dialogs.confirm {
            out.key("confirm", confirm);
        }
        out.text_key("prompt", draft.dialogs.prompt.as_deref());
    }
    (out.text, out.guesses)
}

struct Out {
    text: String,
    guesses: Vec<String>,
}

impl Out {
    fn line(&mut self, line: impl Display) {
        // Nothing keeps a text from growing.
        let _ = writeln!(self.text, "{line}");
    }

    fn key(&mut self, key: &str, value: impl Display) {
        self.line(format_args!("{key} = {value}"));
    }

    fn text_key(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.key(key, quoted(value));
        }
    }

    fn target_key(&mut self, key: &str, value: Option<&Target>) {
        if let Some(value) = value {
            self.key(key, target(value));
        }
    }

    fn table(&mut self, name: &str) {
        self.line(format_args!("\n[{name}]"));
    }

    fn guessed(&mut self, indent: &str, guesses: &[String]) {
        for guess in guesses {
            // A comment ends with its line.
            let guess = guess.replace(char::is_control, " ");
            self.line(format_args!("{indent}# guessed: {guess}; review"));
            self.guesses.push(guess);
        }
    }

    fn role(&mut self, name: &str, draft: &RoleDraft) {
        self.table(name);
        self.guessed("", &draft.guesses);
        self.text_key("open", draft.open.as_deref());
        self.line("steps = [");
        for line in &draft.lines {
            self.guessed("  ", &line.guesses);
            self.line(format_args!("  {},", step(&line.step)));
        }
        self.line("]");
    }
}

/// A string of TOML: what JSON escapes, TOML reads, and DEL besides.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

fn table(entries: &[(&str, Option<String>)]) -> String {
    let said = entries.iter().filter_map(|(key, value)| Some(format!("{key} = {}", value.as_ref()?)));
    format!("{{ {} }}", said.collect::<Vec<_>>().join(", "))
}

fn target(target: &Target) -> String {
    let Target { css, label, role, name, text, frame, nth, first: _ } = target;
    let others = [label, role, name, text, frame];
    if let (Some(css), true, None) = (css, others.iter().all(|one| one.is_none()), nth) {
        return quoted(css);
    }
    let text_of = |value: &Option<String>| value.as_deref().map(quoted);
    table(&[
        ("css", text_of(css)),
        ("label", text_of(label)),
        ("role", text_of(role)),
        ("name", text_of(name)),
        ("text", text_of(text)),
        ("frame", text_of(frame)),
        ("nth", nth.map(|nth| nth.to_string())),
    ])
}

/// A step with what a recording may put into it.
fn step(step: &Step) -> String {
    let element = |value: &Option<Target>| value.as_ref().map(target);
    let described = |value: Option<crate::page_map::Described>| value.map(|what| quoted(&what.to_string()));
    let prompt = step.prompt.as_ref().map(|prompt| match prompt {
        Prompt::Text(text) => quoted(text),
        Prompt::Paste(what) => format!("{{ paste = \"{what}\" }}"),
    });
    table(&[
        ("click", element(&step.click)),
        ("type", step.type_text.as_deref().map(quoted)),
        ("choose", step.choose.as_deref().map(quoted)),
        ("tick", element(&step.tick)),
        ("untick", element(&step.untick)),
        ("copy", described(step.copy)),
        ("paste", described(step.paste)),
        ("from", element(&step.from)),
        ("into", element(&step.into)),
        ("in", element(&step.list)),
        ("prompt", prompt),
        ("confirm", step.confirm.map(|confirm| confirm.to_string())),
        ("begins_call", step.begins_call.then(|| "true".to_owned())),
    ])
}
