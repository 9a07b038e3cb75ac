//! Documents with one source.

use std::collections::BTreeSet;

use dynamo::{Entity, Key, Read, StoreError, Versioned};

use super::documents::{DOCUMENT_PREFIX, part_key};
use super::log::{head_key, sequence_of};
use super::{DocumentRead, LogItem, PARTS, Search, Store};
use crate::domain::plain::PlainDocument;

impl Entity for PlainDocument {
    type Context = Search;

    fn key(&self) -> Key<Search> {
        plain_key(&self.collection, &self.id)
    }
}

fn plain_key(collection: &str, id: &str) -> Key<Search> {
    part_key(collection, part_of(id), format!("{DOCUMENT_PREFIX}{id}"))
}

/// The partition of a document. Keys depend on it: it never changes.
fn part_of(id: &str) -> u8 {
    id.bytes().fold(0, |hash: u8, byte| hash.wrapping_mul(31).wrapping_add(byte)) % PARTS
}

impl Store {
    /// Returns a document and the number of the last change. The read is strongly consistent.
    pub async fn plain_document(&self, collection: &str, id: &str) -> Result<DocumentRead<PlainDocument>, StoreError> {
        let keys = vec![plain_key(collection, id), head_key(collection)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let last = sequence_of(found.take::<LogItem>(head_key(collection))?);
        Ok(DocumentRead { document: found.take(plain_key(collection, id))?, last })
    }

    /// Returns documents by their IDs, ordered by ID. The reads are strongly consistent.
    pub async fn plain_documents(
        &self,
        collection: &str,
        ids: &BTreeSet<String>,
    ) -> Result<Vec<Versioned<PlainDocument>>, StoreError> {
        let keys = ids.iter().map(|id| plain_key(collection, id)).collect();
        let mut documents: Vec<Versioned<PlainDocument>> = self.in_batches(keys).await?;
        documents.sort_by(|one, other| one.value.id.cmp(&other.value.id));
        Ok(documents)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn documents_are_spread_over_partitions_that_never_change() {
        assert_eq!(part_of("danio-rerio"), 47);
        let mut counts: BTreeMap<u8, u32> = BTreeMap::new();
        for number in 0..6_400 {
            *counts.entry(part_of(&format!("species-{number}"))).or_default() += 1;
        }
        assert!(counts.len() == usize::from(PARTS) && counts.values().all(|count| *count < 400), "{counts:?}");
    }
}
