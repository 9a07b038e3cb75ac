//! Badges and their requirements.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{BadgeId, CurrencyCode, EventTypeId, Money, TextError, Uuid, derive_id, line, paragraphs};
use utoipa::ToSchema;

/// The most tiers of a badge.
pub const MAX_TIERS: usize = 10;
/// The longest code, in characters.
pub const MAX_CODE_CHARS: usize = 40;
/// The longest name of a badge or a tier, in characters.
pub const MAX_NAME_CHARS: usize = 60;
/// The longest description, in characters.
pub const MAX_DESCRIPTION_CHARS: usize = 500;
/// The longest name of an icon, in characters.
pub const MAX_ICON_CHARS: usize = 60;
/// The largest threshold and reward: far from where sums overflow, and exact in every client's numbers.
pub const MAX_AMOUNT: u64 = 1_000_000_000_000;

/// Unit of streaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StreakUnit)]
pub enum Unit {
    /// Local days of the user.
    Day,
    /// Weeks from Monday to Sunday, by local days of the user.
    Week,
}

/// Requirement of a badge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
// Each variant renames its fields itself: the OpenAPI generator ignores `rename_all_fields`.
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = BadgeRequirement)]
pub enum Requirement {
    /// Reported care events that were not removed.
    #[serde(rename_all = "camelCase")]
    Events {
        /// Event type ID. Absent for all types.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        event_type_id: Option<EventTypeId>,
    },
    /// Donated amount in minor units.
    Donated {
        /// Currency code.
        currency: CurrencyCode,
    },
    /// Donations received by the user or by points that the user keeps, in minor units.
    Received {
        /// Currency code.
        currency: CurrencyCode,
    },
    /// Longest streak of consecutive days or weeks with such an event. Days are those of the time zone in the user's
    /// notification preferences, or of UTC.
    #[serde(rename_all = "camelCase")]
    Streak {
        /// Event type ID. Absent for all types.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        event_type_id: Option<EventTypeId>,
        /// Unit of the streak.
        unit: Unit,
    },
}

impl Requirement {
    /// The kind of event that it asks for, if it asks for one.
    pub const fn event_type(&self) -> Option<EventTypeId> {
        match self {
            Self::Events { event_type_id } | Self::Streak { event_type_id, .. } => *event_type_id,
            Self::Donated { .. } | Self::Received { .. } => None,
        }
    }
}

/// Tier of a badge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BadgeTier)]
pub struct Tier {
    /// Name, for example `gold`.
    pub name: String,
    /// Required count.
    pub threshold: u64,
    /// Reward, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<Money>,
}

/// Texts of a badge, which can be updated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// Icon name of the app.
    pub icon: String,
}

/// What an admin asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Design {
    /// Its short name, which never changes and is unique.
    pub code: String,
    /// What people read.
    pub texts: Texts,
    /// What is counted. It never changes: a recount would find other awards than were given.
    pub requirement: Requirement,
    /// Its steps, the lowest threshold first. They never change either.
    pub tiers: Vec<Tier>,
}

impl Design {
    /// The same for the same design: tells a repeated request from another one under the same key.
    pub fn fingerprint(&self) -> Uuid {
        derive_id(&[&format!("{self:?}")])
    }
}

/// Something that people can earn.
///
/// `created`, `changed` and `retired` are revisions of the catalogue: each change of any badge is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Badge {
    /// The badge.
    pub id: BadgeId,
    /// What it is.
    pub design: Design,
    /// The fingerprint of the design that was asked for first.
    pub asked: Uuid,
    /// When it was made.
    pub created_at: Timestamp,
    /// The revision that brought it.
    pub created: u64,
    /// The last revision that changed it.
    pub changed: u64,
    /// The revision from which on nobody earns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired: Option<u64>,
}

impl Badge {
    /// True if people could earn it at a revision.
    pub fn is_open_at(&self, revision: u64) -> bool {
        self.created <= revision && self.retired.is_none_or(|retired| retired > revision)
    }

    /// Returns the reward of a tier, counted from 1.
    pub fn reward(&self, tier: usize) -> Option<&Money> {
        self.design.tiers.get(tier.checked_sub(1)?)?.reward.as_ref()
    }

    /// How many of its tiers have a threshold that is reached.
    pub fn reached(&self, progress: u64) -> usize {
        self.design.tiers.iter().take_while(|tier| tier.threshold <= progress).count()
    }
}

/// Why a design is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DesignError {
    /// The code has other characters, or too many.
    #[error("must be 1 to {MAX_CODE_CHARS} of a-z, 0-9, _ and -, with a letter first")]
    Code,
    /// The icon's name has other characters, or too many.
    #[error("must be 1 to {MAX_ICON_CHARS} of a-z, 0-9, _ and -")]
    Icon,
    /// There are no tiers, or too many.
    #[error("must be 1 to {MAX_TIERS}")]
    Tiers,
    /// A threshold is none.
    #[error("must be from 1 to {MAX_AMOUNT}")]
    Amount,
    /// A tier is not above the one before.
    #[error("must be greater than that of the tier before")]
    Threshold,
}

/// Reads a code.
pub fn code(text: &str) -> Result<String, DesignError> {
    let fits = is_plain(text, MAX_CODE_CHARS) && text.starts_with(|first: char| first.is_ascii_lowercase());
    fits.then(|| text.to_owned()).ok_or(DesignError::Code)
}

/// Reads the name of an icon.
pub fn icon(text: &str) -> Result<String, DesignError> {
    is_plain(text, MAX_ICON_CHARS).then(|| text.to_owned()).ok_or(DesignError::Icon)
}

fn is_plain(text: &str, max_chars: usize) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
    (1..=max_chars).contains(&text.len()) && text.bytes().all(plain)
}

/// Reads the name of a badge or a tier.
pub fn name(text: &str) -> Result<String, TextError> {
    line(text, MAX_NAME_CHARS)
}

/// Reads a description.
pub fn description(text: &str) -> Result<String, TextError> {
    paragraphs(text, MAX_DESCRIPTION_CHARS)
}

/// Reads a threshold that follows on another one.
pub fn threshold(value: u64, before: Option<u64>) -> Result<u64, DesignError> {
    if !(1..=MAX_AMOUNT).contains(&value) {
        Err(DesignError::Amount)
    } else if before.is_some_and(|before| value <= before) {
        Err(DesignError::Threshold)
    } else {
        Ok(value)
    }
}

/// Reads the amount of a reward.
pub fn reward(amount_minor: i64) -> Result<i64, DesignError> {
    let fits = u64::try_from(amount_minor).is_ok_and(|amount| (1..=MAX_AMOUNT).contains(&amount));
    fits.then_some(amount_minor).ok_or(DesignError::Amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_icons_are_plain() {
        for good in ["feeder", "f", "a_1", "a-1", &"a".repeat(MAX_CODE_CHARS)] {
            assert!(code(good).is_ok(), "{good}");
        }
        for bad in ["", "1a", "_a", "-a", "A", "é", "a b", "a#", &"a".repeat(MAX_CODE_CHARS + 1)] {
            assert_eq!(code(bad), Err(DesignError::Code), "{bad}");
        }
        assert!(icon("water-drop").is_ok());
        for bad in ["", "../x", "https://x", &"a".repeat(MAX_ICON_CHARS + 1)] {
            assert_eq!(icon(bad), Err(DesignError::Icon), "{bad}");
        }
    }

    #[test]
    fn thresholds_grow_and_amounts_are_bounded() {
        assert_eq!(threshold(1, None), Ok(1));
        assert_eq!(threshold(2, Some(1)), Ok(2));
        assert_eq!(threshold(2, Some(2)), Err(DesignError::Threshold));
        assert_eq!(threshold(0, None), Err(DesignError::Amount));
        assert_eq!(threshold(MAX_AMOUNT + 1, None), Err(DesignError::Amount));
        assert_eq!(reward(-1), Err(DesignError::Amount));
        assert_eq!(reward(0), Err(DesignError::Amount));
        assert_eq!(reward(1), Ok(1));
    }
}
