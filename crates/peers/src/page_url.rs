//! The page of a server that runs already, at its address.

use std::{fmt, io, net::SocketAddr, str::FromStr, time::Duration};

use tincan_harness::{HarnessError, Scenario};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, lookup_host},
    time::timeout,
};
use url::Url;

use crate::reach::Origin;

/// How long a server may take to answer. One that builds the page first takes a second or two.
const DEADLINE: Duration = Duration::from_secs(10);
/// As much of an answer is read: its first line is in it.
const MOST_BYTES: usize = 4096;

/// The address of a page that is opened as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageUrl {
    url: Url,
    origin: Origin,
}

/// Why a text is no address of a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no address of a page: write it as http://localhost:5173/room")]
pub struct PageUrlError(String);

impl FromStr for PageUrl {
    type Err = PageUrlError;

    fn from_str(text: &str) -> Result<Self, PageUrlError> {
        let none = || PageUrlError(text.to_owned());
        let url = Url::parse(text).map_err(|_| none())?;
        let origin = Origin::of(&url).filter(|_| url.username().is_empty()).ok_or_else(none)?;
        Ok(Self { url, origin })
    }
}

impl fmt::Display for PageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.url.as_str())
    }
}

impl PageUrl {
    /// It.
    pub(crate) const fn url(&self) -> &Url {
        &self.url
    }

    /// Its origin.
    pub(crate) const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// What is opened for a role whose page map says `open`: that, seen from this address; without it this address.
    pub(crate) fn opened(&self, open: Option<&str>) -> String {
        let opened = open.map_or_else(|| Ok(self.url.clone()), |open| self.url.join(open));
        opened.map_or_else(|_| self.to_string(), String::from)
    }

    /// Why it cannot be called on it like `scenario`; none if it can.
    pub(crate) fn unsupported(&self, scenario: &Scenario) -> Option<String> {
        let media = scenario.procedure.flowing(scenario.media);
        let has_camera = media.video.is_some() || media.audio.is_some();
        if has_camera && !self.origin.is_trustworthy() {
            return Some(format!(
                "the page at {self} can have no camera and no microphone, since browsers give them to https and to this machine's own \
                 addresses only (it is no secure context): open it by https, or as localhost"
            ));
        }
        let is_apart = scenario.network.is_in_namespaces() && !self.origin.is_on_loopback();
        is_apart.then(|| {
            format!(
                "the page at {self} is not on this machine, and {} is a network of its own",
                scenario.network
            )
        })
    }

    /// Looks whether the page is there, and where. Of https only that somebody listens is seen: what is said there the browser sees.
    ///
    /// # Errors
    /// When nobody answers, or with an error.
    pub(crate) async fn look(&self) -> Result<SocketAddr, HarnessError> {
        let late = || Err(format!("no answer within {} s", DEADLINE.as_secs()));
        let looked = timeout(DEADLINE, self.ask()).await.unwrap_or_else(|_| late());
        looked.map_err(|said| {
            HarnessError::new(format!("open the page {self}"), said)
                .hint("start the server of the page first, and name the address that it prints")
        })
    }

    async fn ask(&self) -> Result<SocketAddr, String> {
        let text = |error: io::Error| error.to_string();
        let addresses = self.url.socket_addrs(|| None);
        let addresses = match addresses {
            // Names are looked up without holding up anybody.
            _ if self.url.domain().is_some() => self.lookup().await.map_err(text)?,
            addresses => addresses.map_err(text)?,
        };
        let mut outcome = Err("its name has no address".to_owned());
        for address in addresses {
            match TcpStream::connect(address).await {
                Ok(stream) if self.url.scheme() == "http" => {
                    return self.status(stream).await.map(|()| address);
                }
                Ok(_) => return Ok(address),
                Err(error) => outcome = Err(format!("{address}: {error}")),
            }
        }
        outcome
    }

    async fn lookup(&self) -> io::Result<Vec<SocketAddr>> {
        let host = self.url.host_str().unwrap_or_default();
        let port = self.url.port_or_known_default().unwrap_or_default();
        Ok(lookup_host((host, port)).await?.collect())
    }

    /// Asks for the page as a browser does.
    async fn status(&self, mut stream: TcpStream) -> Result<(), String> {
        let target = &self.url[url::Position::BeforePath..url::Position::AfterQuery];
        let host = &self.url[url::Position::BeforeHost..url::Position::AfterPort];
        let question = format!(
            "GET {target} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html,*/*;q=0.8\r\nConnection: close\r\n\r\n"
        );
        let mut answer = vec![0; MOST_BYTES];
        let asking = async {
            stream.write_all(question.as_bytes()).await?;
            let mut read = 0;
            while read < answer.len() && !answer[..read].contains(&b'\n') {
                match stream.read(&mut answer[read..]).await? {
                    0 => break,
                    more => read += more,
                }
            }
            Ok::<_, io::Error>(read)
        };
        let read = asking.await.map_err(|error| error.to_string())?;
        let line = String::from_utf8_lossy(&answer[..read]).lines().next().unwrap_or_default().to_owned();
        well(&line)
    }
}

/// Whether the first line of an answer says that the page is there.
fn well(line: &str) -> Result<(), String> {
    let status =
        line.strip_prefix("HTTP/").and_then(|rest| rest.split(' ').nth(1)).and_then(|code| code.parse().ok());
    match status {
        Some(200..=399_u16) => Ok(()),
        Some(status) => Err(answers(status)),
        None => Err(format!("what answers there is no web server: {line:?}")),
    }
}

/// What is said of a page that answers with an error.
pub(crate) fn answers(status: u16) -> String {
    format!("its server answers with the status {status}")
}

#[cfg(test)]
mod tests {
    use tincan_harness::Media;
    use tokio::net::TcpListener;

    use super::*;

    fn page(text: &str) -> PageUrl {
        text.parse().unwrap()
    }

    #[test]
    fn what_a_role_opens_is_seen_from_the_address() {
        let room = page("http://localhost:5173/room?x#a");
        for (open, expected) in [
            (None, "http://localhost:5173/room?x#a"),
            (Some("?role=guest"), "http://localhost:5173/room?role=guest"),
            (Some("guest.html"), "http://localhost:5173/guest.html"),
        ] {
            assert_eq!(room.opened(open), expected);
        }
        for wrong in ["localhost:5173", "http://", "ftp://x/", "http://a:b@c/"] {
            assert!(wrong.parse::<PageUrl>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_page_without_a_camera_is_said_to_be_one_before_the_call() {
        let scenario = crate::registry::catalogue().scenarios()[0];
        let lan = page("http://192.168.1.5/");
        assert!(lan.unsupported(&scenario).is_some_and(|why| why.contains("secure context")));
        let data = Scenario { media: "data".parse::<Media>().unwrap(), ..scenario };
        assert_eq!(lan.unsupported(&data), None);
        assert_eq!(page("http://localhost:1/").unsupported(&scenario), None);
    }

    /// A server that says this to whoever comes, and the page there.
    async fn served(answer: &'static str) -> PageUrl {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 1024]).await;
            stream.write_all(answer.as_bytes()).await.unwrap();
        });
        page(&format!("http://127.0.0.1:{port}/room"))
    }

    #[tokio::test]
    async fn a_page_that_is_not_there_is_said_to_be_so() {
        assert!(served("HTTP/1.1 200 OK\r\n\r\n").await.look().await.is_ok());
        for (answer, words) in [
            ("HTTP/1.1 404 Not Found\r\n\r\n", "answers with the status 404"),
            ("SSH-2.0-x\r\n", "is no web server: \"SSH-2.0-x\""),
            ("", "is no web server: \"\""),
        ] {
            let said = served(answer).await.look().await.unwrap_err().to_string();
            assert!(said.contains(words), "{said}");
        }
        let nobody = TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap();
        let said = page(&format!("http://{nobody}/")).look().await.unwrap_err().to_string();
        assert!(said.contains("refused") && said.contains("start the server"), "{said}");
    }
}
