//! Reports as CSV files (RFC 4180) in UTF-8.
//!
//! Texts are cells that no spreadsheet takes for a formula (`text::to_cell`). Numbers are whole numbers, which may be negative; they come
//! from counters and cannot be formulas.

use ::csv::{Terminator, WriterBuilder};

use super::ReportRow;
use super::row::COLUMNS;

/// A CSV file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the row cannot be written: {0}")]
pub struct NotWritable(String);

/// Returns the names of the columns, which begin a file.
pub fn header() -> Result<Vec<u8>, NotWritable> {
    write([COLUMNS.map(str::to_owned)])
}

/// Returns the lines of rows.
pub fn rows(rows: &[ReportRow]) -> Result<Vec<u8>, NotWritable> {
    write(rows.iter().map(cells))
}

fn cells(row: &ReportRow) -> [String; COLUMNS.len()] {
    let cell = |text: &str| text::to_cell(text).into_owned();
    let optional = |text: &Option<String>| text.as_deref().map(cell).unwrap_or_default();
    [
        cell(&row.period),
        row.starts_at.to_string(),
        cell(&row.metric),
        optional(&row.dimension),
        optional(&row.dimension_value),
        optional(&row.currency),
        cell(&row.unit),
        row.value.map(|value| value.to_string()).unwrap_or_default(),
    ]
}

fn write(lines: impl IntoIterator<Item = [String; COLUMNS.len()]>) -> Result<Vec<u8>, NotWritable> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    for line in lines {
        writer.write_record(line).map_err(|error| NotWritable(error.to_string()))?;
    }
    writer.into_inner().map_err(|error| NotWritable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(metric: &str, value: Option<i64>) -> ReportRow {
        ReportRow {
            period: "2026-11-29".to_owned(),
            starts_at: "2026-11-29T00:00:00Z".parse().unwrap(),
            metric: metric.to_owned(),
            dimension: None,
            dimension_value: None,
            currency: Some("EUR".to_owned()),
            unit: "minor_units".to_owned(),
            value,
        }
    }

    #[test]
    fn a_file_has_a_header_and_crlf_lines_with_whole_minor_units() {
        let file = [header().unwrap(), rows(&[row("gross_sales", Some(-12_345)), row("x", None)]).unwrap()].concat();
        assert_eq!(
            String::from_utf8(file).unwrap(),
            "period,starts_at,metric,dimension,dimension_value,currency,unit,value\r\n\
             2026-11-29,2026-11-29T00:00:00Z,gross_sales,,,EUR,minor_units,-12345\r\n\
             2026-11-29,2026-11-29T00:00:00Z,x,,,EUR,minor_units,\r\n"
        );
    }

    proptest! {
        #[test]
        fn every_text_is_read_back_and_none_is_a_formula(value in "[=+@\t\r\n,;\" 'aé-]{0,6}") {
            let row = ReportRow { dimension_value: Some(value.clone()), ..row("orders", Some(1)) };
            let file = [header().unwrap(), rows(&[row]).unwrap()].concat();
            let mut reader = ::csv::Reader::from_reader(file.as_slice());
            let read = reader.records().next().unwrap().unwrap();
            prop_assert!(!read[4].starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{:?}", &read[4]);
            prop_assert_eq!(text::from_cell(&read[4]), value.as_str());
            prop_assert_eq!(&read[7], "1");
        }
    }
}
