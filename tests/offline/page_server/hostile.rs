//! The page server, and clients that ask for what they should not have, or in a way that nobody should.

use std::{
    fs,
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    os::unix::{
        fs::{PermissionsExt, symlink},
        net::UnixListener,
    },
    path::Path,
};

use rustix::fs::{CWD, FileType, Mode, mknodat};
use tincan_peers::page_server::PageSource;
use tincan_tests::connect;

use super::{ask, foreign_page, start};

/// The page of [`foreign_page`], with whatever else a folder can hold.
fn crowded_page() -> (tempfile::TempDir, PageSource) {
    let (folder, source) = foreign_page();
    let page = folder.path().join("page");
    fs::create_dir_all(page.join("sub/index.html")).unwrap();
    fs::create_dir(page.join("empty")).unwrap();
    mknodat(CWD, page.join("fifo"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    drop(UnixListener::bind(page.join("socket")).unwrap());
    symlink("loop", page.join("loop")).unwrap();
    symlink("nowhere", page.join("dangling")).unwrap();
    fs::write(page.join("unreadable"), "secret").unwrap();
    fs::set_permissions(page.join("unreadable"), fs::Permissions::from_mode(0o000)).unwrap();
    (folder, source)
}

/// The status that is answered to `said`; 0 if the connection is closed without a word.
fn status(to: SocketAddr, said: &[u8]) -> u16 {
    let mut stream = connect(to).unwrap();
    // Who has heard enough does not hear out the rest.
    let _ = stream.write_all(said);
    status_of(&mut stream)
}

/// As [`status`], of a connection that has said what it has to say.
pub(super) fn status_of(stream: &mut TcpStream) -> u16 {
    let mut begin = [0; 12];
    match stream.read_exact(&mut begin) {
        Ok(()) => str::from_utf8(&begin[9..]).unwrap().parse().unwrap(),
        Err(error) => {
            let closed = [ErrorKind::UnexpectedEof, ErrorKind::ConnectionReset].contains(&error.kind());
            assert!(closed, "neither an answer nor the end: {error}");
            0
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_client_asks_for_it_is_told_that_it_is_to_blame() {
    let long = |length| format!("/{}", "a".repeat(length));
    let mut targets: Vec<String> = [255, 256, 4_000, 7_000, 9_000, 65_530, 70_000].map(long).into();
    targets.extend([200, 2_000, 4_000].map(|times| "/a".repeat(times)));
    targets.extend([1_000, 65_526, 65_600].map(|length| format!("/nothing?{}", "a".repeat(length))));
    targets.extend(["/sub/.", "/sub/%2e"].map(|begin| format!("{begin}{}", "/.".repeat(32_764))));
    let odd = [
        "/%",
        "/%zz",
        "/%ff",
        "/%c3%28",
        "/%00",
        "/index.html%00",
        "/index.html%00.js",
        "/index.html/x",
        "/index.html/",
        "/sub/",
        "/sub/index.html",
        "/empty/",
        "/fifo",
        "/fifo/",
        "/socket",
        "/loop",
        "/loop/x",
        "/dangling",
        "/%0d%0aX:%20y",
        "/a%0a",
        "/\\",
        "/?",
        "/./",
        "/%2f",
        "/c:/x",
        "/~",
        "/*",
        "//127.0.0.1",
        "//sub",
        "///sub",
        "nothing",
        "*",
        "http://127.0.0.1/nothing",
        "/\u{e9}",
    ];
    targets.extend(odd.map(str::to_owned));
    for (_folder, source) in [(None, PageSource::BuiltIn), {
        let (folder, source) = crowded_page();
        (Some(folder), source)
    }] {
        let (_server, to) = start(&source).await;
        for target in &targets {
            for method in ["GET", "POST"] {
                let said = format!("{method} {target} HTTP/1.1\r\nHost: {to}\r\n\r\n");
                let found = status(to, said.as_bytes());
                let fine = [200, 307].contains(&found) && target.len() < 20;
                let begin: String = target.chars().take(30).collect();
                assert!(fine || (400..500).contains(&found), "{method} {begin}: {found} {source:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_plain_file_is_not_found() {
    let (folder, source) = crowded_page();
    let (_server, to) = start(&source).await;
    for target in ["/fifo", "/socket", "/loop", "/dangling", "/empty/", "/sub/", "/index.html/x", "//sub"] {
        assert_eq!(ask(to, &format!("GET {target}")).status, 404, "{target}");
    }
    for target in ["/fifo", "/socket", "/loop", "/dangling"] {
        assert_eq!(ask(to, &format!("HEAD {target}")).status, 404, "{target}");
    }
    // Root may read what nobody may read.
    if fs::read(folder.path().join("page/unreadable")).is_err() {
        assert_eq!(ask(to, "GET /unreadable").status, 404);
    }
    assert_eq!(ask(to, &format!("GET /{}", "a".repeat(9_000))).status, 414);
    assert_eq!(ask(to, &format!("GET /{}", "a".repeat(256))).status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn however_a_client_asks_it_is_answered_or_left_and_never_told_that_the_server_failed() {
    let (_server, to) = start(&PageSource::BuiltIn).await;
    let host = format!("Host: {to}\r\n");
    let with = |headers: &str| format!("GET / HTTP/1.1\r\n{host}{headers}\r\n").into_bytes();
    let heads = [
        with(&format!("X: {}\r\n", "a".repeat(1 << 20))),
        with(&format!("Cookie: {}\r\n", "a".repeat(100_000))),
        with(&"X: y\r\n".repeat(5_000)),
        with("X\r\n"),
        with(": y\r\n"),
        with("X: \0\r\n"),
        with("Content-Length: x\r\n"),
        with("Content-Length: 1\r\nContent-Length: 2\r\n"),
        with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
        with("Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
        with("Content-Length: 1000000\r\n"),
        with("Expect: 100-continue\r\nContent-Length: 9\r\n"),
        with("Expect: the unexpected\r\n"),
        with("Upgrade: websocket\r\nConnection: upgrade\r\n"),
        with("Range: bytes=9-1\r\n"),
        with("If-None-Match: \u{e9}\r\n"),
        b"\r\n\r\n\r\n\r\n".repeat(100_000),
        b"\0".repeat(1 << 20),
        b"GET\r\n\r\n".to_vec(),
        b"GET / HTTP/9.9\r\n\r\n".to_vec(),
        b"GET / HTTP/1.0\r\n\r\n".to_vec(),
        b"GET /\r\n\r\n".to_vec(),
        format!("G\u{e9}T / HTTP/1.1\r\n{host}\r\n").into_bytes(),
        format!("{} / HTTP/1.1\r\n{host}\r\n", "G".repeat(100_000)).into_bytes(),
        format!("CONNECT {to} HTTP/1.1\r\n{host}\r\n").into_bytes(),
        format!("OPTIONS * HTTP/1.1\r\n{host}\r\n").into_bytes(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(2),
    ];
    for (at, head) in heads.iter().enumerate() {
        let found = status(to, head);
        let begin = String::from_utf8_lossy(&head[..head.len().min(60)]).into_owned();
        assert!(found < 500, "{at} {begin:?}: {found}");
    }
    assert_eq!(ask(to, "GET /").status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_link_leads_out() {
    let (folder, source) = foreign_page();
    let page = folder.path().join("page");
    fs::create_dir_all(folder.path().join("beside/deep")).unwrap();
    fs::create_dir_all(folder.path().join("page-beside")).unwrap();
    for secret in ["beside/index.html", "beside/deep/secret.txt", "page-beside/index.html"] {
        fs::write(folder.path().join(secret), "secret").unwrap();
    }
    let links = [
        ("passwd", Path::new("/etc/passwd")),
        ("up", Path::new("../secret.txt")),
        ("beside", Path::new("../beside")),
        ("absolute", &folder.path().join("beside")),
        ("twice", Path::new("beside/deep")),
        ("like", Path::new("../page-beside")),
        ("process", Path::new("/proc/self/root/etc/passwd")),
        ("zeroes", Path::new("/dev/zero")),
    ];
    for (name, target) in links {
        symlink(target, page.join(name)).unwrap();
    }
    let (_server, to) = start(&source).await;
    let targets = [
        "passwd",
        "up",
        "beside",
        "beside/",
        "beside/index.html",
        "beside/deep/secret.txt",
        "absolute/",
        "absolute/deep/secret.txt",
        "twice/secret.txt",
        "like",
        "like/",
        "like/index.html",
        "process",
        "zeroes",
    ];
    for target in targets {
        for method in ["GET", "HEAD"] {
            let answer = ask(to, &format!("{method} /{target}"));
            assert_eq!((answer.status, answer.body.as_str()), (404, ""), "{method} {target}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_stays_inside_works_and_the_folder_itself_may_be_one() {
    let (folder, source) = foreign_page();
    let page = folder.path().join("page");
    fs::create_dir(page.join("sub")).unwrap();
    fs::write(page.join("sub/index.html"), "below").unwrap();
    symlink("sub", page.join("relative")).unwrap();
    symlink(page.join("sub/index.html"), page.join("absolute.html")).unwrap();
    symlink("..", page.join("sub/up")).unwrap();
    symlink(&page, folder.path().join("current")).unwrap();
    for source in [source, PageSource::Folder(folder.path().join("current"))] {
        let (_server, to) = start(&source).await;
        for target in ["sub/", "relative/", "absolute.html", "sub/up/sub/index.html"] {
            assert_eq!(ask(to, &format!("GET /{target}")).body, "below", "{target} {source:?}");
        }
        assert_eq!(ask(to, "GET /relative").header("location"), Some("/relative/"));
    }
    // A page that was built anew is seen, whatever the folder is a link to meanwhile.
    let (_server, to) = start(&PageSource::Folder(folder.path().join("current"))).await;
    fs::create_dir(folder.path().join("next")).unwrap();
    fs::write(folder.path().join("next/index.html"), "next").unwrap();
    fs::remove_file(folder.path().join("current")).unwrap();
    symlink("next", folder.path().join("current")).unwrap();
    assert_eq!(ask(to, "GET /").body, "next");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_begins_with_a_dot_is_not_served() {
    let (folder, _) = foreign_page();
    let page = folder.path().join(".cache/page");
    for hidden in [".git", "sub/.hidden", "sub/..."] {
        fs::create_dir_all(page.join(hidden)).unwrap();
        fs::write(page.join(hidden).join("config"), "secret").unwrap();
    }
    fs::write(page.join(".env"), "secret").unwrap();
    fs::write(page.join("index.html"), "<p>hello</p>").unwrap();
    symlink(".git/config", page.join("config")).unwrap();
    symlink("index.html", page.join(".index.html")).unwrap();
    let (_server, to) = start(&PageSource::Folder(page)).await;
    let targets = [
        ".env",
        "%2eenv",
        ".git",
        ".git/",
        ".git/config",
        "%2Egit%2Fconfig",
        "sub/.hidden/config",
        "sub/...",
        "sub/.../config",
        "config",
        ".index.html",
        "sub/../.env",
    ];
    for target in targets {
        assert_eq!(ask(to, &format!("GET /{target}")).status, 404, "{target}");
    }
    // What is above the page's folder is its own affair.
    assert_eq!(ask(to, "GET /").body, "<p>hello</p>");
}
