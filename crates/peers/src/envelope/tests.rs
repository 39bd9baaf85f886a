//! Every envelope is opened and made again; hostile text is an error in words.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use tincan_harness::Role;

use super::{Envelope, candidate, open};

const SDP: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\na=ice-ufrag:abcd\r\n\
                   m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:1\r\n";
const ANSWER: &str = "v=0\r\no=- 3 4 IN IP4 127.0.0.1\r\n";
const LINE: &str = "candidate:1 1 udp 1 10.0.0.1 9 typ host";

/// What is found in `text`, by its name, and what an answer of a library becomes.
fn opened(text: &str) -> (String, String, String) {
    let opened = open(text).unwrap();
    (opened.sdp, opened.envelope.to_string(), opened.envelope.around(Role::Answerer, ANSWER))
}

#[test]
fn what_a_page_shows_is_opened_and_made_again() {
    let json = json!({ "type": "offer", "sdp": SDP });
    let answer = json!({ "type": "answer", "sdp": ANSWER });
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap();
    let percent = |text: &str| Envelope::Percent(Box::new(Envelope::Bare)).around(Role::Offerer, text);
    let (wrapped, wrapped_answer) =
        (json!({ "offer": json, "name": "Ann" }), json!({ "answer": answer, "name": "Ann" }));
    let double = |value: &Value| json!(value.to_string()).to_string();
    for (shown, name, made) in [
        (SDP.to_owned(), "SDP", ANSWER.to_owned()),
        (json.to_string(), "JSON", answer.to_string()),
        (pretty(&json), "JSON", pretty(&answer)),
        (wrapped.to_string(), "JSON", wrapped_answer.to_string()),
        (json!([json]).to_string(), "JSON", json!([answer]).to_string()),
        (
            json!({ "kind": "offer", "sdp": STANDARD.encode(SDP) }).to_string(),
            "SDP in base64 in JSON",
            json!({ "kind": "answer", "sdp": STANDARD.encode(ANSWER) }).to_string(),
        ),
        (double(&json), "JSON in JSON", double(&answer)),
        (STANDARD.encode(SDP), "SDP in base64", STANDARD.encode(ANSWER)),
        (STANDARD.encode(json.to_string()), "JSON in base64", STANDARD.encode(answer.to_string())),
        (
            URL_SAFE_NO_PAD.encode(format!("{json} ")),
            "JSON in base64url",
            URL_SAFE_NO_PAD.encode(answer.to_string()),
        ),
        (
            format!("http://localhost/?a=1#offer={}", percent(SDP)),
            "SDP in percent-encoding in a link",
            format!("http://localhost/?a=1#answer={}", percent(ANSWER)),
        ),
        (
            format!("#offer={}", STANDARD.encode(json.to_string())),
            "JSON in base64 in a link",
            format!("#answer={}", STANDARD.encode(answer.to_string())),
        ),
    ] {
        assert_eq!(opened(&shown), (SDP.to_owned(), name.to_owned(), made), "{shown}");
    }
}

#[test]
fn candidates_beside_a_description_go_into_it_for_whoever_wants_sdp_alone() {
    let own = json!({ "candidate": LINE, "sdpMid": "1", "sdpMLineIndex": 1 });
    let blob = json!({ "description": { "type": "offer", "sdp": SDP }, "candidates": [own, own] });
    let (sdp, name, made) = opened(&blob.to_string());
    assert_eq!((sdp, name.as_str()), (format!("{SDP}a={LINE}\r\n"), "JSON with candidates"));
    assert_eq!(
        made,
        json!({ "description": { "type": "answer", "sdp": ANSWER }, "candidates": [] }).to_string()
    );
    let list = json!([own, { "type": "offer", "sdp": SDP }, own]);
    assert_eq!(opened(&list.to_string()).2, json!([{ "type": "answer", "sdp": ANSWER }]).to_string());
    let bare = json!({ "sdp": SDP, "ice": [format!("a={LINE}")] });
    let expected = SDP.replace("m=audio", &format!("a={LINE}\r\nm=audio"));
    assert_eq!(opened(&bare.to_string()).0, expected);
}

#[test]
fn candidates_come_as_json_or_as_attributes() {
    let json = json!({ "candidate": LINE, "sdpMid": "0" }).to_string();
    assert_eq!(candidate(&json).unwrap().sdp_mid.as_deref(), Some("0"));
    for text in [
        LINE.to_owned(),
        format!("a={LINE}"),
        format!(" {LINE}\r"),
        json!({ "candidate": { "candidate": LINE } }).to_string(),
    ] {
        assert_eq!(candidate(&text).unwrap().candidate, LINE, "{text}");
    }
    for text in ["", "null", "nonsense", "{}", "[]", "{\"candidate\":1}"] {
        assert_eq!(candidate(text), None, "{text}");
    }
}

#[test]
fn what_a_map_says_is_made_and_what_it_does_not_know_is_said() {
    for words in ["sdp", "json", "sdp in base64", "json in base64", "json in base64url"] {
        let envelope: Envelope = words.parse().unwrap();
        assert_eq!(envelope.to_string().to_lowercase(), words);
        let made = envelope.around(Role::Answerer, SDP);
        assert_eq!(open(&made).unwrap().sdp, SDP, "{words}");
    }
    for words in ["", "xml", "json in xml", "in base64"] {
        let error = words.parse::<Envelope>().unwrap_err();
        assert!(error.contains(&format!("{words:?}")) && error.contains("base64url"), "{error}");
    }
}

#[test]
fn what_cannot_be_understood_is_said_with_what_there_is() {
    let json = json!({ "type": "offer", "sdp": SDP }).to_string();
    let (base64, nested) = (STANDARD.encode(&json), "[".repeat(5000));
    let mut deep = SDP.to_owned();
    for _ in 0..8 {
        deep = STANDARD.encode(deep);
    }
    for (text, words) in [
        (String::new(), "0 characters"),
        ("hello".to_owned(), "neither SDP nor JSON nor base64 of these: \"hello\""),
        (json[..json.len() / 2].to_owned(), "begin as JSON does but are none"),
        ("{\"type\":\"offer\"}".to_owned(), "JSON without a description"),
        ("null null null null".to_owned(), "neither SDP nor JSON nor base64"),
        (base64[..base64.len() / 2 + 1].to_owned(), "base64"),
        (format!("{}!{}", &base64[..40], &base64[40..]), "neither SDP nor JSON nor base64"),
        (STANDARD.encode([0x1f, 0x8b, 8, 0, 255, 254, 253, 0, 0, 0, 0, 0]), "begin with 1f 8b 08 00"),
        (nested, "are none"),
        (deep, "base64"),
        ("#".repeat(100), "characters"),
        ("%".repeat(100), "characters"),
        ("http://x/#=".to_owned(), "characters"),
        ("é=%C3%28=".repeat(10), "characters"),
        ("v".repeat(2 << 20), "never as long as that"),
    ] {
        let shown: String = text.chars().take(30).collect();
        let error = open(&text).map(|opened| opened.envelope.to_string()).unwrap_err();
        assert!(error.contains(words), "{shown}: {error}");
        assert!(error.len() < 400, "{shown}: {error}");
    }
}
