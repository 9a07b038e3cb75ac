//! What an index consists of: terms with the documents that contain them, columns, and stored documents.

mod base;
mod codes;
mod columns;
mod container;
mod dictionary;
mod directory;
mod keys;
mod overlay;
mod schema;
mod writer;

pub(crate) use base::{Base, BaseError, MIN_PART_TEXTS};
pub(crate) use codes::{Codes, ExtraCodes, FacetKey};
pub(crate) use columns::{Columns, PriceTerm};
pub(crate) use dictionary::{Dictionary, Lookup, Rank, Similar, UNMATCHED, prepare_automata, rank};
pub(crate) use overlay::Overlay;
pub(crate) use schema::{Meta, Phrase, PhraseKind, StoredDocument};
pub(crate) use writer::write;
