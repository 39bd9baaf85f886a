//! How many calls this machine bears at a time.

use std::{fs, num::NonZeroUsize, thread::available_parallelism};

/// What a pair of browsers and its driver may need.
const MEMORY_PER_CALL_KIB: u64 = 1024 * 1024;
/// A call keeps about two processors busy: one a browser.
const PROCESSORS_PER_CALL: usize = 2;

/// How many calls this machine bears at a time, by its processors and its free memory: one at the least.
#[must_use]
pub fn bearable_calls() -> usize {
    let memory = fs::read_to_string("/proc/meminfo").ok();
    let processors = available_parallelism().map_or(1, NonZeroUsize::get);
    bearable(processors, memory.as_deref().and_then(available_kib))
}

/// `MemAvailable:   12345 kB` (proc(5)); none where the system does not say.
fn available_kib(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn bearable(processors: usize, available_kib: Option<u64>) -> usize {
    let by_memory = available_kib.map_or(usize::MAX, |kib| (kib / MEMORY_PER_CALL_KIB) as usize);
    (processors / PROCESSORS_PER_CALL).min(by_memory).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_bears_half_its_processors_and_a_call_a_gibibyte_but_one_always() {
        assert_eq!(bearable(8, None), 4);
        assert_eq!(bearable(8, Some(2_500_000)), 2);
        assert_eq!((bearable(1, None), bearable(8, Some(10))), (1, 1));
        assert_eq!(available_kib("MemTotal: 9 kB\nMemAvailable:    123 kB\n"), Some(123));
    }
}
