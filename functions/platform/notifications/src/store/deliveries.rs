//! Deliveries as admins see them.

use dynamo::{StoreError, Versioned};
use types::{UserId, Uuid};

use super::{MAX_DELIVERIES, Store, delivery_prefix};
use crate::domain::delivery::Delivery;

impl Store {
    /// A person's deliveries of a notification, one per channel.
    pub async fn deliveries(
        &self,
        user_id: UserId,
        notification_id: Uuid,
    ) -> Result<Vec<Versioned<Delivery>>, StoreError> {
        Ok(self.table.list(delivery_prefix(user_id, notification_id), false, MAX_DELIVERIES, None).await?.items)
    }
}
