//! Customers: users that the shop gave a group.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::UserId;

use super::names::GroupCode;

/// A user as a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// User ID.
    pub user_id: UserId,
    /// Customer group, which price lists refer to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupCode>,
    /// When the group was set.
    pub set_at: Timestamp,
}
