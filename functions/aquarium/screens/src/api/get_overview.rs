//! `GET /v1/aquarium/web/overview`: figures of all aquariums for the staff.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Json, Problem};

use crate::api::staff_view::OverviewView;
use crate::ctx::Ctx;

/// Get the aquarium overview
///
/// Returns the number of aquariums by type of water, of shares, open alarms and silent devices. Figures follow events within seconds.
/// Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/aquarium/web/overview", operation_id = "get_overview", tag = "screens",
    security(("bearer" = ["manager"])),
    responses((status = 200, description = "The figures", body = OverviewView))
)]
pub async fn get_overview(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
) -> Result<Json<OverviewView>, Problem> {
    let (_, total) = standing.with(ctx.store.figures()).await?;
    Ok(Json(OverviewView::from(&total)))
}
