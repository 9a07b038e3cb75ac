//! Data exports in the table: jobs of `kit::jobs`.

use kit::jobs::{JobKind, Jobs};

use super::{Identity, Store};
use crate::domain::export::document::Place;

/// The export of a user's personal data.
#[derive(Debug, Clone)]
pub struct DataExport;

impl JobKind for DataExport {
    type Context = Identity;
    type Work = Place;

    const NAME: &'static str = "export";
    const PREFIX: &'static str = "exports";
    const CONTENT_TYPE: &'static str = "application/json";
    const FILE_NAME: &'static str = "personal-data.json";
}

impl Store {
    /// The data exports.
    pub fn exports(&self) -> Jobs<DataExport> {
        Jobs::new(self.table.clone())
    }
}
