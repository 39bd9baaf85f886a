//! The command that makes a call again.

use tincan_harness::{attempt::Attempt, environment::Environment, signaling::Role};

/// The command that makes the call of `attempt` again, so many times.
pub(crate) fn command(environment: &Environment, attempt: &Attempt, times: usize) -> String {
    let programs = Role::BOTH.map(|role| {
        let profile = environment.profile(attempt.scenario().peer(role));
        let program = profile.and_then(|profile| Some((profile.id, profile.program.as_ref()?)));
        program.map(|(id, program)| format!(" --peer '{id}={}'", program.command)).unwrap_or_default()
    });
    let [offerer, answerer] = &programs;
    let programs = if offerer == answerer { offerer.clone() } else { programs.concat() };
    let times = if times > 1 { format!(" --repeat {times}") } else { String::new() };
    format!("tincan run{programs} '{}'{times}", attempt.scenario)
}
