//! The page server, and clients that stall: they keep nobody out.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use tincan_peers::page_server::PageSource;
use tincan_tests::connect;

use super::{ask, foreign_page, hostile::status_of, start};

/// As many as the server has at once.
const MOST_CONNECTIONS: usize = 64;
/// How soon somebody is answered while others stall.
const SOON: Duration = Duration::from_secs(5);

/// Reads answers with the page of [`foreign_page`], until there are so many.
fn read_pages(stream: &mut TcpStream, times: usize) {
    let mut text = String::new();
    while text.matches("<p>hello</p>").count() < times {
        let mut part = [0; 1024];
        let read = stream.read(&mut part).unwrap();
        assert!(read > 0, "the connection has ended after {text:?}");
        text.push_str(&String::from_utf8_lossy(&part[..read]));
    }
}

/// As many connections as there can be, each with the same beginning.
fn crowd(to: SocketAddr, said: &str) -> Vec<TcpStream> {
    let one = |_| {
        let mut stream = connect(to).unwrap();
        stream.write_all(said.as_bytes()).unwrap();
        stream
    };
    (0..MOST_CONNECTIONS).map(one).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_stall_keep_nobody_out() {
    let (folder, source) = foreign_page();
    fs::File::create(folder.path().join("page/large")).unwrap().set_len(1 << 26).unwrap();
    let (_server, to) = start(&source).await;
    let host = format!("Host: {to}\r\n");
    // The last two have their answer, or a part of it, and keep the connection.
    let heads = [
        String::new(),
        "GET / HTT".to_owned(),
        format!("GET / HTTP/1.1\r\n{host}"),
        format!("POST / HTTP/1.1\r\n{host}Content-Length: 9\r\n\r\n1"),
        format!("GET / HTTP/1.1\r\n{host}\r\n"),
        format!("GET /large HTTP/1.1\r\n{host}\r\n"),
    ];
    for head in heads {
        let _crowd = crowd(to, &head);
        let begin = Instant::now();
        assert_eq!(ask(to, "GET /").status, 200);
        assert!(begin.elapsed() < SOON, "{:?} behind {head:?}", begin.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_served_stays_when_those_who_stall_make_way() {
    let (_folder, source) = foreign_page();
    let (_server, to) = start(&source).await;
    let mut stalled = crowd(to, "GET / HTT");
    let request = format!("GET / HTTP/1.1\r\nHost: {to}\r\n\r\n");
    let mut kept = connect(to).unwrap();
    for _ in 0..8 {
        kept.write_all(request.as_bytes()).unwrap();
        read_pages(&mut kept, 1);
        stalled.push(connect(to).unwrap());
    }
    // The first to come is the first to go.
    assert_eq!(status_of(&mut stalled[0]), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_may_connect_before_it_asks_and_ask_again_and_all_at_once() {
    let (_folder, source) = foreign_page();
    let (_server, to) = start(&source).await;
    let request = format!("GET / HTTP/1.1\r\nHost: {to}\r\n\r\n");
    let mut early: Vec<_> = (0..12).map(|_| connect(to).unwrap()).collect();
    assert_eq!(ask(to, "GET /").status, 200);
    for stream in &mut early {
        // Two at once on one connection, each answered.
        stream.write_all(request.repeat(2).as_bytes()).unwrap();
    }
    for mut stream in early {
        read_pages(&mut stream, 2);
    }
    // More than there is room for, and none of them stalls: all are served in turn.
    let asking: Vec<_> = (0..3 * MOST_CONNECTIONS)
        .map(|_| tokio::task::spawn_blocking(move || ask(to, "GET /").status))
        .collect();
    for asked in asking {
        assert_eq!(asked.await.unwrap(), 200);
    }
}

#[tokio::test(start_paused = true)]
async fn who_does_not_finish_the_question_is_left_after_10_s() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let (_server, to) = start(&PageSource::BuiltIn).await;
    for half in ["", "GET / HTT"] {
        let begin = tokio::time::Instant::now();
        let mut stream = tokio::net::TcpStream::connect(to).await.unwrap();
        stream.write_all(half.as_bytes()).await.unwrap();
        let end = stream.read(&mut [0; 64]).await;
        assert!(end.is_ok_and(|read| read == 0), "{half:?}");
        assert!(begin.elapsed() <= Duration::from_secs(11), "{half:?}: {:?}", begin.elapsed());
    }
}
