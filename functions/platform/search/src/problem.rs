//! Problems of this context: every error code that it returns is in this file.

use kit::http::{Fields, Problem};
use search_engine::{Collection, SearchError};

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

/// The problem of a search that failed: what the engine refuses in a query is an error of the request.
pub fn search_failed(error: SearchError) -> Problem {
    match error {
        SearchError::Query(error) => {
            let mut fields = Fields::of_parameters();
            let refused = fields.check::<(), _>("q", Err(error));
            fields.all((refused,)).err().unwrap_or_else(|| Problem::internal("a refusal without an error"))
        }
        SearchError::ForeignChanges | SearchError::Read(_) => Problem::internal(error),
    }
}

/// Returns the collection with a name.
pub fn collection(name: &str) -> Result<&'static Collection, Refusal> {
    find(name).ok_or(Refusal::NoSuchCollection)
}

#[cfg(test)]
mod tests {
    use search_engine::QueryError;

    use super::*;

    #[test]
    fn what_the_engine_refuses_is_an_error_of_the_request() {
        assert_eq!(search_failed(SearchError::Query(QueryError::TextTooLong)).status().as_u16(), 422);
        assert_eq!(search_failed(SearchError::ForeignChanges).status().as_u16(), 500);
    }
}
