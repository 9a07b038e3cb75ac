//! `GET /v1/analytics/metrics`: the declared metrics.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Json, List, Problem};

use crate::api::view::MetricDefinition;
use crate::ctx::Ctx;
use crate::domain::metrics;

/// List metrics
///
/// Returns what is measured: the events that count, the units, and what each metric can be broken down by. The list is
/// complete. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/analytics/metrics", operation_id = "list_metrics", tag = "analytics",
    security(("bearer" = ["manager"])),
    responses(
        (status = 200, description = "All metrics", body = List<MetricDefinition>),
    )
)]
pub async fn list_metrics(
    State(_ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
) -> Result<Json<List<MetricDefinition>>, Problem> {
    standing.check().await?;
    Ok(Json(List { items: metrics::all().map(MetricDefinition::from).collect(), next_cursor: None }))
}
