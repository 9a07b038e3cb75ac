//! How this context's refusals read: every code it answers with is in this file.

use kit::http::Problem;

/// What this context refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such notification, or the caller may not know of it.
    NoSuchNotification,
    /// There is no such preferences, or the caller may not know of it.
    NoSuchPreferences,
    /// There is no such device, or the caller may not know of it.
    NoSuchDevice,
    /// There is no such deliveries, or the caller may not know of it.
    NoSuchDeliveries,
    /// There is no such phone, or the caller may not know of it.
    NoSuchPhone,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchNotification => Self::not_found("notifications.no_such_notification"),
            Refusal::NoSuchPreferences => Self::not_found("notifications.no_such_preferences"),
            Refusal::NoSuchDevice => Self::not_found("notifications.no_such_device"),
            Refusal::NoSuchDeliveries => Self::not_found("notifications.no_such_deliveries"),
            Refusal::NoSuchPhone => Self::not_found("notifications.no_such_phone"),
        }
    }
}
