//! HTTP endpoints, one per file, and their shared parts.

pub mod confirm_identification;
pub mod create_identification;
pub mod delete_identification;
pub mod get_identification;
pub mod list_identifications;
mod view;

pub use view::{IdentificationStatus, IdentificationView};

use kit::openapi::Conventions;

/// OpenAPI description of this context.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "vision", description = "Identification of pictures: names of species and values of test strips, as a model suggests them.")), paths(
    confirm_identification::confirm_identification,
    create_identification::create_identification,
    delete_identification::delete_identification,
    get_identification::get_identification,
    list_identifications::list_identifications
))]
pub struct Api;
