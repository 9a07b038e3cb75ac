//! HTTP endpoints, one per file, and their shared parts.

pub mod get_metric;
pub mod list_metrics;
mod view;

use kit::openapi::Conventions;

/// OpenAPI description of this context.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "analytics", description = "Metrics of the product: orders, sales, donations, sign-ups and active users, counted from events.")), paths(
    get_metric::get_metric,
    list_metrics::list_metrics,
))]
pub struct Api;
