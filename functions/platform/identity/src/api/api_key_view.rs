//! What admins see of API keys.

use jiff::Timestamp;
use serde::Serialize;
use types::{ApiKeyId, Scope, UserId};
use utoipa::ToSchema;

use crate::domain::api_key::ServiceKey;

/// A key, without the key itself.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyView {
    id: ApiKeyId,
    name: String,
    /// What it allows.
    #[schema(value_type = Vec<Scope>)]
    scopes: Vec<String>,
    /// When it ends; null if it lives until it is deleted.
    expires_at: Option<Timestamp>,
    created_at: Timestamp,
    /// The admin who made it.
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
