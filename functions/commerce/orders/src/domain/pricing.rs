//! The price of a cart: a pure function of its lines, the shipping method, the promotions and the shop's tax settings.
//!
//! The order of calculation is fixed: unit price × quantity, promotions on lines, promotions on the order, shipping and its
//! promotions, taxes, total. An order keeps the result, so later changes of prices, rates or promotions cannot touch it.

use money::{Rate, allocate};
use serde::{Deserialize, Serialize};
use types::{ProductId, VariantId};
use utoipa::ToSchema;

use super::names::PromotionCategory;
use super::promotion::{Applied, Promotion, discount};

/// How taxes are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaxRounding {
    /// Once per tax rate, on the sum of all lines with that rate; the result is allocated to the lines.
    ByRate,
    /// On each line; the tax of the order is the sum.
    ByLine,
}

/// How the shop states prices and rounds taxes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaxPolicy {
    /// Prices include the tax.
    pub prices_include_tax: bool,
    /// How taxes are rounded.
    pub rounding: TaxRounding,
}

/// A line to price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnpricedLine {
    /// The variant that is bought.
    pub variant_id: VariantId,
    /// Its product.
    pub product_id: ProductId,
    /// Categories of the product.
    pub categories: Vec<PromotionCategory>,
    /// Price of one unit in minor units, from the price list that applies.
    pub unit_price: i64,
    /// Number of units, at least 1.
    pub quantity: u32,
    /// Tax rate of the variant's tax class.
    pub tax_rate: Rate,
}

/// The shipping to price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnpricedShipping {
    /// Price in minor units.
    pub price: i64,
    /// Tax rate of shipping.
    pub tax_rate: Rate,
}

/// The amounts of a line or of the shipping, in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineTotals {
    /// Unit price × quantity, before discounts.
    pub subtotal: i64,
    /// What each promotion takes off.
    pub discounts: Vec<Applied>,
    /// Subtotal without discounts taken off: net or gross, as the shop states prices.
    pub amount: i64,
    /// Amount without tax.
    pub net: i64,
    /// Tax.
    pub tax: i64,
    /// Tax rate.
    pub tax_rate: Rate,
}

impl LineTotals {
    fn new(subtotal: i64, tax_rate: Rate) -> Self {
        Self { subtotal, discounts: Vec::new(), amount: subtotal, net: subtotal, tax: 0, tax_rate }
    }

    /// What the buyer pays for it.
    pub fn gross(&self) -> i64 {
        self.net + self.tax
    }
}

/// The amounts of a tax rate, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateTotals {
    /// The rate.
    pub rate: Rate,
    /// Sum of the amounts without tax.
    pub net: i64,
    /// Sum of the taxes.
    pub tax: i64,
}

/// The amounts of a cart or an order, in minor units of one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Amounts per line, in the order of the lines.
    pub lines: Vec<LineTotals>,
    /// Amounts of the shipping, if a method is chosen.
    pub shipping: Option<LineTotals>,
    /// Amounts per tax rate, by rising rate.
    pub taxes: Vec<RateTotals>,
    /// Sum of all discounts.
    pub discount: i64,
    /// Sum without tax.
    pub net: i64,
    /// Sum of the taxes.
    pub tax: i64,
    /// What the buyer pays.
    pub total: i64,
}

/// The sum of a cart exceeds [`MAX_TOTAL_MINOR`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the total exceeds {MAX_TOTAL_MINOR} minor units")]
pub struct TotalTooLarge;

/// Largest sum of a cart before discounts and taxes, in minor units. All sums of a cart below it fit into 64 bits.
pub const MAX_TOTAL_MINOR: i64 = 1_000_000_000_000;

/// Prices a cart.
pub fn price(
    lines: &[UnpricedLine],
    shipping: Option<UnpricedShipping>,
    promotions: &[Promotion],
    policy: TaxPolicy,
) -> Result<Totals, TotalTooLarge> {
    let subtotals = subtotals(lines, shipping)?;
    let mut priced: Vec<LineTotals> =
        lines.iter().zip(&subtotals).map(|(line, subtotal)| LineTotals::new(*subtotal, line.tax_rate)).collect();
    let mut shipping = shipping.map(|shipping| LineTotals::new(shipping.price, shipping.tax_rate));
    discount(lines, &mut priced, shipping.as_mut(), promotions);
    let mut all: Vec<&mut LineTotals> = priced.iter_mut().chain(shipping.as_mut()).collect();
    let taxes = tax(&mut all, policy);
    let discount = all.iter().map(|line| line.subtotal - line.amount).sum();
    let (net, tax) = (taxes.iter().map(|rate| rate.net).sum(), taxes.iter().map(|rate| rate.tax).sum());
    Ok(Totals { lines: priced, shipping, taxes, discount, net, tax, total: net + tax })
}

fn subtotals(lines: &[UnpricedLine], shipping: Option<UnpricedShipping>) -> Result<Vec<i64>, TotalTooLarge> {
    let exact: Vec<i128> = lines.iter().map(|line| i128::from(line.unit_price) * i128::from(line.quantity)).collect();
    let sum = exact.iter().sum::<i128>() + shipping.map_or(0, |shipping| i128::from(shipping.price));
    if sum > i128::from(MAX_TOTAL_MINOR) {
        return Err(TotalTooLarge);
    }
    exact.into_iter().map(|subtotal| i64::try_from(subtotal).map_err(|_| TotalTooLarge)).collect()
}

/// Computes net amounts and taxes of all lines, and the sums per rate.
fn tax(lines: &mut [&mut LineTotals], policy: TaxPolicy) -> Vec<RateTotals> {
    let mut rates: Vec<Rate> = lines.iter().map(|line| line.tax_rate).collect();
    rates.sort_unstable();
    rates.dedup();
    rates.into_iter().map(|rate| tax_of_rate(lines, rate, policy)).collect()
}

fn tax_of_rate(lines: &mut [&mut LineTotals], rate: Rate, policy: TaxPolicy) -> RateTotals {
    let mut same: Vec<&mut LineTotals> =
        lines.iter_mut().filter(|line| line.tax_rate == rate).map(|line| &mut **line).collect();
    let tax_of = |amount: i64| if policy.prices_include_tax { rate.included_in(amount) } else { rate.of(amount) };
    let sum: i64 = same.iter().map(|line| line.amount).sum();
    let taxes = match policy.rounding {
        TaxRounding::ByLine => same.iter().map(|line| tax_of(line.amount)).collect(),
        // Amounts are never negative, and a tax needs an amount, so there are weights if there is something to allocate.
        TaxRounding::ByRate => {
            let weights: Vec<u64> = same.iter().map(|line| line.amount.unsigned_abs()).collect();
            allocate(tax_of(sum), &weights).unwrap_or_else(|_| vec![0; weights.len()])
        }
    };
    for (line, tax) in same.iter_mut().zip(taxes) {
        line.tax = tax;
        line.net = if policy.prices_include_tax { line.amount - tax } else { line.amount };
    }
    RateTotals { rate, net: same.iter().map(|line| line.net).sum(), tax: same.iter().map(|line| line.tax).sum() }
}

#[cfg(test)]
#[path = "pricing_tests.rs"]
mod tests;
