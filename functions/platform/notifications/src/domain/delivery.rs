//! Deliveries: one message to one person on one channel, sent once however often its event is delivered.

use contracts::notifications::{Category, Channel};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{EmailAddress, SessionId, UserId, Uuid};

use super::content::Content;
use super::language::Language;

/// How long a sender may take. One that has not reported by then is taken for dead, and another may send.
pub const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// How long a delivery is remembered. No event comes again later: the bus's archive keeps them for 30 days, and a queue of
/// dead letters for 14.
pub const MEMORY: SignedDuration = SignedDuration::from_hours(24 * 90);

/// How often a provider is tried. With the pauses between, that is about three quarters of an hour.
pub const MAX_ATTEMPTS: u32 = 12;

/// The first pause, at the most; it doubles up to [`MAX_PAUSE`].
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(2);
/// The longest pause: as long as a queue can hold a message back.
pub const MAX_PAUSE: SignedDuration = SignedDuration::from_secs(15 * 60);

/// How long a delivery waits for a provider that does not accept anything at the moment. A link in an e-mail works no longer.
pub const MAX_DEFERRAL: SignedDuration = SignedDuration::from_hours(24);

/// A delivery may be sent this much before it is due: clocks differ.
const EARLY: SignedDuration = SignedDuration::from_secs(2);

/// What names a delivery among its person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryId {
    /// The notification.
    pub notification_id: Uuid,
    /// The channel.
    pub channel: Channel,
}

impl std::fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}#{}", self.notification_id, self.channel.as_str())
    }
}

/// The text names no delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no name of a delivery")]
pub struct NoDelivery;

impl std::str::FromStr for DeliveryId {
    type Err = NoDelivery;

    fn from_str(text: &str) -> Result<Self, NoDelivery> {
        let (id, channel) = text.split_once('#').ok_or(NoDelivery)?;
        let channel = Channel::ALL.into_iter().find(|known| known.as_str() == channel).ok_or(NoDelivery)?;
        Ok(Self { notification_id: id.parse().map_err(|_| NoDelivery)?, channel })
    }
}

/// One message to one person on one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Who gets it.
    pub user_id: UserId,
    /// Which notification it is of.
    pub notification_id: Uuid,
    /// On which channel.
    pub channel: Channel,
    /// What it is about.
    pub category: Category,
    /// What it says.
    pub content: Content,
    /// The device that it is for, by its session; none for all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// The address that the e-mail goes to instead of the person's own, until it was sent or given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<EmailAddress>,
    /// The language of a recipient without an account, who has no preferences; none for users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guest: Option<Language>,
    /// The devices that have it already: another try leaves them alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reached: Vec<Uuid>,
    /// True if the notification was put into the inbox too, where it may be read or deleted before this is sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_inbox: bool,
    /// True once it was counted towards the limits of its address.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_counted: bool,
    /// Since when the provider has not accepted anything, if the last attempt met that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferred_since: Option<Timestamp>,
    /// How far it is.
    pub status: Status,
    /// How often a provider was tried.
    pub attempts: u32,
    /// When its cause became true.
    pub caused_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
}

/// How far a delivery is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Status {
    /// It waits.
    Pending {
        /// Until then.
        due_at: Timestamp,
        /// Why the last try failed, if there was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last_error: Option<String>,
    },
    /// A sender works on it.
    Sending {
        /// Since then.
        since: Timestamp,
    },
    /// The provider has it.
    Sent {
        /// Since then.
        at: Timestamp,
    },
    /// It will not be sent, since it cannot be.
    Failed {
        /// Since when that is so.
        at: Timestamp,
        /// What the provider said.
        reason: String,
    },
    /// It will not be sent, since it shall not be.
    Suppressed {
        /// Since when that is so.
        at: Timestamp,
        /// Why.
        reason: Suppression,
    },
    /// It is part of another delivery, which collects several.
    Collected {
        /// Since when.
        at: Timestamp,
        /// The notification id of that delivery.
        digest: Uuid,
    },
}

/// Why a delivery shall not be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Suppression {
    /// The person turned the category off on this channel.
    TurnedOff,
    /// There is no address, number or device.
    NoAddress,
    /// The address is not proven to be the person's.
    AddressUnproven,
    /// E-mail to the address bounced, or its owner complained.
    AddressUndeliverable,
    /// The address or number received too many messages today, or a limit of the deployment is reached.
    LimitExceeded,
    /// It asks for what has been done.
    Pointless,
    /// No text messages are sent to the country of the number.
    CountryNotAllowed,
    /// The notification was read in the app before.
    Read,
    /// The notification was deleted in the app before.
    Deleted,
}

impl Suppression {
    /// Its name, as in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TurnedOff => "turned_off",
            Self::NoAddress => "no_address",
            Self::AddressUnproven => "address_unproven",
            Self::AddressUndeliverable => "address_undeliverable",
            Self::LimitExceeded => "limit_exceeded",
            Self::Pointless => "pointless",
            Self::CountryNotAllowed => "country_not_allowed",
            Self::Read => "read",
            Self::Deleted => "deleted",
        }
    }
}

/// What may be done with a delivery now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Send it.
    Send,
    /// Nothing: it is done with.
    Nothing,
    /// Nothing yet: it is due later, and swept then.
    NotYet,
    /// Nothing yet: another sender works on it; look again.
    Busy,
}

impl Delivery {
    /// Its name among its person's.
    pub fn id(&self) -> DeliveryId {
        DeliveryId { notification_id: self.notification_id, channel: self.channel }
    }

    /// The same delivery in another status.
    #[must_use]
    pub fn with(&self, status: Status) -> Self {
        // The address is the person's own only where they proved it, so it is kept no longer than it is needed.
        let is_open = matches!(status, Status::Pending { .. } | Status::Sending { .. });
        Self { status, to: self.to.clone().filter(|_| is_open), ..self.clone() }
    }

    /// From when on it may be forgotten.
    pub fn forgotten_at(&self) -> Timestamp {
        self.due_at().unwrap_or(self.created_at).max(self.created_at) + MEMORY
    }

    /// When it must be looked at again, if ever.
    pub fn due_at(&self) -> Option<Timestamp> {
        match self.status {
            Status::Pending { due_at, .. } => Some(due_at),
            Status::Sending { since } => Some(since + LEASE),
            _ => None,
        }
    }

    /// What may be done with it now.
    pub fn next(&self, now: Timestamp) -> Next {
        match self.status {
            Status::Pending { due_at, .. } if due_at <= now + EARLY => Next::Send,
            Status::Pending { .. } => Next::NotYet,
            Status::Sending { since } if now.duration_since(since) < LEASE => Next::Busy,
            Status::Sending { .. } => Next::Send,
            _ => Next::Nothing,
        }
    }

    /// The delivery while a sender works on it.
    #[must_use]
    pub fn begun(&self, now: Timestamp) -> Self {
        Self { attempts: self.attempts + 1, ..self.with(Status::Sending { since: now }) }
    }

    /// The delivery after a try that another may follow: it waits, or has failed if there were enough.
    #[must_use]
    pub fn missed(&self, error: String, now: Timestamp, random: u64) -> Self {
        if self.attempts >= MAX_ATTEMPTS {
            return self.with(Status::Failed { at: now, reason: error });
        }
        let due_at = now + pause(self.attempts, random);
        let waiting = self.with(Status::Pending { due_at, last_error: Some(error) });
        Self { deferred_since: None, ..waiting }
    }

    /// The delivery after the provider said that it accepts nothing at the moment. That is no attempt; the longer it lasts, the
    /// longer the pause, and after [`MAX_DEFERRAL`] the delivery has failed.
    #[must_use]
    pub fn deferred(&self, error: String, now: Timestamp, random: u64) -> Self {
        let since = self.deferred_since.unwrap_or(now);
        let waited = now.duration_since(since);
        if waited >= MAX_DEFERRAL {
            return self.with(Status::Failed { at: now, reason: error });
        }
        let ceiling = (waited / 2).clamp(FIRST_PAUSE, MAX_PAUSE);
        let due_at = now + jittered(ceiling.as_millis(), random);
        let waiting = self.with(Status::Pending { due_at, last_error: Some(error) });
        Self { deferred_since: Some(since), attempts: self.attempts.saturating_sub(1), ..waiting }
    }
}

/// How long to wait after the try number `attempt` (from 1): exponential with full jitter, so that those who failed
/// together do not come again together.
pub fn pause(attempt: u32, random: u64) -> SignedDuration {
    let ceiling = FIRST_PAUSE.as_millis() << attempt.saturating_sub(1).min(20);
    jittered(ceiling.min(MAX_PAUSE.as_millis()), random)
}

fn jittered(ceiling: i128, random: u64) -> SignedDuration {
    // At least a quarter: an outage does not end in no time.
    let least = ceiling / 4;
    let millis = least + i128::from(random) % (ceiling - least).max(1);
    SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn delivery(now: Timestamp) -> Delivery {
        Delivery {
            user_id: UserId::generate(),
            notification_id: Uuid::from_u128(7),
            channel: Channel::Sms,
            category: Category::Security,
            content: Content::plain("title", "body"),
            session: None,
            to: None,
            guest: None,
            reached: Vec::new(),
            in_inbox: false,
            is_counted: false,
            deferred_since: None,
            status: Status::Pending { due_at: now, last_error: None },
            attempts: 0,
            caused_at: now,
            created_at: now,
        }
    }

    proptest! {
        #[test]
        fn waiting_for_a_provider_is_no_attempt_and_ends_after_a_day(randoms in proptest::collection::vec(any::<u64>(), 1_000)) {
            let start = Timestamp::from_second(1_800_000_000).unwrap();
            let (mut now, mut delivery, mut rounds) = (start, delivery(start), 0);
            for random in randoms {
                if !matches!(delivery.status, Status::Pending { .. }) {
                    break;
                }
                delivery = delivery.begun(now).deferred("throttled".to_owned(), now, random);
                prop_assert!(delivery.attempts <= 1);
                now = delivery.due_at().unwrap_or(now);
                rounds += 1;
            }
            prop_assert!(matches!(delivery.status, Status::Failed { .. }), "{:?}", delivery.status);
            let waited = now.duration_since(start);
            prop_assert!(waited >= MAX_DEFERRAL && waited < MAX_DEFERRAL + MAX_PAUSE, "{waited:?}");
            prop_assert!(rounds < 500, "{rounds} requests while the provider accepts nothing");
        }

        #[test]
        fn pauses_are_bounded_and_tries_end(randoms in proptest::collection::vec(any::<u64>(), 12)) {
            let mut now = Timestamp::from_second(1_800_000_000).unwrap();
            let mut delivery = delivery(now);
            for (index, random) in randoms.iter().enumerate() {
                prop_assert_eq!(delivery.next(now), Next::Send);
                delivery = delivery.begun(now).missed("throttled".to_owned(), now, *random);
                if let Some(due_at) = delivery.due_at() {
                    let pause = due_at.duration_since(now);
                    prop_assert!(pause > SignedDuration::ZERO && pause <= MAX_PAUSE, "{index}: {pause:?}");
                    now = due_at;
                }
            }
            prop_assert_eq!(delivery.next(now), Next::Nothing);
            prop_assert!(matches!(delivery.status, Status::Failed { .. }), "{:?}", delivery.status);
        }
    }

    #[test]
    fn a_delivery_is_taken_over_only_from_a_sender_that_is_dead() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let begun = delivery(now).begun(now);
        assert_eq!((begun.next(now), begun.next(now + LEASE)), (Next::Busy, Next::Send));
        assert_eq!(begun.with(Status::Sent { at: now }).next(now + LEASE), Next::Nothing);
    }

    #[test]
    fn a_stated_address_is_kept_no_longer_than_it_is_needed() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let to = Some(EmailAddress::parse("ann@example.com").unwrap());
        let waiting = Delivery { to: to.clone(), ..delivery(now) };
        let sending = waiting.begun(now);
        assert_eq!((&sending.to, &sending.missed("throttled".to_owned(), now, 7).to), (&to, &to));
        for done in [Status::Sent { at: now }, Status::Failed { at: now, reason: "refused".to_owned() }] {
            assert_eq!(sending.with(done).to, None);
        }
    }

    #[test]
    fn names_come_back() {
        let id = delivery(Timestamp::UNIX_EPOCH).id();
        assert_eq!(id.to_string(), "00000000-0000-0000-0000-000000000007#sms");
        assert_eq!(id.to_string().parse(), Ok(id));
        for bad in ["", "x#sms", "00000000-0000-0000-0000-000000000007", "00000000-0000-0000-0000-000000000007#fax"] {
            assert_eq!(bad.parse::<DeliveryId>(), Err(NoDelivery), "{bad}");
        }
    }
}
