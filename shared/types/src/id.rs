//! Identifiers. New entities get a `UUIDv7` (RFC 9562, section 5.7), which sorts by time of creation.

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Declares an identifier type, so that IDs of different entities cannot be confused.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize, utoipa::ToSchema,
        )]
        #[serde(transparent)]
        #[schema(value_type = String, format = Uuid)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps an existing ID.
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// Generates an ID, which sorts by time of creation.
            pub fn generate() -> Self {
                Self($crate::random::new_uuid())
            }

            /// Returns the plain UUID.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }
    };
}

id! {
    /// Alarm rule ID.
    AlarmRuleId
}
id! {
    /// API key ID.
    ApiKeyId
}
id! {
    /// Aquarium ID.
    AquariumId
}
id! {
    /// Badge ID.
    BadgeId
}
id! {
    /// Care event ID.
    CareEventId
}
id! {
    /// Cart ID.
    CartId
}
id! {
    /// Credit note ID.
    CreditNoteId
}
id! {
    /// Deposit ID.
    DepositId
}
id! {
    /// Device ID.
    DeviceId
}
id! {
    /// Donation ID.
    DonationId
}
id! {
    /// Dose plan ID.
    DosePlanId
}
id! {
    /// Alarm episode ID.
    EpisodeId
}
id! {
    /// Equipment ID.
    EquipmentId
}
id! {
    /// Event ID (of a published event).
    EventId
}
id! {
    /// Event type ID.
    EventTypeId
}
id! {
    /// Care guide ID.
    GuideId
}
id! {
    /// Identification ID: one picture that was or will be looked at.
    IdentificationId
}
id! {
    /// Invitation ID.
    InvitationId
}
id! {
    /// Invoice ID.
    InvoiceId
}
id! {
    /// Livestock ID.
    LivestockId
}
id! {
    /// Location ID.
    LocationId
}
id! {
    /// Media ID.
    MediaId
}
id! {
    /// Stock movement ID.
    MovementId
}
id! {
    /// Order ID.
    OrderId
}
id! {
    /// Payment ID.
    PaymentId
}
id! {
    /// Payment method ID.
    PaymentMethodId
}
id! {
    /// Point ID.
    PointId
}
id! {
    /// Price ID: one version of the price of a plan.
    PriceId
}
id! {
    /// Product ID.
    ProductId
}
id! {
    /// Promotion ID.
    PromotionId
}
id! {
    /// Reading ID: a value that was measured by hand.
    ReadingId
}
id! {
    /// Refund ID.
    RefundId
}
id! {
    /// Schedule ID.
    ScheduleId
}
id! {
    /// Sensor ID.
    SensorId
}
id! {
    /// Service ID (of equipment).
    ServiceId
}
id! {
    /// Session ID.
    SessionId
}
id! {
    /// Subscription ID.
    SubscriptionId
}
id! {
    /// Suggestion ID: what a user proposes to change about a species.
    SuggestionId
}
id! {
    /// Task ID.
    TaskId
}
id! {
    /// Timeline entry ID.
    TimelineEntryId
}
id! {
    /// Transfer ID.
    TransferId
}
id! {
    /// User ID.
    UserId
}
id! {
    /// Variant ID.
    VariantId
}

/// An id that is the same for the same parts: the record of a create is then its own idempotency record.
///
/// It is a `UUIDv8` (RFC 9562, section 5.8) of the parts' SHA-256, since a `UUIDv7` would need the time of the first try.
pub fn derive_id(parts: &[&str]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    Uuid::new_v8(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_ids_depend_on_each_part_and_on_where_it_ends() {
        assert_eq!(derive_id(&["a", "b"]), derive_id(&["a", "b"]));
        assert_ne!(derive_id(&["ab", "c"]), derive_id(&["a", "bc"]));
        assert_eq!(derive_id(&["a"]).get_version_num(), 8);
    }

    #[test]
    fn generated_ids_sort_by_time() {
        let ids: Vec<_> = (0..100).map(|_| UserId::generate()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
