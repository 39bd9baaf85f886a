//! A small structural model of a session description (RFC 8866), made for comparing.
//!
//! Mozilla's `webrtc-sdp` was looked at first. It parses into types and sets aside what it does not know, as a browser has
//! to; here an attribute that nobody knows yet is what a new release is most likely to bring, so every line is kept. Nor
//! is any text refused: what a line does not hold to stays as it is.

use std::{collections::BTreeSet, fmt};

use super::normal::{self, Sources};

/// A description, in normal form: what is drawn for each call or depends on the machine is taken out. Its text
/// ([`fmt::Display`]) is an SDP in a fixed order, and is read back as the same description.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    /// The lines before the first m-section that are no attributes.
    pub lines: Vec<String>,
    /// The mids in `a=group:BUNDLE`, in order (RFC 9143).
    pub bundle: Option<Vec<String>>,
    /// The other attributes of the whole description, without `a=`.
    pub attributes: BTreeSet<String>,
    /// The m-sections, in order.
    pub sections: Vec<Section>,
}

/// An m-section.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    /// `audio`, `video` or `application`.
    pub kind: String,
    /// `0` if it is rejected, `9` if no candidate is known, else `_`.
    pub port: String,
    /// As `UDP/TLS/RTP/SAVPF`.
    pub protocol: String,
    /// What it can carry, in order of preference.
    pub codecs: Vec<Codec>,
    /// `a=mid` (RFC 5888).
    pub mid: Option<String>,
    /// `sendrecv`, `sendonly`, `recvonly` or `inactive`.
    pub direction: Option<String>,
    /// `a=setup` (RFC 4145).
    pub setup: Option<String>,
    /// `a=ice-options` (RFC 8839).
    pub ice_options: Option<String>,
    /// `a=simulcast` (RFC 8853).
    pub simulcast: Option<String>,
    /// `a=rid` (RFC 8851), in order.
    pub rids: Vec<String>,
    /// `a=extmap` (RFC 8285).
    pub extensions: BTreeSet<Extension>,
    /// The candidates, each kind once.
    pub candidates: BTreeSet<String>,
    /// The lines that are no attributes.
    pub lines: Vec<String>,
    /// The other attributes, without `a=`.
    pub attributes: BTreeSet<String>,
}

/// A format of an m-section: mostly a payload type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Codec {
    /// The payload type, or the name of the format where it is none.
    pub payload_type: String,
    /// `a=rtpmap`: name, clock rate and channels, as `VP8/90000`.
    pub name: Option<String>,
    /// The parameters of `a=fmtp`, whose order means nothing.
    pub parameters: BTreeSet<String>,
    /// `a=rtcp-fb` (RFC 4585).
    pub feedback: BTreeSet<String>,
}

/// A header extension.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Extension {
    /// The id, with the direction if there is one.
    pub id: String,
    /// The URI, with the attributes behind it.
    pub uri: String,
}

impl Description {
    /// Reads a description. Any text is one; how much of it is SDP, [`Description::is_sdp`] says.
    #[must_use]
    pub fn read(sdp: &str) -> Self {
        let mut description = Self::default();
        let mut sources = Sources::default();
        for line in sdp.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
            if let Some(media) = line.strip_prefix("m=") {
                description.sections.push(Section::begin(media));
                continue;
            }
            let attribute = line.strip_prefix("a=").map(|found| normal::attribute(found, &mut sources));
            match (description.sections.last_mut(), attribute) {
                (Some(section), Some(attribute)) => section.take(attribute),
                (Some(section), None) => section.lines.push(normal::line(line)),
                (None, Some(attribute)) => description.take(attribute),
                (None, None) => description.lines.push(normal::line(line)),
            }
        }
        description
    }

    /// Whether the text began as an SDP does (RFC 8866, section 5) and describes some media.
    #[must_use]
    pub fn is_sdp(&self) -> bool {
        self.lines.first().is_some_and(|line| line == "v=0") && !self.sections.is_empty()
    }

    fn take(&mut self, attribute: String) {
        match attribute.strip_prefix("group:BUNDLE") {
            Some(mids) if self.bundle.is_none() && (mids.is_empty() || mids.starts_with(' ')) => {
                self.bundle = Some(mids.split_whitespace().map(str::to_owned).collect());
            }
            _ => {
                self.attributes.insert(attribute);
            }
        }
    }
}

impl Section {
    fn begin(media: &str) -> Self {
        let mut words = media.split_whitespace();
        // A cut line lacks words; none of them may take the place of another when it is read back.
        let mut next = || words.next().unwrap_or("-").to_owned();
        let mut section =
            Self { kind: next(), port: normal::port(&next()), protocol: next(), ..Self::default() };
        for payload_type in words {
            if section.codec(payload_type).is_none() {
                section.codecs.push(Codec { payload_type: payload_type.to_owned(), ..Codec::default() });
            }
        }
        section
    }

    /// The codec with a payload type.
    fn codec(&mut self, payload_type: &str) -> Option<&mut Codec> {
        self.codecs.iter_mut().find(|codec| codec.payload_type == payload_type)
    }

    fn take(&mut self, attribute: String) {
        if !self.take_known(&attribute) {
            self.attributes.insert(attribute);
        }
    }

    /// Takes an attribute to its place, if it has one that is free: of two that contradict each other both are kept.
    fn take_known(&mut self, attribute: &str) -> bool {
        let (name, value) = attribute.split_once(':').unwrap_or((attribute, ""));
        let place = match name {
            "mid" => &mut self.mid,
            "setup" => &mut self.setup,
            "ice-options" => &mut self.ice_options,
            "simulcast" => &mut self.simulcast,
            "sendrecv" | "sendonly" | "recvonly" | "inactive" if name == attribute => {
                return fill(&mut self.direction, name);
            }
            "candidate" => {
                self.candidates.insert(attribute.to_owned());
                return true;
            }
            "rid" => {
                self.rids.push(value.to_owned());
                return true;
            }
            "extmap" => {
                let Some((id, uri)) = value.split_once(' ') else { return false };
                self.extensions.insert(Extension { id: id.to_owned(), uri: uri.to_owned() });
                return true;
            }
            "rtpmap" | "fmtp" | "rtcp-fb" => return self.take_of_codec(name, value),
            _ => return false,
        };
        attribute.contains(':') && fill(place, value)
    }

    /// What belongs to a payload type that the m-line does not have stays an attribute: it is wrong, and is to be seen.
    fn take_of_codec(&mut self, name: &str, value: &str) -> bool {
        let Some((payload_type, value)) = value.split_once(' ') else { return false };
        let Some(codec) = self.codec(payload_type) else { return false };
        match name {
            "rtpmap" => return fill(&mut codec.name, value),
            "fmtp" if codec.parameters.is_empty() => {
                let parameters = value.split(';').map(str::trim).filter(|parameter| !parameter.is_empty());
                codec.parameters = parameters.map(str::to_owned).collect();
                return !codec.parameters.is_empty();
            }
            "rtcp-fb" => codec.feedback.insert(value.to_owned()),
            _ => return false,
        };
        true
    }
}

fn fill(place: &mut Option<String>, value: &str) -> bool {
    if place.is_some() {
        return false;
    }
    *place = Some(value.to_owned());
    true
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))?;
        if let Some(mids) = &self.bundle {
            writeln!(f, "a=group:BUNDLE{}", mids.iter().map(|mid| format!(" {mid}")).collect::<String>())?;
        }
        self.attributes.iter().try_for_each(|attribute| writeln!(f, "a={attribute}"))?;
        self.sections.iter().try_for_each(|section| write!(f, "{section}"))
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let formats: String = self.codecs.iter().map(|codec| format!(" {}", codec.payload_type)).collect();
        writeln!(f, "m={} {} {}{formats}", self.kind, self.port, self.protocol)?;
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))?;
        let named = [
            ("mid", &self.mid),
            ("setup", &self.setup),
            ("ice-options", &self.ice_options),
            ("simulcast", &self.simulcast),
        ];
        for (name, value) in named {
            value.iter().try_for_each(|value| writeln!(f, "a={name}:{value}"))?;
        }
        self.direction.iter().try_for_each(|direction| writeln!(f, "a={direction}"))?;
        self.rids.iter().try_for_each(|rid| writeln!(f, "a=rid:{rid}"))?;
        self.candidates.iter().try_for_each(|candidate| writeln!(f, "a={candidate}"))?;
        let mut extensions: Vec<_> = self.extensions.iter().collect();
        extensions.sort_by_key(|extension| extension.id.parse::<u16>().unwrap_or(u16::MAX));
        extensions
            .iter()
            .try_for_each(|extension| writeln!(f, "a=extmap:{} {}", extension.id, extension.uri))?;
        self.codecs.iter().try_for_each(|codec| write!(f, "{codec}"))?;
        // Last: of two that contradict each other, the one that has the place is read first again.
        self.attributes.iter().try_for_each(|attribute| writeln!(f, "a={attribute}"))
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let payload_type = &self.payload_type;
        self.name.iter().try_for_each(|name| writeln!(f, "a=rtpmap:{payload_type} {name}"))?;
        self.feedback.iter().try_for_each(|feedback| writeln!(f, "a=rtcp-fb:{payload_type} {feedback}"))?;
        if !self.parameters.is_empty() {
            let parameters: Vec<_> = self.parameters.iter().map(String::as_str).collect();
            writeln!(f, "a=fmtp:{payload_type} {}", parameters.join(";"))?;
        }
        Ok(())
    }
}
