//! The page server, over HTTP.

mod hostile;
mod stalling;

use std::{
    fs,
    io::{ErrorKind, Read, Write},
    net::SocketAddr,
};

use tincan_peers::page_server::{PageServer, PageSource};
use tincan_tests::{Answer, address, connect, request, root};

/// A server and its address.
async fn start(source: &PageSource) -> (PageServer, SocketAddr) {
    let server = PageServer::start(source, 0).await.unwrap();
    let address = address(&server.url());
    (server, address)
}

fn ask(to: SocketAddr, method_and_target: &str) -> Answer {
    request(to, method_and_target, &[&to.to_string()]).unwrap()
}

/// A folder with a page, beside a file that is none of its business.
fn foreign_page() -> (tempfile::TempDir, PageSource) {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page");
    fs::create_dir(&page).unwrap();
    fs::write(page.join("index.html"), "<p>hello</p>").unwrap();
    fs::write(folder.path().join("secret.txt"), "secret").unwrap();
    (folder, PageSource::Folder(page))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_built_in_page_is_served_as_it_is_in_the_repository() {
    let (_server, to) = start(&PageSource::BuiltIn).await;
    let mut served = 0;
    for file in fs::read_dir(root().join("static")).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_name().unwrap().to_str().unwrap();
        let answer = ask(to, &format!("GET /{name}"));
        assert_eq!((answer.status, answer.body), (200, fs::read_to_string(&file).unwrap()), "{name}");
        served += 1;
    }
    assert!(served >= 3);
    assert_eq!(ask(to, "GET /").body, ask(to, "GET /index.html").body);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_built_in_page_comes_with_its_type_and_a_strict_policy() {
    let (_server, to) = start(&PageSource::BuiltIn).await;
    let types = [("index.html", "text/html"), ("main.js", "text/javascript"), ("style.css", "text/css")];
    for (name, content_type) in types {
        let answer = ask(to, &format!("GET /{name}"));
        assert_eq!(answer.header("content-type"), Some(format!("{content_type}; charset=utf-8").as_str()));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        insta::allow_duplicates! {
            insta::assert_snapshot!(answer.header("content-security-policy").unwrap_or_default(), @"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob: mediastream:; connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_this_machine_is_served() {
    let (_server, to) = start(&PageSource::BuiltIn).await;
    let port = to.port();
    let status = |hosts: &[&str]| request(to, "GET /", hosts).unwrap().status;
    assert_eq!(status(&[&format!("localhost:{port}")]), 200);
    for host in
        ["evil.example", "localhost", &format!("evil.example:{port}"), &format!("127.0.0.1:{}", port ^ 1)]
    {
        assert_eq!(status(&[host]), 403, "{host}");
    }
    assert_eq!((status(&[]), status(&[&to.to_string(), "evil.example"])), (403, 403));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_listens_on_another_address() {
    let (_server, to) = start(&PageSource::BuiltIn).await;
    assert!(to.ip().is_loopback());
    for other in ["127.0.0.2", "::1"] {
        let other = SocketAddr::new(other.parse().unwrap(), to.port());
        assert!(connect(other).is_err(), "{other} answers");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_not_found_and_nothing_can_be_changed() {
    let (_folder, foreign) = foreign_page();
    for source in [PageSource::BuiltIn, foreign] {
        let (_server, to) = start(&source).await;
        assert_eq!(ask(to, "GET /nothing.js").status, 404);
        for method in ["POST", "PUT", "DELETE"] {
            for target in ["/", "/index.html"] {
                assert_eq!(
                    ask(to, &format!("{method} {target}")).status,
                    405,
                    "{method} {target} {source:?}"
                );
            }
        }
        let head = ask(to, "HEAD /index.html");
        assert_eq!((head.status, head.body.as_str()), (200, ""), "{source:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_path_leads_out() {
    let (_folder, foreign) = foreign_page();
    let ways =
        ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "//secret.txt", "/x/../../secret.txt"];
    for source in [PageSource::BuiltIn, foreign] {
        let (_server, to) = start(&source).await;
        for way in ways.into_iter().chain(["/../Cargo.toml", "/%2fetc%2fpasswd", "/..%5csecret.txt"]) {
            let answer = ask(to, &format!("GET {way}"));
            assert!(answer.status == 404 && !answer.body.contains("secret"), "{way} {source:?}: {answer:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_others_is_served_without_a_policy() {
    let (_folder, foreign) = foreign_page();
    let (_server, to) = start(&foreign).await;
    let answer = ask(to, "GET /");
    assert_eq!((answer.status, answer.body.as_str()), (200, "<p>hello</p>"));
    assert_eq!(
        (answer.header("content-security-policy"), answer.header("cache-control")),
        (None, Some("no-store"))
    );
    assert_eq!(request(to, "GET /", &["evil.example"]).unwrap().status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_and_a_folder_that_is_not_there_are_said() {
    let (_server, to) = start(&PageSource::BuiltIn).await;
    let taken = PageServer::start(&PageSource::BuiltIn, to.port()).await.unwrap_err().to_string();
    assert!(taken.starts_with(&format!("failed to listen on {to}: ")), "{taken}");
    let nowhere = PageSource::Folder("/nowhere/at/all".into());
    let missing = PageServer::start(&nowhere, 0).await.unwrap_err().to_string();
    assert!(missing.starts_with("failed to serve the folder /nowhere/at/all: "), "{missing}");
}

/// Two connections, one that has said nothing and one that has said half of what it has to say, and their end.
fn half_open(to: SocketAddr) -> impl FnOnce() {
    let silent = connect(to).unwrap();
    let mut halting = connect(to).unwrap();
    write!(halting, "GET / HTT").unwrap();
    // It has been accepted when one that came later is answered.
    assert_eq!(ask(to, "GET /").status, 200);
    move || {
        for mut stream in [silent, halting] {
            match stream.read(&mut [0; 64]) {
                Ok(read) => assert_eq!(read, 0, "the connection lives on"),
                Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
            }
        }
        assert_eq!(connect(to).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_end_there_is_no_socket() {
    let (server, to) = start(&PageSource::BuiltIn).await;
    let assert_ended = half_open(to);
    server.close().await;
    assert_ended();
    let (server, to) = start(&PageSource::BuiltIn).await;
    let assert_ended = half_open(to);
    drop(server);
    assert_ended();
}
