//! What clients see of preferences.

use std::collections::{BTreeMap, BTreeSet};

use calendar::DailyWindow;
use contracts::notifications::{Category, Channel};
use jiff::civil::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::language::Language;
use crate::domain::preferences::{Digest, Preferences};

/// What a person wants to hear of, where and when.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PreferencesView {
    language: Language,
    /// Whose clock they live by.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// When nothing may ring; null for never.
    quiet_hours: Option<QuietHoursText>,
    /// Every category, chosen or as usual.
    categories: BTreeMap<Category, ChoiceView>,
}

/// When nothing may ring, by the person's clock. It may go over midnight.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QuietHoursText {
    /// When it begins.
    #[schema(example = "22:00")]
    pub from: String,
    /// When it is over.
    #[schema(example = "07:00")]
    pub to: String,
}

impl From<DailyWindow> for QuietHoursText {
    fn from(hours: DailyWindow) -> Self {
        let text = |time: Time| format!("{:02}:{:02}", time.hour(), time.minute());
        Self { from: text(hours.from()), to: text(hours.to()) }
    }
}

/// What a person wants of one category.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChoiceView {
    /// Where they hear of it.
    channels: BTreeSet<Channel>,
    /// Whether mails are collected.
    digest: Digest,
    /// Whether it is theirs to choose.
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
