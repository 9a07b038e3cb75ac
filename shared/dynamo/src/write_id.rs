//! Recognition of a write whose response was lost.
//!
//! The SDK repeats a request whose response did not arrive. If the first request took effect, the condition of the repeated
//! one fails, and without further knowledge the caller would decide again on its own result. Therefore each write of a single
//! item has an id, which it leaves in the item. The item keeps the ids of the last writes, because others may write between
//! the first request and the repeated one. Transactions do not need ids: DynamoDB recognises them by their token.

use aws_sdk_dynamodb::types::AttributeValue;

use crate::StoreError;
use crate::item::Attributes;

/// The attribute with the ids of the last writes, newest first.
pub(crate) const ATTRIBUTE: &str = "write_ids";

/// How many ids an item keeps: this many writes may happen before the SDK repeats a request.
const MAX_IDS: usize = 4;
/// The length of an id as text.
const ID_CHARS: usize = 16;

/// The id of one write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WriteId(u64);

impl WriteId {
    /// A new random id.
    pub(crate) fn generate() -> Result<Self, StoreError> {
        types::random::u64().map(Self).map_err(|error| StoreError::Unavailable(error.to_string()))
    }
}

/// The ids of the last writes of an item, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct WriteIds(String);

impl WriteIds {
    /// Reads the ids that an item has.
    pub(crate) fn of(item: &Attributes) -> Self {
        Self(item.get(ATTRIBUTE).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default())
    }

    /// The ids after one more write.
    #[must_use]
    pub(crate) fn and(&self, id: WriteId) -> Self {
        let mut ids = format!("{:016x}{}", id.0, self.0);
        ids.truncate(MAX_IDS * ID_CHARS);
        Self(ids)
    }

    /// True if `id` is the id of one of the last writes.
    pub(crate) fn contain(&self, id: WriteId) -> bool {
        let id = format!("{:016x}", id.0);
        self.0.as_bytes().chunks(ID_CHARS).any(|known| known == id.as_bytes())
    }

    /// The attribute, if there are ids.
    pub(crate) fn to_attribute(&self) -> Option<AttributeValue> {
        (!self.0.is_empty()).then(|| AttributeValue::S(self.0.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_remembers_the_last_four_writes() {
        let ids = (1..=5).fold(WriteIds::default(), |ids, number| ids.and(WriteId(number)));
        assert_eq!(
            (1..=6).map(|number| ids.contain(WriteId(number))).collect::<Vec<_>>(),
            [false, true, true, true, true, false]
        );
        let item = ids.to_attribute().map(|ids| (ATTRIBUTE.to_owned(), ids)).into_iter().collect();
        assert_eq!(WriteIds::of(&item), ids);
        assert_eq!(WriteIds::default().to_attribute(), None);
    }

    #[test]
    fn an_id_is_compared_at_its_place_only() {
        let ids = WriteIds::default().and(WriteId(0x0123_4567_89ab_cdef)).and(WriteId(0x0123_4567_89ab_cdef));
        assert!(!ids.contain(WriteId(0x89ab_cdef_0123_4567)));
    }
}
