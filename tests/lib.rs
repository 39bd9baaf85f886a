//! What the tests of both targets share: where the repository is, how the programme is started, how a page is fetched,
//! what a sweep has to show.

pub mod people;
pub mod reactions;
pub mod sweeps;

use std::{
    fs,
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

/// A local server answers within milliseconds; a test that waits this long has failed.
const DEADLINE: Duration = Duration::from_secs(10);

/// The root of the repository.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// The version of a crate in `Cargo.lock`; the latest if there are several, which ascend there.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn locked_version(name: &str) -> String {
    let lock = fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock can be read");
    let begin = format!("name = \"{name}\"\nversion = \"");
    let (_, behind) = lock.rsplit_once(&begin).unwrap_or_else(|| panic!("Cargo.lock has no {name}"));
    behind.split('"').next().unwrap_or_default().to_owned()
}

/// The programme, to be run in `folder`, without what the environment of the tests would tell it.
#[must_use]
pub fn command(executable: &str, folder: &Path) -> Command {
    let mut command = Command::new(executable);
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for name in ["TINCAN_CHROMIUM", "TINCAN_CHROMEDRIVER", "NO_COLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command
}

/// A folder with nothing in it, to be used as a PATH.
#[must_use]
pub fn empty_path(folder: &Path) -> PathBuf {
    let path = folder.join("empty");
    fs::create_dir_all(&path).expect("a folder can be made in a temporary folder");
    path
}

/// An answer to an HTTP request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers as they came, a line each.
    pub head: String,
    /// The body.
    pub body: String,
}

impl Answer {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// Sends `METHOD TARGET` with these Host headers, byte for byte: no client mends what a test says.
///
/// # Errors
/// When nobody listens, or what comes is no HTTP.
pub fn request(to: SocketAddr, method_and_target: &str, hosts: &[&str]) -> io::Result<Answer> {
    let mut stream = connect(to)?;
    let hosts: String = hosts.iter().map(|host| format!("Host: {host}\r\n")).collect();
    write!(stream, "{method_and_target} HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n")?;
    let mut text = Vec::new();
    stream.read_to_end(&mut text)?;
    let text = String::from_utf8_lossy(&text);
    let (head, body) = text.split_once("\r\n\r\n").ok_or(io::ErrorKind::InvalidData)?;
    let status =
        head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
    Ok(Answer { status, head: head.to_owned(), body: body.to_owned() })
}

/// Connects, with deadlines on everything that follows.
///
/// # Errors
/// When nobody listens.
pub fn connect(to: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&to, DEADLINE)?;
    stream.set_read_timeout(Some(DEADLINE))?;
    Ok(stream)
}

/// The address in `http://ADDRESS:PORT/`.
///
/// # Panics
/// When that is not its form.
#[must_use]
pub fn address(url: &str) -> SocketAddr {
    let address = url.strip_prefix("http://").and_then(|rest| rest.strip_suffix('/'));
    address
        .and_then(|address| address.parse().ok())
        .unwrap_or_else(|| panic!("{url} is no http://ADDRESS:PORT/"))
}
