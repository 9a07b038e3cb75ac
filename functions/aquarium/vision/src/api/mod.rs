//! The endpoints, one file each.

pub mod confirm_identification;
pub mod create_identification;
pub mod delete_identification;
pub mod get_identification;
pub mod list_identifications;

use kit::openapi::Conventions;

/// This context's part of the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "vision", description = "Operations of the context vision.")), paths(confirm_identification::confirm_identification, create_identification::create_identification, delete_identification::delete_identification, get_identification::get_identification, list_identifications::list_identifications))]
pub struct Api;
