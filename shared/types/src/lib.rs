//! Value types shared by all contexts: IDs, e-mail addresses, phone numbers, money, positions, text with bounds.
//!
//! A value of one of these types is valid by construction; parsing is the only way in.

mod buyer;
mod email;
mod geo;
mod id;
mod money;
mod phone;
pub mod random;
mod role;
mod scope;
mod tax;
pub mod time;

pub use ::text::{PersonName, TextError, line, paragraphs, parsed_from_string, redacted};
pub use buyer::{BuyerId, GuestKeyHash, NotAGuestKeyHash};
pub use email::{EmailAddress, EmailError};
pub use geo::{GeoPoint, NotOnEarth};
pub use id::{
    AlarmRuleId, ApiKeyId, AquariumId, BadgeId, CareEventId, CartId, CreditNoteId, DepositId, DeviceId, DonationId,
    DosePlanId, EpisodeId, EquipmentId, EventId, EventTypeId, GuideId, IdentificationId, InvitationId, InvoiceId,
    LivestockId, LocationId, MediaId, MovementId, OrderId, PaymentId, PaymentMethodId, PointId, PriceId, ProductId,
    PromotionId, ReadingId, RefundId, ScheduleId, SensorId, ServiceId, SessionId, SubscriptionId, SuggestionId, TaskId,
    TimelineEntryId, TransferId, UserId, VariantId, derive_id,
};
pub use money::{CurrencyCode, Money, NotACurrencyCode, PositiveMoney};
pub use phone::{PhoneError, PhoneNumber};
pub use random::new_uuid;
pub use role::Role;
pub use scope::{Scope, UnknownScope};
pub use tax::TaxClass;
pub use uuid::Uuid;

/// Bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}
