//! How the taxes of a priced cart came about: what was rounded, from which exact value.

use money::Rate;

use super::pricing::{LineTotals, TaxPolicy, TaxRounding, Totals};

/// Digits after the decimal point of exact values.
const DIGITS: usize = 4;
/// Ten to the number of digits.
const SCALE: i128 = 10_000;
/// Millionths of a whole.
const WHOLE: i128 = 1_000_000;

/// What a tax was calculated on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaxBase {
    /// The sum of everything with the rate, shipping included.
    Rate,
    /// A line, by its index among the lines that have a price.
    Line(usize),
    /// Shipping.
    Shipping,
}

/// A tax that was rounded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxStep {
    /// What it was calculated on.
    pub base: TaxBase,
    /// The rate.
    pub rate: Rate,
    /// The amount in minor units: with the tax if prices include it, otherwise without.
    pub amount: i64,
    /// The exact tax in minor units, cut off after four digits.
    pub exact: String,
    /// The tax in minor units, rounded half up.
    pub tax: i64,
}

/// Returns each rounding of a tax: one per rate, or one per line.
pub fn tax_steps(totals: &Totals, policy: TaxPolicy) -> Vec<TaxStep> {
    let lines = totals.lines.iter().enumerate().map(|(at, line)| (TaxBase::Line(at), line));
    let all: Vec<(TaxBase, &LineTotals)> =
        lines.chain(totals.shipping.iter().map(|line| (TaxBase::Shipping, line))).collect();
    let step = |base, rate: Rate, amount, tax| TaxStep { base, rate, amount, exact: exact(rate, amount, policy), tax };
    match policy.rounding {
        TaxRounding::ByLine => {
            all.into_iter().map(|(base, line)| step(base, line.tax_rate, line.amount, line.tax)).collect()
        }
        TaxRounding::ByRate => {
            let amount = |rate| all.iter().filter(|(_, line)| line.tax_rate == rate).map(|(_, line)| line.amount).sum();
            totals.taxes.iter().map(|sums| step(TaxBase::Rate, sums.rate, amount(sums.rate), sums.tax)).collect()
        }
    }
}

/// The exact tax of an amount that is not negative, as text.
fn exact(rate: Rate, amount: i64, policy: TaxPolicy) -> String {
    let millionths = i128::from(rate.millionths());
    let divisor = if policy.prices_include_tax { WHOLE + millionths } else { WHOLE };
    let scaled = i128::from(amount) * millionths * SCALE / divisor;
    format!("{}.{:0DIGITS$}", scaled / SCALE, scaled % SCALE)
}

#[cfg(test)]
mod tests {
    use types::{ProductId, Uuid, VariantId};

    use super::super::pricing::{UnpricedLine, UnpricedShipping, price};
    use super::*;

    fn steps(rounding: TaxRounding, prices_include_tax: bool) -> Vec<(TaxBase, i64, String, i64)> {
        let tax_rate = Rate::from_millionths(70_000).unwrap();
        let line = UnpricedLine {
            variant_id: VariantId::new(Uuid::nil()),
            product_id: ProductId::new(Uuid::nil()),
            categories: Vec::new(),
            unit_price: 850,
            quantity: 1,
            tax_rate,
        };
        let policy = TaxPolicy { prices_include_tax, rounding };
        let totals = price(&[line], Some(UnpricedShipping { price: 165, tax_rate }), &[], policy).unwrap();
        tax_steps(&totals, policy).into_iter().map(|step| (step.base, step.amount, step.exact, step.tax)).collect()
    }

    #[test]
    fn each_rounding_is_shown_with_its_exact_value() {
        // spree/spree#6137: 8.50 and shipping 1.65, both with 7 % included.
        assert_eq!(steps(TaxRounding::ByRate, true), [(TaxBase::Rate, 1_015, "66.4018".to_owned(), 66)]);
        let by_line =
            [(TaxBase::Line(0), 850, "55.6074".to_owned(), 56), (TaxBase::Shipping, 165, "10.7943".to_owned(), 11)];
        assert_eq!(steps(TaxRounding::ByLine, true), by_line);
        assert_eq!(steps(TaxRounding::ByRate, false), [(TaxBase::Rate, 1_015, "71.0500".to_owned(), 71)]);
    }
}
