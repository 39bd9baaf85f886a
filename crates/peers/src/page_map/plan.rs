//! What is done on a page by one role, step by step: what both forms of a map become.

use serde::Serialize;
use tincan_harness::Role;

use super::{
    controls::{AnswererControls, OffererControls, TextAreas},
    steps::{Described, Prompt, State, Step},
    target::Target,
};

/// What one role does, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RolePlan {
    /// The steps.
    pub(crate) steps: Vec<PlannedStep>,
    /// How many of them are taken before the call begins: before the offer is asked for, or before it is pasted.
    pub(crate) before_the_call: usize,
}

/// A step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlannedStep {
    /// What it is called in messages.
    pub(crate) name: String,
    /// See [`Step::optional`].
    pub(crate) optional: bool,
    /// See [`Step::for_camera`].
    pub(crate) for_camera: bool,
    /// What is done.
    #[serde(flatten)]
    pub(crate) action: Action,
}

/// What a person does, or waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "does", rename_all = "kebab-case")]
pub(crate) enum Action {
    /// Clicks, and answers the dialog that this opens.
    Click { target: Target, prompt: Option<String>, confirm: Option<bool>, pasted: Option<Described> },
    /// Types.
    Type { target: Target, text: String },
    /// Chooses in a list.
    Choose { target: Target, option: String },
    /// Ticks, or takes the tick away.
    Tick { target: Target, on: bool },
    /// Waits for an element.
    WaitFor { target: Target, shows: Option<String>, plays: bool },
    /// Waits for the page.
    Until { state: State },
    /// Copies what is to be carried to the other side.
    Copy { what: Described, target: Target },
    /// Pastes what came from there.
    Paste { what: Described, target: Target },
}

impl Action {
    /// What it carries, if it waits for the other side.
    pub(crate) const fn pastes(&self) -> Option<Described> {
        match self {
            Self::Paste { what, .. } | Self::Click { pasted: Some(what), .. } => Some(*what),
            _ => None,
        }
    }

    const fn copies(&self) -> Option<Described> {
        match self {
            Self::Copy { what, .. } => Some(*what),
            _ => None,
        }
    }

    const fn is_of_hands(&self) -> bool {
        matches!(self, Self::Click { .. } | Self::Type { .. } | Self::Choose { .. } | Self::Tick { .. })
    }

    fn click(target: &str) -> Self {
        Self::Click { target: Target::first(target), prompt: None, confirm: None, pasted: None }
    }
}

impl Step {
    /// What it does, if it is one action with what belongs to that.
    fn action(&self) -> Result<Action, String> {
        let Self { click, type_text, choose, tick, untick, wait_for, until, copy, paste, .. } = self.clone();
        let mut actions = Vec::new();
        actions.extend(click.map(|target| self.clicked(target)));
        actions.extend(
            type_text.map(|text| Ok(Action::Type { target: required("type", "into", &self.into)?, text })),
        );
        actions.extend(
            choose.map(|option| Ok(Action::Choose { target: required("choose", "in", &self.list)?, option })),
        );
        actions.extend(tick.map(|target| Ok(Action::Tick { target, on: true })));
        actions.extend(untick.map(|target| Ok(Action::Tick { target, on: false })));
        let (shows, plays) = (self.shows.clone(), self.plays);
        actions.extend(wait_for.map(|target| Ok(Action::WaitFor { target, shows, plays })));
        actions.extend(until.map(|state| Ok(Action::Until { state })));
        actions.extend(
            copy.map(|what| Ok(Action::Copy { what, target: required("copy", "from", &self.from)? })),
        );
        actions.extend(
            paste.map(|what| Ok(Action::Paste { what, target: required("paste", "into", &self.into)? })),
        );
        let one = "a step is one of `click`, `type`, `choose`, `tick`, `untick`, `wait_for`, `until`, `copy`, `paste`";
        match (actions.pop(), actions.is_empty()) {
            (Some(action), true) => self.nothing_else(action?),
            (None, _) => Err(format!("it does nothing: {one}")),
            (Some(_), false) => Err(format!("it does several things: {one}")),
        }
    }

    fn clicked(&self, target: Target) -> Result<Action, String> {
        let (prompt, pasted) = match &self.prompt {
            Some(Prompt::Text(text)) => (Some(text.clone()), None),
            Some(Prompt::Paste(what)) => (None, Some(*what)),
            None => (None, None),
        };
        if self.confirm.is_some() && self.prompt.is_some() {
            return Err("a click opens one dialog: `prompt` or `confirm`".to_owned());
        }
        Ok(Action::Click { target, prompt, confirm: self.confirm, pasted })
    }

    /// `action`, if nothing is said that belongs to another one.
    fn nothing_else(&self, action: Action) -> Result<Action, String> {
        let is_click = matches!(action, Action::Click { .. });
        let waits = matches!(action, Action::WaitFor { .. });
        let said = [
            ("from", self.from.is_some(), action.copies().is_some()),
            ("into", self.into.is_some(), matches!(action, Action::Type { .. } | Action::Paste { .. })),
            ("in", self.list.is_some(), matches!(action, Action::Choose { .. })),
            ("prompt", self.prompt.is_some(), is_click),
            ("confirm", self.confirm.is_some(), is_click),
            ("shows", self.shows.is_some(), waits),
            ("plays", self.plays, waits),
            ("optional", self.optional, action.is_of_hands() && action.pastes().is_none() || waits),
        ];
        let stray = said.into_iter().find(|(_, said, belongs)| *said && !belongs);
        stray.map_or(Ok(action), |(key, ..)| Err(format!("`{key}` does not belong to it")))
    }
}

fn required(action: &str, key: &str, target: &Option<Target>) -> Result<Target, String> {
    target.clone().ok_or_else(|| format!("`{action}` needs `{key}`"))
}

impl RolePlan {
    /// The plan of `role` from the steps of a map.
    pub(super) fn of_steps(role: Role, steps: &[Step]) -> Result<Self, String> {
        if let Some(place) = steps.iter().position(|step| step.begins_call) {
            return Err(format!(
                "step {} of the {role}: `begins_call` is for a page that signals for itself (`signals_itself`)",
                place + 1
            ));
        }
        Self::new(role, planned(role, steps)?)
    }

    /// The plan of `role` on a page that signals for itself. The call begins with the step that says so; where none does on either
    /// side, with what the offerer does last with its hands.
    pub(super) fn of_a_page_that_signals(
        role: Role,
        steps: &[Step],
        is_begun_elsewhere: bool,
    ) -> Result<Self, String> {
        let begin = steps.iter().position(|step| step.begins_call);
        if steps.iter().filter(|step| step.begins_call).count() > 1 {
            return Err(format!("the {role} has `begins_call` twice"));
        }
        let steps = planned(role, steps)?;
        let carries = |step: &&PlannedStep| step.action.copies().is_some() || step.action.pastes().is_some();
        if let Some(step) = steps.iter().find(carries) {
            return Err(format!(
                "{}: nothing is copied and pasted on a page that signals for itself",
                step.name
            ));
        }
        let last_of_hands = || steps.iter().rposition(|step| step.action.is_of_hands());
        let before_the_call = match begin {
            Some(begin) => begin,
            None if role == Role::Offerer && !is_begun_elsewhere => last_of_hands().unwrap_or(steps.len()),
            None => steps.len(),
        };
        Ok(Self { steps, before_the_call })
    }

    fn new(role: Role, steps: Vec<PlannedStep>) -> Result<Self, String> {
        let (own, other) = match role {
            Role::Offerer => (Described::Offer, Described::Answer),
            Role::Answerer => (Described::Answer, Described::Offer),
        };
        let copies = only(&steps, role, &format!("copy = \"{own}\""), |action| {
            action.copies().map(|what| what == own)
        })?;
        let pastes = only(&steps, role, &format!("paste = \"{other}\""), |action| {
            action.pastes().map(|what| what == other)
        })?;
        let before_the_call = match role {
            Role::Offerer if pastes < copies => return Err(circle(role, pastes, copies, "answer", "offer")),
            Role::Answerer if copies < pastes => {
                return Err(circle(role, copies, pastes, "own answer", "offer"));
            }
            // What is clicked last before there is an offer makes it; where there is nothing, the page made it while loading.
            Role::Offerer => {
                steps[..copies].iter().rposition(|step| step.action.is_of_hands()).unwrap_or(copies)
            }
            Role::Answerer => pastes,
        };
        Ok(Self { steps, before_the_call })
    }

    /// The plan of the offerer from the short form of a map.
    pub(super) fn of_offerer(controls: &OffererControls, sdp: &TextAreas) -> Result<Self, String> {
        let OffererControls { create_connection, start_video, create_offer, receive_answer, .. } = controls;
        let mut steps = preparation(create_connection.as_deref(), start_video.as_deref());
        steps.extend(create_offer.as_ref().map(|button| named("create_offer", Action::click(button))));
        steps.push(named(
            "sdp.send",
            Action::Copy { what: Described::Offer, target: Target::first(&sdp.send) },
        ));
        steps.push(named(
            "sdp.received",
            Action::Paste { what: Described::Answer, target: Target::first(&sdp.received) },
        ));
        let receive = receive_answer.as_ref().ok_or("the offerer has no `receive_answer`, and no `steps`")?;
        steps.push(named("receive_answer", Action::click(receive)));
        Self::new(Role::Offerer, steps)
    }

    /// The plan of the answerer from the short form of a map.
    pub(super) fn of_answerer(controls: &AnswererControls, sdp: &TextAreas) -> Result<Self, String> {
        let AnswererControls { create_connection, start_video, receive_offer, create_answer, .. } = controls;
        let mut steps = preparation(create_connection.as_deref(), start_video.as_deref());
        steps.push(named(
            "sdp.received",
            Action::Paste { what: Described::Offer, target: Target::first(&sdp.received) },
        ));
        let receive = receive_offer.as_ref().ok_or("the answerer has no `receive_offer`, and no `steps`")?;
        steps.push(named("receive_offer", Action::click(receive)));
        if let Some(create) = create_answer {
            // Careless pages do not wait for this themselves: a person who clicks on at once would get an error.
            steps.push(named("receive_offer", Action::Until { state: State::RemoteDescription }));
            steps.push(named("create_answer", Action::click(create)));
        }
        steps.push(named(
            "sdp.send",
            Action::Copy { what: Described::Answer, target: Target::first(&sdp.send) },
        ));
        Self::new(Role::Answerer, steps)
    }
}

/// What the steps of a map do.
fn planned(role: Role, steps: &[Step]) -> Result<Vec<PlannedStep>, String> {
    let planned = steps.iter().enumerate().map(|(place, step)| {
        let name = format!("step {} of the {role}", place + 1);
        match step.action() {
            Ok(action) => {
                Ok(PlannedStep { name, optional: step.optional, for_camera: step.for_camera, action })
            }
            Err(why) => Err(format!("{name}: {why}")),
        }
    });
    planned.collect()
}

fn named(name: &str, action: Action) -> PlannedStep {
    PlannedStep { name: name.to_owned(), optional: false, for_camera: false, action }
}

fn preparation(create_connection: Option<&str>, start_video: Option<&str>) -> Vec<PlannedStep> {
    let mut steps = Vec::new();
    if let Some(button) = create_connection {
        steps.push(named("create_connection", Action::click(button)));
        steps.push(named("create_connection", Action::Until { state: State::Connection }));
    }
    if let Some(button) = start_video {
        let of_camera = |action| PlannedStep { for_camera: true, ..named("start_video", action) };
        steps.push(of_camera(Action::click(button)));
        steps.push(of_camera(Action::Until { state: State::Camera }));
    }
    steps
}

/// Where the one step is of which `is` says yes; of another one of its kind it says no.
fn only(
    steps: &[PlannedStep],
    role: Role,
    words: &str,
    is: impl Fn(&Action) -> Option<bool>,
) -> Result<usize, String> {
    let mut found = None;
    for (place, step) in steps.iter().enumerate() {
        match (is(&step.action), found) {
            (Some(true), None) => found = Some(place),
            (Some(true), Some(_)) => return Err(format!("the {role} has `{words}` twice")),
            (Some(false), _) => {
                return Err(format!("{}: the {role} has `{words}`, and not the other one", step.name));
            }
            (None, _) => {}
        }
    }
    found.ok_or_else(|| format!("the {role} has no `{words}` among its steps"))
}

fn circle(role: Role, first: usize, later: usize, awaited: &str, before: &str) -> String {
    let (first, later) = (first + 1, later + 1);
    let then = if role == Role::Offerer { "is copied" } else { "is pasted" };
    format!(
        "each side waits for the other one: the {role} waits for the {awaited} in step {first}, before the {before} {then} in step {later}"
    )
}
