//! The endpoints, one file each.

pub mod get_docs;
pub mod get_health;
pub mod get_openapi;

use kit::openapi::Conventions;

/// This context's part of the API's description.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "platform", description = "Health, the OpenAPI document and the documentation page.")), paths(get_docs::get_docs, get_health::get_health, get_openapi::get_openapi))]
pub struct Api;
