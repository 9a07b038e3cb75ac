//! Imported history of devices.

use std::collections::{BTreeMap, BTreeSet};

use dynamo::{Outbox, Read, StoreError, Versioned, refused};
use jiff::Timestamp;
use kit::limits::{Exceeded, Subject};
use types::{AquariumId, DeviceId, UserId};

use super::Store;
use super::access::access_key;
use super::devices::head_key;
use super::series::{RollupBucket, rollups_key};
use crate::domain::access::{Access, Scope};
use crate::domain::device::DeviceHead;
use crate::domain::hour::Hour;
use crate::domain::limits::HISTORY;
use crate::domain::rollup::HourRollups;

/// Where history is to be imported: a user's authority over the aquarium, the device, and the hours that it has.
#[derive(Debug, Clone)]
pub struct HistorySite {
    /// The authority.
    pub scope: Scope,
    /// The head of the device; none if the aquarium has no such device.
    pub head: Option<DeviceHead>,
    /// Those of the requested hours that have values.
    pub known: BTreeSet<Hour>,
    access: Versioned<Access>,
}

impl HistorySite {
    /// The access to the aquarium.
    pub const fn access(&self) -> &Versioned<Access> {
        &self.access
    }
}

/// Why history was not imported.
#[derive(Debug)]
pub enum NotImported {
    /// The access or an hour is not as it was read.
    Moved,
    /// The user has imported too often today.
    Limit(Exceeded),
    /// The table failed.
    Store(StoreError),
}

impl Store {
    /// Returns where the history of some hours is to be imported; none if the aquarium does not exist or the user has no part in
    /// it. The read is strongly consistent and takes one round trip.
    pub async fn history_site(
        &self,
        (user, aquarium, device): (UserId, AquariumId, DeviceId),
        hours: &BTreeSet<Hour>,
    ) -> Result<Option<HistorySite>, StoreError> {
        let keys = [access_key(aquarium), head_key(device)].into_iter();
        let keys = keys.chain(hours.iter().map(|hour| rollups_key(device, *hour)));
        let mut found = self.table.get_many(keys.collect(), Read::Strong).await?;
        let Some(access) = found.take::<Access>(access_key(aquarium))? else { return Ok(None) };
        let Some(scope) = access.value.scope(user) else { return Ok(None) };
        let head = found.take::<DeviceHead>(head_key(device))?.map(|read| read.value);
        // The open hour of a device that has been silent for weeks gets its buckets with the next batch.
        let open = head.as_ref().and_then(|head| head.open.as_ref()).filter(|open| !open.samples.is_empty());
        let open = open.map(|open| open.hour);
        let is_known = |hour: &Hour| Some(*hour) == open || found.contains(rollups_key(device, *hour));
        let known = hours.iter().copied().filter(is_known).collect();
        // A head of another aquarium was read with the request's ID only, and says nothing.
        let head = head.filter(|head| head.aquarium_id == aquarium);
        Ok(Some(HistorySite { scope, head, known, access }))
    }

    /// Stores the roll-ups of hours that have none, all or nothing, while the access is as it was read.
    pub async fn import_hours(
        &self,
        site: &HistorySite,
        device_id: DeviceId,
        hours: BTreeMap<Hour, HourRollups>,
        now: Timestamp,
    ) -> Result<(), NotImported> {
        let mut transaction = self.table.transaction().unchanged(&site.access);
        transaction = HISTORY.count_in(transaction, Subject::User(site.scope.user_id()), now);
        for (hour, rollups) in hours {
            transaction = transaction.create(&RollupBucket { device_id, hour, rollups }, &Outbox::none());
        }
        let refusal = refused(transaction.commit().await).map_err(NotImported::Store)?;
        match refusal {
            None => Ok(()),
            // A change of the access comes before limits: the user may have lost the membership.
            Some(cancelled) if !cancelled.failed(0) && cancelled.failed(1) => {
                Err(NotImported::Limit(HISTORY.exceeded(now)))
            }
            Some(_) => Err(NotImported::Moved),
        }
    }
}
