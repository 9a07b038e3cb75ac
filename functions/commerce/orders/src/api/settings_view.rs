//! Settings in requests and responses.

use money::Rate;
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, Money};
use utoipa::ToSchema;

use crate::domain::location::CountryCode;
use crate::domain::names::RegionCode;
use crate::domain::pricing::{TaxPolicy, TaxRounding};
use crate::domain::regions::{Region, RegionSettings};
use crate::domain::shipping::{ShippingCode, ShippingMethod, ShippingOffer, WeightTier};
use crate::domain::taxes::{TaxClass, TaxRate, TaxSettings};

/// Rate of a tax class in a country.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TaxRateEntry {
    /// Tax class.
    pub tax_class: TaxClass,
    /// Country of delivery.
    pub country: CountryCode,
    /// Rate in millionths: 190000 is 19 %.
    #[schema(value_type = u32, minimum = 0, maximum = 1_000_000, example = 190_000)]
    pub rate: Rate,
}

impl From<TaxRateEntry> for TaxRate {
    fn from(TaxRateEntry { tax_class, country, rate }: TaxRateEntry) -> Self {
        Self { class: tax_class, country, rate }
    }
}

/// Tax settings of the shop.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaxSettingsView {
    /// Prices include the tax.
    pub prices_include_tax: bool,
    /// How taxes are rounded.
    pub rounding: TaxRounding,
    /// Rates, in the order of tax class and country.
    pub rates: Vec<TaxRateEntry>,
}

impl From<&TaxSettings> for TaxSettingsView {
    fn from(settings: &TaxSettings) -> Self {
        let TaxPolicy { prices_include_tax, rounding } = settings.policy();
        let entry = |rate: &TaxRate| TaxRateEntry {
            tax_class: rate.class.clone(),
            country: rate.country.clone(),
            rate: rate.rate,
        };
        Self { prices_include_tax, rounding, rates: settings.rates().iter().map(entry).collect() }
    }
}

/// Schema of the price of a shipping method, with the limits that the domain checks.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is used")]
pub struct ShippingPrice {
    /// Amount in the smallest unit of the currency.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 490)]
    pub amount_minor: i64,
    /// Currency code.
    pub currency: CurrencyCode,
}

/// Price of a shipping method up to a weight.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShippingTier {
    /// Highest weight of a delivery in grams.
    #[schema(minimum = 1, maximum = 100_000_000, example = 5000)]
    pub up_to_grams: u32,
    /// Prices, one per currency.
    #[schema(value_type = Vec<ShippingPrice>, min_items = 1, max_items = 10)]
    pub prices: Vec<Money>,
}

/// Shipping method.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShippingMethodEntry {
    /// Code, unique in the shop.
    pub code: ShippingCode,
    /// Name.
    #[schema(min_length = 1, max_length = 100, example = "Parcel")]
    pub name: String,
    /// Countries that it delivers to.
    #[schema(min_items = 1, max_items = 250)]
    pub countries: Vec<CountryCode>,
    /// Tax class.
    pub tax_class: TaxClass,
    /// Tiers by rising weight. A heavier delivery is not possible.
    #[schema(min_items = 1, max_items = 10)]
    pub tiers: Vec<ShippingTier>,
}

impl From<&ShippingMethod> for ShippingMethodEntry {
    fn from(method: &ShippingMethod) -> Self {
        let tier = |tier: &WeightTier| ShippingTier { up_to_grams: tier.up_to_grams, prices: tier.prices.clone() };
        Self {
            code: method.code.clone(),
            name: method.name.clone(),
            countries: method.countries.clone(),
            tax_class: method.tax_class.clone(),
            tiers: method.tiers.iter().map(tier).collect(),
        }
    }
}

/// Shipping methods of the shop.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ShippingSettingsView {
    /// Methods, in the order in which buyers see them.
    pub methods: Vec<ShippingMethodEntry>,
}

/// Shipping method that can deliver, with its price.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ShippingOfferView {
    /// Code of the method.
    pub code: ShippingCode,
    /// Name of the method.
    #[schema(example = "Parcel")]
    pub name: String,
    /// Price, with or without tax as the shop states prices.
    pub price: Money,
}

impl From<ShippingOffer<'_>> for ShippingOfferView {
    fn from(ShippingOffer { method, price }: ShippingOffer<'_>) -> Self {
        Self { code: method.code.clone(), name: method.name.clone(), price: price.clone() }
    }
}

/// Shipping methods that can deliver.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ShippingOfferList {
    /// Methods, in the order in which buyers see them.
    pub items: Vec<ShippingOfferView>,
}

/// Region: countries where the price lists of the region apply.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RegionEntry {
    /// Code, as price lists of the catalog name it.
    pub code: RegionCode,
    /// Countries.
    #[schema(min_items = 1, max_items = 250)]
    pub countries: Vec<CountryCode>,
}

impl From<RegionEntry> for Region {
    fn from(RegionEntry { code, countries }: RegionEntry) -> Self {
        Self { code, countries }
    }
}

/// Regions of the shop.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RegionSettingsView {
    /// Regions, ordered by code.
    pub regions: Vec<RegionEntry>,
}

impl From<&RegionSettings> for RegionSettingsView {
    fn from(settings: &RegionSettings) -> Self {
        let entry = |(code, countries): (&RegionCode, &std::collections::BTreeSet<CountryCode>)| RegionEntry {
            code: code.clone(),
            countries: countries.iter().cloned().collect(),
        };
        Self { regions: settings.iter().map(entry).collect() }
    }
}
