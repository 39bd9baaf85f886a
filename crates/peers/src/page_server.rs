//! Serves the page on loopback, and to nobody else.
//!
//! The built-in page is part of the binary. What a browser on this machine asks for on behalf of a foreign site gets
//! nothing: a request must name this server as its host (the defence against DNS rebinding).

mod connections;
mod folder;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{Next, from_fn, from_fn_with_state, map_response},
    response::{Html, IntoResponse, Response},
    routing::get,
    serve::Listener,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

use self::connections::Connections;

/// The files of `static/`, by name.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/static_files.rs"));

/// The built-in page runs its own scripts only, shows its own pictures only, and connects to no server: calls do not
/// go by `connect-src`.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    media-src 'self' blob: mediastream:; connect-src 'none'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// As long as the target of a request may be, in bytes: as much as everybody should take (RFC 9110, section 4.1), and more
/// than the path of a file can have.
const LONGEST_TARGET: usize = 8_000;

/// A page of tincan's own beside the page that is served, for a look at the machine: no folder can have a file there, since
/// what begins with a dot is not served.
pub(crate) const BLANK: &str = "/.well-known/tincan/blank";
/// Its title, which is all that is there.
pub(crate) const BLANK_TITLE: &str = "tincan: blank";

/// Which page is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageSource {
    /// The page of this repository.
    BuiltIn,
    /// The files of a folder, as they are, except for what is hidden (its name begins with a dot) or lies elsewhere (a link
    /// leads out of the folder).
    Folder(PathBuf),
}

impl PageSource {
    /// Whether the page has the file `name`.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        match self {
            Self::BuiltIn => FILES.iter().any(|(file, _)| *file == name),
            Self::Folder(folder) => folder.join(name).is_file(),
        }
    }
}

/// Why the page cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PageServerError {
    /// The port is taken, or may not be used.
    #[error("failed to listen on 127.0.0.1:{port}: {source}")]
    Listen {
        /// The port that was asked for; 0 is any.
        port: u16,
        /// Why.
        source: io::Error,
    },
    /// There is no such folder.
    #[error("failed to serve the folder {folder}: {source}")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A page that is being served. Dropping it ends the server with all its connections.
#[derive(Debug)]
pub struct PageServer {
    address: SocketAddr,
    ending: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl PageServer {
    /// Serves `page` on 127.0.0.1, at `port`, or at any free one if that is 0.
    ///
    /// # Errors
    /// When the port cannot be had, or the folder is not there.
    pub async fn start(page: &PageSource, port: u16) -> Result<Self, PageServerError> {
        let pages = match page {
            PageSource::BuiltIn => built_in(),
            PageSource::Folder(folder) => files_of(folder)?,
        };
        let failed = |source| PageServerError::Listen { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let own_names = Arc::new(own_names(address.port()));
        let app = pages
            .route(
                BLANK,
                get(|| async {
                    Html(format!("<!doctype html><link rel=icon href=data:,><title>{BLANK_TITLE}</title>\n"))
                }),
            )
            .layer(from_fn(only_for_sound_targets))
            .layer(from_fn_with_state(own_names, only_for_own_names))
            .layer(map_response(never_stored));
        let (ending, ended) = oneshot::channel();
        Ok(Self { address, ending, serving: tokio::spawn(serve(listener, app, ended)) })
    }

    /// The address of the page's folder, with `/` at its end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends the server; its socket and its connections are closed when this returns.
    pub async fn close(self) {
        drop(self.ending);
        // It ends in a panic only if the server has a bug, and then it is closed too.
        let _ = self.serving.await;
    }
}

/// Takes connections until the other end of `ended` is dropped. All end with it.
async fn serve(mut listener: TcpListener, app: Router, mut ended: oneshot::Receiver<()>) {
    let mut connections = Connections::new(app);
    loop {
        tokio::select! {
            _ = &mut ended => break,
            stream = next(&mut listener, &mut connections) => connections.take(stream),
        }
    }
    drop(listener);
    connections.end().await;
}

/// The next connection for which there is room.
async fn next(listener: &mut TcpListener, connections: &mut Connections) -> TcpStream {
    connections.room().await;
    Listener::accept(listener).await.0
}

fn built_in() -> Router {
    Router::new()
        .route("/", get(|| async { file("index.html") }))
        .route("/{name}", get(|Path(name): Path<String>| async move { file(&name) }))
        .layer(map_response(hardened))
}

fn file(name: &str) -> Response {
    let Some((name, content)) = FILES.iter().find(|(file, _)| *file == name) else {
        return (StatusCode::NOT_FOUND, "there is no such file\n").into_response();
    };
    let content_type = content_type(name).unwrap_or("application/octet-stream");
    ([(header::CONTENT_TYPE, content_type)], *content).into_response()
}

async fn hardened(response: Response) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, response)
}

/// A page that was changed is seen changed.
async fn never_stored(response: Response) -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-store")], response)
}

fn content_type(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        _ => return None,
    })
}

/// Pages of others have inline scripts and styles: they get no policy of ours.
fn files_of(folder: &std::path::Path) -> Result<Router, PageServerError> {
    std::fs::read_dir(folder)
        .map_err(|source| PageServerError::Folder { folder: folder.to_owned(), source })?;
    Ok(Router::new().fallback_service(folder::service(folder)))
}

/// What a request may call this server: with the port, unless that is the one that goes without saying.
fn own_names(port: u16) -> Vec<String> {
    let with_port = ["127.0.0.1", "localhost"].map(|name| format!("{name}:{port}"));
    let bare = ["127.0.0.1", "localhost"].into_iter().filter(|_| port == 80).map(str::to_owned);
    with_port.into_iter().chain(bare).collect()
}

async fn only_for_own_names(State(names): State<Arc<Vec<String>>>, request: Request, next: Next) -> Response {
    if is_for_one_of(&names, request.headers()) {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "this page is served to this machine only: open it as 127.0.0.1 or localhost\n")
        .into_response()
}

async fn only_for_sound_targets(request: Request, next: Next) -> Response {
    let uri = request.uri();
    let length = uri.path_and_query().map_or(0, |target| target.as_str().len());
    if length > LONGEST_TARGET {
        return StatusCode::URI_TOO_LONG.into_response();
    }
    // Where a folder is redirected to, two slashes would lead to another host.
    if uri.path().starts_with("//") {
        return StatusCode::NOT_FOUND.into_response();
    }
    // `*` and `host:port` are the targets of other methods than are answered here (RFC 9112, section 3.2).
    if !uri.path().starts_with('/') {
        return StatusCode::BAD_REQUEST.into_response();
    }
    next.run(request).await
}

fn is_for_one_of(names: &[String], headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    host.to_str().is_ok_and(|host| names.iter().any(|name| name.eq_ignore_ascii_case(host)))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn every_file_of_the_built_in_page_has_a_type() {
        assert!(FILES.iter().any(|(name, _)| *name == "index.html"));
        for (name, _) in FILES {
            assert!(content_type(name).is_some(), "{name} needs a line in content_type()");
        }
    }

    #[test]
    fn a_request_that_names_another_host_two_hosts_or_none_is_refused() {
        let names = own_names(8080);
        let asked = |hosts: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for host in hosts {
                headers.append(header::HOST, HeaderValue::from_static(host));
            }
            is_for_one_of(&names, &headers)
        };
        assert!(asked(&["127.0.0.1:8080"]) && asked(&["LocalHost:8080"]));
        for hosts in
            [&[][..], &["127.0.0.1"], &["localhost:80"], &["evil.example:8080"], &["localhost:8080"; 2]]
        {
            assert!(!asked(hosts), "{hosts:?}");
        }
        assert!(own_names(80).contains(&"localhost".to_owned()));
    }
}
