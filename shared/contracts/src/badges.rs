//! Events of badges.

use serde::{Deserialize, Serialize};
use types::{BadgeId, Money, UserId};
use utoipa::ToSchema;

/// A user earned a tier of a badge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BadgeEarned {
    /// Badge ID.
    pub badge_id: BadgeId,
    /// User ID.
    pub user_id: UserId,
    /// Name of the badge.
    pub name: String,
    /// Number of the tier, from 1.
    pub tier: u32,
    /// Name of the tier, for example `gold`.
    pub tier_name: String,
    /// Reward, if the tier has one that is paid with it. A reward that is withheld follows as `badges.reward_granted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<Money>,
}

event!(BadgeEarned, "badges.badge_earned", version = 1, subject = user_id);

/// The reward of a tier that a user earned before is no longer withheld: enough of what the badge counts can earn rewards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RewardGranted {
    /// Badge ID.
    pub badge_id: BadgeId,
    /// User ID.
    pub user_id: UserId,
    /// Number of the tier, from 1.
    pub tier: u32,
    /// Reward.
    pub reward: Money,
}

event!(RewardGranted, "badges.reward_granted", version = 1, subject = user_id);
