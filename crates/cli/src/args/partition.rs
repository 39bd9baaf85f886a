//! A part of a run, for one of several machines.

use std::str::FromStr;

use anyhow::ensure;

/// The `part`th of `all` parts, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partition {
    part: usize,
    all: usize,
}

/// Why a text names no part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no part: write it as 2/5, the second of five")]
pub struct PartitionError(String);

impl FromStr for Partition {
    type Err = PartitionError;

    fn from_str(text: &str) -> Result<Self, PartitionError> {
        let parts =
            text.split_once('/').and_then(|(part, all)| Some((part.parse().ok()?, all.parse().ok()?)));
        let valid = parts.filter(|(part, all)| (1..=*all).contains(part));
        valid.map(|(part, all)| Self { part, all }).ok_or_else(|| PartitionError(text.to_owned()))
    }
}

impl Partition {
    /// This part of `whole`: a stretch of it, so that what stands together stays together.
    ///
    /// # Errors
    /// When there is nothing in it: a run of nothing would say that all is well.
    pub fn of<T: Clone>(self, whole: &[T]) -> anyhow::Result<Vec<T>> {
        let (Self { part, all }, count) = (self, whole.len());
        let part_of_it = &whole[count * (part - 1) / all..count * part / all];
        ensure!(!part_of_it.is_empty(), "part {part}/{all} of {count} scenarios is empty: make fewer parts");
        Ok(part_of_it.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_the_whole() {
        let whole: Vec<_> = (0..17).collect();
        for all in [1, 2, 5, 17] {
            let part = |part| format!("{part}/{all}").parse::<Partition>().unwrap().of(&whole).unwrap();
            assert_eq!((1..=all).flat_map(part).collect::<Vec<_>>(), whole, "{all}");
        }
        let empty = "1/18".parse::<Partition>().unwrap().of(&whole).unwrap_err().to_string();
        assert_eq!(empty, "part 1/18 of 17 scenarios is empty: make fewer parts");
    }

    #[test]
    fn what_is_no_part_is_refused() {
        for text in ["", "3", "0/2", "3/2", "1/0", "a/b", "1/2/3", "-1/2"] {
            assert_eq!(text.parse::<Partition>(), Err(PartitionError(text.to_owned())));
        }
    }
}
