//! What somebody did, as their log keeps it: append-only, in the order in which it was heard.

use calendar::EpochDay;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{CareEventId, CurrencyCode, DonationId, EventTypeId, UserId};

/// An entry of somebody's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Whose log it is.
    pub user_id: UserId,
    /// Its place in the log, from 1, without gaps.
    pub number: u64,
    /// The revision of the catalogue that it was evaluated with. With it, a fold over the log finds what was earned then.
    pub catalogue: u64,
    /// When it was heard.
    pub at: Timestamp,
    /// What it says.
    pub deed: Deed,
}

/// What a fact says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Deed {
    /// They reported an event.
    Reported {
        /// The event.
        event_id: CareEventId,
        /// Its kind.
        event_type_id: EventTypeId,
        /// When it happened.
        day: EpochDay,
    },
    /// They reported an event whose removal was heard before: it counts for nothing.
    Withdrawn {
        /// The event.
        event_id: CareEventId,
    },
    /// An event of theirs was removed.
    Removed {
        /// The event.
        event_id: CareEventId,
        /// What it had counted for; none while its report was not heard.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<Counted>,
    },
    /// They donated.
    Donated {
        /// The donation.
        donation_id: DonationId,
        /// How much, in minor units.
        amount_minor: u64,
        /// Of which currency.
        currency: CurrencyCode,
    },
    /// They, or a point that they keep, got a donation.
    Received {
        /// The donation.
        donation_id: DonationId,
        /// How much, in minor units.
        amount_minor: u64,
        /// Of which currency.
        currency: CurrencyCode,
    },
    /// A recount found something to give. It counts for nothing itself.
    Recounted,
}

/// What an event counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Its kind.
    pub event_type_id: EventTypeId,
    /// When it happened.
    pub day: EpochDay,
}

impl Deed {
    /// What tells it from all others of the same person, however often it is told; none for what nobody tells.
    pub fn name(&self) -> Option<String> {
        match self {
            Self::Reported { event_id, .. } | Self::Withdrawn { event_id } => Some(format!("reported#{event_id}")),
            Self::Removed { event_id, .. } => Some(format!("removed#{event_id}")),
            Self::Donated { donation_id, .. } => Some(format!("donated#{donation_id}")),
            Self::Received { donation_id, .. } => Some(format!("received#{donation_id}")),
            Self::Recounted => None,
        }
    }

    /// The name of the deed that it undoes, or that undoes it.
    pub fn counterpart(&self) -> Option<String> {
        match self {
            Self::Reported { event_id, .. } | Self::Withdrawn { event_id } => Some(format!("removed#{event_id}")),
            Self::Removed { event_id, .. } => Some(format!("reported#{event_id}")),
            Self::Donated { .. } | Self::Received { .. } | Self::Recounted => None,
        }
    }

    /// What it comes to, given what was heard of its counterpart.
    #[must_use]
    pub fn in_view_of(self, counterpart: Option<&Self>) -> Self {
        match (self, counterpart) {
            (Self::Reported { event_id, .. }, Some(_)) => Self::Withdrawn { event_id },
            (Self::Removed { event_id, .. }, Some(Self::Reported { event_type_id, day, .. })) => {
                Self::Removed { event_id, was: Some(Counted { event_type_id: *event_type_id, day: *day }) }
            }
            (deed, _) => deed,
        }
    }
}
