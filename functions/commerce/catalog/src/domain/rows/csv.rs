//! Rows of CSV files (RFC 4180): a row per variant, with the columns of its product in front.
//!
//! The columns are the same from the first row of a file to the last: those of the fields, and one for each price list. Attributes,
//! options, choices, components and pictures are JSON within their cells. `text::to_cell` keeps spreadsheets from taking texts for formulas.

use csv::{Terminator, WriterBuilder};
use kit::jobs::RowError;
use serde::Serialize;
use serde_json::{Map, Number, Value, json};

use super::document::{Line, TierCell, VariantCell};
use super::{Errors, ProductRow, json};
use crate::domain::names::Slug;

/// The columns of a product.
const PRODUCT_COLUMNS: [&str; 9] =
    ["id", "slug", "status", "title", "description", "attributes", "options", "categories", "media"];
/// The columns of a variant, before those of its prices.
const VARIANT_COLUMNS: [&str; 6] = ["sku", "barcode", "weightGrams", "choices", "taxClass", "components"];
/// What the name of a price list's column begins with.
const PRICE_COLUMN: &str = "price:";

/// A CSV file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the row cannot be written: {0}")]
pub struct NotWritable(String);

/// Returns the names of the columns.
pub fn header(lists: &[Slug]) -> Result<Vec<u8>, NotWritable> {
    let names = PRODUCT_COLUMNS.iter().chain(&VARIANT_COLUMNS).map(|name| (*name).to_owned());
    write(&[names.chain(lists.iter().map(|list| format!("{PRICE_COLUMN}{list}"))).collect()])
}

/// Returns the rows of a line, with a column for each of these price lists.
pub fn rows(line: &Line<'_>, lists: &[Slug]) -> Result<Vec<u8>, NotWritable> {
    let product = product_cells(line)?;
    let row = |variant: Option<&VariantCell<'_>>| {
        let mut cells = product.clone();
        match variant {
            Some(variant) => cells.extend(variant_cells(variant, lists)?),
            None => cells.resize(PRODUCT_COLUMNS.len() + VARIANT_COLUMNS.len() + lists.len(), String::new()),
        }
        Ok(cells)
    };
    let rows: Result<Vec<_>, NotWritable> = if line.variants.is_empty() {
        row(None).map(|row| vec![row])
    } else {
        line.variants.iter().map(|variant| row(Some(variant))).collect()
    };
    write(&rows?)
}

fn product_cells(line: &Line<'_>) -> Result<Vec<String>, NotWritable> {
    let categories: Vec<_> = line.categories.iter().map(Slug::as_str).collect();
    let status = serde_json::to_value(line.status).map_err(|error| NotWritable(error.to_string()))?;
    Ok(vec![
        line.id.to_string(),
        line.slug.to_string(),
        status.as_str().unwrap_or_default().to_owned(),
        line.title.to_owned(),
        line.description.unwrap_or_default().to_owned(),
        json_cell(line.attributes, line.attributes.is_empty())?,
        json_cell(line.options, line.options.as_slice().is_empty())?,
        categories.join(" "),
        json_cell(&line.media, line.media.is_empty())?,
    ])
}

fn variant_cells(variant: &VariantCell<'_>, lists: &[Slug]) -> Result<Vec<String>, NotWritable> {
    let mut cells = vec![
        variant.sku.to_string(),
        variant.barcode.map(|barcode| barcode.as_str().to_owned()).unwrap_or_default(),
        variant.weight_grams.map(|grams| grams.to_string()).unwrap_or_default(),
        json_cell(variant.choices, variant.choices.is_empty())?,
        variant.tax_class.to_string(),
        json_cell(&variant.components, variant.components.is_empty())?,
    ];
    cells.extend(lists.iter().map(|list| variant.prices.get(list).map(|tiers| price_cell(tiers)).unwrap_or_default()));
    Ok(cells)
}

/// An empty cell for what is empty, or JSON.
fn json_cell(value: &impl Serialize, is_empty: bool) -> Result<String, NotWritable> {
    if is_empty {
        return Ok(String::new());
    }
    serde_json::to_string(value).map_err(|error| NotWritable(error.to_string()))
}

/// The amount from the first unit on, then each further tier: `1250;10=1100;100=1000`.
fn price_cell(tiers: &[TierCell]) -> String {
    let tier = |tier: &TierCell| match tier.min_quantity {
        1 => tier.amount_minor.to_string(),
        quantity => format!("{quantity}={}", tier.amount_minor),
    };
    tiers.iter().map(tier).collect::<Vec<_>>().join(";")
}

fn write(rows: &[Vec<String>]) -> Result<Vec<u8>, NotWritable> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        let cells = row.iter().map(|cell| text::to_cell(cell).into_owned());
        writer.write_record(cells).map_err(|error| NotWritable(error.to_string()))?;
    }
    writer.into_inner().map_err(|error| NotWritable(error.to_string()))
}

/// Parses a row, whose values are texts. A column that is not there leaves what it names as it is; an empty cell removes it.
pub fn parse(fields: &Map<String, Value>) -> Result<ProductRow, Vec<RowError>> {
    let mut errors = Errors::default();
    let (mut product, mut variant, mut prices) = (Map::new(), Map::new(), Map::new());
    for (column, cell) in fields {
        let cell = text::from_cell(cell.as_str().unwrap_or_default());
        if let Some(list) = column.strip_prefix(PRICE_COLUMN) {
            let tiers = price(cell).map_err(|rule| errors.refuse(column, rule, PRICE_REMEDY)).ok();
            prices.extend(tiers.map(|tiers| (list.to_owned(), tiers)));
        } else if PRODUCT_COLUMNS.contains(&column.as_str()) {
            product.extend(value(&mut errors, column, cell).map(|value| (column.clone(), value)));
        } else if VARIANT_COLUMNS.contains(&column.as_str()) {
            variant.extend(value(&mut errors, column, cell).map(|value| (column.clone(), value)));
        } else {
            errors.refuse(
                column,
                "is no column of a catalog",
                &format!(
                    "Remove the column, or name it {}, or price: and the code of a price list.",
                    PRODUCT_COLUMNS.iter().chain(&VARIANT_COLUMNS).copied().collect::<Vec<_>>().join(", ")
                ),
            );
        }
    }
    let has_variant = is_filled(fields.get("sku"));
    let of_variant = |column: &str| VARIANT_COLUMNS.contains(&column) || column.starts_with(PRICE_COLUMN);
    if !has_variant && fields.iter().any(|(column, cell)| of_variant(column) && is_filled(Some(cell))) {
        errors.refuse("sku", "is required in a row that says something of a variant", "Write the SKU of the variant.");
    }
    if !errors.0.is_empty() {
        return Err(errors.0);
    }
    if has_variant {
        variant.insert("prices".to_owned(), Value::Object(prices));
        product.insert("variants".to_owned(), json!([variant]));
    }
    json::parse(product).map_err(|errors| errors.into_iter().map(in_columns).collect())
}

const PRICE_REMEDY: &str =
    "Write amounts in whole minor units: 1250 for 12.50, or 1250;10=1100 for 11.00 from ten units on.";

fn is_filled(cell: Option<&Value>) -> bool {
    cell.and_then(Value::as_str).is_some_and(|cell| !cell.trim().is_empty())
}

/// The value of a cell as JSON Lines have it; none if the column says nothing.
fn value(errors: &mut Errors, column: &str, cell: &str) -> Option<Value> {
    let is_empty = cell.trim().is_empty();
    match column {
        // These cannot be removed.
        "id" | "slug" | "status" | "title" | "sku" => (!is_empty).then(|| Value::from(cell.trim())),
        "description" => Some(if is_empty { Value::Null } else { Value::from(cell) }),
        "barcode" => Some(if is_empty { Value::Null } else { Value::from(cell.trim()) }),
        "taxClass" => Some(Value::from(if is_empty { "standard" } else { cell.trim() })),
        "categories" => Some(cell.split_whitespace().collect()),
        "weightGrams" if is_empty => Some(Value::Null),
        "weightGrams" => {
            let grams = cell.trim().parse::<u32>().map(|grams| Value::Number(Number::from(grams)));
            errors.check(column, grams.map_err(|_| "must be a whole number of grams"), "Write 750 for 0.75 kg.")
        }
        "attributes" | "choices" if is_empty => Some(json!({})),
        _ if is_empty => Some(json!([])),
        _ => {
            let value = serde_json::from_str(cell);
            let rule = |error: serde_json::Error| format!("must be JSON: not valid at character {}", error.column());
            errors.check(column, value.map_err(rule), "Compare the cell with that of an export.")
        }
    }
}

/// The tiers of a price's cell as JSON Lines have them; null for none.
fn price(cell: &str) -> Result<Value, &'static str> {
    const RULE: &str =
        "must be an amount in minor units, and further tiers as quantity=amount, separated by semicolons";
    if cell.trim().is_empty() {
        return Ok(Value::Null);
    }
    let tier = |(at, text): (usize, &str)| {
        let (quantity, amount) = match text.split_once('=') {
            Some((quantity, amount)) => (quantity.trim().parse::<u32>().map_err(|_| RULE)?, amount),
            None if at == 0 => (1, text),
            None => return Err(RULE),
        };
        let amount = amount.trim().parse::<i64>().map_err(|_| RULE)?;
        Ok(json!({ "minQuantity": quantity, "amountMinor": amount }))
    };
    cell.split(';').enumerate().map(tier).collect()
}

/// The error of a field of JSON Lines with the name of its column.
pub fn in_columns(error: RowError) -> RowError {
    let field = match error.field.strip_prefix("variants[0].") {
        Some(field) => match field.strip_prefix("prices.") {
            Some(price) => format!("{PRICE_COLUMN}{}", price.split(['.', '[']).next().unwrap_or_default()),
            None => field.to_owned(),
        },
        None => error.field,
    };
    RowError { field, ..error }
}
