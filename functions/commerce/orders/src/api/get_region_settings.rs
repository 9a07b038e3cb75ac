//! `GET /v1/commerce/settings/regions`: the regions of the shop.

use axum::extract::State;
use dynamo::Read;
use kit::auth::{Manager, Standing};
use kit::http::{Problem, Tagged};

use crate::api::settings_view::RegionSettingsView;
use crate::ctx::Ctx;
use crate::domain::regions::RegionSettings;

/// Get the regions
///
/// Regions are sets of countries where price lists of the catalog apply. Before they are set for the first time there are none,
/// and the `ETag` is `"0"`. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/commerce/settings/regions", operation_id = "get_region_settings", tag = "orders",
    security(("bearer" = ["manager"])),
    responses((status = 200, description = "The regions", body = RegionSettingsView))
)]
pub async fn get_region_settings(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
) -> Result<Tagged<RegionSettingsView>, Problem> {
    let (_, read) = standing.with(ctx.store.setting::<RegionSettings>(Read::Strong)).await?;
    Ok(Tagged::new(read.version, RegionSettingsView::from(&read.value)))
}
