//! Units of an order's lines in shipments, returns and cancellations, as they are stored: without what the lines say already. An order
//! of 400 KB at most has room for some ten thousand of them.

use contracts::orders::SoldUnits;
use serde::{Deserialize, Serialize};
use types::{ProductId, VariantId};

/// Units of a line, or of a component of a line that is a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Units {
    /// Index of the line.
    pub line: u32,
    /// Number of units.
    pub quantity: u32,
    /// What the buyer pays for them in minor units.
    pub gross_minor: i64,
    /// Variant and product; none if they are those of the line.
    pub of: Option<(VariantId, ProductId)>,
}

/// A list without names: there are many.
type Stored = (u32, u32, i64, Option<(VariantId, ProductId)>);

impl From<Stored> for Units {
    fn from((line, quantity, gross_minor, of): Stored) -> Self {
        Self { line, quantity, gross_minor, of }
    }
}

impl From<Units> for Stored {
    fn from(Units { line, quantity, gross_minor, of }: Units) -> Self {
        (line, quantity, gross_minor, of)
    }
}

impl From<SoldUnits> for Units {
    fn from(units: SoldUnits) -> Self {
        let SoldUnits { line, variant_id, product_id, quantity, gross_minor } = units;
        Self { line, quantity, gross_minor, of: Some((variant_id, product_id)) }
    }
}

impl Units {
    /// Leaves out what the line says.
    pub fn shorten(&mut self, lines: &[SoldUnits]) {
        let line = line(lines, self.line).map(|line| (line.variant_id, line.product_id));
        self.of = self.of.filter(|of| Some(*of) != line);
    }

    /// Returns the units with their variant and product; none if there is no such line.
    pub fn whole(&self, lines: &[SoldUnits]) -> Option<SoldUnits> {
        let of_line = || line(lines, self.line).map(|line| (line.variant_id, line.product_id));
        let (variant_id, product_id) = self.of.or_else(of_line)?;
        let Self { line, quantity, gross_minor, .. } = *self;
        Some(SoldUnits { line, variant_id, product_id, quantity, gross_minor })
    }
}

/// Returns the units of events as they are stored before the lines are known.
pub fn stored(units: Vec<SoldUnits>) -> Vec<Units> {
    units.into_iter().map(Units::from).collect()
}

fn line(lines: &[SoldUnits], index: u32) -> Option<&SoldUnits> {
    lines.iter().find(|line| line.line == index)
}

#[cfg(test)]
mod tests {
    use types::Uuid;

    use super::*;

    fn units(variant: u128, quantity: u32) -> SoldUnits {
        let (variant_id, product_id) = (VariantId::new(Uuid::from_u128(variant)), ProductId::new(Uuid::from_u128(9)));
        SoldUnits { line: 3, variant_id, product_id, quantity, gross_minor: 100 * i64::from(quantity) }
    }

    #[test]
    fn units_of_a_line_are_short_and_those_of_a_component_name_it() {
        let lines = [units(1, 5)];
        for (sold, json_length) in [(units(1, 2), 12), (units(2, 2), 90)] {
            let mut short = Units::from(sold.clone());
            short.shorten(&lines);
            assert_eq!(short.whole(&lines), Some(sold));
            let json = serde_json::to_string(&short).unwrap();
            assert!(json.len().abs_diff(json_length) < 8, "{json}");
            assert_eq!(serde_json::from_str::<Units>(&json).unwrap(), short);
        }
        let short = Units { line: 4, ..Units::from(units(1, 1)) };
        assert_eq!(Units { of: None, ..short }.whole(&lines), None, "no such line");
    }
}
