//! `tincan doctor`: can calls be made on this machine, and what is to be done if not? It says of nothing that it is well but of
//! what it saw.

mod finding;
mod machine;
mod programs;
mod trials;

use anyhow::Context;
use serde::Serialize;
use tokio::runtime;

use self::finding::Finding;
use crate::{args::DoctorArgs, exit::Exit, print};

/// All that was looked at.
#[derive(Debug, Serialize)]
struct Findings {
    /// Whether all of it is well.
    well: bool,
    findings: Vec<Finding>,
}

/// Looks at what calls need, tries it, and prints what it finds.
pub fn doctor(args: DoctorArgs) -> anyhow::Result<Exit> {
    let runtime = runtime::Builder::new_multi_thread().enable_all().build().context("failed to start")?;
    let json = args.json;
    let findings = runtime.block_on(find(args));
    // What hangs is left to its end, which comes with that of this process.
    runtime.shutdown_background();
    let findings = Findings { well: findings.iter().all(|finding| finding.well), findings };
    print::to_stdout(&if json { as_json(&findings)? } else { as_text(&findings) })?;
    Ok(if findings.well { Exit::Well } else { Exit::CouldNotAsk })
}

async fn find(args: DoctorArgs) -> Vec<Finding> {
    let mut findings = programs::look(&args.browser).await;
    findings.extend([machine::interface(), machine::camera(), machine::codecs(), machine::libopus()]);
    findings.push(machine::networks());
    findings.extend(trials::make(args.browser.options(false, false)).await);
    findings
}

fn as_json(findings: &Findings) -> serde_json::Result<String> {
    serde_json::to_string_pretty(findings).map(|text| text + "\n")
}

fn as_text(findings: &Findings) -> String {
    let line = |finding: &Finding| {
        let word = if finding.well { print::good("ok     ") } else { print::bad("trouble") };
        let hint = finding.hint.as_ref().map_or_else(String::new, |hint| format!("         hint: {hint}\n"));
        format!("{word}  {}: {}\n{hint}", finding.name, finding.found)
    };
    findings.findings.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_is_printed_with_its_cure() {
        let findings =
            vec![Finding::well("driver", "here"), Finding::trouble("browser", "none", "install one")];
        let text = as_text(&Findings { well: false, findings });
        let text = anstream::adapter::strip_str(&text).to_string();
        assert_eq!(text, "ok       driver: here\ntrouble  browser: none\n         hint: install one\n");
    }
}
