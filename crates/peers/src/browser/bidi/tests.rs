//! Firefox as it speaks, played by a socket of our own.

use std::net::Ipv4Addr;

use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{WebSocketStream, accept_async, tungstenite::Message};

use super::*;

/// A browser with the tab `T` alone. What it says when a script is evaluated is `said`, in that order, with `null` for its
/// end; what has a `type` and no method is the answer.
async fn browser(said: Vec<Value>) -> BidiTab {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        serve(accept_async(stream).await.unwrap(), said).await;
    });
    let (tab, capabilities) = BidiTab::connect(address, address, false).await.unwrap();
    assert_eq!(capabilities["browserName"], "firefox");
    tab
}

async fn serve(mut socket: WebSocketStream<TcpStream>, said: Vec<Value>) {
    while let Some(Ok(message)) = socket.next().await {
        let Ok(command) = serde_json::from_str::<Value>(message.to_text().unwrap()) else { continue };
        let well = |result: Value| vec![json!({ "type": "success", "result": result })];
        let answers = match command["method"].as_str().unwrap() {
            "session.new" => well(json!({ "capabilities": { "browserName": "firefox" } })),
            "browsingContext.getTree" => well(json!({ "contexts": [{ "context": "T" }] })),
            "script.evaluate" => said.clone(),
            _ => well(json!({})),
        };
        for mut answer in answers {
            if answer.is_null() {
                return;
            }
            if answer.get("method").is_none() {
                answer["id"] = command["id"].clone();
            }
            socket.send(Message::text(answer.to_string())).await.unwrap();
        }
    }
}

fn event(method: &str, parameters: Value) -> Value {
    json!({ "type": "event", "method": method, "params": parameters })
}

async fn evaluated(answer: Value) -> Result<Value, String> {
    browser(vec![answer]).await.evaluate("x").await.map_err(|error| error.to_string())
}

#[tokio::test]
async fn what_was_evaluated_comes_as_json_and_what_threw_in_its_words() {
    let number = json!({ "type": "number", "value": 1.5 });
    let list =
        json!({ "type": "array", "value": [{ "type": "string", "value": "x" }, { "type": "undefined" }] });
    let object = json!({ "type": "object", "value": [["n", number], ["l", list]] });
    let well = json!({ "type": "success", "result": { "type": "success", "result": object } });
    assert_eq!(evaluated(well).await, Ok(json!({ "n": 1.5, "l": ["x", null] })));
    let threw = json!({ "type": "exception", "exceptionDetails": { "text": "TypeError: no" } });
    let threw = json!({ "type": "success", "result": threw });
    assert_eq!(evaluated(threw).await, Err("TypeError: no".to_owned()));
    let refused = json!({ "type": "error", "error": "no such frame", "message": "gone\n#stack" });
    assert_eq!(evaluated(refused).await, Err("script.evaluate: no such frame: gone".to_owned()));
}

#[tokio::test]
async fn a_question_ends_with_the_tab_that_would_never_answer_it() {
    let destroyed = |context: &str| event("browsingContext.contextDestroyed", json!({ "context": context }));
    let tab = browser(vec![destroyed("a frame"), destroyed("T")]).await;
    let mut said = tab.listen();
    assert!(matches!(tab.evaluate("x").await, Err(ContextError::Crashed)));
    assert!(matches!(said.recv().await, Some(Said::Crashed)));
    assert!(matches!(tab.open("about:blank").await, Err(ContextError::Crashed)));
}

#[tokio::test]
async fn a_page_that_stands_in_for_one_whose_process_has_ended_is_its_end() {
    let committed =
        |url: &str| event("browsingContext.navigationCommitted", json!({ "context": "T", "url": url }));
    let tab = browser(vec![committed("http://a/"), committed("about:tabcrashed?e=tabcrashed")]).await;
    let mut said = tab.listen();
    assert!(matches!(tab.evaluate("x").await, Err(ContextError::Crashed)));
    assert!(matches!(said.recv().await, Some(Said::Crashed)));
}

#[tokio::test]
async fn a_question_ends_with_the_browser() {
    let tab = browser(vec![Value::Null]).await;
    let mut said = tab.listen();
    assert!(matches!(tab.evaluate("x").await, Err(ContextError::Socket(_))));
    assert!(said.recv().await.is_none());
}

#[tokio::test]
async fn what_a_tab_says_is_heard_in_order_and_the_console_at_the_end() {
    let pushed = |channel: &str, text: &str| {
        event("script.message", json!({ "channel": channel, "data": { "type": "string", "value": text } }))
    };
    let dialog = json!({ "context": "T", "type": "confirm", "message": "sure?" });
    let frame = json!({ "url": "http://a/", "lineNumber": 3, "columnNumber": 7 });
    let warning = json!({ "level": "warn", "text": "careful", "stackTrace": { "callFrames": [frame] } });
    let tab = browser(vec![
        pushed("another", "not ours"),
        pushed(CHANNEL, "one"),
        event("log.entryAdded", warning),
        event("browsingContext.userPromptOpened", dialog),
        json!({ "type": "success", "result": { "type": "success", "result": { "type": "null" } } }),
    ])
    .await;
    let mut said = tab.listen();
    assert_eq!(tab.evaluate("x").await.unwrap(), Value::Null);
    assert!(matches!(said.recv().await, Some(Said::Pushed(text)) if text == "one"));
    assert!(matches!(said.recv().await, Some(Said::Dialog(dialog)) if dialog.message == "sure?"));
    assert_eq!(tab.console().await, ["WARN: http://a/ 3:7 careful"]);
    assert_eq!(tab.console().await, [""; 0]);
}
