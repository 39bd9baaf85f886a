//! How a map names what is on a page.

use serde::{Deserialize, Deserializer, Serialize, de};

/// An element of a page: by CSS, or as people see it. All that is said has to hold. It is looked for in the page, in its frames
/// of the same origin and in open shadow roots.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Target {
    /// A selector of CSS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub css: Option<String>,
    /// What labels a field: its label, its `aria-label`, or its placeholder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Its role (WAI-ARIA), such as `button`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Its name, as a screen reader says it: of a button, what stands on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The text that it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// A selector of CSS for the frame that it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frame: Option<String>,
    /// Which of several, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nth: Option<usize>,
    /// Whether the first of several is meant, as in the short form of a map.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub first: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    css: Option<String>,
    label: Option<String>,
    role: Option<String>,
    name: Option<String>,
    text: Option<String>,
    frame: Option<String>,
    nth: Option<usize>,
}

impl Target {
    /// The first element that matches a selector of CSS.
    pub(super) fn first(css: &str) -> Self {
        Self { css: Some(css.to_owned()), first: true, ..Self::default() }
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Target;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a selector of CSS, or a table with `css`, `label`, `role` and `name`, or `text`")
            }

            fn visit_str<E: de::Error>(self, css: &str) -> Result<Target, E> {
                Ok(Target { css: Some(css.to_owned()), ..Target::default() })
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Target, A::Error> {
                let table = Table::deserialize(de::value::MapAccessDeserializer::new(map))?;
                let Table { css, label, role, name, text, frame, nth } = table;
                if [&css, &label, &role, &name, &text].iter().all(|part| part.is_none()) {
                    return Err(de::Error::custom(
                        "an element is named by `css`, `label`, `role`, `name` or `text`",
                    ));
                }
                if nth == Some(0) {
                    return Err(de::Error::custom("`nth` counts from 1"));
                }
                Ok(Target { css, label, role, name, text, frame, nth, first: false })
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
