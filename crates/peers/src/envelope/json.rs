//! Places in JSON.

use std::borrow::Cow;

use serde_json::Value;
use tincan_harness::Role;

/// A step from a value of JSON to one within it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    /// To a field of an object.
    Field(String),
    /// To an item of an array.
    Item(usize),
}

/// What stands at `place`.
pub(super) fn at<'v>(value: &'v mut Value, place: &[Key]) -> Option<&'v mut Value> {
    place.iter().try_fold(value, |value, key| match key {
        Key::Field(name) => value.get_mut(name),
        Key::Item(number) => value.get_mut(number),
    })
}

/// Puts `text`, the description of `role`, at `place`: what there is called after the other role is called after this one.
pub(super) fn set(value: &mut Value, place: &[Key], role: Role, text: String) {
    let Some((key, rest)) = place.split_first() else {
        *value = text.into();
        return;
    };
    match (key, value) {
        (Key::Item(number), Value::Array(items)) => {
            if let Some(item) = items.get_mut(*number) {
                set(item, rest, role, text);
            }
        }
        (Key::Field(name), Value::Object(fields)) => {
            // Its type, whatever the field is called.
            for field in fields.values_mut() {
                if let Value::String(kind) = field
                    && ["offer", "answer"].contains(&kind.to_lowercase().as_str())
                {
                    *kind = of_role(kind, role).into_owned();
                }
            }
            if let Some(mut field) = fields.remove(name) {
                set(&mut field, rest, role, text);
                fields.insert(of_role(name, role).into_owned(), field);
            }
        }
        _ => {}
    }
}

/// `words`, which may name what was copied, as the same for the description of `role`.
pub(super) fn of_role(words: &str, role: Role) -> Cow<'_, str> {
    let (own, other) = match role {
        Role::Offerer => (["offer", "Offer", "OFFER"], ["answer", "Answer", "ANSWER"]),
        Role::Answerer => (["answer", "Answer", "ANSWER"], ["offer", "Offer", "OFFER"]),
    };
    let named = other.iter().zip(own).filter(|(other, _)| words.contains(**other));
    named.fold(Cow::Borrowed(words), |words, (other, own)| words.replace(other, own).into())
}
