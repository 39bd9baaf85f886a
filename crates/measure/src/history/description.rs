//! The facts of a description. A codec is known by its name and by the parameters that make it another format, not by its payload
//! type, so that a renumbering is one fact and a codec that was added another.

use std::collections::{BTreeMap, BTreeSet};

use tincan_harness::{
    sdp::description::{Codec, Section},
    signaling::Role,
};

use super::fact::{Area, Fact};
use crate::recording::Recorded;

/// The parameters by which two formats of one name differ: of H.264 (RFC 6184, section 8.2.2), VP9 (RFC 9628, section 6), H.265 (RFC 7798,
/// section 7.2.2) and AV1 (AV1 RTP, section 7.2).
const OF_FORMAT: [&str; 5] = ["packetization-mode", "profile-level-id", "profile-id", "profile", "tier-flag"];

/// What these are where a description does not say (the same sections).
const UNLESS_SAID: [(&str, &str, &str); 3] = [
    ("AV1/90000", "profile", "0"),
    ("VP9/90000", "profile-id", "0"),
    ("H264/90000", "packetization-mode", "0"),
];

/// Adds what is so in the description of `side`.
pub(super) fn facts(facts: &mut BTreeSet<Fact>, role: Role, side: &Recorded) {
    let description = &side.description;
    let mut add = |what: String, value: String| {
        facts.insert(Fact::new(Area::Descriptions, role, what, value));
    };
    for line in &description.lines {
        let (what, value) = line.split_once('=').unwrap_or((line, ""));
        add(format!("line {what}="), value.to_owned());
    }
    if let Some(mids) = &description.bundle {
        add("bundle group".to_owned(), mids.join(" "));
    }
    attributes(&description.attributes, "", &mut add);
    for (at, section) in description.sections.iter().enumerate() {
        let several = description.sections.iter().filter(|other| other.kind == section.kind).count() > 1;
        let name =
            if several { format!("m={} {}", section.kind, at + 1) } else { format!("m={}", section.kind) };
        of_section(&name, section, &mut add);
    }
    // A text area gives every end of a line as LF: how lines end says nothing of a release there. What else is known of the layout
    // are numbers of lines.
    for (name, values) in side.layout.0.iter().filter(|(name, _)| *name != "line ends") {
        add(format!("layout: {name}"), values.join(", "));
    }
}

fn attributes(attributes: &BTreeSet<String>, place: &str, add: &mut impl FnMut(String, String)) {
    for attribute in attributes {
        let (name, value) = attribute.split_once(':').unwrap_or((attribute, ""));
        add(format!("{place}a={name}"), value.to_owned());
    }
}

fn of_section(name: &str, section: &Section, add: &mut impl FnMut(String, String)) {
    add(name.to_owned(), String::new());
    let place = format!("{name}: ");
    let mut of = |what: &str, value: &str| add(format!("{place}{what}"), value.to_owned());
    of("port", &section.port);
    of("protocol", &section.protocol);
    let named = [
        ("a=mid", &section.mid),
        ("direction", &section.direction),
        ("a=setup", &section.setup),
        ("a=ice-options", &section.ice_options),
        ("a=simulcast", &section.simulcast),
    ];
    for (what, value) in named {
        value.iter().for_each(|value| of(what, value));
    }
    if !section.rids.is_empty() {
        of("a=rid", &section.rids.join(", "));
    }
    for line in &section.lines {
        let (what, value) = line.split_once('=').unwrap_or((line, ""));
        of(&format!("line {what}="), value);
    }
    section.candidates.iter().for_each(|candidate| of(candidate, ""));
    section.extensions.iter().for_each(|extension| of(&format!("extmap {}", extension.uri), &extension.id));
    codecs(&section.codecs, &mut of);
    attributes(&section.attributes, &place, add);
}

fn codecs(codecs: &[Codec], of: &mut impl FnMut(&str, &str)) {
    let labels: Vec<_> = codecs.iter().map(|codec| label(codec, codecs)).collect();
    for (codec, label) in codecs.iter().zip(&labels) {
        let name = format!("codec {label}");
        of(&name, "");
        of(&format!("{name}: payload type"), &codec.payload_type);
        codec.feedback.iter().for_each(|feedback| of(&format!("{name}: rtcp-fb {feedback}"), ""));
        for (key, value) in parameters(codec).into_iter().filter(|(key, _)| *key != "apt") {
            of(&format!("{name}: fmtp {key}"), value);
        }
    }
    // Repairs follow what they repair.
    let own = codecs.iter().zip(&labels).filter(|(codec, _)| repaired(codec, codecs).is_none());
    let order: Vec<_> = own.map(|(_, label)| label.as_str()).collect();
    if !order.is_empty() {
        of("order of codecs", &order.join(", "));
    }
}

fn parameters(codec: &Codec) -> BTreeMap<&str, &str> {
    codec.parameters.iter().map(|parameter| parameter.split_once('=').unwrap_or((parameter, ""))).collect()
}

/// The codec that this one repairs: `apt` of RTX (RFC 4588, section 8.1).
fn repaired<'c>(codec: &Codec, all: &'c [Codec]) -> Option<&'c Codec> {
    let apt = *parameters(codec).get("apt")?;
    all.iter().find(|other| other.payload_type == apt && *other != codec)
}

fn label(codec: &Codec, all: &[Codec]) -> String {
    match repaired(codec, all) {
        Some(repaired) => format!("{} for {}", own_label(codec), own_label(repaired)),
        None => own_label(codec),
    }
}

fn own_label(codec: &Codec) -> String {
    let name = codec.name.clone().unwrap_or_else(|| format!("payload type {}", codec.payload_type));
    let mut parameters = parameters(codec);
    for (_, key, value) in UNLESS_SAID.iter().filter(|(codec, ..)| *codec == name) {
        parameters.entry(key).or_insert(value);
    }
    let format: Vec<_> =
        OF_FORMAT.iter().filter_map(|key| Some(format!("{key}={}", parameters.get(key)?))).collect();
    if format.is_empty() { name } else { format!("{name} ({})", format.join(";")) }
}
