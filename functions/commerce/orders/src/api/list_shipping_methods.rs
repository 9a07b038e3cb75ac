//! `GET /v1/commerce/shipping-methods?country=…&currency=…&weightGrams=…`: the methods that can deliver.

use axum::extract::State;
use dynamo::Read;
use kit::http::{Cacheable, Fields, IfNoneMatch, Problem, Query};
use serde::Deserialize;
use types::CurrencyCode;

use crate::api::settings_view::{ShippingOfferList, ShippingOfferView};
use crate::ctx::Public;
use crate::domain::location::CountryCode;
use crate::domain::shipping::{MAX_GRAMS, ShippingSettings};

/// How long clients and caches may use a response without asking again, in seconds.
const MAX_AGE_SECONDS: u32 = 60;

/// Query parameters before validation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Delivery {
    country: String,
    currency: String,
    weight_grams: Option<String>,
}

impl Delivery {
    fn parse(&self) -> Result<(CountryCode, CurrencyCode, u32), Problem> {
        let mut fields = Fields::of_parameters();
        let country = fields.check("country", CountryCode::parse(&self.country));
        let currency = fields.check("currency", CurrencyCode::parse(&self.currency));
        let grams = self.weight_grams.as_deref().map_or(Some(0), |text| text.parse().ok());
        let grams = grams.filter(|grams| *grams <= MAX_GRAMS);
        let grams = fields.check("weightGrams", grams.ok_or(format!("must be a number from 0 to {MAX_GRAMS}")));
        fields.all((country, currency, grams))
    }
}

/// List shipping methods
///
/// Methods that deliver a weight to a country, with their prices in a currency, in the order that the shop set. Public: no
/// authentication. Clients and caches may keep the response for 60 seconds.
#[utoipa::path(
    get, path = "/v1/commerce/shipping-methods", operation_id = "list_shipping_methods", tag = "orders",
    params(
        ("country" = CountryCode, Query, description = "Country of delivery"),
        ("currency" = CurrencyCode, Query, description = "Currency of the prices"),
        ("weightGrams" = Option<u32>, Query, description = "Weight of the delivery in grams; 0 by default", minimum = 0, maximum = 100_000_000),
        IfNoneMatch,
    ),
    responses(
        (status = 200, description = "Methods that can deliver", body = ShippingOfferList),
        (status = 304, description = "The client has the current version"),
    )
)]
pub async fn list_shipping_methods(
    State(ctx): State<&'static Public>,
    known: IfNoneMatch,
    Query(delivery): Query<Delivery>,
) -> Result<Cacheable<ShippingOfferList>, Problem> {
    let (country, currency, grams) = delivery.parse()?;
    let settings = ctx.store.setting::<ShippingSettings>(Read::Eventual).await?;
    let items = settings.value.offers(&country, grams, &currency).map(ShippingOfferView::from).collect();
    Ok(Cacheable::of_content(MAX_AGE_SECONDS, ShippingOfferList { items })?.unless_known(&known))
}
