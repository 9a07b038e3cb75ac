//! What clients see of devices.

use jiff::Timestamp;
use kit::auth::Caller;
use serde::Serialize;
use types::Uuid;
use utoipa::ToSchema;

use crate::domain::device::{Device, Platform};

/// A device that push messages reach. Its push token is not shown: it is not kept here.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceView {
    id: Uuid,
    platform: Platform,
    /// Since when it is known.
    created_at: Timestamp,
    /// Whether it is the one that asks.
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
