//! The preferences of a Firefox: what it is started with, each with what it is for, and what it says of them when it runs.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::{Value, json};
use tincan_harness::HarnessError;

use super::{bidi::BidiTab, context::ContextError};
use crate::{
    network_host::NetworkHost,
    reach::{Origin, proxy_configuration},
};

/// A preference: its name, its value as JavaScript and JSON write it, and what it is for.
#[derive(Debug, Clone)]
pub(super) struct Preference {
    pub(super) name: &'static str,
    pub(super) value: Cow<'static, str>,
    pub(super) purpose: &'static str,
}

const fn preference(name: &'static str, value: &'static str, purpose: &'static str) -> Preference {
    Preference { name, value: Cow::Borrowed(value), purpose }
}

/// Those of a Firefox on `host` whose pages may reach `origins`. In a network of namespaces loopback addresses lead nowhere; the servers
/// of this machine's own network are on its loopback interface.
pub(super) fn preferences(host: &NetworkHost, origins: &[Origin]) -> Vec<Preference> {
    let loopback = preference(
        "media.peerconnection.ice.loopback",
        "true",
        "STUN and TURN servers on 127.0.0.1 are used, too",
    );
    let is_inside = origins.iter().all(Origin::is_on_loopback);
    let names = is_inside.then(|| preference("network.dns.disabled", "true", "no DNS"));
    let ways =
        proxy_configuration(origins).map_or_else(closed, |script| open_to(&script)).into_iter().chain(names);
    let has_servers = host.namespace().is_none() && !host.hides_addresses();
    let candidates = if host.hides_addresses() { HIDDEN } else { SHOWN };
    let own = PREFERENCES.into_iter().chain(candidates).chain(has_servers.then_some(loopback));
    own.chain(ways).collect()
}

/// Nothing leaves the machine.
fn closed() -> Vec<Preference> {
    vec![preference("network.proxy.type", "0", INSIDE)]
}

/// Nothing leaves the machine but what `script` lets pass.
fn open_to(script: &str) -> Vec<Preference> {
    let script = Preference {
        name: "network.proxy.autoconfig_url",
        value: Cow::Owned(json!(script).to_string()),
        purpose: NAMED,
    };
    vec![
        preference("network.proxy.type", "2", NAMED),
        script,
        preference(
            "network.proxy.allow_hijacking_localhost",
            "true",
            "other addresses of loopback are asked for as well",
        ),
        preference("network.trr.mode", "5", "names are looked up by this machine"),
        preference("network.dns.disablePrefetch", "true", NAMED),
    ]
}

/// The preferences as Firefox reads them when it starts.
pub(super) fn user_js(preferences: &[Preference]) -> String {
    let line = |Preference { name, value, purpose }: &Preference| {
        format!("// {purpose}\nuser_pref(\"{name}\", {value});\n")
    };
    preferences.iter().map(line).collect()
}

/// Asks the Firefox of `tab` what holds, of `asked`: a policy of the machine or a start script may have put another value above
/// that of its profile.
///
/// # Errors
/// When it does not tell, or when something else holds than what was asked for.
pub(super) async fn read_back(tab: &BidiTab, asked: &[Preference]) -> Result<(), HarnessError> {
    let told = ask(tab, asked).await;
    let told = told.map_err(|error| HarnessError::new("ask the browser for its preferences", error))?;
    compare(asked, &told)
}

/// The preferences that hold, by name; null where there is none.
async fn ask(tab: &BidiTab, asked: &[Preference]) -> Result<Value, ContextError> {
    let names: Vec<_> = asked.iter().map(|preference| preference.name).collect();
    let names = json!(names);
    tab.evaluate_in_window(&format!("({})({names})", include_str!("firefox_preferences.js"))).await
}

fn compare(asked: &[Preference], told: &Value) -> Result<(), HarnessError> {
    // As JSON: a text that reads `true` is not the truth value.
    let other = |preference: &&Preference| {
        let holds = told[preference.name].to_string();
        holds != *preference.value
    };
    let Some(lost) = asked.iter().find(other) else { return Ok(()) };
    let message = format!("{}={} was asked for, and it is {}", lost.name, lost.value, told[lost.name]);
    Err(HarnessError::new("check the browser's preferences", message).hint(
        "a policy of this machine may set it (about:policies, /etc/firefox/policies), or a start script: name another browser \
         with --firefox",
    ))
}

/// What is reported of them: each with what it is for.
pub(super) fn flags(preferences: &[Preference]) -> BTreeMap<String, String> {
    let flag =
        |Preference { name, value, purpose }: &Preference| (format!("{name}={value}"), (*purpose).to_owned());
    preferences.iter().map(flag).collect()
}

const CAMERA: &str = "there is a camera, and nobody has to allow it: below getUserMedia a script then replaces its track by one of a \
                      canvas with the frame code, since Firefox plays no file";
const LOOKED_AT: &str = "a page plays without a click";
const CANDIDATES: &str = "host candidates have addresses, not names of mDNS";
const ADDRESSES: &str = "every address is a candidate, as on a page that always has the camera: else Firefox takes the one from which it \
                         would go out by IPv4, and gathers nothing where there is none";
const NO_PERMISSION: &str =
    "host candidates have names of mDNS, not addresses, as on a page that may not use the camera";
const CLOCK: &str = "the page's clock is as fine as it can be";
const INSIDE: &str = "nothing leaves the machine";
const NAMED: &str = "nothing leaves the machine but to the page and to origins that its map names";
const PLAIN: &str = "nothing but the page";

/// Host candidates have addresses.
const SHOWN: [Preference; 2] = [
    preference("permissions.default.camera", "1", ADDRESSES),
    preference("media.peerconnection.ice.obfuscate_host_addresses", "false", CANDIDATES),
];
/// Host candidates have names.
const HIDDEN: [Preference; 2] = [
    preference("permissions.default.camera", "0", NO_PERMISSION),
    preference("media.peerconnection.ice.obfuscate_host_addresses", "true", NO_PERMISSION),
];

const PREFERENCES: [Preference; 32] = [
    preference("media.navigator.streams.fake", "true", CAMERA),
    preference("media.navigator.permission.disabled", "true", CAMERA),
    preference("media.autoplay.default", "0", LOOKED_AT),
    preference(
        "media.cubeb.force_mock_context",
        "true",
        "sound is made and heard also on a machine without a sound device, where no AudioContext would ever run",
    ),
    preference("privacy.reduceTimerPrecision", "false", CLOCK),
    preference(
        "browser.sessionhistory.max_total_viewers",
        "0",
        "a page that was left is gone, not kept for who goes back",
    ),
    preference("network.captive-portal-service.enabled", "false", INSIDE),
    preference("network.connectivity-service.enabled", "false", INSIDE),
    preference("app.normandy.enabled", "false", INSIDE),
    preference("app.update.disabledForTesting", "true", INSIDE),
    preference("browser.region.update.enabled", "false", INSIDE),
    preference("browser.safebrowsing.malware.enabled", "false", INSIDE),
    preference("browser.safebrowsing.phishing.enabled", "false", INSIDE),
    preference("browser.search.update", "false", INSIDE),
    preference("datareporting.healthreport.uploadEnabled", "false", INSIDE),
    preference("datareporting.policy.dataSubmissionEnabled", "false", INSIDE),
    preference("dom.push.connection.enabled", "false", INSIDE),
    preference("extensions.update.enabled", "false", INSIDE),
    preference("media.gmp-manager.updateEnabled", "false", INSIDE),
    preference("services.settings.server", "\"data:,none\"", INSIDE),
    preference("toolkit.telemetry.server", "\"data:,none\"", INSIDE),
    preference("browser.startup.page", "0", PLAIN),
    preference("browser.startup.homepage", "\"about:blank\"", PLAIN),
    preference("browser.newtab.preload", "false", PLAIN),
    preference("browser.newtabpage.enabled", "false", PLAIN),
    preference("browser.aboutwelcome.enabled", "false", PLAIN),
    preference("browser.shell.checkDefaultBrowser", "false", "no question"),
    preference("browser.sessionstore.resume_from_crash", "false", PLAIN),
    preference("datareporting.policy.dataSubmissionPolicyBypassNotification", "true", "no question"),
    preference("startup.homepage_welcome_url", "\"about:blank\"", PLAIN),
    preference(
        "layout.css.prefers-color-scheme.content-override",
        "1",
        "pages look the same wherever it runs",
    ),
    preference(
        "dom.ipc.processPrelaunch.enabled",
        "false",
        "no process that no page needs: each takes memory and time",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_one_value_which_is_json_and_a_purpose() {
        let host = NetworkHost::default();
        let all = preferences(&host, &[]);
        assert_eq!(flags(&all).len(), all.len());
        for Preference { name, value, purpose } in &all {
            let json: Value = serde_json::from_str(value).unwrap();
            assert_eq!(json.to_string(), *value, "{name}");
            assert!(!purpose.is_empty(), "{name}");
        }
        let hidden = preferences(&NetworkHost::hidden(), &[]);
        assert!(hidden.len() + 1 == all.len() && user_js(&all).contains("ice.loopback\", true);"));
        for (preferences, hides) in [(&all, "false"), (&hidden, "true")] {
            assert!(user_js(preferences).contains(&format!("obfuscate_host_addresses\", {hides});")));
        }
        let open = user_js(&preferences(&host, &["https://cdn.example".parse().unwrap()]));
        assert!(open.contains("https%3A%2F%2Fcdn.example") && !open.contains("dns.disabled"), "{open}");
    }

    #[test]
    fn what_was_asked_for_and_does_not_hold_is_trouble() {
        let asked = [preference("a.b", "true", "x"), preference("a.c", "\"data:,none\"", "x")];
        let trouble = |told: Value| compare(&asked, &told).err().map(|trouble| trouble.to_string());
        assert_eq!(trouble(json!({ "a.b": true, "a.c": "data:,none" })), None);
        let says = |told: Value, words: &str| {
            let trouble = trouble(told).unwrap_or_default();
            assert!(trouble.contains(words), "{trouble:?} does not say {words:?}");
        };
        says(json!({ "a.b": false, "a.c": "data:,none" }), "a.b=true was asked for, and it is false");
        says(json!({ "a.b": 1, "a.c": "data:,none" }), "and it is 1");
        says(json!({ "a.b": true, "a.c": null }), "a.c=\"data:,none\" was asked for, and it is null");
        says(Value::Null, "and it is null");
    }
}
