//! Buckets of past hours: the samples, which expire, and their roll-ups, which stay.
//!
//! Both are one item per hour and device instead of per sensor. Eight sensors cost as much to store as one.

use std::collections::BTreeMap;

use dynamo::{Entity, Forgotten, Key, Outbox, Read, StoreError, Versioned, is_committed};
use futures::future::try_join_all;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{AquariumId, DeviceId};

use super::access::access_key;
use super::devices::{device_partition, directory_key, head_key};
use super::{Aquariums, Effects, Store};
use crate::domain::access::Access;
use crate::domain::bucket::HourSamples;
use crate::domain::day::Day;
use crate::domain::device::DeviceHead;
use crate::domain::device_key::DeviceKey;
use crate::domain::directory::Directory;
use crate::domain::history::MAX_HISTORY_DAYS;
use crate::domain::hour::Hour;
use crate::domain::ingest::Change;
use crate::domain::quota::RAW_DAYS;
use crate::domain::rollup::HourRollups;
use crate::domain::series::Span;

/// After how many deleted items a purge pauses.
const MAX_PURGE_ITEMS: usize = 1_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// The samples of a past hour of a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleBucket {
    /// Device ID.
    #[serde(rename = "d")]
    pub device_id: DeviceId,
    /// The hour.
    #[serde(rename = "h")]
    pub hour: Hour,
    /// Its samples.
    #[serde(rename = "s")]
    pub samples: HourSamples,
    /// For how many days they are kept.
    #[serde(rename = "r")]
    pub raw_days: u16,
}

/// The roll-ups of a past hour of a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollupBucket {
    /// Device ID.
    #[serde(rename = "d")]
    pub device_id: DeviceId,
    /// The hour.
    #[serde(rename = "h")]
    pub hour: Hour,
    /// The roll-ups of its quarters.
    #[serde(rename = "s")]
    pub rollups: HourRollups,
}

impl SampleBucket {
    /// The second since 1970 from which its samples are not shown.
    pub fn ends_at(&self) -> i64 {
        self.hour.start() + i64::from(self.raw_days) * SECONDS_PER_DAY
    }
}

impl Entity for SampleBucket {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        samples_key(self.device_id, self.hour)
    }

    /// Two days after the samples end: late samples are accepted until then, and need the others for their roll-ups.
    fn expires_at(&self) -> Option<i64> {
        Some(self.ends_at() + 2 * SECONDS_PER_DAY)
    }
}

impl Entity for RollupBucket {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        rollups_key(self.device_id, self.hour)
    }
}

const SAMPLES: &str = "samples";
const ROLLUPS: &str = "rollups";

fn samples_key(device: DeviceId, hour: Hour) -> Key<Aquariums> {
    bucket_key(device, hour, SAMPLES)
}

pub(super) fn rollups_key(device: DeviceId, hour: Hour) -> Key<Aquariums> {
    bucket_key(device, hour, ROLLUPS)
}

/// The start of the keys of the roll-ups of a day.
pub(super) fn rollups_of_day(device: DeviceId, day: Day) -> Key<Aquariums> {
    let (first, date) = (day.first_hour(), day.date());
    // Places of hours begin with the day of the month.
    let of_month = date.rsplit('-').next().unwrap_or_default();
    month_key(device, first, format!("{ROLLUPS}#{of_month}"))
}

fn bucket_key(device: DeviceId, hour: Hour, kind: &str) -> Key<Aquariums> {
    month_key(device, hour, format!("{kind}#{}", hour.place()))
}

fn month_key(device: DeviceId, hour: Hour, sort: String) -> Key<Aquariums> {
    Key::new("series", format!("{device}#{}", hour.month()), sort)
}

/// An hour of each month in which a device that was created then can have stored something, imported history included.
fn months_of(created_at: Timestamp, now: Timestamp) -> Vec<Hour> {
    let hours_per_day = 24;
    let first = Hour::at(created_at).number() - (MAX_HISTORY_DAYS + 1) * hours_per_day;
    let mut months: BTreeMap<String, Hour> = BTreeMap::new();
    // Two steps of a fortnight are shorter than any month, so none is skipped.
    let days = (first..).step_by(336).take_while(|hour| *hour <= Hour::at(now).number()).map(Hour::numbered);
    for hour in days.chain([Hour::numbered(Hour::at(now).number() + 1)]) {
        months.entry(hour.month()).or_insert(hour);
    }
    months.into_values().collect()
}

/// The head of a device with the access to its aquarium and the buckets of some past hours, none for hours without one.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The head.
    pub head: Versioned<DeviceHead>,
    access: Option<Versioned<Access>>,
    buckets: BTreeMap<Hour, Option<Versioned<SampleBucket>>>,
}

impl Stored {
    /// True if a key is that of the device, and valid.
    pub fn admits(&self, key: &DeviceKey) -> bool {
        // The access was read for the aquarium that the key names.
        self.access.as_ref().is_some_and(|access| self.head.value.admits(key, &access.value))
    }

    /// For how many days samples that are stored at an instant are kept.
    fn raw_days(&self, now: Timestamp) -> u16 {
        self.access.as_ref().map_or(RAW_DAYS, |access| access.value.retention().days_at(now))
    }

    /// The access to the aquarium.
    pub const fn access(&self) -> Option<&Versioned<Access>> {
        self.access.as_ref()
    }

    /// The samples of the buckets that were read.
    pub fn samples(&self) -> BTreeMap<Hour, Option<HourSamples>> {
        let samples = |read: &Option<Versioned<SampleBucket>>| read.as_ref().map(|read| read.value.samples.clone());
        self.buckets.iter().map(|(hour, read)| (*hour, samples(read))).collect()
    }
}

impl Store {
    /// The head of the device that a key names, with the access to its aquarium and the buckets of some past hours: one round
    /// trip. The key is not checked yet.
    pub async fn stored(&self, key: &DeviceKey, hours: &[Hour]) -> Result<Option<Stored>, StoreError> {
        let (device, aquarium) = (key.device_id(), key.aquarium_id());
        let first = [head_key(device), access_key(aquarium)].into_iter();
        let keys = first.chain(hours.iter().map(|hour| samples_key(device, *hour)));
        let mut found = self.table.get_many(keys.collect(), Read::Strong).await?;
        let Some(head) = found.take(head_key(device))? else { return Ok(None) };
        let access = found.take(access_key(aquarium))?;
        let bucket = |hour: &Hour| Ok((*hour, found.take(samples_key(device, *hour))?));
        Ok(Some(Stored { head, access, buckets: hours.iter().map(bucket).collect::<Result<_, StoreError>>()? }))
    }

    /// Writes what a batch changes: the head alone, or the head with the buckets of past hours and what alarms change, all or nothing.
    /// False if another write was faster.
    ///
    /// The events of hours that ended are on the head: the next batch removes them, while a bucket would keep them.
    pub async fn write_batch(
        &self,
        stored: &Stored,
        change: Change,
        (effects, summaries): (&Effects, &Outbox),
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let none = Outbox::none();
        if change.past.is_empty() && effects.is_empty() {
            return match self.table.replace(&stored.head, change.head, &none).await {
                Ok(_) => Ok(true),
                Err(dynamo::Conflict::Item(_)) => Ok(false),
                Err(dynamo::Conflict::Store(error)) => Err(error),
            };
        }
        let transaction = self.table.transaction().replace(&stored.head, &change.head, summaries);
        let mut transaction = effects.add_to(transaction);
        for (hour, samples) in change.past {
            let device_id = change.head.id;
            let known = stored.buckets.get(&hour).and_then(Option::as_ref);
            // A late sample after a change to a smaller plan does not shorten the time of the others.
            let raw_days = known.map_or(0, |read| read.value.raw_days).max(stored.raw_days(now));
            let rollups = RollupBucket { device_id, hour, rollups: samples.rollups() };
            let samples = SampleBucket { device_id, hour, samples, raw_days };
            transaction = match known {
                // Both items of an hour are written by the same transactions, so they have the same version.
                Some(read) => {
                    let rollups_read = Versioned::new(rollups.clone(), read.version);
                    transaction.replace(read, &samples, &none).replace(&rollups_read, &rollups, &none)
                }
                None => transaction.create(&samples, &none).create(&rollups, &none),
            };
        }
        // While another batch of the device is written: the next attempt reads the head that it leaves.
        is_committed(transaction.commit_once().await)
    }

    /// The roll-ups of a device's past hours within a span, in order. May miss the last second.
    pub async fn rollups(&self, device: DeviceId, span: Span) -> Result<Vec<RollupBucket>, StoreError> {
        self.buckets(device, span, ROLLUPS, |bucket: &RollupBucket| bucket.hour).await
    }

    /// The samples of a device's past hours within a span, in order. May miss the last second.
    pub async fn samples(&self, device: DeviceId, span: Span) -> Result<Vec<SampleBucket>, StoreError> {
        self.buckets(device, span, SAMPLES, |bucket: &SampleBucket| bucket.hour).await
    }

    /// Deletes a bounded number of the items of the devices of a removed aquarium: first all heads, without which nothing more is
    /// recorded, then the buckets of every month since a device could record, and last the directory, which names the devices.
    pub async fn purge_devices(&self, aquarium: AquariumId, now: Timestamp) -> Result<Forgotten, StoreError> {
        let directory = self.table.get::<Directory>(directory_key(aquarium), Read::Strong).await?;
        let Some(directory) = directory else { return Ok(Forgotten { items: 0, more: false }) };
        let mut items = 0;
        for device in &directory.value.devices {
            // The head, its watch and its announcements.
            let done = self.table.forget_under(&device_partition(device.id)).await?;
            items += done.items;
            if done.more {
                return Ok(Forgotten { items, more: true });
            }
        }
        for device in &directory.value.devices {
            for month in months_of(device.created_at, now) {
                let done = self.table.forget_under(&month_key(device.id, month, String::new())).await?;
                items += done.items;
                if done.more || items >= MAX_PURGE_ITEMS {
                    return Ok(Forgotten { items, more: true });
                }
            }
        }
        items += usize::from(self.table.remove(directory).await?);
        Ok(Forgotten { items, more: false })
    }

    /// One query per month, at the same time.
    async fn buckets<E: Entity<Context = Aquariums>>(
        &self,
        device: DeviceId,
        span: Span,
        kind: &str,
        hour_of: impl Fn(&E) -> Hour,
    ) -> Result<Vec<E>, StoreError> {
        let mut months: BTreeMap<String, (Hour, u32)> = BTreeMap::new();
        for hour in span.hours() {
            months.entry(hour.month()).or_insert((hour, 0)).1 += 1;
        }
        let months = months.into_values().map(|(first, hours)| self.month::<E>(device, first, hours, kind));
        let buckets = try_join_all(months).await?.into_iter().flatten();
        let is_within = |bucket: &E| span.hours_contain(hour_of(bucket));
        Ok(buckets.filter(is_within).collect())
    }

    /// At most so many buckets of a month, from an hour on. A page of a query has up to a megabyte.
    async fn month<E: Entity<Context = Aquariums>>(
        &self,
        device: DeviceId,
        first: Hour,
        hours: u32,
        kind: &str,
    ) -> Result<Vec<E>, StoreError> {
        let before = Hour::numbered(first.number() - 1);
        let prefix = || month_key(device, first, format!("{kind}#"));
        let mut after = (before.month() == first.month()).then(|| bucket_key(device, before, kind).cursor());
        let (mut left, mut found) = (hours, Vec::new());
        loop {
            let page = self.table.list::<E>(prefix(), false, left, after).await?;
            left = left.saturating_sub(u32::try_from(page.items.len()).unwrap_or(left));
            found.extend(page.items.into_iter().map(|read| read.value));
            after = page.next;
            if left == 0 || after.is_none() {
                return Ok(found);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purge_covers_every_month_in_which_something_can_be() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let months = |from, to| months_of(at(from), at(to)).into_iter().map(Hour::month).collect::<Vec<_>>();
        let found = months("2026-11-01T00:00:00Z", "2027-02-28T23:59:59Z");
        assert_eq!(found.first().map(String::as_str), Some("202509"));
        assert_eq!(found[13..], ["202610", "202611", "202612", "202701", "202702", "202703"]);
        let found = months("2026-11-29T00:00:00Z", "2026-11-29T00:00:00Z");
        assert_eq!((found.len(), found.last().map(String::as_str)), (14, Some("202611")));
    }
}
