//! Kinds of care events.

use contracts::events::EventTypeChanged;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{EventTypeId, Money, TextError, line};

use super::refusal::Refusal;
use super::reward::{MAX_DAILY_REWARDS, MAX_DAILY_REWARDS_PER_USER, RewardLimits};

/// The longest code, in characters.
const MAX_CODE_CHARS: usize = 40;
/// The longest name, in characters.
const MAX_NAME_CHARS: usize = 60;
/// The longest icon, in characters: a name in the app's own set, or an emoji, which may be several code points.
const MAX_ICON_CHARS: usize = 32;
/// The longest time between two events of a kind by one person at one point, in minutes: a week.
pub const MAX_COOLDOWN_MINUTES: u32 = 7 * 24 * 60;
/// The longest distance that can be asked for, in metres.
pub const MAX_DISTANCE_M: u32 = 100_000;
/// The largest reward, in minor units.
pub const MAX_REWARD_MINOR: i64 = 1_000_000;

/// What is wrong with a field of a kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TypeError {
    /// The code.
    #[error("must be 1 to {MAX_CODE_CHARS} small letters, digits and single hyphens between them")]
    Code,
    /// A text.
    #[error("{0}")]
    Text(#[from] TextError),
    /// The reward.
    #[error("must be an amount of 1 to {MAX_REWARD_MINOR}")]
    Reward,
    /// The cooldown.
    #[error("must be 0 to {MAX_COOLDOWN_MINUTES}")]
    Cooldown,
    /// The limit of rewards per user.
    #[error("must be 1 to {MAX_DAILY_REWARDS_PER_USER}")]
    DailyRewardsPerUser,
    /// The limit of rewards.
    #[error("must be 1 to {MAX_DAILY_REWARDS}")]
    DailyRewards,
    /// The distance.
    #[error("must be 1 to {MAX_DISTANCE_M}")]
    Distance,
}

/// A code: `feeding`, `fresh-water`.
pub fn code(text: &str) -> Result<String, TypeError> {
    let fits = text.len() <= MAX_CODE_CHARS && text::is_code(text);
    fits.then(|| text.to_owned()).ok_or(TypeError::Code)
}

/// What people call it.
pub fn name(text: &str) -> Result<String, TypeError> {
    Ok(line(text, MAX_NAME_CHARS)?)
}

/// What the app shows for it.
pub fn icon(text: &str) -> Result<String, TypeError> {
    Ok(line(text, MAX_ICON_CHARS)?)
}

/// What the author gets.
pub fn reward(money: Money) -> Result<Money, TypeError> {
    (1..=MAX_REWARD_MINOR).contains(&money.amount_minor).then_some(money).ok_or(TypeError::Reward)
}

/// How long one person waits between two of them at one point, in minutes.
pub fn cooldown(minutes: u32) -> Result<u32, TypeError> {
    (minutes <= MAX_COOLDOWN_MINUTES).then_some(minutes).ok_or(TypeError::Cooldown)
}

/// The most rewards per user and day.
pub fn daily_rewards_per_user(limit: u32) -> Result<u32, TypeError> {
    (1..=MAX_DAILY_REWARDS_PER_USER).contains(&limit).then_some(limit).ok_or(TypeError::DailyRewardsPerUser)
}

/// The most rewards per day.
pub fn daily_rewards(limit: u32) -> Result<u32, TypeError> {
    (1..=MAX_DAILY_REWARDS).contains(&limit).then_some(limit).ok_or(TypeError::DailyRewards)
}

/// How close to the point the author must be, in metres.
pub fn distance(metres: u32) -> Result<u32, TypeError> {
    (1..=MAX_DISTANCE_M).contains(&metres).then_some(metres).ok_or(TypeError::Distance)
}

/// What an admin says of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// What people call it.
    pub name: String,
    /// What the app shows for it.
    pub icon: String,
    /// What the author gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<Money>,
    /// How long one person waits between two of them at one point.
    pub cooldown_minutes: u32,
    /// How close to the point the author must be; absent where it does not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_distance_m: Option<u32>,
    /// How many rewards are granted per day.
    #[serde(flatten)]
    pub reward_limits: RewardLimits,
}

/// A kind of care event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventType {
    /// Its id.
    pub id: EventTypeId,
    /// Its short name, unique, which never changes.
    pub code: String,
    /// What an admin says of it.
    #[serde(flatten)]
    pub description: Description,
    /// True once no new events of it can be made.
    pub retired: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

impl EventType {
    /// The kind with another description; none where nothing changes.
    pub fn described(&self, description: Description) -> Result<Option<Self>, Refusal> {
        if self.retired {
            return Err(Refusal::TypeRetired);
        }
        let changes = self.description != description;
        Ok(changes.then(|| Self { description, ..self.clone() }))
    }

    /// The kind without new events; none where it is so already.
    pub fn retired(&self) -> Option<Self> {
        (!self.retired).then(|| Self { retired: true, ..self.clone() })
    }

    /// What others hear of it, in this version of its item.
    pub fn changed(&self, revision: u64) -> EventTypeChanged {
        EventTypeChanged {
            event_type_id: self.id,
            code: self.code.clone(),
            name: self.description.name.clone(),
            reward: self.description.reward.clone(),
            retired: self.retired,
            revision,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_slugs() {
        for good in ["feeding", "fresh-water", "x", "a1-b2"] {
            assert_eq!(code(good).unwrap(), good);
        }
        for bad in ["", "-", "a-", "-a", "a--b", "Feeding", "a b", "ä", "a#b", &"a".repeat(MAX_CODE_CHARS + 1)] {
            assert_eq!(code(bad), Err(TypeError::Code), "{bad}");
        }
    }

    #[test]
    fn bounds_are_inclusive() {
        let money = |amount| Money::new(amount, "POINTS".parse().unwrap());
        assert!(reward(money(1)).is_ok() && reward(money(MAX_REWARD_MINOR)).is_ok());
        assert!(reward(money(0)).is_err() && reward(money(MAX_REWARD_MINOR + 1)).is_err());
        assert!(cooldown(0).is_ok() && cooldown(MAX_COOLDOWN_MINUTES + 1).is_err());
        assert!(daily_rewards(0).is_err() && daily_rewards(MAX_DAILY_REWARDS).is_ok());
        assert!(daily_rewards_per_user(0).is_err() && daily_rewards_per_user(MAX_DAILY_REWARDS_PER_USER + 1).is_err());
        assert!(distance(0).is_err() && distance(MAX_DISTANCE_M).is_ok() && distance(MAX_DISTANCE_M + 1).is_err());
    }

    #[test]
    fn what_is_retired_changes_no_more() {
        let description = Description {
            name: "Feeding".into(),
            icon: "🥣".into(),
            reward: None,
            cooldown_minutes: 60,
            max_distance_m: None,
            reward_limits: RewardLimits::default(),
        };
        let kind = EventType {
            id: EventTypeId::new(types::Uuid::from_u128(1)),
            code: "feeding".into(),
            description: description.clone(),
            retired: false,
            created_at: Timestamp::UNIX_EPOCH,
        };
        assert_eq!(kind.described(description.clone()), Ok(None));
        let retired = kind.retired().unwrap();
        assert_eq!(retired.retired(), None);
        assert_eq!(retired.described(description), Err(Refusal::TypeRetired));
    }
}
