//! Problems of this context: every error code that it returns is in this file.

use kit::http::{Fields, Problem};
use search_engine::SearchError;

use crate::domain::collections::{Declaration, Visibility, find};

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
                .with_detail("No collection has this name. There are `products`, `species` and `guides`."),
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

/// Returns the collection with a name, for its admins.
pub fn collection(name: &str) -> Result<&'static Declaration, Refusal> {
    find(name).ok_or(Refusal::NoSuchCollection)
}

/// Returns the collection with a name, if everybody may search it.
pub fn public_collection(name: &str) -> Result<&'static Declaration, Refusal> {
    let collection = collection(name)?;
    match collection.visibility {
        Visibility::Public => Ok(collection),
    }
}

#[cfg(test)]
mod tests {
    use search_engine::QueryError;

    use super::*;
    use crate::domain::collections::ALL;

    #[test]
    fn the_problem_of_an_unknown_collection_names_all_collections() {
        let problem = Problem::from(collection("secrets").map(Declaration::name).unwrap_err());
        let detail = problem.detail().unwrap();
        assert!(ALL.iter().all(|known| detail.contains(&format!("`{}`", known.name()))), "{detail}");
        assert!(ALL.iter().all(|known| public_collection(known.name()).is_ok()));
    }

    #[test]
    fn what_the_engine_refuses_is_an_error_of_the_request() {
        assert_eq!(search_failed(SearchError::Query(QueryError::TextTooLong)).status().as_u16(), 422);
        assert_eq!(search_failed(SearchError::ForeignChanges).status().as_u16(), 500);
    }
}
