//! Results of rows, as JSON Lines.

use serde::{Deserialize, Serialize};
use types::Uuid;

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowError {
    /// Name of the field; empty for the row as a whole.
    pub field: String,
    /// The rule that it breaks.
    pub rule: String,
    /// What to do about it.
    pub remedy: String,
}

/// What a row did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It created something.
    Created,
    /// It changed what was there.
    Changed,
    /// All was as the row says already.
    Unchanged,
}

/// An applied row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// What it did.
    pub effect: Effect,
    /// ID of what it is about, if that has one.
    pub id: Option<Uuid>,
}

/// The result of a row.
pub type RowResult = Result<Applied, Vec<RowError>>;

/// How many rows did what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// Rows that were read.
    pub rows: u64,
    /// Rows that created something.
    pub created: u64,
    /// Rows that changed something.
    pub changed: u64,
    /// Rows that changed nothing.
    pub unchanged: u64,
    /// Rows that were refused.
    pub refused: u64,
}

impl Summary {
    pub(super) fn add(&mut self, results: &[RowResult]) {
        for result in results {
            self.rows += 1;
            match result.as_ref().map(|applied| applied.effect) {
                Ok(Effect::Created) => self.created += 1,
                Ok(Effect::Changed) => self.changed += 1,
                Ok(Effect::Unchanged) => self.unchanged += 1,
                Err(_) => self.refused += 1,
            }
        }
    }
}

#[derive(Serialize)]
struct AppliedLine {
    row: u64,
    status: Effect,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
}

#[derive(Serialize)]
struct RefusedLine<'a> {
    row: u64,
    status: &'static str,
    errors: &'a [RowError],
}

#[derive(Serialize)]
struct LastLine {
    summary: Summary,
}

/// A line per result. The first one is of the row number `first`.
pub(super) fn lines(first: u64, results: &[RowResult]) -> Vec<u8> {
    let line = |(row, result): (u64, &RowResult)| match result {
        Ok(Applied { effect, id }) => json(&AppliedLine { row, status: *effect, id: *id }),
        Err(errors) => json(&RefusedLine { row, status: "refused", errors }),
    };
    (first..).zip(results).flat_map(line).collect()
}

/// The line that ends the file.
pub(super) fn last_line(summary: Summary) -> Vec<u8> {
    json(&LastLine { summary })
}

fn json(line: &impl Serialize) -> Vec<u8> {
    // Texts and numbers can always be written.
    let mut bytes = serde_json::to_vec(line).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}
