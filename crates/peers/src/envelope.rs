//! How a page shows a description, and takes one: as bare SDP, or in an envelope around it, as JSON or base64.
//!
//! Between two pages a text is carried as it is. Whoever is no page wants bare SDP: for it the envelope is opened, and what it
//! answers is put into an envelope such as the page uses.

mod candidates;
mod form;
mod json;
mod open;

pub(crate) use self::{candidates::candidate, form::Envelope, open::open};

#[cfg(test)]
mod tests;
