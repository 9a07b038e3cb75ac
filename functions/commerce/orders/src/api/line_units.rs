//! Units of lines of an order in requests.

use kit::http::{Fields, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::cart::MAX_LINES;
use crate::domain::order::LineUnits;
use crate::domain::stock::MAX_QUANTITY;

/// Units of a line of an order.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrderLineUnits {
    /// Index of the line in the order, from 0.
    #[schema(minimum = 0, maximum = 49, example = 0)]
    line: u32,
    /// Number of units. Of a bundle, complete bundles.
    #[schema(minimum = 1, maximum = 10_000, example = 1)]
    quantity: u32,
}

/// Reads units of lines, each line at most once, with at least `least` units each.
pub fn line_units(field: &str, lines: &[OrderLineUnits], least: u32) -> Result<Vec<LineUnits>, Problem> {
    let mut fields = Fields::new();
    if lines.len() > MAX_LINES || (least > 0 && lines.is_empty()) {
        fields.refuse(field, format!("must have {least} to {MAX_LINES} entries"));
    }
    for (index, entry) in lines.iter().enumerate() {
        if !(1..=MAX_QUANTITY).contains(&entry.quantity) {
            fields.refuse(&format!("{field}[{index}].quantity"), format!("must be 1 to {MAX_QUANTITY}"));
        }
        if lines.iter().take(index).any(|other| other.line == entry.line) {
            fields.refuse(&format!("{field}[{index}].line"), "must differ from every other entry");
        }
    }
    fields.all((Some(()),))?;
    let units = |entry: &OrderLineUnits| LineUnits {
        line: usize::try_from(entry.line).unwrap_or(usize::MAX),
        quantity: entry.quantity,
    };
    Ok(lines.iter().map(units).collect())
}
