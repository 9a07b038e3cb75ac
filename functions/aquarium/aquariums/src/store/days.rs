//! Summaries of the days of devices, in the partition of the owner.

use dynamo::{Entity, Key, Outbox, Read, StoreError, Versioned};
use futures::future::try_join;
use types::{AquariumId, DeviceId, UserId};

use super::series::{RollupBucket, rollups_of_day};
use super::{Aquariums, Store, is_written};
use crate::domain::access::Access;
use crate::domain::day::{Day, DaySummary};
use crate::domain::device::DeviceHead;

/// Buckets of a day: one per hour.
const BUCKETS_PER_DAY: u32 = 24;

impl Entity for DaySummary {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        day_key((self.owner_id, self.aquarium_id, self.device_id), &self.date)
    }
}

fn day_key((owner, aquarium, device): (UserId, AquariumId, DeviceId), date: &str) -> Key<Aquariums> {
    Key::new("user", owner, format!("day#{aquarium}#{device}#{date}"))
}

impl Store {
    /// Summarizes a day of a device from the buckets of its hours, and stores that while the access is as it was read. False if it is
    /// not, or another batch was faster.
    pub async fn summarize_day(
        &self,
        access: &Versioned<Access>,
        head: &DeviceHead,
        day: Day,
    ) -> Result<bool, StoreError> {
        let key = || day_key((head.owner_id, head.aquarium_id, head.id), &day.date());
        let prefix = rollups_of_day(head.id, day);
        let buckets = self.table.list_strong::<RollupBucket>(prefix, false, BUCKETS_PER_DAY, None);
        let known = self.table.get_many(vec![key()], Read::Strong);
        let (buckets, mut known) = match try_join(buckets, known).await {
            Ok(found) => found,
            Err(error @ StoreError::Corrupt { .. }) => {
                // A bucket that cannot be read must not end the recording of the device.
                tracing::error!(device = %head.id, %error, "a day is not summarized");
                return Ok(true);
            }
            Err(error) => return Err(error),
        };
        let hours = buckets.items.into_iter().map(|read| (read.value.hour, read.value.rollups)).collect();
        let Some(next) = DaySummary::of(head, day, &hours) else { return Ok(true) };
        let known = known.take::<DaySummary>(key())?;
        if known.as_ref().is_some_and(|read| read.value == next) {
            return Ok(true);
        }
        let transaction = self.table.transaction().unchanged(access);
        let transaction = match &known {
            Some(read) => transaction.replace(read, &next, &Outbox::none()),
            None => transaction.create(&next, &Outbox::none()),
        };
        is_written(transaction.commit().await)
    }
}
