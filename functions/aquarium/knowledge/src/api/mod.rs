//! The endpoints, one file each.

pub mod check_stocking;
pub mod create_species_import;
pub mod get_species;
pub mod get_species_import;
pub mod import_view;
pub mod list_species;
pub mod stocking_view;
pub mod update_species;
pub mod view;

use kit::openapi::Conventions;

/// This context's part of the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "knowledge", description = "Species with sources and licences for every fact, and the stocking check. Everybody may read species; admins may change them.")), paths(check_stocking::check_stocking, create_species_import::create_species_import, get_species::get_species, get_species_import::get_species_import, list_species::list_species, update_species::update_species))]
pub struct Api;
