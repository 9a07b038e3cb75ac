//! An index that was written, opened.

use std::io;

use tantivy::columnar::{BytesColumn, Column};
use tantivy::directory::OwnedBytes;
use tantivy::postings::{BlockSegmentPostings, TermInfo};
use tantivy::schema::{IndexRecordOption, Value as _};
use tantivy::store::StoreReader;
use tantivy::{Index, InvertedIndexReader, SegmentReader, TantivyDocument};

use super::columns::{Columns, Ends, Lists};
use super::dictionary::{Dictionary, MAX_EXPANSIONS, WordAutomaton};
use super::directory::MemoryDirectory;
use super::schema::{Fields, ID, Meta, StoredDocument, schema};
use super::writer::META;
use super::{container, keys};
use crate::analysis::Vocabulary;
use std::sync::Arc;

/// The decompressed blocks of stored documents that are kept, of 16 KiB each.
const STORE_CACHE_BLOCKS: usize = 64;
/// A word in this many texts may be a part of compounds.
pub(crate) const MIN_PART_TEXTS: u32 = 2;

/// The documents of an index.
pub(crate) struct Base {
    terms: Arc<InvertedIndexReader>,
    ids: Arc<InvertedIndexReader>,
    id_column: Option<BytesColumn>,
    store: StoreReader,
    stored: tantivy::schema::Field,
    /// The columns.
    pub columns: Columns,
}

/// Why an index cannot be opened.
pub(crate) enum BaseError {
    /// The bytes are not those that were written.
    Damaged(String),
    /// The index is of another version.
    Outdated,
}

impl From<tantivy::TantivyError> for BaseError {
    fn from(error: tantivy::TantivyError) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl From<io::Error> for BaseError {
    fn from(error: io::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl Base {
    /// Opens an index, if `fits` accepts its description.
    pub fn open(bytes: Vec<u8>, fits: impl Fn(&Meta) -> bool) -> Result<(Self, Meta), BaseError> {
        let damaged = |what: &str| BaseError::Damaged(what.to_owned());
        let files = container::unpack(&bytes).ok_or_else(|| damaged("the checksum is wrong"))?;
        let meta = files.get(META).and_then(|range| bytes.get(range.clone()));
        let meta: Meta = meta.and_then(|json| serde_json::from_slice(json).ok()).ok_or(BaseError::Outdated)?;
        if !fits(&meta) {
            return Err(BaseError::Outdated);
        }
        let index = Index::open(MemoryDirectory::new(OwnedBytes::new(bytes), files))?;
        let (expected, fields) = schema();
        if index.schema() != expected {
            return Err(BaseError::Outdated);
        }
        let segments = index.searchable_segments()?;
        let [segment] = segments.as_slice() else { return Err(damaged("the index has not one segment")) };
        let reader = SegmentReader::open(segment)?;
        let columns = read_columns(&reader, &fields)?;
        if columns.len() != reader.max_doc() as usize || !columns.fit(meta.codes.len(), meta.price_terms.len()) {
            return Err(damaged("the columns do not fit"));
        }
        let base = Self {
            terms: reader.inverted_index(fields.terms)?,
            ids: reader.inverted_index(fields.id)?,
            id_column: reader.fast_fields().bytes(ID)?,
            store: reader.get_store_reader(STORE_CACHE_BLOCKS)?,
            stored: fields.stored,
            columns,
        };
        Ok((base, meta))
    }

    /// The number of the document with an id.
    pub fn find(&self, id: &str) -> io::Result<Option<u32>> {
        let Some(info) = self.ids.terms().get(id.as_bytes())? else { return Ok(None) };
        let postings = self.ids.read_block_postings_from_terminfo(&info, IndexRecordOption::Basic)?;
        Ok(postings.docs().first().copied())
    }

    /// The id of a document.
    pub fn id(&self, document: u32) -> io::Result<Vec<u8>> {
        let mut id = Vec::new();
        if let Some(column) = &self.id_column
            && let Some(ordinal) = column.term_ords(document).next()
        {
            column.ord_to_bytes(ordinal, &mut id)?;
        }
        Ok(id)
    }

    /// What is stored of a document.
    pub fn stored(&self, document: u32) -> tantivy::Result<StoredDocument> {
        let row: TantivyDocument = self.store.get(document)?;
        let bytes = row.get_first(self.stored).and_then(|value| value.as_bytes()).unwrap_or_default();
        Ok(serde_json::from_slice(bytes).map_err(io::Error::from)?)
    }

    /// Documents of a list, in portions.
    fn read(&self, info: &TermInfo) -> io::Result<BlockSegmentPostings> {
        self.terms.read_block_postings_from_terminfo(info, IndexRecordOption::Basic)
    }
}

impl Dictionary for Base {
    type Postings = TermInfo;

    fn range(&self, start: &[u8], end: &[u8], found: &mut dyn FnMut(&[u8], &TermInfo)) -> io::Result<()> {
        let mut stream = self.terms.terms().range().ge(start).lt(end).into_stream()?;
        let mut count = 0;
        while let Some((key, info)) = stream.next() {
            found(key, info);
            count += 1;
            if count == MAX_EXPANSIONS {
                break;
            }
        }
        Ok(())
    }

    fn similar(&self, automaton: &WordAutomaton<'_>, found: &mut dyn FnMut(&[u8], &TermInfo)) -> io::Result<()> {
        let mut stream = self.terms.terms().search(automaton).into_stream()?;
        let mut count = 0;
        while let Some((key, info)) = stream.next() {
            found(key, info);
            count += 1;
            if count == MAX_EXPANSIONS {
                break;
            }
        }
        Ok(())
    }

    fn documents(&self, list: &TermInfo, each: &mut dyn FnMut(&[u32])) -> io::Result<()> {
        let mut postings = self.read(list)?;
        while !postings.docs().is_empty() {
            each(postings.docs());
            postings.advance();
        }
        Ok(())
    }
}

impl Vocabulary for Base {
    fn contains(&self, word: &str) -> bool {
        let start = keys::of_whole(word);
        let mut texts = 0;
        let read = self.range(&start, &keys::end_of(&start), &mut |_, info| texts += info.doc_freq);
        read.is_ok() && texts >= MIN_PART_TEXTS
    }
}

fn read_columns(reader: &SegmentReader, fields: &Fields) -> tantivy::Result<Columns> {
    let read = |field| values::<u64>(reader, field);
    let small = |field| values::<u64>(reader, field).map(|values| values.into_iter().map(narrow).collect::<Vec<u32>>());
    let ends = |field| Ok::<_, tantivy::TantivyError>(Ends::of(&read(field)?).unwrap_or_default());
    Ok(Columns {
        popularity: small(fields.popularity)?,
        created: values(reader, fields.created)?,
        revision: read(fields.revision)?,
        values: Lists { ends: ends(fields.value_count)?, items: small(fields.values)? },
        variants: ends(fields.variant_count)?,
        available: read(fields.available)?.into_iter().map(|value| value == 1).collect(),
        choices: Lists { ends: ends(fields.choice_count)?, items: small(fields.choices)? },
        price_terms: Lists { ends: ends(fields.price_count)?, items: small(fields.price_terms)? },
        amounts: values(reader, fields.amounts)?,
    })
}

fn narrow(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// All values of a column, document by document.
fn values<T>(reader: &SegmentReader, field: tantivy::schema::Field) -> tantivy::Result<Vec<T>>
where
    T: tantivy::columnar::HasAssociatedColumnType + Default + Copy,
    tantivy::columnar::DynamicColumn: Into<Option<Column<T>>>,
{
    let name = reader.schema().get_field_name(field);
    let Some(column) = reader.fast_fields().column_opt::<T>(name)? else { return Ok(Vec::new()) };
    let mut values = vec![T::default(); column.values.num_vals() as usize];
    column.values.get_range(0, &mut values);
    Ok(values)
}
