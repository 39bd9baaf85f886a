//! What a page was fetched from: asked of the page, by Resource Timing (<https://w3c.github.io/resource-timing/>).

use serde_json::Value;

use super::context::Context;

/// As many are told; a page may fetch without end.
const MOST: usize = 200;

/// The status with which the page itself was answered, if its browser tells.
pub(super) async fn status(tab: &Context) -> Option<u16> {
    let status = tab.evaluate("performance.getEntriesByType('navigation')[0]?.responseStatus ?? null").await;
    status.ok()?.as_u64()?.try_into().ok()
}

/// What was fetched, in order of time: each with its status, where the browser tells that, which it does not of another origin that does
/// not allow it, or of what could not be fetched.
pub(super) async fn resources(tab: &Context) -> Vec<String> {
    let ask = "['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type))
        .map(({ name, responseStatus }) => [name, responseStatus ?? 0])";
    let answer = tab.evaluate(ask).await.unwrap_or_default();
    let entries = answer.as_array().map(Vec::as_slice).unwrap_or_default();
    entries.iter().take(MOST).filter_map(in_words).collect()
}

fn in_words(entry: &Value) -> Option<String> {
    let url = entry[0].as_str()?;
    // What is in the page itself is not fetched.
    if url.starts_with("data:") || url.starts_with("blob:") {
        return None;
    }
    Some(match entry[1].as_u64()? {
        0 => format!("fetched {url}: no status is told"),
        status => format!("fetched {url}: {status}"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_fetched_is_told_with_its_status() {
        let told = |entry: Value| in_words(&entry);
        assert_eq!(
            told(json!(["http://localhost/a", 200])).as_deref(),
            Some("fetched http://localhost/a: 200")
        );
        assert!(
            told(json!(["https://cdn.example/x", 0])).is_some_and(|text| text.ends_with("no status is told"))
        );
        assert_eq!((told(json!(["data:,x", 200])), told(json!([1]))), (None, None));
    }
}
