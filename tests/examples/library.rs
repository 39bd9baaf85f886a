//! Makes the calls between Chromium and webrtc-rs over each network that needs no privileges, and prints what became of them.

use std::error::Error;

use tincan_peers::{BrowserOptions, Roster, RosterOptions, registry::catalogue};

fn main() -> Result<(), Box<dyn Error>> {
    tincan_peers::warden::enter(); // before anything else
    tokio::runtime::Runtime::new()?.block_on(calls())
}

async fn calls() -> Result<(), Box<dyn Error>> {
    // Any number that the last run did not have.
    let options = RosterOptions::on_built_in_page(std::process::id(), BrowserOptions::default())?;
    let mut roster = Roster::new(options).await?;
    for scenario in catalogue().select(&["chromium-to-webrtc-rs/".to_owned()])? {
        let attempt = roster.attempt(&scenario, 1).await;
        println!("{} {} {:?}", attempt.scenario, attempt.verdict, attempt.reason);
    }
    roster.close().await;
    Ok(())
}
