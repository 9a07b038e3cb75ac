//! `GET /v1/commerce/locations`: all locations.

use axum::extract::State;
use dynamo::Read;
use kit::auth::{Manager, Standing};
use kit::http::{Problem, Tagged};

use crate::api::view::{LocationList, LocationView};
use crate::ctx::Ctx;
use crate::domain::location::Locations;

/// List locations
///
/// All locations of the shop, at most 20, in the order in which they were added. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/commerce/locations", operation_id = "list_locations", tag = "orders",
    security(("bearer" = ["manager"])),
    responses((status = 200, description = "All locations", body = LocationList))
)]
pub async fn list_locations(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
) -> Result<Tagged<LocationList>, Problem> {
    let (_, read) = standing.with(ctx.store.setting::<Locations>(Read::Strong)).await?;
    let items = read.value.as_slice().iter().map(LocationView::from).collect();
    Ok(Tagged::new(read.version, LocationList { items }))
}
