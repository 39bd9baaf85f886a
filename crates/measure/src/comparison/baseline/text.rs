//! Baselines as text: JSON with a checksum, so that a change by hand is noticed and said.

use crc::{CRC_64_XZ, Crc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Error, Value, from_str, to_string, to_string_pretty, to_value};

use super::{
    error::{BaselineError, SCHEMA_VERSION},
    kept::{Baseline, Condition, LONGEST_MS, names},
};
use crate::comparison::contrast::FEWEST_BLOCKS;

/// A baseline as it is written.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "tincan baseline")]
struct Written {
    /// The version of this form.
    schema_version: u32,
    /// The CRC-64/XZ of the baseline as compact JSON, in hexadecimal. It notices a change; it does not prove who wrote it.
    checksum: String,
    /// The baseline.
    baseline: Baseline,
}

impl Baseline {
    /// The baseline as JSON with a checksum, with a line feed at the end.
    ///
    /// # Errors
    /// Never for what tincan measures: all of it can be written as JSON.
    pub fn render(&self) -> Result<String, Error> {
        let checksum = checksum(self)?;
        let written = Written { schema_version: SCHEMA_VERSION, checksum, baseline: self.clone() };
        Ok(to_string_pretty(&written)? + "\n")
    }

    /// The baseline that `text` holds.
    ///
    /// # Errors
    /// When the text is cut short, no baseline, of another version, or was changed after it was rendered.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let found: Value = from_str(text).map_err(unreadable)?;
        // The version first: in a text of another one, all else may be otherwise.
        match found.get("schema_version").and_then(Value::as_u64) {
            None => return Err(BaselineError::NoBaseline("it does not say its schema_version".to_owned())),
            Some(version) if version != u64::from(SCHEMA_VERSION) => {
                return Err(BaselineError::AnotherSchema(version));
            }
            Some(_) => {}
        }
        let written: Written = from_str(text).map_err(unreadable)?;
        let known = to_value(&written).map_err(unreadable)?;
        if let Some(key) = unknown(&found, &known) {
            return Err(BaselineError::UnknownKey(key));
        }
        written.baseline.check()?;
        let checksum = checksum(&written.baseline).map_err(unreadable)?;
        if checksum != written.checksum {
            return Err(BaselineError::Checksum { written: written.checksum, found: checksum });
        }
        Ok(written.baseline)
    }

    /// Sees that there is something to compare with, and nothing that cannot be.
    pub(super) fn check(&self) -> Result<(), BaselineError> {
        if self.conditions.is_empty() {
            return Err(BaselineError::Empty);
        }
        for (index, condition) in self.conditions.iter().enumerate() {
            if self.conditions[..index].iter().any(|other| other.network == condition.network) {
                let twice = format!("{} stands in it twice", condition.network);
                return Err(BaselineError::Inconsistent(twice));
            }
            condition.check(self)?;
        }
        Ok(())
    }
}

impl Condition {
    fn check(&self, baseline: &Baseline) -> Result<(), BaselineError> {
        let arms: Vec<_> = self.arms.iter().map(|times| times.arm).collect();
        if arms != baseline.arms {
            let (expected, found) = (names(&baseline.arms), names(&arms));
            let unlike = format!("{} has the modes {found}, and {expected} were measured", self.network);
            return Err(BaselineError::Inconsistent(unlike));
        }
        for times in &self.arms {
            let (name, values) = (times.arm.name(), &times.first_frame_ms);
            let absurd = |ms: &&f64| !(ms.is_finite() && 0.0 < **ms && **ms <= LONGEST_MS);
            if let Some(ms) = values.iter().find(absurd) {
                return Err(BaselineError::AbsurdTime(self.network, name, *ms));
            }
            if values.len() < FEWEST_BLOCKS {
                return Err(BaselineError::TooFew(self.network, name, values.len()));
            }
        }
        Ok(())
    }
}

fn unreadable(error: Error) -> BaselineError {
    if error.is_eof() {
        BaselineError::CutShort(error.line())
    } else {
        BaselineError::NoBaseline(error.to_string())
    }
}

fn checksum(baseline: &Baseline) -> Result<String, Error> {
    Ok(format!("{:016x}", Crc::<u64>::new(&CRC_64_XZ).checksum(to_string(baseline)?.as_bytes())))
}

/// A key in `found` that is not in `known`, with the keys that lead to it.
fn unknown(found: &Value, known: &Value) -> Option<String> {
    match (found, known) {
        (Value::Object(found), Value::Object(known)) => found.iter().find_map(|(key, value)| {
            let Some(known) = known.get(key) else { return Some(key.clone()) };
            unknown(value, known).map(|below| format!("{key}.{below}"))
        }),
        (Value::Array(found), Value::Array(known)) => {
            found.iter().zip(known).find_map(|(found, known)| unknown(found, known))
        }
        _ => None,
    }
}
