//! `PUT /v1/commerce/settings/taxes`: replaces the tax settings of the shop.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Fields, IfMatch, Json, Problem, Tagged};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::replace_setting::replace_setting;
use crate::api::settings_view::{TaxRateEntry, TaxSettingsView};
use crate::ctx::Ctx;
use crate::domain::pricing::{TaxPolicy, TaxRounding};
use crate::domain::taxes::{TaxRate, TaxSettings, TaxSettingsError};

/// Request to replace the tax settings.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetTaxSettings {
    /// Prices include the tax.
    #[schema(example = true)]
    prices_include_tax: bool,
    /// How taxes are rounded.
    rounding: TaxRounding,
    /// Rates, one per tax class and country. The shop sells to countries for which it has a rate.
    #[schema(max_items = 500)]
    rates: Vec<TaxRateEntry>,
}

impl SetTaxSettings {
    fn parse(self) -> Result<TaxSettings, Problem> {
        let mut fields = Fields::new();
        let Self { prices_include_tax, rounding, rates } = self;
        let settings = TaxSettings::new(
            TaxPolicy { prices_include_tax, rounding },
            rates.into_iter().map(TaxRate::from).collect(),
        );
        let settings = settings.map_err(|error| fields.refuse(&field(error), error)).ok();
        fields.all((settings,)).map(|(settings,)| settings)
    }
}

/// The path of the field that an error is about.
fn field(error: TaxSettingsError) -> String {
    match error {
        TaxSettingsError::TooMany => "rates".to_owned(),
        TaxSettingsError::Repeated(index) => format!("rates[{index}]"),
    }
}

/// Replace the tax settings
///
/// Applies to carts at once; orders keep the amounts and the version that they were placed with. Requires `If-Match` with the
/// last `ETag`, and the role `manager` or `admin`.
#[utoipa::path(
    put, path = "/v1/commerce/settings/taxes", operation_id = "set_tax_settings", tag = "orders",
    security(("bearer" = ["manager"])),
    params(IfMatch),
    request_body = SetTaxSettings,
    responses((status = 200, description = "The tax settings", body = TaxSettingsView))
)]
pub async fn set_tax_settings(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    based_on: IfMatch,
    Json(body): Json<SetTaxSettings>,
) -> Result<Tagged<TaxSettingsView>, Problem> {
    let written = replace_setting(ctx, &standing, based_on, &body.parse()?).await?;
    Ok(Tagged::new(written.version, TaxSettingsView::from(&written.value)))
}
