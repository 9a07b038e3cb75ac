//! Views of badges in responses.

use jiff::Timestamp;
use serde::Serialize;
use types::{BadgeId, Money};
use utoipa::ToSchema;

use crate::domain::badge::{Badge, Requirement, Tier};
use crate::domain::record::Record;

/// A badge.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BadgeView {
    /// Badge ID.
    pub id: BadgeId,
    /// Immutable code.
    #[schema(example = "feeder")]
    pub code: String,
    /// Name.
    #[schema(example = "Feeder")]
    pub name: String,
    /// Description.
    pub description: String,
    /// Icon name of the app.
    #[schema(example = "bowl")]
    pub icon: String,
    /// What is counted.
    pub requirement: Requirement,
    /// Tiers, lowest threshold first.
    pub tiers: Vec<Tier>,
    /// Whether the badge is retired and can no longer be earned.
    pub retired: bool,
    /// Time of creation.
    #[serde(serialize_with = "types::time::millis")]
    pub created_at: Timestamp,
    /// Version of the badge. Send it in quotes as `If-Match` to change exactly this version.
    #[schema(example = 1)]
    pub version: u64,
}

impl BadgeView {
    /// The view of a badge in this version.
    pub fn new(badge: &Badge, version: u64) -> Self {
        let (design, texts) = (&badge.design, &badge.design.texts);
        Self {
            id: badge.id,
            code: design.code.clone(),
            name: texts.name.clone(),
            description: texts.description.clone(),
            icon: texts.icon.clone(),
            requirement: design.requirement.clone(),
            tiers: design.tiers.clone(),
            retired: badge.retired.is_some(),
            created_at: badge.created_at,
            version,
        }
    }
}

/// An earned tier.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EarnedTier {
    /// Number of the tier, from 1.
    pub tier: usize,
    /// Name.
    #[schema(example = "gold")]
    pub name: String,
    /// Reward that was credited. Null if the tier has none, or while it is withheld.
    pub reward: Option<Money>,
    /// Whether the reward is withheld: too few of the counted events can earn rewards. It is paid once enough of them can.
    pub reward_withheld: bool,
    /// Time when it was earned.
    #[serde(serialize_with = "types::time::millis")]
    pub earned_at: Timestamp,
}

impl EarnedTier {
    /// Returns the earned tiers of a badge.
    pub fn all(record: &Record, badge: &Badge) -> Vec<Self> {
        let times = record.earned.get(&badge.id).map(Vec::as_slice).unwrap_or_default();
        let paid = record.paid(badge.id);
        let tiers = badge.design.tiers.iter().zip(times).zip(1..);
        tiers
            .map(|((tier, at), number)| Self {
                tier: number,
                name: tier.name.clone(),
                reward: tier.reward.clone().filter(|_| number <= paid),
                reward_withheld: tier.reward.is_some() && number > paid,
                earned_at: *at,
            })
            .collect()
    }
}
