//! The items of this context in the table. The key table is in this context's README.

mod guide_items;
mod guides;
mod imports;
mod species;
mod suggestions;

use dynamo::{Context, Entity, IndexKey, Key, Table};

use crate::domain::entry::{SpeciesEntry, bucket};
use crate::domain::species::Species;
use crate::domain::species_id::SpeciesId;

pub use guides::{GuideBySlug, GuideNotWritten, GuideRead, ShownRead};
pub use imports::SpeciesImport;
pub use species::{NotWritten, SpeciesRead, SpeciesWrite};
pub use suggestions::SuggestionNotWritten;

/// The name of the context in keys.
#[derive(Debug)]
pub struct Knowledge;

impl Context for Knowledge {
    const NAME: &'static str = "knowledge";
}

impl Entity for Species {
    type Context = Knowledge;

    fn key(&self) -> Key<Knowledge> {
        species_key(&self.id)
    }
}

impl Entity for SpeciesEntry {
    type Context = Knowledge;

    fn key(&self) -> Key<Knowledge> {
        Key::new("species", &self.species_id, format!("{ENTRY_PREFIX}{}", self.word))
    }

    /// Under the beginning of its word, or in the list of its kind.
    fn index(&self) -> Option<IndexKey<Knowledge>> {
        Some(if self.word.is_empty() {
            let name = text::fold(&self.scientific_name);
            let water = species::water_name(self.water);
            IndexKey::new("kind", species::kind_name(self.kind), format!("{LISTED}{water}#{name}#{}", self.species_id))
        } else {
            word_index(&self.word, format!("{}#{}", self.word, self.species_id))
        })
    }
}

/// What the sort keys of entries start with.
const ENTRY_PREFIX: &str = "entry#";
/// What the sort keys in the list of a kind start with.
const LISTED: &str = "listed#";

fn species_key(id: &SpeciesId) -> Key<Knowledge> {
    Key::new("species", id, "species")
}

fn entries_key(id: &SpeciesId) -> Key<Knowledge> {
    Key::new("species", id, ENTRY_PREFIX)
}

fn word_index(word: &str, sort: String) -> IndexKey<Knowledge> {
    IndexKey::new("name", format!("any#{}", bucket(word)), sort)
}

/// The items of this context.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Knowledge>,
}

impl kit::OpenStore for Store {
    type Context = Knowledge;

    fn open(table: Table<Knowledge>, _env: &mut kit::Environment) -> Self {
        Self::new(table)
    }
}

impl Store {
    /// Returns the store over a table.
    pub fn new(table: Table<Knowledge>) -> Self {
        Self { table }
    }
}
