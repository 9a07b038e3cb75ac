//! How far an export is.

use kit::jobs::Format;
use serde::{Deserialize, Serialize};

use super::names::Slug;

/// Where the next step of an export begins.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ExportPlace {
    /// The format of the file.
    pub format: Format,
    /// The price lists whose prices are exported, once the export has begun. A list that is created later is not in the file, so
    /// that all rows have the same columns.
    #[serde(default)]
    pub lists: Option<Vec<Slug>>,
    /// The partition of products.
    #[serde(default)]
    pub partition: u8,
    /// The sort key of the last product of the partition that was written.
    #[serde(default)]
    pub after: Option<String>,
    /// Whether anything was written.
    #[serde(default)]
    pub has_rows: bool,
}

impl ExportPlace {
    /// The beginning of a file.
    pub fn of(format: Format) -> Self {
        Self { format, ..Self::default() }
    }

    /// The beginning of the next partition.
    #[must_use]
    pub fn next_partition(self) -> Self {
        Self { partition: self.partition + 1, after: None, ..self }
    }
}
