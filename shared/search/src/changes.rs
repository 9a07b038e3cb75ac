//! What changed since an index was built.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use thiserror::Error;

use crate::answer::PreparedSynonyms;
use crate::document::{Document, DocumentError};
use crate::index::Index;
use crate::store::{FacetKey, Overlay, Phrase, PhraseKind};
use crate::synonyms::{Synonyms, SynonymsError};

/// A change of a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The document is now this.
    Put(Box<Document>),
    /// The document no longer exists.
    Delete {
        /// Its id.
        id: String,
        /// The revision of the deletion.
        revision: u64,
    },
}

/// Limits the documents that differ from the index. Beyond it an index must be built; documents of the index can still be deleted.
pub const MAX_CHANGES: usize = 20_000;

/// Replaced documents take memory until there are this many, and more than live ones.
const MAX_REPLACED: usize = 1_000;

/// Why a change is not applied.
#[derive(Debug, Error)]
pub enum ChangeError {
    /// The document is not valid.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// There are [`MAX_CHANGES`] already.
    #[error("at most {MAX_CHANGES} documents may differ from the index: build an index")]
    Full,
    /// The index could not be read.
    #[error("the index cannot be read: {0}")]
    Read(#[from] io::Error),
}

/// The changes since an index was built.
#[derive(Debug, Clone)]
pub struct Changes {
    index: Index,
    overlay: Overlay,
    known: BTreeMap<String, Known>,
    dead_base: Vec<bool>,
    dead_overlay: Vec<bool>,
    replaced: usize,
    /// For suggested values by how many documents more have them than in the index.
    weights: BTreeMap<u8, BTreeMap<String, i64>>,
    synonyms: Option<Arc<PreparedSynonyms>>,
}

/// What is known of a changed document.
#[derive(Debug, Clone)]
struct Known {
    revision: u64,
    /// Its number among the changed documents, unless it is deleted.
    number: Option<u32>,
}

/// What the index has of a document that changes.
enum Superseded {
    /// No such document.
    Nothing,
    /// An older revision, which is not found any more.
    Older,
    /// The same revision or a newer one.
    Newer,
}

impl Changes {
    /// No changes on top of an index.
    pub fn new(index: &Index) -> Self {
        Self {
            index: index.clone(),
            overlay: Overlay::default(),
            known: BTreeMap::new(),
            dead_base: Vec::new(),
            dead_overlay: Vec::new(),
            replaced: 0,
            weights: BTreeMap::new(),
            synonyms: None,
        }
    }

    /// Applies a change. A revision that is not newer than the known one has no effect; the newest revision of an id wins.
    pub fn apply(&mut self, change: Change) -> Result<(), ChangeError> {
        let (id, revision) = match &change {
            Change::Put(document) => {
                document.check(self.index.inner().collection)?;
                (document.id.clone(), document.revision)
            }
            Change::Delete { id, revision } => (id.clone(), *revision),
        };
        let known = self.known.get(&id).cloned();
        if known.as_ref().is_some_and(|known| known.revision >= revision) {
            return Ok(());
        }
        let is_full = self.known.len() >= MAX_CHANGES;
        let has_place = known.as_ref().is_some_and(|known| known.number.is_some());
        if is_full && !has_place && matches!(change, Change::Put(_)) {
            return Err(ChangeError::Full);
        }
        match known {
            Some(known) => known.number.into_iter().for_each(|number| self.remove_changed(number)),
            None => match self.supersede(&id, revision)? {
                Superseded::Nothing if is_full => return Ok(()),
                Superseded::Nothing | Superseded::Older => {}
                Superseded::Newer => return Ok(()),
            },
        }
        let number = match change {
            Change::Put(document) => Some(self.add(Arc::new(*document))),
            Change::Delete { .. } => None,
        };
        self.known.insert(id, Known { revision, number });
        self.compact();
        Ok(())
    }

    /// Uses other synonyms than those of the index.
    pub fn replace_synonyms(&mut self, synonyms: &Synonyms) -> Result<(), SynonymsError> {
        synonyms.check()?;
        self.synonyms = Some(Arc::new(PreparedSynonyms::new(synonyms, &self.index.inner().analyzer())));
        Ok(())
    }

    /// The number of documents that differ from the index.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// The popularity of a document as it is found now; 0 if it is not found. A caller who does not know the popularity of a changed
    /// document keeps that of the index with it.
    pub fn popularity(&self, id: &str) -> io::Result<u32> {
        if let Some(known) = self.known.get(id) {
            let document = known.number.and_then(|number| self.overlay.document(number));
            return Ok(document.map_or(0, |document| document.popularity));
        }
        let Some(base) = &self.index.inner().base else { return Ok(0) };
        Ok(base.find(id)?.map_or(0, |document| base.columns.popularity[document as usize]))
    }

    /// Whether no document differs from the index.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Marks the document of the index as replaced, if it is older than the revision.
    fn supersede(&mut self, id: &str, revision: u64) -> io::Result<Superseded> {
        let index = self.index.clone();
        let Some(base) = &index.inner().base else { return Ok(Superseded::Nothing) };
        let Some(document) = base.find(id)? else { return Ok(Superseded::Nothing) };
        let number = document as usize;
        if base.columns.revision[number] >= revision {
            return Ok(Superseded::Newer);
        }
        self.dead_base.resize(base.columns.len(), false);
        self.dead_base[number] = true;
        for (facet, value) in index.inner().suggested_values(base.columns.values.get(number)) {
            *self.weights.entry(facet).or_default().entry(value).or_default() -= 1;
        }
        Ok(Superseded::Older)
    }

    fn remove_changed(&mut self, number: u32) {
        self.dead_overlay[number as usize] = true;
        self.replaced += 1;
        if let Some(document) = self.overlay.document(number).cloned() {
            self.weigh(&document, -1);
        }
    }

    fn add(&mut self, document: Arc<Document>) -> u32 {
        self.weigh(&document, 1);
        self.dead_overlay.push(false);
        let inner = self.index.inner();
        self.overlay.add(document, inner.collection, &inner.meta.codes, &inner.analyzer())
    }

    fn weigh(&mut self, document: &Document, by: i64) {
        let collection = self.index.inner().collection;
        for (position, facet) in (0u8..).zip(collection.facets).filter(|(_, facet)| facet.suggested) {
            let values: std::collections::BTreeSet<&String> =
                document.facets.get(facet.name).into_iter().flatten().collect();
            for value in values {
                *self.weights.entry(position).or_default().entry(value.clone()).or_default() += by;
            }
        }
    }

    /// Drops replaced documents if they are the larger part.
    fn compact(&mut self) {
        if self.replaced < MAX_REPLACED || self.replaced * 2 < self.overlay.len() {
            return;
        }
        let old = std::mem::take(&mut self.overlay);
        self.dead_overlay.clear();
        self.replaced = 0;
        let inner = self.index.inner();
        for known in self.known.values_mut() {
            if let Some(document) = known.number.and_then(|number| old.document(number)) {
                self.dead_overlay.push(false);
                known.number =
                    Some(self.overlay.add(document.clone(), inner.collection, &inner.meta.codes, &inner.analyzer()));
            }
        }
    }

    /// Whether the changes are those of an index.
    pub(crate) fn belong_to(&self, index: &Index) -> bool {
        self.index.is_same(index)
    }

    pub(crate) fn overlay(&self) -> &Overlay {
        &self.overlay
    }

    pub(crate) fn dead_base(&self) -> &[bool] {
        &self.dead_base
    }

    pub(crate) fn dead_overlay(&self) -> &[bool] {
        &self.dead_overlay
    }

    pub(crate) fn synonyms(&self) -> Option<&PreparedSynonyms> {
        self.synonyms.as_deref()
    }

    /// The weight of a phrase of the index now.
    pub(crate) fn weight(&self, phrase: &Phrase) -> u32 {
        match phrase.kind {
            PhraseKind::Query => phrase.weight,
            PhraseKind::Value(facet) => {
                let more =
                    self.weights.get(&facet).and_then(|values| values.get(&phrase.text)).copied().unwrap_or_default();
                u32::try_from(i64::from(phrase.weight) + more).unwrap_or_default()
            }
        }
    }

    /// The suggested values that no document of the index has, without weight.
    pub(crate) fn new_values(&self) -> impl Iterator<Item = Phrase> {
        let codes = &self.index.inner().meta.codes;
        let all = self.weights.iter().flat_map(|(facet, values)| values.keys().map(|value| (*facet, value)));
        let new = all.filter(|(facet, value)| codes.get(&FacetKey::Facet(*facet), value).is_none());
        new.map(|(facet, value)| Phrase { text: value.clone(), weight: 0, kind: PhraseKind::Value(facet) })
    }
}
