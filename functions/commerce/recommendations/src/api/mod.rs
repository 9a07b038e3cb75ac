//! The endpoints, one file each.

pub mod list_recommendations;
pub mod record_views;

use kit::openapi::Conventions;

/// This context's part of the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(
    modifiers(&Conventions),
    tags((name = "recommendations", description = "Views of products, and recommendations from them.")),
    paths(list_recommendations::list_recommendations, record_views::record_views)
)]
pub struct Api;
