//! Activity log of a user: append-only, in order of arrival.

use calendar::EpochDay;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{CareEventId, CurrencyCode, DonationId, EventTypeId, TransferId, UserId};

use super::flow::{Flow, Movement, NetChange};

/// An entry of the activity log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// User ID.
    pub user_id: UserId,
    /// Position in the log, from 1, without gaps.
    pub number: u64,
    /// Revision of the catalogue at evaluation time, so that a replay of the log finds the same awards.
    pub catalogue: u64,
    /// Time of arrival.
    pub at: Timestamp,
    /// The activity.
    pub activity: Activity,
}

/// Activity of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Activity {
    /// The user reported a care event.
    EventReported {
        /// Care event ID.
        event_id: CareEventId,
        /// Event type ID.
        event_type_id: EventTypeId,
        /// Local day of the event.
        day: EpochDay,
        /// Whether the event earns no rewards. It counts for badges all the same.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        withheld: bool,
    },
    /// The user reported a care event whose removal arrived first. It does not count.
    EventWithdrawn {
        /// Care event ID.
        event_id: CareEventId,
    },
    /// A care event of the user was removed.
    EventRemoved {
        /// Care event ID.
        event_id: CareEventId,
        /// What the event counted for. Absent if its report has not arrived.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<Counted>,
    },
    /// The user donated.
    DonationGiven {
        /// Donation ID.
        donation_id: DonationId,
        /// Amount in minor units.
        amount_minor: u64,
        /// Currency code.
        currency: CurrencyCode,
        /// The other side: the user, or the keeper of the point.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        counterparty_id: Option<UserId>,
        /// How net totals changed. Absent in entries of before amounts counted net: then the amount counts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        net: Option<NetChange>,
    },
    /// The user, or a point that the user keeps, received a donation.
    DonationReceived {
        /// Donation ID.
        donation_id: DonationId,
        /// Amount in minor units.
        amount_minor: u64,
        /// Currency code.
        currency: CurrencyCode,
        /// The other side: the user, or the keeper of the point.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        counterparty_id: Option<UserId>,
        /// How net totals changed. Absent in entries of before amounts counted net: then the amount counts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        net: Option<NetChange>,
    },
    /// The user sent money that is no donation. It is subtracted from donations received.
    TransferSent {
        /// Transfer ID.
        transfer_id: TransferId,
        /// Amount in minor units.
        amount_minor: u64,
        /// Currency code.
        currency: CurrencyCode,
        /// The other side.
        counterparty_id: UserId,
        /// How net totals changed.
        net: NetChange,
    },
    /// The user received money that is no donation. It is subtracted from donations given.
    TransferReceived {
        /// Transfer ID.
        transfer_id: TransferId,
        /// Amount in minor units.
        amount_minor: u64,
        /// Currency code.
        currency: CurrencyCode,
        /// The other side.
        counterparty_id: UserId,
        /// How net totals changed.
        net: NetChange,
    },
    /// A recount awarded missing tiers. It does not count itself.
    Recounted,
}

/// What a care event counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Event type ID.
    pub event_type_id: EventTypeId,
    /// Day of the event.
    pub day: EpochDay,
    /// Whether the event earned no rewards.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withheld: bool,
}

impl Activity {
    /// Returns the activity on another day, if it has one.
    #[must_use]
    pub fn on(self, day: EpochDay) -> Self {
        match self {
            Self::EventReported { event_id, event_type_id, withheld, .. } => {
                Self::EventReported { event_id, event_type_id, day, withheld }
            }
            other => other,
        }
    }

    /// Returns the deduplication key within the log of a user, or `None` for entries that are not caused by events.
    pub fn dedup_key(&self) -> Option<String> {
        match self {
            Self::EventReported { event_id, .. } | Self::EventWithdrawn { event_id } => {
                Some(format!("reported#{event_id}"))
            }
            Self::EventRemoved { event_id, .. } => Some(format!("removed#{event_id}")),
            Self::DonationGiven { donation_id, .. } => Some(format!("donated#{donation_id}")),
            Self::DonationReceived { donation_id, .. } => Some(format!("received#{donation_id}")),
            Self::TransferSent { transfer_id, .. } => Some(format!("sent#{transfer_id}")),
            Self::TransferReceived { transfer_id, .. } => Some(format!("got#{transfer_id}")),
            Self::Recounted => None,
        }
    }

    /// Returns the currency, and the movement with its amount, if money moved.
    pub const fn money(&self) -> Option<(&CurrencyCode, Movement, u64)> {
        match self {
            Self::DonationGiven { currency, amount_minor, .. } => {
                Some((currency, Movement::DonationGiven, *amount_minor))
            }
            Self::DonationReceived { currency, amount_minor, .. } => {
                Some((currency, Movement::DonationReceived, *amount_minor))
            }
            Self::TransferSent { currency, amount_minor, .. } => {
                Some((currency, Movement::TransferSent, *amount_minor))
            }
            Self::TransferReceived { currency, amount_minor, .. } => {
                Some((currency, Movement::TransferReceived, *amount_minor))
            }
            Self::EventReported { .. } | Self::EventWithdrawn { .. } | Self::EventRemoved { .. } | Self::Recounted => {
                None
            }
        }
    }

    /// Returns the activity with the change of net totals, and the flow after it. `known` is the flow before it.
    #[must_use]
    pub fn netted(mut self, user_id: UserId, known: Option<&Flow>) -> (Self, Option<Flow>) {
        let Some((currency, movement, amount)) = self.money() else { return (self, None) };
        let before = known.cloned().unwrap_or_else(|| Flow::new(user_id, currency.clone()));
        let (after, change) = before.after(movement, amount);
        match &mut self {
            Self::DonationGiven { net, .. } | Self::DonationReceived { net, .. } => *net = Some(change),
            Self::TransferSent { net, .. } | Self::TransferReceived { net, .. } => *net = change,
            Self::EventReported { .. } | Self::EventWithdrawn { .. } | Self::EventRemoved { .. } | Self::Recounted => {}
        }
        (self, Some(after))
    }

    /// Returns the deduplication key of the activity that this one reverses, or that reverses it.
    pub fn counterpart(&self) -> Option<String> {
        match self {
            Self::EventReported { event_id, .. } | Self::EventWithdrawn { event_id } => {
                Some(format!("removed#{event_id}"))
            }
            Self::EventRemoved { event_id, .. } => Some(format!("reported#{event_id}")),
            Self::DonationGiven { .. }
            | Self::DonationReceived { .. }
            | Self::TransferSent { .. }
            | Self::TransferReceived { .. }
            | Self::Recounted => None,
        }
    }

    /// Returns the activity to record, given the counterpart that has arrived.
    #[must_use]
    pub fn resolved_against(self, counterpart: Option<&Self>) -> Self {
        match (self, counterpart) {
            (Self::EventReported { event_id, .. }, Some(_)) => Self::EventWithdrawn { event_id },
            (Self::EventRemoved { event_id, .. }, Some(Self::EventReported { event_type_id, day, withheld, .. })) => {
                let was = Counted { event_type_id: *event_type_id, day: *day, withheld: *withheld };
                Self::EventRemoved { event_id, was: Some(was) }
            }
            (activity, _) => activity,
        }
    }
}
