//! Summaries of the days of devices, in the partition of the owner.

use std::collections::{BTreeMap, BTreeSet};

use dynamo::{Entity, Key, Outbox, Read, StoreError, Versioned, is_written};
use futures::future::try_join_all;
use types::{AquariumId, DeviceId, SensorId, UserId};

use super::series::{RollupBucket, rollups_of_day};
use super::{Aquariums, Store};
use crate::domain::access::Access;
use crate::domain::day::{Day, DaySummary};
use crate::domain::device::DeviceHead;
use crate::domain::hour::Hour;
use crate::domain::rollup::HourRollups;

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
    /// Summarizes days of a device, at most 96, from the buckets of their hours and the open hour, and stores that, all or nothing,
    /// while the access is as it was read. What summaries say of deleted sensors stays. False if the access is not as it was read, or
    /// another request was faster.
    pub async fn summarize_days(
        &self,
        access: &Versioned<Access>,
        head: &DeviceHead,
        days: &BTreeSet<Day>,
    ) -> Result<bool, StoreError> {
        let key = |day: &Day| day_key((head.owner_id, head.aquarium_id, head.id), &day.date());
        // Before the buckets: a summary that another request makes of newer buckets meanwhile then has another version.
        let mut known = self.table.get_many(days.iter().map(key).collect(), Read::Strong).await?;
        let buckets = try_join_all(days.iter().map(|day| self.rollups_on(head, *day))).await?;
        let (mut transaction, mut is_changed) = (self.table.transaction().unchanged(access), false);
        for (day, hours) in days.iter().zip(buckets) {
            let Some(next) = hours.and_then(|hours| DaySummary::of(head, *day, &hours)) else { continue };
            let Some(read) = readable(head.id, known.take::<DaySummary>(key(day)))? else { continue };
            let next = match &read {
                Some(read) => next.with_deleted_of(&read.value, head),
                None => next,
            };
            if read.as_ref().is_some_and(|read| read.value == next) {
                continue;
            }
            transaction = match &read {
                Some(read) => transaction.replace(read, &next, &Outbox::none()),
                None => transaction.create(&next, &Outbox::none()),
            };
            is_changed = true;
        }
        if is_changed { is_written(transaction.commit().await) } else { Ok(true) }
    }

    /// Summarizes the days that have no complete summary yet, before sensors of the device are deleted: later summaries cannot say
    /// what these measured. Does nothing if none of them has a value. False as with [`Self::summarize_days`].
    pub async fn summarize_before_deletion(
        &self,
        access: &Versioned<Access>,
        head: &DeviceHead,
        is_deleted: impl Fn(SensorId) -> bool,
    ) -> Result<bool, StoreError> {
        let has_values = head.sensors.iter().any(|probe| is_deleted(probe.id) && probe.latest.is_some());
        if !has_values {
            return Ok(true);
        }
        Box::pin(self.summarize_days(access, head, &head.unsummarized_days())).await
    }

    /// The roll-ups of the hours of a day, with those of the open hour; none if one cannot be read.
    async fn rollups_on(&self, head: &DeviceHead, day: Day) -> Result<Option<BTreeMap<Hour, HourRollups>>, StoreError> {
        let prefix = rollups_of_day(head.id, day);
        let page = self.table.list_strong::<RollupBucket>(prefix, false, BUCKETS_PER_DAY, None).await;
        let page = readable(head.id, page)?;
        Ok(page.map(|page| {
            let past = page.items.into_iter().map(|read| (read.value.hour, read.value.rollups));
            // An hour that has moved to its bucket since the head was read has all its samples there.
            let open = head.open.iter().filter(|open| Day::of(open.hour) == day);
            open.map(|open| (open.hour, open.samples.rollups())).chain(past).collect()
        }))
    }
}

/// What was read; none if it is damaged, which must not end the recording of the device.
fn readable<T>(device: DeviceId, read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(error @ StoreError::Corrupt { .. }) => {
            tracing::error!(%device, %error, "a day is not summarized");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
