//! Writes an index.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use tantivy::directory::RamDirectory;
use tantivy::schema::Field;
use tantivy::{Directory, Index, IndexSettings, SingleSegmentIndexWriter, TantivyDocument};

use super::codes::Codes;
use super::columns::{Columns, PriceTerms};
use super::schema::{Fields, Meta, StoredDocument, schema};
use super::{container, keys};
use crate::analysis::Analyzer;
use crate::collection::Collection;
use crate::document::Document;

/// The file of the description. tantivy's own files have other names.
pub(super) const META: &str = "engine.json";

/// tantivy's initial size of the table of terms follows from it; the segment is written as a whole in any case.
const MEMORY_BYTES: usize = 256 * 1024 * 1024;

/// Writes documents, in the order of their numbers.
pub(crate) fn write(
    documents: &[Document],
    collection: &Collection,
    analyzer: &Analyzer<'_>,
    mut meta: Meta,
) -> tantivy::Result<Vec<u8>> {
    meta.codes = Codes::of(documents.iter(), collection);
    let mut terms = PriceTerms::default();
    let mut columns = Columns::default();
    for document in documents {
        let mut code = |key: &_, value: &str| meta.codes.get(key, value).unwrap_or(u32::MAX);
        columns.push(document, collection, &mut code, &mut |term| terms.number(term));
    }
    meta.price_terms = terms.list;

    let (schema, fields) = schema();
    let directory = RamDirectory::create();
    let settings = IndexSettings { docstore_compress_dedicated_thread: false, ..IndexSettings::default() };
    let builder = Index::builder().schema(schema).settings(settings);
    let mut writer: SingleSegmentIndexWriter = builder.single_segment_index_writer(directory.clone(), MEMORY_BYTES)?;
    for (number, document) in documents.iter().enumerate() {
        let mut row = TantivyDocument::new();
        row.add_bytes(fields.id, document.id.as_bytes());
        let stored = serde_json::to_vec(&StoredDocument::of(document, collection)).map_err(std::io::Error::from)?;
        row.add_bytes(fields.stored, &stored);
        for key in term_keys(document, collection, analyzer) {
            row.add_bytes(fields.terms, &key);
        }
        add_columns(&mut row, &fields, &columns, number);
        writer.add_document(row)?;
    }
    let index = writer.finalize()?;
    let mut files = BTreeMap::new();
    let managed = index.directory().list_managed_files();
    let names: BTreeSet<&Path> =
        managed.iter().map(std::path::PathBuf::as_path).chain([Path::new("meta.json")]).collect();
    for path in names {
        if let (Some(name), Ok(true)) = (path.to_str(), directory.exists(path)) {
            files.insert(name.to_owned(), directory.atomic_read(path)?);
        }
    }
    files.insert(META.to_owned(), serde_json::to_vec(&meta).map_err(std::io::Error::from)?);
    Ok(container::pack(&files))
}

/// The keys of all terms of a document.
pub(super) fn term_keys(document: &Document, collection: &Collection, analyzer: &Analyzer<'_>) -> BTreeSet<Vec<u8>> {
    let mut found = BTreeSet::new();
    for (name, texts) in &document.texts {
        let Some(field) = collection.field(name).and_then(|field| u8::try_from(field).ok()) else { continue };
        for term in texts.iter().flat_map(|text| analyzer.terms(text)) {
            keys::keys(&term.forms, field, &mut |key| {
                found.insert(key);
            });
        }
    }
    found
}

fn add_columns(row: &mut TantivyDocument, fields: &Fields, columns: &Columns, number: usize) {
    row.add_u64(fields.popularity, columns.popularity[number].into());
    row.add_i64(fields.created, columns.created[number]);
    row.add_u64(fields.revision, columns.revision[number]);
    let values = columns.values.get(number);
    row.add_u64(fields.value_count, values.len() as u64);
    add_all(row, fields.values, values);
    let variants = columns.variants(number);
    row.add_u64(fields.variant_count, variants.len() as u64);
    for variant in variants {
        row.add_u64(fields.available, columns.available[variant].into());
        let choices = columns.choices.get(variant);
        row.add_u64(fields.choice_count, choices.len() as u64);
        add_all(row, fields.choices, choices);
        let terms = columns.price_terms.get(variant);
        row.add_u64(fields.price_count, terms.len() as u64);
        add_all(row, fields.price_terms, terms);
        for amount in &columns.amounts[columns.price_terms.ends.range(variant)] {
            row.add_i64(fields.amounts, *amount);
        }
    }
}

fn add_all(row: &mut TantivyDocument, field: Field, numbers: &[u32]) {
    for number in numbers {
        row.add_u64(field, (*number).into());
    }
}
