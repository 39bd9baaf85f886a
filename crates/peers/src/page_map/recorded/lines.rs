//! What one person has done, as steps of a map: without what is only noise, and without what was corrected.

use tincan_harness::{HarnessError, Role};

use super::{
    carried::{Carried, Pasted, adds, is_candidates, is_description, put_in},
    log::{Logged, Named, Seen, Window},
    trouble::cannot,
};
use crate::page_map::{Dialogs, Prompt, Step, Target};

/// A step, and where it was seen.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// Its place in the log.
    pub(super) at: usize,
    pub(super) step: Step,
    pub(super) guesses: Vec<String>,
}

/// All that one person has done.
#[derive(Debug, Default)]
pub(super) struct Own {
    pub(super) lines: Vec<Line>,
    /// What was seen and is no step.
    pub(super) guesses: Vec<String>,
    /// The answers to dialogs that no click has opened.
    pub(super) dialogs: Dialogs,
}

/// What was done in `window`, where this was `carried`.
///
/// # Errors
/// When something was done with an element that cannot be named.
pub(super) fn lines(
    log: &[Logged],
    window: Window,
    carried: Option<&Carried<'_>>,
) -> Result<Own, HarnessError> {
    let mut hands = Hands { log, own: Own::default(), carried: None };
    if let Some(carried) = carried {
        let role = if window == carried.cast.offerer { Role::Offerer } else { Role::Answerer };
        hands.carried = Some((carried.made_by(role), carried.put_in_by(role)));
    }
    let copy = match hands.carried {
        Some((made, _)) => Some((made, made.source(log)?)),
        None => None,
    };
    for (at, logged) in log.iter().enumerate() {
        if let Some((made, source)) = copy.as_ref().filter(|(_, source)| source.at == at) {
            if source.by_page {
                hands.forget_copy_button(made, at);
            }
            hands.copy(made, source.from, source.count, at)?;
        }
        if logged.window == window {
            hands.see(at, &logged.seen)?;
        }
    }
    Ok(hands.own)
}

struct Hands<'l, 'c> {
    log: &'l [Logged],
    own: Own,
    /// What the window has made, and what was put into it.
    carried: Option<(&'c Pasted<'c>, &'c Pasted<'c>)>,
}

impl Hands<'_, '_> {
    fn see(&mut self, at: usize, seen: &Seen) -> Result<(), HarnessError> {
        match seen {
            Seen::Clicked { on, is_control } => self.click(at, on, *is_control),
            Seen::Typed { field, shown, secret } => self.typed(at, field, shown, *secret),
            Seen::Chosen { list, option } => {
                let target = target(list)?;
                let step = Step { choose: Some(option.clone()), list: Some(target), ..Step::default() };
                self.replace(at, step, list, |before, now| {
                    before.list == now.list && before.choose.is_some()
                });
                Ok(())
            }
            Seen::Ticked { on, ticked } => {
                let target = Some(target(on)?);
                let step = match ticked {
                    true => Step { tick: target, ..Step::default() },
                    false => Step { untick: target, ..Step::default() },
                };
                let of = |step: &Step| step.tick.clone().or_else(|| step.untick.clone());
                self.replace(at, step, on, |before, now| of(before).is_some() && of(before) == of(now));
                Ok(())
            }
            Seen::Answered { dialog, shown, accepted } => {
                self.answer(at, dialog, shown.as_deref(), *accepted);
                Ok(())
            }
            Seen::Unsaid { what } => {
                self.own.guesses.push(format!("{what}, and no step of a map does that"));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn push(&mut self, at: usize, step: Step, named: &Named) {
        self.own.lines.push(Line { at, step, guesses: named.guessed.iter().cloned().collect() });
    }

    /// Takes `step` in place of those `before` it, back to the last click, that are the same thing done otherwise.
    fn replace(&mut self, at: usize, step: Step, named: &Named, is_same: impl Fn(&Step, &Step) -> bool) {
        let lines = &mut self.own.lines;
        let begin = lines.iter().rposition(|line| line.step.click.is_some()).map_or(0, |place| place + 1);
        let mut place = 0;
        lines.retain(|line| {
            place += 1;
            place <= begin || !is_same(&line.step, &step)
        });
        self.push(at, step, named);
    }

    fn click(&mut self, at: usize, on: &Named, is_control: bool) -> Result<(), HarnessError> {
        if self.adds_candidates(at, on) {
            return Ok(());
        }
        let step = Step { click: Some(target(on)?), ..Step::default() };
        if let Some(last) = self.own.lines.last_mut().filter(|line| line.step == step) {
            let twice = "it was clicked several times in a row, and once is taken".to_owned();
            if !last.guesses.contains(&twice) {
                last.guesses.push(twice);
            }
            return Ok(());
        }
        self.push(at, step, on);
        if !is_control && let Some(line) = self.own.lines.last_mut() {
            line.guesses.push(format!("{} is no control, though somebody listens to clicks on it", on.words));
        }
        Ok(())
    }

    /// Whether the click adds candidates that were pasted before it.
    fn adds_candidates(&self, at: usize, on: &Named) -> bool {
        let log = self.log;
        let is_pasted = |place: &usize| {
            log[*place].window == log[at].window && put_in(&log[*place].seen).is_some_and(is_candidates)
        };
        (0..at).filter(is_pasted).any(|place| adds(log, place).is_some_and(|css| Some(css) == on.css))
    }

    fn typed(&mut self, at: usize, field: &Named, shown: &str, secret: bool) -> Result<(), HarnessError> {
        if let Some((_, put_in)) = self.carried.filter(|(_, put_in)| put_in.at == at) {
            let step = Step { paste: Some(put_in.kind), into: Some(target(field)?), ..Step::default() };
            self.push(at, step, field);
            return Ok(());
        }
        if is_candidates(shown) {
            return Ok(());
        }
        if is_description(shown) {
            self.put_in_again(&field.words);
            return Ok(());
        }
        let into = Some(target(field)?);
        let step = Step { type_text: Some(shown.to_owned()), into, ..Step::default() };
        let is_emptied = shown.is_empty();
        self.replace(at, step, field, |before, now| before.type_text.is_some() && before.into == now.into);
        if is_emptied {
            self.own.lines.pop();
        } else if secret && let Some(line) = self.own.lines.last_mut() {
            line.guesses.push("it is a password, and stands here for everybody to read".to_owned());
        }
        Ok(())
    }

    fn put_in_again(&mut self, whereto: &str) {
        let why = format!("a description was also put into {whereto}, which is taken for a mistake");
        if !self.own.guesses.contains(&why) {
            self.own.guesses.push(why);
        }
    }

    /// A dialog is the last click's, if that has none.
    fn answer(&mut self, at: usize, dialog: &str, shown: Option<&str>, accepted: bool) {
        let pasted = self.carried.filter(|(_, put_in)| put_in.at == at).map(|(_, put_in)| put_in.kind);
        if pasted.is_none() && shown.is_some_and(is_description) {
            return self.put_in_again("a prompt");
        }
        if dialog == "prompt" && !accepted {
            self.own.guesses.push("a prompt was cancelled, and no step of a map does that".to_owned());
            return;
        }
        let (prompt, confirm) = match (dialog, pasted, shown) {
            ("confirm", ..) => (None, Some(accepted)),
            (_, Some(kind), _) => (Some(Prompt::Paste(kind)), None),
            (_, None, text) => (Some(Prompt::Text(text.unwrap_or_default().to_owned())), None),
        };
        let last = self.own.lines.last_mut().map(|line| &mut line.step);
        match last.filter(|step| step.click.is_some() && step.prompt.is_none() && step.confirm.is_none()) {
            Some(step) => (step.prompt, step.confirm) = (prompt, confirm),
            None => {
                if let Some(Prompt::Text(text)) = prompt {
                    self.own.dialogs.prompt = Some(text);
                }
                self.own.dialogs.confirm = confirm.or(self.own.dialogs.confirm);
            }
        }
    }

    fn copy(&mut self, made: &Pasted<'_>, from: &Named, count: usize, at: usize) -> Result<(), HarnessError> {
        let step = Step { copy: Some(made.kind), from: Some(target(from)?), ..Step::default() };
        self.push(at, step, from);
        if count > 1
            && let Some(line) = self.own.lines.last_mut()
        {
            line.guesses.push(format!("{count} elements show it, and this one is taken"));
        }
        Ok(())
    }

    /// A button by which the page copies is not needed, unless the page has made what is copied when it was clicked.
    fn forget_copy_button(&mut self, made: &Pasted<'_>, at: usize) {
        let last = self.own.lines.last().filter(|line| line.step.click.is_some());
        if last.is_some_and(|line| !made.is_made_between(self.log, line.at, at)) {
            self.own.lines.pop();
        }
    }
}

/// What finds the element.
fn target(named: &Named) -> Result<Target, HarnessError> {
    named.target.clone().ok_or_else(|| {
        let why = format!("nothing tells {} from its like on the page", named.words);
        cannot(why, "give it an id, a label or a name")
    })
}
