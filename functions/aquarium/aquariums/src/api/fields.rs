//! Fields that several requests have.

use calendar::ZoneName;
use contracts::aquariums::{AquariumKind, MovementCause};
use kit::http::Fields;
use serde::{Deserialize, Deserializer};
use types::{TextError, line, paragraphs};

use crate::domain::aquarium::{MAX_NAME_CHARS, volume};
use crate::domain::livestock::{self, Change, Direction, MovementError};
use crate::domain::{contribution, equipment};

/// A field that may be absent but not null.
pub fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

/// Parses the name of an aquarium.
pub fn name(fields: &mut Fields, text: &str) -> Option<String> {
    fields.check("name", line(text, MAX_NAME_CHARS))
}

/// Parses a type of water.
pub fn kind(fields: &mut Fields, text: &str) -> Option<AquariumKind> {
    const ALL: [AquariumKind; 4] =
        [AquariumKind::Fresh, AquariumKind::Brackish, AquariumKind::Marine, AquariumKind::Pond];
    let kind = ALL.into_iter().find(|kind| kind.as_str() == text);
    fields.check("kind", kind.ok_or("must be fresh, brackish, marine or pond"))
}

/// Parses a volume in millilitres.
pub fn net_volume(fields: &mut Fields, ml: u64) -> Option<u64> {
    fields.check("netVolumeMl", volume(ml))
}

/// Parses a time zone.
pub fn time_zone(fields: &mut Fields, text: &str) -> Option<ZoneName> {
    fields.check("timeZone", ZoneName::parse(text))
}

/// Parses a name or a model of equipment.
pub fn short(fields: &mut Fields, field: &str, text: &str) -> Option<String> {
    fields.check(field, line(text, equipment::MAX_NAME_CHARS))
}

/// Parses the name of a species.
pub fn species(fields: &mut Fields, text: &str) -> Option<String> {
    fields.check("species", line(text, livestock::MAX_SPECIES_CHARS))
}

/// Parses a name of livestock.
pub fn livestock_name(text: &str) -> Result<String, TextError> {
    line(text, livestock::MAX_NAME_CHARS)
}

/// Parses a note.
#[expect(clippy::option_option, reason = "the outer option is whether it is valid, the inner one whether it is there")]
pub fn note(fields: &mut Fields, text: Option<&str>) -> Option<Option<String>> {
    fields.check("note", text.map(|text| paragraphs(text, contribution::MAX_NOTE_CHARS)).transpose())
}

/// Parses a movement; `field` has the number.
pub fn movement(
    fields: &mut Fields,
    direction: Direction,
    (field, number): (&str, u32),
    cause: MovementCause,
) -> Option<Change> {
    let change = Change::new(direction, number, cause);
    fields.check(if change == Err(MovementError::Cause) { "cause" } else { field }, change)
}
