//! The matrix: what `ci/matrix` makes of adapters that cannot take part and of rows that were not made to their end, and how large the
//! folder is that it writes.

mod script;
mod size;
