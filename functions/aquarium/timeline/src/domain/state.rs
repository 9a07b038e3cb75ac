//! The state of a timeline: one pure fold of its entries, used by appends, views, queries of the past and rebuilds.
//!
//! The fold uses integers and ordered maps only, and reads no clock, time zone or setting. Equal entries therefore give equal
//! bytes, and the digest of the bytes proves that a rebuild equals the live state.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::content::Content;
use super::correction::{Occurrence, Recorded};

/// Version of the rules of the fold and of the known types. States of another version are computed again.
pub const FOLD_VERSION: u32 = 2;
/// Version of the fields of [`State`].
pub const SHAPE: u32 = 1;
/// Maximum number of products, and of species, with totals of their own. Further names are counted together.
pub const MAX_NAMES: usize = 40;
/// Maximum number of types with counts of their own. There are fewer; types of newer versions may be among them.
pub const MAX_TYPES: usize = 16;
/// Maximum number of latest entries of each type in the state.
pub const MAX_RECENT: usize = 4;

/// What counts of a timeline after its first `seq` entries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// Number of folded entries, which is the sequence number of the last one.
    pub seq: u64,
    /// Counts by type, without retracted entries.
    pub types: BTreeMap<String, OfType>,
    /// Number of entries of types beyond [`MAX_TYPES`].
    pub other_types: u64,
    /// Volume of all water changes in millilitres.
    pub water_changed_ml: u64,
    /// Dosed amounts in microlitres by product.
    pub dosed_ul: Totals,
    /// Animals and plants by species: added less removed. Negative if more was removed than was ever added.
    pub stock: Totals,
}

/// What counts of a type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfType {
    /// Number of entries.
    pub count: u64,
    /// The latest entries by the time when they happened, newest first: all those after `floor`.
    pub recent: Vec<Recent>,
    /// The latest entry that was left out of `recent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<Place>,
}

/// Place of an entry in time. Entries of the same instant are ordered by their sequence numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// When it happened.
    pub at: Timestamp,
    /// Sequence number.
    pub seq: u64,
}

/// A recent entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recent {
    /// Its place.
    pub place: Place,
    /// The local date.
    pub on: Date,
}

/// Sums by name. A name is never removed, so it depends on the order of the entries alone whether it has a sum of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Sums of the first [`MAX_NAMES`] names.
    pub by_name: BTreeMap<String, i64>,
    /// Sum of all other names.
    pub other: i64,
}

/// Whether an occurrence is counted or taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Counted.
    Add,
    /// Taken back.
    Remove,
}

impl Direction {
    /// Returns a number with one more or one less, or as many as `by` says.
    pub const fn apply(self, number: u64, by: u64) -> u64 {
        match self {
            Self::Add => number.saturating_add(by),
            Self::Remove => number.saturating_sub(by),
        }
    }

    fn signed(self, amount: u64) -> i64 {
        let amount = i64::try_from(amount).unwrap_or(i64::MAX);
        match self {
            Self::Add => amount,
            Self::Remove => -amount,
        }
    }
}

impl State {
    /// Returns the state after the next entry.
    #[must_use]
    pub fn after(&self, seq: u64, recorded: &Recorded) -> Self {
        let mut next = self.clone();
        next.seq = seq;
        let changes = recorded.changes(seq);
        if let Some((of, occurrence)) = changes.removed {
            next.count(of, occurrence, Direction::Remove);
        }
        if let Some((of, occurrence)) = changes.added {
            next.count(of, occurrence, Direction::Add);
        }
        next
    }

    /// Returns the canonical bytes: JSON with fields in the order of their declaration, and sorted maps.
    pub fn canonical(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    fn count(&mut self, seq: u64, occurrence: &Occurrence, direction: Direction) {
        self.count_type(seq, occurrence, direction);
        match occurrence.content.content() {
            Some(Content::WaterChange { volume_ml }) => {
                self.water_changed_ml = direction.apply(self.water_changed_ml, volume_ml);
            }
            Some(Content::Dose { product, amount_ul }) => self.dosed_ul.add(&product, direction.signed(amount_ul)),
            Some(Content::StockIn { species, count }) => self.stock.add(&species, direction.signed(count)),
            Some(Content::StockOut { species, count, .. }) => self.stock.add(&species, -direction.signed(count)),
            Some(
                Content::Feeding { .. }
                | Content::Maintenance { .. }
                | Content::Test { .. }
                | Content::Observation {}
                | Content::Photo { .. }
                | Content::Medication { .. }
                | Content::Equipment { .. }
                | Content::TaskDone { .. }
                | Content::TaskSkipped { .. },
            )
            | None => {}
        }
    }

    fn count_type(&mut self, seq: u64, occurrence: &Occurrence, direction: Direction) {
        let name = &occurrence.content.entry_type;
        if self.types.len() >= MAX_TYPES && !self.types.contains_key(name) {
            self.other_types = direction.apply(self.other_types, 1);
            return;
        }
        let of_type = self.types.entry(name.clone()).or_default();
        of_type.count = direction.apply(of_type.count, 1);
        let place = Place { at: occurrence.happened_at, seq };
        match direction {
            Direction::Add => of_type.add(Recent { place, on: occurrence.happened_on }),
            Direction::Remove => of_type.recent.retain(|recent| recent.place != place),
        }
    }
}

impl OfType {
    fn add(&mut self, new: Recent) {
        if self.floor.is_some_and(|floor| new.place <= floor) {
            return;
        }
        let at = self.recent.partition_point(|recent| recent.place > new.place);
        self.recent.insert(at, new);
        if self.recent.len() > MAX_RECENT {
            let last = self.recent.pop().map(|recent| recent.place);
            self.floor = self.floor.max(last);
        }
    }
}

impl Totals {
    fn add(&mut self, name: &str, amount: i64) {
        if let Some(total) = self.by_name.get_mut(name) {
            *total = total.saturating_add(amount);
        } else if self.by_name.len() < MAX_NAMES {
            self.by_name.insert(name.to_owned(), amount);
        } else {
            self.other = self.other.saturating_add(amount);
        }
    }
}

/// A state as it is stored: in the head, in projections and in snapshots. It is text, so a stored state of another version is
/// no error of the item that has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedState {
    /// Number of folded entries.
    pub seq: u64,
    /// [`FOLD_VERSION`] of the code that wrote it.
    pub fold_version: u32,
    /// [`SHAPE`] of the code that wrote it.
    pub shape: u32,
    /// The canonical bytes.
    pub state: String,
    /// SHA-256 of versions and bytes, in hexadecimal.
    pub digest: String,
}

impl SavedState {
    /// Returns the stored form of a state.
    pub fn of(state: &State) -> Result<Self, serde_json::Error> {
        let text = state.canonical()?;
        Ok(Self {
            seq: state.seq,
            fold_version: FOLD_VERSION,
            shape: SHAPE,
            digest: digest(FOLD_VERSION, SHAPE, &text),
            state: text,
        })
    }

    /// Returns the state; none if it is of another version or damaged. It is then computed from the entries.
    pub fn load(&self) -> Option<State> {
        let is_ours = self.fold_version == FOLD_VERSION && self.shape == SHAPE;
        let is_whole = is_ours && digest(self.fold_version, self.shape, &self.state) == self.digest;
        let state = is_whole.then(|| serde_json::from_str::<State>(&self.state).ok()).flatten();
        state.filter(|state| state.seq == self.seq)
    }

    /// Whether newer code wrote it. This code may not know the types of the entries then, and must not append.
    pub const fn is_newer(&self) -> bool {
        self.fold_version > FOLD_VERSION
    }
}

fn digest(fold_version: u32, shape: u32, text: &str) -> String {
    types::hex(&Sha256::digest(format!("timeline state {fold_version}.{shape}\n{text}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::content::MAX_NAME_CHARS;
    use crate::domain::stored::Stored;

    fn occurred(content: &Content, second: i64) -> Recorded {
        let at = Timestamp::from_second(second).unwrap();
        Recorded::Occurred(Occurrence {
            content: Stored::of(content).unwrap(),
            happened_at: at,
            happened_on: jiff::civil::date(2026, 1, 1),
        })
    }

    #[test]
    fn a_saved_state_of_another_version_or_with_a_changed_byte_is_not_used() {
        let state = State::default().after(1, &occurred(&Content::WaterChange { volume_ml: 7 }, 0));
        let saved = SavedState::of(&state).unwrap();
        assert_eq!(saved.load(), Some(state));
        assert_eq!(SavedState { fold_version: FOLD_VERSION + 1, ..saved.clone() }.load(), None);
        assert_eq!(SavedState { shape: SHAPE + 1, ..saved.clone() }.load(), None);
        assert_eq!(SavedState { state: saved.state.replace('7', "8"), ..saved.clone() }.load(), None);
        assert_eq!(SavedState { seq: 2, ..saved.clone() }.load(), None);
        assert!(SavedState { fold_version: FOLD_VERSION + 1, ..saved.clone() }.is_newer() && !saved.is_newer());
    }

    #[test]
    fn the_largest_state_fits_beside_the_rest_of_its_item() {
        let mut state = State::default();
        let wide = |number: usize| format!("{number:03}{}", "\u{1f41f}".repeat(MAX_NAME_CHARS - 3));
        let mut seq = 0;
        let mut fold = |recorded: &Recorded| {
            seq += 1;
            state = state.after(seq, recorded);
        };
        for number in 0..2 * MAX_NAMES {
            fold(&occurred(&Content::Dose { product: wide(number), amount_ul: 1_000_000_000 }, 4_000_000_000));
            fold(&occurred(&Content::StockIn { species: wide(number), count: 10_000 }, 4_000_000_000));
        }
        for number in 0..20 * MAX_TYPES {
            let entry_type = format!("a_type_with_a_long_name_{}", number % (2 * MAX_TYPES));
            let content = Stored { entry_type, v: 1, data: json!({}) };
            let on = jiff::civil::date(2026, 1, 1);
            fold(&Recorded::Occurred(Occurrence { content, happened_at: Timestamp::MAX, happened_on: on }));
        }
        assert_eq!((state.dosed_ul.by_name.len(), state.types.len()), (MAX_NAMES, MAX_TYPES));
        assert!(state.dosed_ul.other > 0 && state.stock.other > 0 && state.other_types > 0);
        let bytes = state.canonical().unwrap().len();
        assert!((20_000..32_000).contains(&bytes), "{bytes}");
    }
}
