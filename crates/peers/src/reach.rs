//! What pages may reach besides this machine: nothing, but for origins that somebody has named.

use std::{fmt, net::Ipv6Addr, str::FromStr};

use serde::Deserialize;
use url::{Host, Url};

/// What a page reaches in any case, as Chromium's rules have it: the page server, and addresses in networks of namespaces.
const ALWAYS: [&str; 4] = ["localhost", "127.0.0.1", "10.*", "*.local"];
/// Where nobody listens: the port of a service that is long dead (RFC 863).
const NOBODY: &str = "127.0.0.1:9";

/// An origin (RFC 6454): a scheme, a host and a port, as in `https://cdn.example`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Origin(Url);

/// Why a text is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no origin from which pages fetch: write it as https://cdn.example, without a path")]
pub struct OriginError(String);

impl Origin {
    /// That of `url`; none if pages fetch from no such one.
    pub(crate) fn of(url: &Url) -> Option<Self> {
        let is_of_web = matches!(url.scheme(), "http" | "https") && url.has_host();
        let origin = is_of_web.then(|| Url::parse(&url.origin().ascii_serialization()));
        origin?.ok().map(Self)
    }

    /// Its host; an address of IPv6 is in brackets.
    fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Whether it is on this machine.
    pub(crate) fn is_on_loopback(&self) -> bool {
        match self.0.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address == Ipv6Addr::LOCALHOST,
            None => false,
        }
    }

    /// Whether its pages may have a camera: they are a secure context (<https://w3c.github.io/webappsec-secure-contexts/>).
    pub(crate) fn is_trustworthy(&self) -> bool {
        self.0.scheme() == "https" || self.is_on_loopback()
    }

    /// How addresses of its files begin, and those of its WebSockets.
    fn beginnings(&self) -> [String; 2] {
        let address = self.0.as_str();
        [address.to_owned(), address.replacen("http", "ws", 1)]
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let none = || OriginError(text.to_owned());
        let url = Url::parse(text).map_err(|_| none())?;
        let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let is_bare = is_bare && url.username().is_empty() && url.password().is_none();
        Self::of(&url).filter(|_| is_bare).ok_or_else(none)
    }
}

impl TryFrom<String> for Origin {
    type Error = OriginError;

    fn try_from(text: String) -> Result<Self, OriginError> {
        text.parse()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0.as_str().trim_end_matches('/'))
    }
}

/// Chromium's rules for names of hosts, of pages that may reach `origins`. They know no ports: of a host that is named, all may be
/// reached.
pub(crate) fn resolver_rules(origins: &[Origin]) -> String {
    let mut hosts: Vec<_> = ALWAYS.to_vec();
    for host in origins.iter().map(Origin::host) {
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    let excluded: String = hosts.iter().map(|host| format!(", EXCLUDE {host}")).collect();
    format!("MAP * ~NOTFOUND{excluded}")
}

/// The proxy configuration of a Firefox whose pages may reach `origins`, as an address: what may not be reached is sent to a port on
/// which nobody listens, and no name of it is looked up. None if there are no origins.
pub(crate) fn proxy_configuration(origins: &[Origin]) -> Option<String> {
    if origins.is_empty() {
        return None;
    }
    let beginnings: Vec<_> = origins.iter().flat_map(Origin::beginnings).collect();
    let beginnings = beginnings.iter().map(|begin| format!("'{begin}'")).collect::<Vec<_>>().join(",");
    let script = format!(
        "function FindProxyForURL(url, host) {{ \
         if (host === 'localhost' || host === '127.0.0.1' || /^10[.][0-9.]+$/.test(host)) return 'DIRECT'; \
         return [{beginnings}].some((begin) => url.startsWith(begin)) ? 'DIRECT' : 'PROXY {NOBODY}'; }}"
    );
    let encoded: String = url::form_urlencoded::byte_serialize(script.as_bytes()).collect();
    Some(format!("data:application/x-ns-proxy-autoconfig,{}", encoded.replace('+', "%20")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins(origins: &[&str]) -> Vec<Origin> {
        origins.iter().map(|origin| origin.parse().unwrap()).collect()
    }

    #[test]
    fn an_origin_has_a_scheme_of_the_web_and_no_path() {
        for (text, as_said) in [
            ("https://cdn.example", "https://cdn.example"),
            ("HTTP://LocalHost:5173/", "http://localhost:5173"),
            ("https://cdn.example:443", "https://cdn.example"),
            ("http://[::1]:80", "http://[::1]"),
        ] {
            assert_eq!(text.parse::<Origin>().unwrap().to_string(), as_said);
        }
        for wrong in [
            "cdn.example",
            "https://cdn.example/lib",
            "ftp://x",
            "https://a@b",
            "https://b/?q",
            "file:///x",
            "*",
        ] {
            assert!(wrong.parse::<Origin>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_camera_takes_https_or_this_machine() {
        let is = |text: &str| text.parse::<Origin>().unwrap().is_trustworthy();
        assert!(is("http://localhost:1") && is("http://127.0.0.9") && is("http://[::1]") && is("https://x"));
        assert!(is("http://a.localhost") && !is("http://192.168.1.5") && !is("http://localhost.example"));
    }

    #[test]
    fn nothing_is_reached_but_this_machine_and_what_is_named() {
        assert_eq!(
            resolver_rules(&[]),
            "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE 10.*, EXCLUDE *.local"
        );
        let named = origins(&["http://localhost:5173", "https://cdn.example", "http://[::1]:5173"]);
        assert!(resolver_rules(&named).ends_with("*.local, EXCLUDE cdn.example, EXCLUDE [::1]"));
        assert_eq!(proxy_configuration(&[]), None);
        let script = proxy_configuration(&named).unwrap();
        assert!(
            script.contains("%27https%3A%2F%2Fcdn.example%2F%27%2C%27wss%3A%2F%2Fcdn.example%2F%27"),
            "{script}"
        );
    }
}
