//! `GET /v1/commerce/settings/taxes`: the tax settings of the shop.

use axum::extract::State;
use dynamo::Read;
use kit::auth::{Manager, Standing};
use kit::http::{Problem, Tagged};

use crate::api::settings_view::TaxSettingsView;
use crate::ctx::Ctx;
use crate::domain::taxes::TaxSettings;

/// Get the tax settings
///
/// Before they are set for the first time, prices include taxes, taxes are rounded per rate, there are no rates, and the
/// `ETag` is `"0"`. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/commerce/settings/taxes", operation_id = "get_tax_settings", tag = "orders",
    security(("bearer" = ["manager"])),
    responses((status = 200, description = "The tax settings", body = TaxSettingsView))
)]
pub async fn get_tax_settings(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
) -> Result<Tagged<TaxSettingsView>, Problem> {
    let (_, read) = standing.with(ctx.store.setting::<TaxSettings>(Read::Strong)).await?;
    Ok(Tagged::new(read.version, TaxSettingsView::from(&read.value)))
}
