//! A description that did not come across as it was copied.

use super::finding::{Examination, Finding};
use crate::{
    carried::{Given, given},
    signaling::Role,
    stage::Stage,
};

impl Examination<'_> {
    /// The first description that did not come across as it was copied, if that was not meant.
    pub(super) fn mangled(&self) -> Option<Finding> {
        [Role::Answerer, Role::Offerer].into_iter().find_map(|role| match given(self.exchange, role)? {
            Given::Changed(how) if !self.exchange.side(role).evidence.rewrites => {
                Some(Finding::new(Stage::carried_to(role), role, how))
            }
            _ => None,
        })
    }
}
