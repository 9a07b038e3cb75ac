//! Recognition of a write whose response was lost.
//!
//! The SDK repeats a request whose response did not arrive. If the first request took effect, the condition of the repeated
//! one fails, and without further knowledge the caller would decide again on its own result. Therefore each write of a single
//! item has an id, which it leaves in the item. The item keeps the ids of the last writes, because others may write between
//! the first request and the repeated one. Transactions do not need ids: DynamoDB recognises them by their token.

use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::StoreError;
use crate::item::Attributes;

/// The attribute with the ids of the last writes, newest first.
pub(crate) const ATTRIBUTE: &str = "write_ids";

/// How many ids an item keeps: this many writes may happen before the SDK repeats a request.
const MAX_IDS: usize = 8;
/// The length of an id, in bytes and as text in base64.
const ID_BYTES: usize = 6;
const ID_CHARS: usize = 8;

/// The id of one write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WriteId([u8; ID_BYTES]);

impl WriteId {
    /// A new random id.
    pub(crate) fn generate() -> Result<Self, StoreError> {
        let mut bytes = [0; ID_BYTES];
        types::random::fill(&mut bytes).map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self(bytes))
    }

    fn text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
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
        let mut ids = id.text() + &self.0;
        ids.truncate(MAX_IDS * ID_CHARS);
        Self(ids)
    }

    /// True if `id` is the id of one of the last writes.
    pub(crate) fn contain(&self, id: WriteId) -> bool {
        let id = id.text();
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

    fn id(number: u8) -> WriteId {
        WriteId([number; ID_BYTES])
    }

    #[test]
    fn an_item_remembers_the_last_eight_writes() {
        let ids = (0..=8).fold(WriteIds::default(), |ids, number| ids.and(id(number)));
        let known: Vec<u8> = (0..=9).filter(|number| ids.contain(id(*number))).collect();
        assert_eq!(known, (1..=8).collect::<Vec<_>>());
        let item = ids.to_attribute().map(|ids| (ATTRIBUTE.to_owned(), ids)).into_iter().collect();
        assert_eq!(WriteIds::of(&item), ids);
        assert_eq!(WriteIds::default().to_attribute(), None);
    }

    #[test]
    fn an_id_is_compared_at_its_place_only() {
        let ids = WriteIds("aaaabbbbccccdddd".to_owned());
        let id = |text| WriteId(URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap());
        assert!(ids.contain(id("ccccdddd")) && !ids.contain(id("bbbbcccc")));
    }
}
