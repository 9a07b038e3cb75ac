//! How the document of a data export is written, piece by piece: docs/personal-data-export.md.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use types::UserId;

use super::sections::{SECTIONS, Section};

/// The document's version. Within a version collections and fields are only added.
pub const VERSION: u32 = 1;

/// Where the writer stands between two pieces.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The section's number in the table.
    section: usize,
    /// The sort key of the last item that was written or left out.
    after: Option<String>,
    /// The collection whose items are being written.
    open: Option<String>,
    begun: bool,
}

impl Place {
    /// The section to read; `None` at the end of the document.
    pub fn section(&self) -> Option<Section> {
        SECTIONS.get(self.section).copied()
    }

    /// The sort key to read after.
    pub fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }
}

/// Writes a piece of the document.
#[derive(Debug)]
pub struct Writer {
    place: Place,
    bytes: Vec<u8>,
    items: u64,
}

/// A piece of the document.
#[derive(Debug)]
pub struct Piece {
    /// The text.
    pub bytes: Vec<u8>,
    /// Number of items in it.
    pub items: u64,
    /// Where the next piece begins.
    pub place: Place,
    /// True if the document ends here.
    pub last: bool,
}

impl Writer {
    /// Goes on at a place. The first piece begins with the document's head.
    pub fn resume(place: Place, user: UserId, now: Timestamp) -> Self {
        let mut writer = Self { place, bytes: Vec::new(), items: 0 };
        if !writer.place.begun {
            writer.place.begun = true;
            let head = json!({ "version": VERSION, "userId": user, "generatedAt": now }).to_string();
            writer.text(head.trim_end_matches('}'));
            writer.text(",\"sections\":{");
            writer.begin_section();
        }
        writer
    }

    /// Adds an item to a collection. The items of a collection follow each other.
    pub fn item(&mut self, collection: &str, item: &Value) -> Result<(), serde_json::Error> {
        if self.place.open.as_deref() == Some(collection) {
            self.text(",");
        } else {
            if self.place.open.is_some() {
                self.text("],");
            }
            serde_json::to_writer(&mut self.bytes, collection)?;
            self.text(":[");
            self.place.open = Some(collection.to_owned());
        }
        serde_json::to_writer(&mut self.bytes, item)?;
        self.items += 1;
        Ok(())
    }

    /// Ends the piece within a section, after this sort key.
    pub fn pause(mut self, after: &str) -> Piece {
        self.place.after = Some(after.to_owned());
        self.piece(false)
    }

    /// Ends the piece with the section, and with the last section the document.
    pub fn end_section(mut self) -> Piece {
        if self.place.open.is_some() {
            self.text("]");
        }
        self.text("}");
        self.place = Place { section: self.place.section + 1, begun: true, ..Place::default() };
        let last = self.place.section().is_none();
        if last {
            self.text("}}\n");
        } else {
            self.text(",");
            self.begin_section();
        }
        self.piece(last)
    }

    fn begin_section(&mut self) {
        if let Some(section) = self.place.section() {
            self.text("\"");
            self.text(section.context);
            self.text("\":{");
        }
    }

    fn text(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn piece(self, last: bool) -> Piece {
        Piece { bytes: self.bytes, items: self.items, place: self.place, last }
    }
}

/// The JSON schema of the document.
pub fn schema() -> Value {
    let sections: Map<String, Value> = SECTIONS
        .iter()
        .map(|section| {
            let collections: Map<String, Value> = section
                .kinds
                .iter()
                .filter_map(|kind| match kind.shown {
                    super::sections::Shown::As(name) => {
                        Some((name.to_owned(), json!({ "type": "array", "items": { "type": "object" } })))
                    }
                    super::sections::Shown::No(_) => None,
                })
                .collect();
            let section_schema =
                json!({ "type": "object", "properties": collections, "additionalProperties": { "type": "array" } });
            (section.context.to_owned(), section_schema)
        })
        .collect();
    let required: Vec<_> = SECTIONS.iter().map(|section| section.context).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Personal data export",
        "type": "object",
        "required": ["version", "userId", "generatedAt", "sections"],
        "properties": {
            "version": { "const": VERSION },
            "userId": { "type": "string", "format": "uuid" },
            "generatedAt": { "type": "string", "format": "date-time" },
            "sections": { "type": "object", "required": required, "properties": sections },
        },
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use types::Uuid;

    use super::*;

    proptest! {
        /// Wherever the pieces end, the document is the same.
        #[test]
        fn pieces_make_one_document(
            counts in proptest::collection::vec(0_usize..5, SECTIONS.len() * 2), pauses in any::<u64>(),
        ) {
            let (user, now) = (UserId::new(Uuid::from_u128(7)), Timestamp::UNIX_EPOCH);
            let (mut place, mut text, mut number) = (Place::default(), Vec::new(), 0_u32);
            let mut expected = Map::new();
            for (index, section) in SECTIONS.iter().enumerate() {
                let mut writer = Writer::resume(place, user, now);
                let mut collections = Map::new();
                for (kind, count) in [("first \"kind\"", counts[index * 2]), ("second", counts[index * 2 + 1])] {
                    for _ in 0..count {
                        number += 1;
                        let item = json!({ "number": number });
                        writer.item(kind, &item).unwrap();
                        let items = collections.entry(kind).or_insert_with(|| json!([]));
                        items.as_array_mut().unwrap().push(item);
                        if pauses >> (number % 64) & 1 == 1 {
                            let piece = writer.pause(&number.to_string());
                            prop_assert!(!piece.last);
                            let stored = serde_json::to_string(&piece.place).unwrap();
                            text.extend(piece.bytes);
                            writer = Writer::resume(serde_json::from_str(&stored).unwrap(), user, now);
                        }
                    }
                }
                let piece = writer.end_section();
                prop_assert_eq!(piece.last, index + 1 == SECTIONS.len());
                text.extend(piece.bytes);
                place = piece.place;
                expected.insert(section.context.to_owned(), Value::Object(collections));
            }
            let document: Value = serde_json::from_slice(&text).unwrap();
            let head = json!({ "version": 1, "userId": user, "generatedAt": now, "sections": expected });
            prop_assert_eq!(document, head);
        }
    }
}
