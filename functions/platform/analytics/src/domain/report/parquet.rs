//! Reports as Apache Parquet files.
//!
//! A Parquet file ends with an index of all that it contains, so it is written at once; a report is bounded ([`MAX_ROWS`]). Texts are
//! encoded with a dictionary, which compresses repeated names; there is no further compression, so that no compressor is linked.

use std::sync::Arc;

use ::parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::{EnabledStatistics, WriterProperties};
use ::parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use ::parquet::schema::parser::parse_message_type;

use super::ReportRow;

/// The most rows of a report: they are in memory together, about 300 bytes each.
pub const MAX_ROWS: usize = 200_000;

/// The columns, as those of the CSV file.
const SCHEMA: &str = "
message report {
  REQUIRED BYTE_ARRAY period (STRING);
  REQUIRED INT64 starts_at (TIMESTAMP(MILLIS, true));
  REQUIRED BYTE_ARRAY metric (STRING);
  OPTIONAL BYTE_ARRAY dimension (STRING);
  OPTIONAL BYTE_ARRAY dimension_value (STRING);
  OPTIONAL BYTE_ARRAY currency (STRING);
  REQUIRED BYTE_ARRAY unit (STRING);
  OPTIONAL INT64 value;
}";

/// The definition level of a value that is there, in an optional column.
const PRESENT: i16 = 1;

/// Returns a file with these rows.
pub fn file(rows: &[ReportRow]) -> Result<Vec<u8>, ParquetError> {
    let properties = WriterProperties::builder()
        .set_created_by("atoll".to_owned())
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .build();
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    texts(&mut group, rows, |row| &row.period)?;
    times(&mut group, rows)?;
    texts(&mut group, rows, |row| &row.metric)?;
    optional_texts(&mut group, rows, |row| row.dimension.as_deref())?;
    optional_texts(&mut group, rows, |row| row.dimension_value.as_deref())?;
    optional_texts(&mut group, rows, |row| row.currency.as_deref())?;
    texts(&mut group, rows, |row| &row.unit)?;
    values(&mut group, rows)?;
    group.close()?;
    writer.into_inner()
}

type Group<'a> = SerializedRowGroupWriter<'a, Vec<u8>>;

fn texts(group: &mut Group<'_>, rows: &[ReportRow], of: impl Fn(&ReportRow) -> &str) -> Result<(), ParquetError> {
    let values: Vec<_> = rows.iter().map(|row| ByteArray::from(of(row))).collect();
    let Some(mut column) = group.next_column()? else { return Err(missing()) };
    column.typed::<ByteArrayType>().write_batch(&values, None, None)?;
    column.close()
}

fn optional_texts(
    group: &mut Group<'_>,
    rows: &[ReportRow],
    of: impl Fn(&ReportRow) -> Option<&str>,
) -> Result<(), ParquetError> {
    let values: Vec<_> = rows.iter().filter_map(&of).map(ByteArray::from).collect();
    let levels: Vec<_> = rows.iter().map(|row| if of(row).is_some() { PRESENT } else { 0 }).collect();
    let Some(mut column) = group.next_column()? else { return Err(missing()) };
    column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None)?;
    column.close()
}

fn times(group: &mut Group<'_>, rows: &[ReportRow]) -> Result<(), ParquetError> {
    let values: Vec<_> = rows.iter().map(|row| row.starts_at.as_millisecond()).collect();
    let Some(mut column) = group.next_column()? else { return Err(missing()) };
    column.typed::<Int64Type>().write_batch(&values, None, None)?;
    column.close()
}

fn values(group: &mut Group<'_>, rows: &[ReportRow]) -> Result<(), ParquetError> {
    let values: Vec<_> = rows.iter().filter_map(|row| row.value).collect();
    let levels: Vec<_> = rows.iter().map(|row| if row.value.is_some() { PRESENT } else { 0 }).collect();
    let Some(mut column) = group.next_column()? else { return Err(missing()) };
    column.typed::<Int64Type>().write_batch(&values, Some(&levels), None)?;
    column.close()
}

fn missing() -> ParquetError {
    ParquetError::General("the schema has too few columns".to_owned())
}

#[cfg(test)]
mod tests {
    use ::parquet::file::reader::{FileReader, SerializedFileReader};
    use ::parquet::record::RowAccessor;
    use axum::body::Bytes;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::report::row::COLUMNS;

    /// The rows of a file, as another program would read them.
    fn read(file: Vec<u8>) -> Vec<ReportRow> {
        let reader = SerializedFileReader::new(Bytes::from(file)).unwrap();
        let names: Vec<_> = reader
            .metadata()
            .file_metadata()
            .schema()
            .get_fields()
            .iter()
            .map(|field| field.name().to_owned())
            .collect();
        assert_eq!(names, COLUMNS);
        let row = |row: ::parquet::record::Row| {
            let text = |at: usize| row.get_string(at).unwrap().clone();
            let optional = |at: usize| (!row.is_null(at).unwrap()).then(|| text(at));
            ReportRow {
                period: text(0),
                starts_at: jiff::Timestamp::from_millisecond(row.get_timestamp_millis(1).unwrap()).unwrap(),
                metric: text(2),
                dimension: optional(3),
                dimension_value: optional(4),
                currency: optional(5),
                unit: text(6),
                value: (!row.is_null(7).unwrap()).then(|| row.get_long(7).unwrap()),
            }
        };
        reader.get_row_iter(None).unwrap().map(|read| row(read.unwrap())).collect()
    }

    prop_compose! {
        fn any_row()(
            second in 0_i64..4_000_000_000, texts in proptest::collection::vec(".{0,8}", 6),
            present in proptest::collection::vec(any::<bool>(), 4), value in any::<i64>(),
        ) -> ReportRow {
            let optional = |at: usize| present[at].then(|| texts[at].clone());
            ReportRow {
                period: texts[3].clone(),
                starts_at: jiff::Timestamp::from_second(second).unwrap(),
                metric: texts[4].clone(),
                dimension: optional(0),
                dimension_value: optional(1),
                currency: optional(2),
                unit: texts[5].clone(),
                value: present[3].then_some(value),
            }
        }
    }

    proptest! {
        #[test]
        fn every_row_is_read_back(rows in proptest::collection::vec(any_row(), 0..40)) {
            prop_assert_eq!(read(file(&rows).unwrap()), rows);
        }
    }

    #[test]
    fn repeated_names_cost_little() {
        let row = |hour: i64| ReportRow {
            period: format!("2026-11-{hour:05}"),
            starts_at: jiff::Timestamp::from_second(hour * 3_600).unwrap(),
            metric: "gross_sales".to_owned(),
            dimension: None,
            dimension_value: None,
            currency: Some("EUR".to_owned()),
            unit: "minor_units".to_owned(),
            value: Some(hour),
        };
        let rows: Vec<_> = (0..10_000).map(row).collect();
        let bytes = file(&rows).unwrap();
        assert!(bytes.len() < 80 * rows.len(), "{} bytes", bytes.len());
    }
}
