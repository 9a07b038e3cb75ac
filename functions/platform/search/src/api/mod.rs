//! The endpoints, one file each.

mod collection_page;
pub mod get_search_report;
pub mod get_synonyms;
pub mod list_suggestions;
pub mod rebuild_index;
pub mod record_search_event;
pub mod search_collection;
mod search_params;
mod search_view;
pub mod set_synonyms;
mod synonyms_view;

use kit::openapi::Conventions;
use serde::Deserialize;

pub use collection_page::CollectionPage;
pub use search_view::SearchPage;
pub use synonyms_view::SynonymsView;

/// How long clients and caches may use a response of a search without asking again, in seconds. A change is found after the time
/// of the event, a second of the refresh, and this.
const MAX_AGE_SECONDS: u32 = 1;

/// Path of a collection.
#[derive(Debug, Deserialize)]
pub struct CollectionPath {
    /// Name.
    pub collection: String,
}

/// This context's part of the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "search", description = "Full-text search with facets, suggestions, and figures of searches.")), paths(get_search_report::get_search_report, get_synonyms::get_synonyms, list_suggestions::list_suggestions, rebuild_index::rebuild_index, record_search_event::record_search_event, search_collection::search_collection, set_synonyms::set_synonyms))]
pub struct Api;
