//! What becomes of a notification for one person: on which channels, and when.

use std::collections::BTreeSet;

use calendar::{next_full_hour, next_time_of_day};
use contracts::notifications::{Category, Channel};
use jiff::Timestamp;
use jiff::civil::Time;
use types::{EmailAddress, SessionId, Uuid};

use super::content::Content;
use super::delivery::Suppression;
use super::language::Language;
use super::preferences::{Choice, Digest, Preferences};

/// The hour of the day at which the daily mail goes out, by the person's clock.
const DAILY_HOUR: i8 = 8;

/// A notification for one person, before their preferences are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Names it.
    pub id: Uuid,
    /// What it is about.
    pub category: Category,
    /// What it says.
    pub content: Content,
    /// The channels that may be used; none for those of the user's preferences.
    pub channels: Option<BTreeSet<Channel>>,
    /// The device that a push message is for, by its session; none for all of them.
    pub session: Option<SessionId>,
    /// The address that an e-mail goes to instead of the person's own; it receives nothing that another person wrote.
    pub to: Option<EmailAddress>,
    /// The language of a recipient without an account; none for users.
    pub guest: Option<Language>,
    /// When its cause became true.
    pub caused_at: Timestamp,
}

/// What becomes of it on one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It goes out.
    Now,
    /// It waits for the quiet to end.
    At(Timestamp),
    /// It goes out with others.
    Collected(Timestamp),
    /// It does not go out.
    Suppressed(Suppression),
}

impl Notification {
    /// The channels to decide on: those that were asked for, or those that the person wants.
    pub fn channels(&self, preferences: &Preferences) -> BTreeSet<Channel> {
        match &self.channels {
            Some(asked) => asked.clone(),
            None if self.category == Category::Security => Choice::usual(self.category).channels,
            None => preferences.choice(self.category).channels,
        }
    }
}

/// What becomes of a notification on a channel.
pub fn fate(category: Category, channel: Channel, preferences: &Preferences, now: Timestamp) -> Fate {
    if !preferences.allow(category, channel) {
        return Fate::Suppressed(Suppression::TurnedOff);
    }
    if category == Category::Security || channel == Channel::InApp {
        return Fate::Now;
    }
    if channel == Channel::Email
        && let Some(slot) = next_slot(preferences.choice(category).digest, preferences, now)
    {
        return Fate::Collected(slot);
    }
    quiet_until(preferences, now).map_or(Fate::Now, Fate::At)
}

/// What becomes of a delivery that is about to be sent: preferences may have changed since it was planned.
pub fn fate_at_sending(category: Category, channel: Channel, preferences: &Preferences, now: Timestamp) -> Fate {
    match fate(category, channel, preferences, now) {
        // It is out of the collection, or is the collection itself; only the quiet holds it back.
        Fate::Collected(_) => quiet_until(preferences, now).map_or(Fate::Now, Fate::At),
        other => other,
    }
}

fn quiet_until(preferences: &Preferences, now: Timestamp) -> Option<Timestamp> {
    preferences.quiet_hours.and_then(|hours| hours.end(now, &preferences.zone))
}

/// When the next collecting mail goes out.
fn next_slot(digest: Digest, preferences: &Preferences, now: Timestamp) -> Option<Timestamp> {
    let zone = preferences.zone.zone();
    match digest {
        Digest::Immediate => None,
        Digest::Hourly => Some(next_full_hour(now, zone)),
        Digest::Daily => Some(next_time_of_day(now, zone, Time::constant(DAILY_HOUR, 0, 0, 0))),
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
