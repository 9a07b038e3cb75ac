//! Notification preferences: channels per category, quiet hours, language.

use std::collections::{BTreeMap, BTreeSet};

use calendar::{DailyWindow, ZoneName};
use contracts::notifications::{Category, Channel};
use serde::{Deserialize, Serialize};
use types::UserId;

use super::language::Language;
use super::localization::Locale;

/// A person's preferences. Users without saved ones have [`Preferences::defaults_of`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// Whose they are.
    pub user_id: UserId,
    /// What they read.
    pub language: Language,
    /// Whose clock they live by.
    pub zone: ZoneName,
    /// When nothing may ring.
    pub quiet_hours: Option<DailyWindow>,
    /// The categories that they decided on; the others are as [`Choice::usual`] says.
    pub categories: BTreeMap<Category, Choice>,
}

/// What a person wants of one category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The channels of the category.
    pub channels: BTreeSet<Channel>,
    /// Whether mails are collected.
    pub digest: Digest,
}

/// Whether mails are collected into one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NotificationDigest)]
pub enum Digest {
    /// Each goes out by itself.
    #[default]
    Immediate,
    /// One mail at the next full hour.
    Hourly,
    /// One mail at eight in the morning.
    Daily,
}

/// A choice that a user cannot make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidChoice {
    /// The category is not theirs to choose.
    #[error("cannot be changed")]
    Fixed,
    /// Other users cause these notifications, and each text message costs money.
    #[error("must not contain the channel sms, which this category does not have; remove it")]
    NoTextMessages,
}

impl Preferences {
    /// The preferences of a user without saved ones.
    pub fn defaults_of(user_id: UserId) -> Self {
        let (language, zone) = (Language::default(), ZoneName::utc());
        Self { user_id, language, zone, quiet_hours: None, categories: BTreeMap::new() }
    }

    /// How amounts and times are written for the user.
    pub fn locale(&self) -> Locale<'_> {
        Locale { language: self.language, zone: &self.zone }
    }

    /// Returns the choice for a category, or its default.
    pub fn choice(&self, category: Category) -> Choice {
        match category {
            // An attacker who has taken an account over must not be able to silence the warnings to its owner.
            Category::Security => Choice::usual(category),
            _ => self.categories.get(&category).cloned().unwrap_or_else(|| Choice::usual(category)),
        }
    }

    /// Takes in what they want of a category. What is not theirs to choose may be repeated as it is.
    pub fn choose(&mut self, category: Category, choice: Choice) -> Result<(), InvalidChoice> {
        if !Self::can_change(category) {
            return if choice == self.choice(category) { Ok(()) } else { Err(InvalidChoice::Fixed) };
        }
        if choice.channels.iter().any(|channel| !has_channel(category, *channel)) {
            return Err(InvalidChoice::NoTextMessages);
        }
        self.categories.insert(category, choice);
        Ok(())
    }

    /// True if a category is theirs to choose.
    pub fn can_change(category: Category) -> bool {
        category != Category::Security
    }

    /// The same without a category's use of a channel.
    pub fn without(&self, category: Category, channel: Channel) -> Result<Self, InvalidChoice> {
        let mut preferences = self.clone();
        let mut choice = self.choice(category);
        choice.channels.remove(&channel);
        preferences.choose(category, choice)?;
        Ok(preferences)
    }

    /// True if a category may use a channel.
    pub fn allow(&self, category: Category, channel: Channel) -> bool {
        let is_wanted = || has_channel(category, channel) && self.choice(category).channels.contains(&channel);
        category == Category::Security || is_wanted()
    }
}

/// True if notifications of a category can be sent on a channel. Those that other users cause have no text messages, so that
/// no user can spend the operator's money by them.
fn has_channel(category: Category, channel: Channel) -> bool {
    channel != Channel::Sms || !matches!(category, Category::Messages | Category::Activity)
}

impl Choice {
    /// What people want who did not say.
    pub fn usual(category: Category) -> Self {
        let channels: &[Channel] = match category {
            Category::Security => &[Channel::InApp, Channel::Email, Channel::Push],
            Category::Account => &[Channel::InApp, Channel::Email],
            Category::Messages | Category::Activity => &[Channel::InApp, Channel::Push],
            Category::Reminders => &[Channel::InApp, Channel::Push, Channel::Email],
            // Offers need consent: the law of many countries.
            Category::Marketing => &[],
        };
        Self { channels: channels.iter().copied().collect(), digest: Digest::Immediate }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn choices() -> impl Strategy<Value = BTreeMap<Category, Choice>> {
        let channels = proptest::sample::subsequence(Channel::ALL.to_vec(), 0..=4);
        let digest = proptest::sample::select(vec![Digest::Immediate, Digest::Hourly, Digest::Daily]);
        let choice = (channels, digest)
            .prop_map(|(channels, digest)| Choice { channels: channels.into_iter().collect(), digest });
        let choices = proptest::collection::btree_map(proptest::sample::select(Category::ALL.to_vec()), choice, 0..6);
        choices.prop_map(|mut choices| {
            for (category, choice) in &mut choices {
                choice.channels.retain(|channel| has_channel(*category, *channel));
            }
            choices
        })
    }

    #[test]
    fn what_other_users_cause_is_never_a_text_message() {
        let everywhere = Choice { channels: Channel::ALL.into(), digest: Digest::Immediate };
        for category in [Category::Activity, Category::Messages] {
            let mut preferences = Preferences::defaults_of(UserId::generate());
            assert_eq!(preferences.choose(category, everywhere.clone()), Err(InvalidChoice::NoTextMessages));
            // Also where such a choice was stored before.
            preferences.categories.insert(category, everywhere.clone());
            assert!(!preferences.allow(category, Channel::Sms) && preferences.allow(category, Channel::Push));
        }
        let mut preferences = Preferences::defaults_of(UserId::generate());
        assert_eq!(preferences.choose(Category::Reminders, everywhere), Ok(()));
    }

    proptest! {
        #[test]
        fn no_choice_silences_security_and_every_other_choice_counts(categories in choices()) {
            let preferences = Preferences { categories, ..Preferences::defaults_of(UserId::generate()) };
            prop_assert_eq!(preferences.choice(Category::Security), Choice::usual(Category::Security));
            for channel in Channel::ALL {
                prop_assert!(preferences.allow(Category::Security, channel));
                for (category, choice) in &preferences.categories {
                    let wanted = choice.channels.contains(&channel) || *category == Category::Security;
                    prop_assert_eq!(preferences.allow(*category, channel), wanted);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn turning_a_category_off_on_a_channel_changes_that_and_nothing_else(
            categories in choices(),
            category in proptest::sample::select(Category::ALL.to_vec()),
            channel in proptest::sample::select(Channel::ALL.to_vec()),
        ) {
            let before = Preferences { categories, ..Preferences::defaults_of(UserId::generate()) };
            let after = before.without(category, channel);
            if category == Category::Security {
                prop_assert_eq!(after.is_ok(), !before.choice(category).channels.contains(&channel));
                return Ok(());
            }
            let after = after.unwrap();
            for other in Category::ALL {
                prop_assert_eq!(after.choice(other).digest, before.choice(other).digest);
                for at in Channel::ALL {
                    let off = (other, at) == (category, channel);
                    prop_assert_eq!(after.allow(other, at), before.allow(other, at) && !off);
                }
            }
        }

        #[test]
        fn what_is_chosen_counts_and_security_takes_its_own_choice_only(
            categories in choices(),
            category in proptest::sample::select(Category::ALL.to_vec()),
        ) {
            let mut preferences = Preferences::defaults_of(UserId::generate());
            for choice in categories.into_values().chain([Choice::usual(category)]) {
                let mut choice = choice;
                choice.channels.retain(|channel| has_channel(category, *channel));
                let fits = category != Category::Security || choice == Choice::usual(category);
                prop_assert_eq!(preferences.choose(category, choice.clone()).is_ok(), fits);
                prop_assert_eq!(preferences.choice(category) == choice, fits);
            }
        }
    }

    #[test]
    fn nobody_gets_offers_who_did_not_ask_for_them() {
        let preferences = Preferences::defaults_of(UserId::generate());
        assert!(Channel::ALL.iter().all(|channel| !preferences.allow(Category::Marketing, *channel)));
    }
}
