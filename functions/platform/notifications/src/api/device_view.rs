//! What clients see of devices.

use jiff::Timestamp;
use kit::auth::Caller;
use serde::Serialize;
use types::Uuid;
use utoipa::ToSchema;

use crate::domain::device::{Device, Platform};

/// A device that receives push messages. Its push token is not stored.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceView {
    id: Uuid,
    platform: Platform,
    /// Time of the first registration.
    #[serde(serialize_with = "types::time::millis")]
    created_at: Timestamp,
    /// Whether it belongs to the session of this request.
    current: bool,
}

impl DeviceView {
    pub(crate) fn new(device: &Device, caller: &Caller) -> Self {
        Self {
            id: device.device_id,
            platform: device.platform,
            created_at: device.created_at,
            current: device.session_id == caller.session_id,
        }
    }
}
