//! Results of rows, as JSON Lines.

use serde::{Deserialize, Serialize};

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

/// The result of a row.
pub(super) type Outcome = Result<(), Vec<RowError>>;

/// How many rows were applied and how many failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// Rows that were read.
    pub rows: u64,
    /// Rows that were applied.
    pub applied: u64,
    /// Rows that failed.
    pub failed: u64,
}

impl Summary {
    pub(super) fn add(&mut self, results: &[(u64, Outcome)]) {
        for (_, result) in results {
            self.rows += 1;
            match result {
                Ok(()) => self.applied += 1,
                Err(_) => self.failed += 1,
            }
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
enum Line<'a> {
    Applied { row: u64 },
    Failed { row: u64, errors: &'a [RowError] },
}

#[derive(Serialize)]
struct LastLine {
    summary: Summary,
}

/// A line per result.
pub(super) fn lines(results: &[(u64, Outcome)]) -> Vec<u8> {
    let line = |(row, result): &(u64, Outcome)| match result {
        Ok(()) => json(&Line::Applied { row: *row }),
        Err(errors) => json(&Line::Failed { row: *row, errors }),
    };
    results.iter().flat_map(line).collect()
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
