//! The endpoints, one file each.

pub mod check_stocking;
pub mod create_guide;
pub mod create_species_import;
pub mod create_suggestion;
pub mod decide_suggestion;
pub mod delete_suggestion;
pub mod get_guide;
pub mod get_guide_version;
pub mod get_species;
pub mod get_species_import;
pub mod guide_fields;
pub mod guide_view;
pub mod import_view;
pub mod list_guide_drafts;
pub mod list_guide_versions;
pub mod list_guides;
pub mod list_my_suggestions;
pub mod list_open_suggestions;
pub mod list_species;
pub mod publish_guide;
pub mod review_guide;
pub mod stocking_view;
pub mod suggestion_view;
mod texts;
pub mod update_guide;
pub mod update_species;
pub mod view;
pub mod withdraw_guide;

use kit::openapi::Conventions;

/// This context's part of the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "knowledge", description = "Species with sources and licences for every fact, suggestions of users about them, the stocking check, and care guides. Everybody may read species and guides; the staff may change them.")), paths(check_stocking::check_stocking, create_guide::create_guide, create_species_import::create_species_import, create_suggestion::create_suggestion, decide_suggestion::decide_suggestion, delete_suggestion::delete_suggestion, get_guide::get_guide, get_guide_version::get_guide_version, get_species::get_species, get_species_import::get_species_import, list_guide_drafts::list_guide_drafts, list_guide_versions::list_guide_versions, list_guides::list_guides, list_my_suggestions::list_my_suggestions, list_open_suggestions::list_open_suggestions, list_species::list_species, publish_guide::publish_guide, review_guide::review_guide, update_guide::update_guide, update_species::update_species, withdraw_guide::withdraw_guide))]
pub struct Api;
