//! What a map says of a page, and what it may not say.

use tincan_harness::{Direction, Media, Role};

use super::*;
use crate::registry::catalogue;

fn tutorial() -> PageMap {
    let tutorial = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pages/tutorial/page.toml");
    PageMap::read(&tutorial).unwrap()
}

fn cannot(page: &PageMap, scenario: &str) -> Option<String> {
    let scenario = catalogue().select(&[scenario.to_owned()]).unwrap()[0];
    catalogue().unsupported(&scenario, (&page.name, &page.abilities()))
}

#[test]
fn a_page_has_to_send_and_take_what_a_mode_carries() {
    let (tutorial, own) = (tutorial(), PageMap::built_in().unwrap());
    for role in Role::BOTH {
        let scenario = |mode: &str| match role {
            Role::Offerer => format!("chromium-to-webrtc-rs/{mode}/vp8/direct"),
            Role::Answerer => format!("webrtc-rs-to-chromium/{mode}/vp8/direct"),
        };
        assert_eq!(cannot(&tutorial, &scenario("vanilla")), None);
        for mode in ["half-trickle", "trickle"] {
            let reason = cannot(&tutorial, &scenario(mode)).unwrap_or_else(|| panic!("it can do {mode}"));
            assert!(reason.starts_with("the page \"tutorial\" "), "{reason}");
            assert_eq!(cannot(&own, &scenario(mode)), None);
        }
    }
    assert_eq!(
        cannot(&tutorial, "chromium-to-chromium/half-trickle/vp8/direct").unwrap(),
        "the page \"tutorial\" takes no candidates, which its answerer sends in half-trickle"
    );
    assert_eq!(
        cannot(&tutorial, "chromium-to-chromium/trickle/vp8/direct").unwrap(),
        "the page \"tutorial\" does not do trickle, only vanilla"
    );
}

#[test]
fn who_sends_something_beside_video_can_be_told_to_send_none() {
    let own = PageMap::built_in().unwrap();
    let clicks = |media: Media| {
        let clicks = own.media.clicks(media, Direction::SendRecv, false);
        clicks.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(clicks(Media::DATA), ["media.no_video", "media.data"]);
    assert_eq!(clicks("vp8+data".parse().unwrap()), ["media.data"]);
    let without = BUILT_IN.replace("no_video =", "vp8 =");
    let refused = PageMap::parse(&without, Path::new("mine")).unwrap_err().to_string();
    assert!(refused.contains("no `no_video`"), "{refused}");
}

#[test]
fn a_page_has_to_have_a_control_for_each_direction_that_a_call_asks_of_its_side() {
    let own = PageMap::built_in().unwrap();
    let clicks = own.media.clicks(Media::VP8, Direction::RecvOnly, false);
    assert_eq!(clicks.into_iter().map(|(name, _)| name).collect::<Vec<_>>(), ["media.recvonly"]);
    let media = MediaControls { recvonly: None, no_video: None, ..own.media.clone() };
    let without = PageMap { media, name: "mine".to_owned(), ..own.clone() };
    let one_way = "trickle/vp8/direct/only-answerer-sends";
    assert_eq!(cannot(&own, &format!("chromium-to-chromium/{one_way}")), None);
    assert_eq!(
        cannot(&without, &format!("chromium-to-chromium/{one_way}")).unwrap(),
        "the page \"mine\" has no control for recvonly"
    );
    // It is the offerer that receives only.
    assert_eq!(cannot(&without, &format!("webrtc-rs-to-chromium/{one_way}")), None);
    assert_eq!(
        cannot(&without, "chromium-to-chromium/trickle/nothing/direct").unwrap(),
        "the page \"mine\" has no control for a call without media"
    );
}

#[test]
fn a_page_has_to_be_told_of_the_servers_that_a_network_needs() {
    let own = PageMap::built_in().unwrap();
    let without = PageMap { ice: None, name: "mine".to_owned(), ..own.clone() };
    let mut no_policy = without.clone();
    no_policy.ice = own.ice.clone().map(|ice| IceControls { relay_only: None, ..ice });
    let over =
        |page: &PageMap, network: &str| cannot(page, &format!("chromium-to-chromium/vanilla/vp8/{network}"));
    assert_eq!(
        (over(&own, "relay-tcp"), over(&without, "direct"), over(&no_policy, "stun")),
        (None, None, None)
    );
    assert_eq!(
        over(&without, "stun").unwrap(),
        "the page \"mine\" has no control for ICE servers, which stun needs"
    );
    assert_eq!(
        over(&no_policy, "relay-udp").unwrap(),
        "the page \"mine\" has no control for iceTransportPolicy, which relay-udp needs"
    );
}

/// A map in steps, with these for the offerer and these for the answerer.
fn in_steps(offerer: &str, answerer: &str) -> Result<PageMap, String> {
    let text = format!(
        "name = \"x\"\nmodes = [\"vanilla\"]\n[offerer]\nsteps = [{offerer}]\n[answerer]\nsteps = [{answerer}]\n"
    );
    PageMap::parse(&text, Path::new("x.toml")).map_err(|error| error.to_string())
}

const OFFERER: &str =
    "{ click = \"#camera\" }, { click = \"#offer\" }, { copy = \"offer\", from = \"#out\" },
    { paste = \"answer\", into = \"#in\" }, { click = \"#accept\" }";
const ANSWERER: &str =
    "{ paste = \"offer\", into = \"#in\" }, { click = \"#accept\" }, { copy = \"answer\", from = \"#out\" }";

#[test]
fn what_is_clicked_last_before_the_offer_makes_it() {
    let before = |offerer: &str| {
        let map = in_steps(offerer, ANSWERER).unwrap();
        assert_eq!(map.plan(Role::Answerer).unwrap().before_the_call, 0);
        map.plan(Role::Offerer).unwrap().before_the_call
    };
    assert_eq!(before(OFFERER), 1);
    // It is made while the page loads.
    assert_eq!(
        before(
            "{ copy = \"offer\", from = \"#out\" }, { click = \"#accept\", prompt = { paste = \"answer\" } }"
        ),
        0
    );
}

#[test]
fn the_short_form_becomes_the_same_steps() {
    let short = tutorial();
    let steps = short.plan(Role::Answerer).unwrap().steps;
    let names: Vec<_> = steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "create_connection",
            "create_connection",
            "start_video",
            "start_video",
            "sdp.received",
            "receive_offer",
            "receive_offer",
            "create_answer",
            "sdp.send"
        ]
    );
    assert_eq!(short.plan(Role::Answerer).unwrap().before_the_call, 4);
    assert_eq!(short.plan(Role::Offerer).unwrap().before_the_call, 4);
}

#[test]
fn a_map_that_cannot_be_used_says_where_and_why() {
    let with = |offerer: &str, answerer: &str| in_steps(offerer, answerer).unwrap_err();
    let typo = OFFERER.replace("{ click = \"#camera\"", "{ clik = \"#camera\"");
    for (error, words) in [
        (with(&typo, ANSWERER), "unknown field `clik`"),
        (with(&typo, ANSWERER), "line 4"),
        (with("{ click = 1 }", ANSWERER), "expected a selector of CSS"),
        (with("{ click = { nmae = \"x\" } }", ANSWERER), "unknown field `nmae`"),
        (with("{ click = { frame = \"x\" } }", ANSWERER), "named by `css`, `label`"),
        (with("{ click = { css = \"x\", nth = 0 } }", ANSWERER), "counts from 1"),
        (with("{ optional = true }", ANSWERER), "step 1 of the offerer: it does nothing"),
        (with("{ click = \"a\", tick = \"b\" }", ANSWERER), "step 1 of the offerer: it does several things"),
        (with("{ click = \"a\", into = \"b\" }", ANSWERER), "`into` does not belong to it"),
        (with("{ type = \"a\" }", ANSWERER), "`type` needs `into`"),
        (with("{ click = \"a\", prompt = \"b\", confirm = true }", ANSWERER), "one dialog"),
        (with("{ click = \"a\" }", ANSWERER), "the offerer has no `copy = \"offer\"`"),
        (with(OFFERER, OFFERER), "and not the other one"),
        (with(&format!("{OFFERER}, {OFFERER}"), ANSWERER), "twice"),
        (
            with("{ paste = \"answer\", into = \"#in\" }, { copy = \"offer\", from = \"#out\" }", ANSWERER),
            "each side waits for the other one: the offerer waits for the answer in step 1, before the offer is copied in step 2",
        ),
        (
            with(OFFERER, "{ copy = \"answer\", from = \"#out\" }, { paste = \"offer\", into = \"#in\" }"),
            "each side waits for the other one",
        ),
    ] {
        assert!(error.contains(words), "{words}: {error}");
        assert!(error.contains("x.toml"), "{error}");
    }
    let refused = |change: &dyn Fn(String) -> String| {
        PageMap::parse(&change(BUILT_IN.to_owned()), Path::new("x.toml")).unwrap_err().to_string()
    };
    assert!(refused(&|map| map.replace("[sdp]\n", "[sdq]\n")).contains("unknown field `sdq`"));
    assert!(refused(&|map| map.replace("receive_answer =", "# =")).contains("no `receive_answer`"));
    assert!(refused(&|map| format!("signals = \"xml\"\n{map}")).contains("`signals` is \"xml\""));
}

#[test]
fn each_role_may_open_something_else() {
    let text = format!(
        "name = \"x\"\nmodes = [\"vanilla\"]\n[offerer]\nopen = \"host.html?a#b\"\nsteps = [{OFFERER}]\n[answerer]\nsteps = [{ANSWERER}]\n"
    );
    let map = PageMap::parse(&text, Path::new("x.toml")).unwrap();
    assert_eq!(Role::BOTH.map(|role| map.entry_of(role)), ["host.html?a#b", "index.html"]);
}

const ROOM: &str = r##"
    name = "room"
    modes = ["trickle"]
    signals_itself = true
    [offerer]
    steps = [{ click = "#enter" }, { wait_for = "#state", shows = "here" }, { click = "#call" }, { wait_for = "video" }]
    [answerer]
    steps = [{ click = "#enter" }]
"##;

/// How many steps each side takes before the call begins on the page of this map.
fn before_the_call(map: &str) -> [usize; 2] {
    let map = PageMap::parse(map, Path::new("mine")).unwrap();
    Role::BOTH.map(|role| map.plan(role).unwrap().before_the_call)
}

#[test]
fn on_a_page_that_signals_for_itself_the_call_begins_where_the_map_says_or_with_the_last_click_of_the_offerer()
 {
    assert_eq!(before_the_call(ROOM), [2, 1]);
    let by_the_offerer =
        ROOM.replacen(r##"{ click = "#enter" }"##, r##"{ click = "#enter", begins_call = true }"##, 1);
    assert_eq!(before_the_call(&by_the_offerer), [0, 1]);
    let by_the_answerer =
        ROOM.replace(r##"[{ click = "#enter" }]"##, r##"[{ click = "#enter", begins_call = true }]"##);
    assert_eq!(before_the_call(&by_the_answerer), [4, 0]);
}

#[test]
fn a_page_that_signals_for_itself_has_nothing_that_is_copied_and_pasted() {
    let refused = |map: &str| PageMap::parse(map, Path::new("mine")).unwrap_err().to_string();
    let copies = ROOM.replace(r##"{ wait_for = "video" }"##, r##"{ copy = "offer", from = "#out" }"##);
    assert!(
        refused(&copies).contains("step 4 of the offerer: nothing is copied and pasted"),
        "{}",
        refused(&copies)
    );
    let begins = r##"{ click = "#call", begins_call = true }"##;
    let twice = ROOM.replace(r##"{ click = "#call" }"##, &format!("{begins}, {begins}"));
    assert!(refused(&twice).contains("the offerer has `begins_call` twice"), "{}", refused(&twice));
    let acts = format!("{ROOM}\n[acts]\nhang_up = \"#end\"\n");
    assert!(refused(&acts).contains("[acts] cannot be used"), "{}", refused(&acts));
    let candidates = format!("{ROOM}\n[candidates]\nsend = \"a\"\nreceived = \"b\"\nadd = \"c\"\n");
    assert!(refused(&candidates).contains("it has no [sdp] and no [candidates]"), "{}", refused(&candidates));
    let copied_after_all = ROOM.replace("signals_itself = true", "").replace(r#""trickle""#, r#""vanilla""#);
    assert!(
        refused(&copied_after_all).contains("has no `copy = \"offer\"` among its steps"),
        "{}",
        refused(&copied_after_all)
    );
    let none = ROOM.replace(r##"steps = [{ click = "#enter" }]"##, "");
    assert!(refused(&none).contains("the answerer has no `steps`"), "{}", refused(&none));
}
