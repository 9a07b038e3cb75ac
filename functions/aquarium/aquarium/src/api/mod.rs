//! The endpoints, one file each.

pub mod get_openapi;

use kit::openapi::Conventions;

/// This context's part of the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "aquarium", description = "The OpenAPI document of the pack.")), paths(get_openapi::get_openapi))]
pub struct Api;
