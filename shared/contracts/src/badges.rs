//! Facts about badges.

use serde::{Deserialize, Serialize};
use types::{BadgeId, Money, UserId};
use utoipa::ToSchema;

/// Somebody earned a tier of a badge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BadgeEarned {
    /// The badge.
    pub badge_id: BadgeId,
    /// Who earned it.
    pub user_id: UserId,
    /// What the badge is called.
    pub name: String,
    /// Which tier, from 1.
    pub tier: u32,
    /// What the tier is called: `gold`.
    pub tier_name: String,
    /// What its earner gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<Money>,
}

event!(BadgeEarned, "badges.badge_earned", version = 1, subject = user_id);
