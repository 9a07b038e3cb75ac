//! View of API keys in responses.

use jiff::Timestamp;
use serde::Serialize;
use types::{ApiKeyId, Scope, UserId};
use utoipa::ToSchema;

use crate::domain::api_key::ServiceKey;

/// An API key, without the key itself.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyView {
    /// API key ID.
    id: ApiKeyId,
    /// Display name.
    name: String,
    /// Scopes that the key grants.
    #[schema(value_type = Vec<Scope>)]
    scopes: Vec<String>,
    /// Expiry. Null for a key without expiry.
    #[serde(serialize_with = "types::time::optional_millis")]
    expires_at: Option<Timestamp>,
    /// Time of creation.
    #[serde(serialize_with = "types::time::millis")]
    created_at: Timestamp,
    /// Admin who created the key.
    created_by: UserId,
}

impl From<&ServiceKey> for ApiKeyView {
    fn from(key: &ServiceKey) -> Self {
        Self {
            id: key.id(),
            name: key.name.as_str().to_owned(),
            scopes: key.record.scopes.clone(),
            expires_at: key.record.valid_until,
            created_at: key.created_at,
            created_by: key.created_by,
        }
    }
}
