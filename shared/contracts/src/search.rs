//! Events of search.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A build of a search index was requested, by staff or because of changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BuildRequested {
    /// Collection.
    pub collection: String,
    /// Number of the last change that the index must contain.
    pub sequence: u64,
}

event!(BuildRequested, "search.build_requested", version = 1, subject = collection);
