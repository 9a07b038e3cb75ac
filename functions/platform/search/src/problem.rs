//! Problems of this context: every error code that it returns is in this file.

use kit::http::Problem;
use search_engine::Collection;

use crate::domain::collections::find;

/// A refused request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No collection has this name.
    NoSuchCollection,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchCollection => Self::not_found("search.no_such_collection")
                .with_detail("No collection has this name. There is `products`."),
        }
    }
}

/// Returns the collection with a name.
pub fn collection(name: &str) -> Result<&'static Collection, Refusal> {
    find(name).ok_or(Refusal::NoSuchCollection)
}
