//! `PUT /v1/commerce/settings/shipping`: replaces the shipping methods of the shop.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Fields, IfMatch, Json, Problem, Tagged};
use serde::Deserialize;
use types::line;
use utoipa::ToSchema;

use crate::api::get_shipping_settings::shown;
use crate::api::replace_setting::replace_setting;
use crate::api::settings_view::{ShippingMethodEntry, ShippingSettingsView};
use crate::ctx::Ctx;
use crate::domain::shipping::{MAX_NAME_CHARS, ShippingError, ShippingMethod, ShippingSettings, WeightTier};

/// Request to replace the shipping methods.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetShippingSettings {
    /// Methods, in the order in which buyers see them.
    #[schema(max_items = 20)]
    methods: Vec<ShippingMethodEntry>,
}

impl SetShippingSettings {
    fn parse(self) -> Result<ShippingSettings, Problem> {
        let (mut fields, mut methods) = (Fields::new(), Vec::new());
        for (at, entry) in self.methods.into_iter().enumerate() {
            let ShippingMethodEntry { code, name, countries, tax_class, tiers } = entry;
            // A method whose name is refused keeps its place, so that other errors name the right one.
            let name = fields.check(&format!("methods[{at}].name"), line(&name, MAX_NAME_CHARS)).unwrap_or(name);
            let tiers = tiers.into_iter().map(|tier| WeightTier { up_to_grams: tier.up_to_grams, prices: tier.prices });
            methods.push(ShippingMethod { code, name, countries, tax_class, tiers: tiers.collect() });
        }
        let settings = ShippingSettings::new(methods).map_err(|error| fields.refuse(&field(error), error)).ok();
        fields.all((settings,)).map(|(settings,)| settings)
    }
}

/// The path of the field that an error is about.
fn field(error: ShippingError) -> String {
    match error {
        ShippingError::TooMany => "methods".to_owned(),
        ShippingError::CodeRepeated(at) => format!("methods[{at}].code"),
        ShippingError::Countries(at) => format!("methods[{at}].countries"),
        ShippingError::TierCount(at) => format!("methods[{at}].tiers"),
        ShippingError::Weight(at, tier) => format!("methods[{at}].tiers[{tier}].upToGrams"),
        ShippingError::Prices(at, tier) => format!("methods[{at}].tiers[{tier}].prices"),
    }
}

/// Replace the shipping settings
///
/// Replaces all shipping methods. Applies to carts at once; orders keep what they were placed with. Requires `If-Match` with the
/// last `ETag`, and the role `manager` or `admin`.
#[utoipa::path(
    put, path = "/v1/commerce/settings/shipping", operation_id = "set_shipping_settings", tag = "orders",
    security(("bearer" = ["manager"])),
    params(IfMatch),
    request_body = SetShippingSettings,
    responses((status = 200, description = "The shipping methods", body = ShippingSettingsView))
)]
pub async fn set_shipping_settings(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    based_on: IfMatch,
    Json(body): Json<SetShippingSettings>,
) -> Result<Tagged<ShippingSettingsView>, Problem> {
    let written = replace_setting(ctx, &standing, based_on, &body.parse()?).await?;
    Ok(shown(&written))
}
