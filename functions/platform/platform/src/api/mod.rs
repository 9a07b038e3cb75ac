//! The endpoints, one file each.

pub mod answer_unknown_route;
pub mod get_deployment;
pub mod get_docs;
pub mod get_health;
pub mod get_openapi;

use kit::openapi::Conventions;

/// This context's part of the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "platform", description = "The deployed APIs, their OpenAPI documents and documentation, and the health check.")), paths(get_deployment::get_deployment, get_docs::get_docs, get_health::get_health, get_openapi::get_openapi), components(schemas(get_health::Probed)))]
pub struct Api;
