//! A badge as people see it.

use jiff::Timestamp;
use serde::Serialize;
use types::{BadgeId, Money};
use utoipa::ToSchema;

use crate::domain::badge::{Badge, Requirement, Tier};
use crate::domain::record::Record;

/// Something that people can earn.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BadgeView {
    /// Its id.
    pub id: BadgeId,
    /// Its short name, which never changes.
    #[schema(example = "feeder")]
    pub code: String,
    /// What it is called.
    #[schema(example = "Feeder")]
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The name of its picture in the apps.
    #[schema(example = "bowl")]
    pub icon: String,
    /// What is counted.
    pub requirement: Requirement,
    /// Its steps, the lowest threshold first.
    pub tiers: Vec<Tier>,
    /// True once nobody earns it any more.
    pub retired: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

impl From<&Badge> for BadgeView {
    fn from(badge: &Badge) -> Self {
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
        }
    }
}

/// A tier that somebody earned.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EarnedTier {
    /// Which tier, from 1.
    pub tier: usize,
    /// What it is called.
    #[schema(example = "gold")]
    pub name: String,
    /// What its earner got.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reward: Option<Money>,
    /// When it was earned.
    pub earned_at: Timestamp,
}

impl EarnedTier {
    /// All that somebody earned of a badge.
    pub fn all(record: &Record, badge: &Badge) -> Vec<Self> {
        let times = record.earned.get(&badge.id).map(Vec::as_slice).unwrap_or_default();
        let tiers = badge.design.tiers.iter().zip(times).zip(1..);
        tiers
            .map(|((tier, at), number)| Self {
                tier: number,
                name: tier.name.clone(),
                reward: tier.reward.clone(),
                earned_at: *at,
            })
            .collect()
    }
}
