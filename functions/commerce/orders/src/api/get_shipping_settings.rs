//! `GET /v1/commerce/settings/shipping`: the shipping methods of the shop.

use axum::extract::State;
use dynamo::{Read, Versioned};
use kit::auth::{Manager, Standing};
use kit::http::{Problem, Tagged};

use crate::api::settings_view::{ShippingMethodEntry, ShippingSettingsView};
use crate::ctx::Ctx;
use crate::domain::shipping::ShippingSettings;

/// Get the shipping settings
///
/// All shipping methods with their countries and prices. Before they are set for the first time there is none, and the `ETag`
/// is `"0"`. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/commerce/settings/shipping", operation_id = "get_shipping_settings", tag = "orders",
    security(("bearer" = ["manager"])),
    responses((status = 200, description = "The shipping methods", body = ShippingSettingsView))
)]
pub async fn get_shipping_settings(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
) -> Result<Tagged<ShippingSettingsView>, Problem> {
    let (_, read) = standing.with(ctx.store.setting::<ShippingSettings>(Read::Strong)).await?;
    Ok(shown(&read))
}

/// Shows the methods with their version.
pub(super) fn shown(read: &Versioned<ShippingSettings>) -> Tagged<ShippingSettingsView> {
    let methods = read.value.methods().iter().map(ShippingMethodEntry::from).collect();
    Tagged::new(read.version, ShippingSettingsView { methods })
}
