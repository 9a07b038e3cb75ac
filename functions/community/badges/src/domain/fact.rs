//! Activity log of a user: append-only, in order of arrival.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{CareEventId, CurrencyCode, DonationId, EventTypeId, UserId};

use super::tally::Day;

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
        /// Day of the event.
        day: Day,
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
    },
    /// The user, or a point that the user keeps, received a donation.
    DonationReceived {
        /// Donation ID.
        donation_id: DonationId,
        /// Amount in minor units.
        amount_minor: u64,
        /// Currency code.
        currency: CurrencyCode,
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
    pub day: Day,
}

impl Activity {
    /// Returns the deduplication key within the log of a user, or `None` for entries that are not caused by events.
    pub fn dedup_key(&self) -> Option<String> {
        match self {
            Self::EventReported { event_id, .. } | Self::EventWithdrawn { event_id } => {
                Some(format!("reported#{event_id}"))
            }
            Self::EventRemoved { event_id, .. } => Some(format!("removed#{event_id}")),
            Self::DonationGiven { donation_id, .. } => Some(format!("donated#{donation_id}")),
            Self::DonationReceived { donation_id, .. } => Some(format!("received#{donation_id}")),
            Self::Recounted => None,
        }
    }

    /// Returns the deduplication key of the activity that this one reverses, or that reverses it.
    pub fn counterpart(&self) -> Option<String> {
        match self {
            Self::EventReported { event_id, .. } | Self::EventWithdrawn { event_id } => {
                Some(format!("removed#{event_id}"))
            }
            Self::EventRemoved { event_id, .. } => Some(format!("reported#{event_id}")),
            Self::DonationGiven { .. } | Self::DonationReceived { .. } | Self::Recounted => None,
        }
    }

    /// Returns the activity to record, given the counterpart that has arrived.
    #[must_use]
    pub fn resolved_against(self, counterpart: Option<&Self>) -> Self {
        match (self, counterpart) {
            (Self::EventReported { event_id, .. }, Some(_)) => Self::EventWithdrawn { event_id },
            (Self::EventRemoved { event_id, .. }, Some(Self::EventReported { event_type_id, day, .. })) => {
                Self::EventRemoved { event_id, was: Some(Counted { event_type_id: *event_type_id, day: *day }) }
            }
            (activity, _) => activity,
        }
    }
}
