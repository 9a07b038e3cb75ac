//! What clients see of preferences.

use std::collections::{BTreeMap, BTreeSet};

use calendar::DailyWindow;
use contracts::notifications::{Category, Channel};
use jiff::civil::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::language::Language;
use crate::domain::preferences::{Digest, Preferences};

/// A user's notification preferences.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PreferencesView {
    language: Language,
    /// IANA time zone for quiet hours, digests, and times in messages.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// Quiet hours; null if there are none.
    quiet_hours: Option<QuietHoursText>,
    /// Every category, with the user's choice or the default.
    categories: BTreeMap<Category, ChoiceView>,
}

/// A daily period, in the user's time zone, in which e-mails, push and text messages wait. It may span midnight.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QuietHoursText {
    /// Start, `HH:MM`.
    #[schema(pattern = r"^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "22:00")]
    pub from: String,
    /// End, `HH:MM`.
    #[schema(pattern = r"^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "07:00")]
    pub to: String,
}

impl From<DailyWindow> for QuietHoursText {
    fn from(hours: DailyWindow) -> Self {
        let text = |time: Time| format!("{:02}:{:02}", time.hour(), time.minute());
        Self { from: text(hours.from()), to: text(hours.to()) }
    }
}

/// The effective choice for one category.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChoiceView {
    /// Channels that are used.
    channels: BTreeSet<Channel>,
    /// Whether e-mails are combined into a digest.
    digest: Digest,
    /// Whether the user can change it.
    can_change: bool,
}

impl From<&Preferences> for PreferencesView {
    fn from(preferences: &Preferences) -> Self {
        let view = |category| {
            let choice = preferences.choice(category);
            let can_change = Preferences::can_change(category);
            (category, ChoiceView { channels: choice.channels, digest: choice.digest, can_change })
        };
        Self {
            language: preferences.language,
            time_zone: preferences.zone.as_str().to_owned(),
            quiet_hours: preferences.quiet_hours.map(QuietHoursText::from),
            categories: Category::ALL.into_iter().map(view).collect(),
        }
    }
}
