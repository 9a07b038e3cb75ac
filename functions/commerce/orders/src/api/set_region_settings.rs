//! `PUT /v1/commerce/settings/regions`: replaces the regions of the shop.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Fields, IfMatch, Json, Problem, Tagged};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::replace_setting::replace_setting;
use crate::api::settings_view::{RegionEntry, RegionSettingsView};
use crate::ctx::Ctx;
use crate::domain::regions::{Region, RegionError, RegionSettings};

/// Request to replace the regions.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetRegionSettings {
    /// Regions. A country is in one region at most.
    #[schema(max_items = 50)]
    regions: Vec<RegionEntry>,
}

impl SetRegionSettings {
    fn parse(self) -> Result<RegionSettings, Problem> {
        let mut fields = Fields::new();
        let settings = RegionSettings::new(self.regions.into_iter().map(Region::from).collect());
        let settings = settings.map_err(|error| fields.refuse(&field(error), error)).ok();
        fields.all((settings,)).map(|(settings,)| settings)
    }
}

/// The path of the field that an error is about.
fn field(error: RegionError) -> String {
    match error {
        RegionError::TooMany => "regions".to_owned(),
        RegionError::CodeRepeated(at) => format!("regions[{at}].code"),
        RegionError::CountryCount(at) | RegionError::CountryRepeated(at) => format!("regions[{at}].countries"),
    }
}

/// Replace the regions
///
/// Applies to carts at once: the country of the shipping address decides on the region, and the region on price lists. Requires
/// `If-Match` with the last `ETag`, and the role `manager` or `admin`.
#[utoipa::path(
    put, path = "/v1/commerce/settings/regions", operation_id = "set_region_settings", tag = "orders",
    security(("bearer" = ["manager"])),
    params(IfMatch),
    request_body = SetRegionSettings,
    responses((status = 200, description = "The regions", body = RegionSettingsView))
)]
pub async fn set_region_settings(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    based_on: IfMatch,
    Json(body): Json<SetRegionSettings>,
) -> Result<Tagged<RegionSettingsView>, Problem> {
    let written = replace_setting(ctx, &standing, based_on, &body.parse()?).await?;
    Ok(Tagged::new(written.version, RegionSettingsView::from(&written.value)))
}
