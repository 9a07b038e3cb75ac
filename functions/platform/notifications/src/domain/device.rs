//! Devices that push messages reach.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{SessionId, UserId, Uuid, derive_id};

/// The most devices of one person; with another one, the oldest goes.
pub const MAX_DEVICES: u32 = 20;

/// Whose push service a device listens to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// Apple Push Notification service.
    Apns,
    /// Firebase Cloud Messaging.
    Fcm,
}

/// A device that push messages reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Whose it is.
    pub user_id: UserId,
    /// Which device: the same token always gives the same id.
    pub device_id: Uuid,
    /// Whose push service it listens to.
    pub platform: Platform,
    /// Where SNS sends to.
    pub endpoint_arn: String,
    /// The session that it signed in with; it goes when that ends.
    pub session_id: SessionId,
    /// Since when it is known.
    pub created_at: Timestamp,
}

/// Whose a push token is: it belongs to one person at a time, the one who signed in last on the device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenOwner {
    /// Which device the token is of.
    pub device_id: Uuid,
    /// Whose it is.
    pub user_id: UserId,
}

/// The device of a push token. The token itself is not kept: SNS has it.
pub fn device_id(platform: Platform, token: &str) -> Uuid {
    let platform = match platform {
        Platform::Apns => "apns",
        Platform::Fcm => "fcm",
    };
    derive_id(&["push", platform, token])
}
