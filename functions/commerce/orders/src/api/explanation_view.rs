//! What produced each amount of a cart.

use money::Rate;
use serde::Serialize;
use types::{PromotionId, VariantId};
use utoipa::ToSchema;

use crate::domain::cart_pricing::{PricedCart, PricedLine};
use crate::domain::explanation::{TaxBase, TaxStep, tax_steps};
use crate::domain::location::CountryCode;
use crate::domain::names::RegionCode;
use crate::domain::prices::UnitPrice;
use crate::domain::pricing::{LineTotals, TaxRounding};
use crate::domain::promotion::Applied;
use crate::domain::taxes::TaxClass;

/// Price of one unit in a price list that applies.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PriceCandidate {
    /// Code of the price list.
    #[schema(example = "summer")]
    pub price_list: String,
    /// Quantity from which the tier applies.
    #[schema(example = 10)]
    pub min_quantity: u32,
    /// Price of one unit in minor units.
    #[schema(example = 1999)]
    pub unit_price_minor: i64,
}

impl From<&UnitPrice> for PriceCandidate {
    fn from(UnitPrice { price_list, min_quantity, amount_minor }: &UnitPrice) -> Self {
        Self { price_list: price_list.clone(), min_quantity: *min_quantity, unit_price_minor: *amount_minor }
    }
}

/// Discount of a promotion on a line or on the shipping.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DiscountStep {
    /// Promotion ID.
    pub promotion_id: PromotionId,
    /// What it takes off in minor units.
    #[schema(example = 400)]
    pub amount_minor: i64,
}

impl From<&Applied> for DiscountStep {
    fn from(applied: &Applied) -> Self {
        Self { promotion_id: PromotionId::new(applied.promotion_id), amount_minor: applied.amount }
    }
}

/// What produced the amounts of a line.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LineExplanation {
    /// Variant ID.
    pub variant_id: VariantId,
    /// Prices of all lists that apply, the lowest first: that one counts.
    pub prices: Vec<PriceCandidate>,
    /// Tax class. Null if the variant cannot be bought any more.
    pub tax_class: Option<TaxClass>,
    /// Discounts, in the order in which they are applied.
    pub discounts: Vec<DiscountStep>,
}

impl From<&PricedLine> for LineExplanation {
    fn from(line: &PricedLine) -> Self {
        let offers = line.price.iter().flat_map(|price| &price.offers);
        Self {
            variant_id: line.variant_id,
            prices: offers.map(PriceCandidate::from).collect(),
            tax_class: line.item.as_ref().map(|item| item.tax_class.clone()),
            discounts: discounts(line.totals.as_ref()),
        }
    }
}

fn discounts(totals: Option<&LineTotals>) -> Vec<DiscountStep> {
    totals.iter().flat_map(|totals| &totals.discounts).map(DiscountStep::from).collect()
}

/// What a tax was calculated on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaxStepBase {
    /// The sum of everything with the rate, shipping included.
    Rate,
    /// One line.
    Line,
    /// Shipping.
    Shipping,
}

/// Tax before and after rounding.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaxRoundingStep {
    /// What it was calculated on.
    pub base: TaxStepBase,
    /// Variant of the line. Null if it was not calculated on a line.
    pub variant_id: Option<VariantId>,
    /// Rate in millionths.
    #[schema(value_type = u32, example = 70_000)]
    pub rate: Rate,
    /// Amount in minor units: with the tax if prices include it, otherwise without.
    #[schema(example = 1015)]
    pub amount_minor: i64,
    /// Exact tax in minor units, cut off after four digits.
    #[schema(example = "66.4018")]
    pub exact_tax: String,
    /// Tax in minor units, rounded half up.
    #[schema(example = 66)]
    pub tax_minor: i64,
}

impl TaxRoundingStep {
    fn new(step: TaxStep, lines: &[&PricedLine]) -> Self {
        let (base, variant_id) = match step.base {
            TaxBase::Rate => (TaxStepBase::Rate, None),
            TaxBase::Line(at) => (TaxStepBase::Line, lines.get(at).map(|line| line.variant_id)),
            TaxBase::Shipping => (TaxStepBase::Shipping, None),
        };
        let TaxStep { rate, amount, exact, tax, .. } = step;
        Self { base, variant_id, rate, amount_minor: amount, exact_tax: exact, tax_minor: tax }
    }
}

/// What produced the amounts of a cart: prices, then promotions, then taxes.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CartExplanation {
    /// Country of delivery. Null without an address.
    pub country: Option<CountryCode>,
    /// Region of the country, whose price lists apply. Null if it is in none.
    pub region: Option<RegionCode>,
    /// Lines, in the order of the cart.
    pub lines: Vec<LineExplanation>,
    /// Discounts on the shipping, in the order in which they are applied.
    pub shipping_discounts: Vec<DiscountStep>,
    /// How taxes are rounded.
    pub rounding: TaxRounding,
    /// Each rounding of a tax. A tax per rate is then divided among the lines by their amounts.
    pub taxes: Vec<TaxRoundingStep>,
}

impl From<&PricedCart> for CartExplanation {
    fn from(priced: &PricedCart) -> Self {
        let with_price: Vec<&PricedLine> = priced.lines.iter().filter(|line| line.totals.is_some()).collect();
        let steps = tax_steps(&priced.totals, priced.policy).into_iter();
        Self {
            country: priced.country.clone(),
            region: priced.region.clone(),
            lines: priced.lines.iter().map(LineExplanation::from).collect(),
            shipping_discounts: discounts(priced.totals.shipping.as_ref()),
            rounding: priced.policy.rounding,
            taxes: steps.map(|step| TaxRoundingStep::new(step, &with_price)).collect(),
        }
    }
}
