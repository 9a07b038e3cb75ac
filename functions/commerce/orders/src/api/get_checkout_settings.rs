//! `GET /v1/commerce/settings/checkout`: the checkout settings of the shop.

use axum::extract::State;
use dynamo::Read;
use kit::auth::{Manager, Standing};
use kit::http::{Problem, Tagged};

use crate::api::checkout_view::CheckoutSettingsView;
use crate::ctx::Ctx;
use crate::domain::checkout::CheckoutSettings;

/// Get the checkout settings
///
/// Before they are set for the first time, the shop is open, money is captured at once, returns are possible for 14 days, there
/// is no seller, and the `ETag` is `"0"`. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/commerce/settings/checkout", operation_id = "get_checkout_settings", tag = "orders",
    security(("bearer" = ["manager"])),
    responses((status = 200, description = "The checkout settings", body = CheckoutSettingsView))
)]
pub async fn get_checkout_settings(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
) -> Result<Tagged<CheckoutSettingsView>, Problem> {
    let (_, read) = standing.with(ctx.store.setting::<CheckoutSettings>(Read::Strong)).await?;
    Ok(Tagged::new(read.version, CheckoutSettingsView::from(&read.value)))
}
