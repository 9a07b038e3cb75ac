//! The endpoints, one file each.

pub mod get_search_report;
pub mod get_synonyms;
pub mod list_suggestions;
pub mod rebuild_index;
pub mod record_search_event;
pub mod search_collection;
pub mod set_synonyms;

use kit::openapi::Conventions;

/// This context's part of the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "search", description = "Operations of the context search.")), paths(get_search_report::get_search_report, get_synonyms::get_synonyms, list_suggestions::list_suggestions, rebuild_index::rebuild_index, record_search_event::record_search_event, search_collection::search_collection, set_synonyms::set_synonyms))]
pub struct Api;
