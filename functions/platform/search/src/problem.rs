//! How this context's refusals read: every code it answers with is in this file.

use kit::http::Problem;

/// What this context refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The collection does not exist, or the caller may not see it.
    NoSuchCollection,
    /// The suggestions does not exist, or the caller may not see it.
    NoSuchSuggestions,
    /// The synonyms does not exist, or the caller may not see it.
    NoSuchSynonyms,
    /// The search report does not exist, or the caller may not see it.
    NoSuchSearchReport,
    /// The index does not exist, or the caller may not see it.
    NoSuchIndex,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchCollection => Self::not_found("search.no_such_collection"),
            Refusal::NoSuchSuggestions => Self::not_found("search.no_such_suggestions"),
            Refusal::NoSuchSynonyms => Self::not_found("search.no_such_synonyms"),
            Refusal::NoSuchSearchReport => Self::not_found("search.no_such_search_report"),
            Refusal::NoSuchIndex => Self::not_found("search.no_such_index"),
        }
    }
}
