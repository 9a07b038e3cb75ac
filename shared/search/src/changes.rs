//! What changed since an index was built.

use crate::document::{Document, DocumentError};
use crate::index::Index;

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

/// Limits the changes on top of an index. Beyond it an index must be built.
pub const MAX_CHANGES: usize = 20_000;

/// The changes since an index was built.
#[derive(Debug, Clone)]
pub struct Changes {
    index: Index,
}

impl Changes {
    /// No changes on top of an index.
    pub fn new(index: &Index) -> Self {
        Self { index: index.clone() }
    }

    /// Applies a change. A revision that is not newer than the known one has no effect; the newest revision of an id wins.
    pub fn apply(&mut self, change: Change) -> Result<(), DocumentError> {
        todo!("{change:?} {:?}", self.index)
    }

    /// The number of documents that differ from the index.
    pub fn len(&self) -> usize {
        0
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
