//! Readings that members recorded by hand, and the newest of each parameter.

use dynamo::{
    Cancelled, Entity, Found, Key, Outbox, Page, Read, StoreError, Transaction, Versioned, is_written, refused,
};
use jiff::Timestamp;
use kit::limits::{Exceeded, Subject};
use types::{AquariumId, ReadingId, UserId};
use water::Parameter;

use super::access::access_key;
use super::contributions::contribution_key;
use super::{Aquariums, Store};
use crate::domain::access::{Access, Scope};
use crate::domain::contribution::Contribution;
use crate::domain::limits::READINGS;
use crate::domain::reading::{NewestReadings, Place, Reading};

/// Readings that one call reads to find the newest one that was not deleted.
const SUCCESSOR_PAGE_ITEMS: u32 = 25;
/// The most calls that look for it. Deleted readings disappear after 30 days.
const MAX_SUCCESSOR_PAGES: u32 = 40;

impl Entity for Reading {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        reading_key((self.owner_id, self.aquarium_id, self.parameter), self.id)
    }

    fn expires_at(&self) -> Option<i64> {
        Self::expires_at(self).map(Timestamp::as_second)
    }
}

impl Entity for NewestReadings {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        newest_key(self.aquarium_id)
    }
}

pub(super) fn newest_key(aquarium: AquariumId) -> Key<Aquariums> {
    Key::new("aquarium", aquarium, "readings")
}

/// IDs of a parameter sort by the time of the measurement.
pub(super) fn reading_key(
    (owner, aquarium, parameter): (UserId, AquariumId, Parameter),
    id: ReadingId,
) -> Key<Aquariums> {
    let parameter = crate::domain::reading::parameter_name(parameter);
    Key::new("user", owner, format!("reading#{aquarium}#{parameter}#{id}"))
}

fn readings_key(scope: &Scope, parameter: Parameter) -> Key<Aquariums> {
    let (owner, aquarium) = (scope.owner_id(), scope.aquarium_id());
    let parameter = crate::domain::reading::parameter_name(parameter);
    Key::new("user", owner, format!("reading#{aquarium}#{parameter}#"))
}

/// A member's authority over an aquarium, with its newest readings.
#[derive(Debug, Clone)]
pub struct ReadingLog {
    /// The authority.
    pub scope: Scope,
    access: Versioned<Access>,
    newest: Option<Versioned<NewestReadings>>,
    /// True if erasure finds the reading that was opened from the user's own partition.
    is_contributor: bool,
}

impl ReadingLog {
    /// The newest readings.
    pub fn newest(&self) -> NewestReadings {
        let known = self.newest.as_ref().map(|read| read.value.clone());
        known.unwrap_or_else(|| NewestReadings::new(self.scope.aquarium_id()))
    }

    /// Adds to a transaction: the newest readings become these and are as they were read, and so are the members of the aquarium.
    fn change(&self, transaction: Transaction<Aquariums>, next: &NewestReadings) -> Transaction<Aquariums> {
        let transaction = match &self.newest {
            Some(read) => transaction.replace(read, next, &Outbox::none()),
            None => transaction.create(next, &Outbox::none()),
        };
        transaction.unchanged(&self.access)
    }
}

/// A reading as it was read, with the authority of the user and further items.
struct FoundReading {
    access: Versioned<Access>,
    scope: Scope,
    read: Option<Versioned<Reading>>,
    beside: Found,
}

/// Why readings were not recorded.
#[derive(Debug)]
pub enum NotStored {
    /// These were recorded before, under the IDs of the new ones.
    Exist(Vec<Versioned<Reading>>),
    /// The access, or the newest readings, are not as they were read.
    Moved,
    /// The user has recorded too many today.
    Limit(Exceeded),
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for NotStored {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Store {
    /// Returns a user's authority over an aquarium with its newest readings; none if it does not exist or the user has no part in
    /// it. The read is strongly consistent.
    pub async fn reading_log(&self, user: UserId, id: AquariumId) -> Result<Option<ReadingLog>, StoreError> {
        let mut found = self.table.get_many(vec![access_key(id), newest_key(id)], Read::Strong).await?;
        let Some(access) = found.take::<Access>(access_key(id))? else { return Ok(None) };
        let Some(scope) = access.value.scope(user) else { return Ok(None) };
        Ok(Some(ReadingLog { scope, access, newest: found.take(newest_key(id))?, is_contributor: false }))
    }

    /// Records new readings of one member, each with its event, all or nothing, while the access is as it was read.
    pub async fn record_readings(
        &self,
        log: &ReadingLog,
        readings: &[(Reading, Outbox)],
        now: Timestamp,
    ) -> Result<(), NotStored> {
        let (mut transaction, mut newest) = (self.table.transaction(), log.newest());
        for (reading, outbox) in readings {
            transaction = transaction.create(reading, outbox);
            newest = newest.with(reading);
        }
        let uses = u32::try_from(readings.len()).unwrap_or(u32::MAX);
        let by = Subject::User(log.scope.user_id());
        transaction = READINGS.count_many_in(log.change(transaction, &newest), by, now, uses);
        for contribution in
            readings.iter().filter_map(|(reading, _)| Contribution::of_reading(&log.scope, reading, now))
        {
            transaction = transaction.create(&contribution, &Outbox::none());
        }
        match refused(transaction.commit().await)? {
            None => Ok(()),
            Some(cancelled) => Err(reason(&cancelled, readings.len(), now)?),
        }
    }

    /// Returns a reading for a user, also a deleted one, with the user's authority; none if the aquarium does not exist or the user
    /// has no part in it. One round trip for the owner, two for members.
    pub async fn reading(
        &self,
        user: UserId,
        id: AquariumId,
        reading: ReadingId,
    ) -> Result<Option<(Scope, Option<Versioned<Reading>>)>, StoreError> {
        let found = self.find_reading(user, id, reading, Vec::new()).await?;
        Ok(found.map(|found| (found.scope, found.read)))
    }

    /// The same with what a change of the reading is decided with.
    pub async fn open_reading(
        &self,
        user: UserId,
        id: AquariumId,
        reading: ReadingId,
    ) -> Result<Option<(ReadingLog, Option<Versioned<Reading>>)>, StoreError> {
        let contribution = || contribution_key(user, id, reading.uuid());
        let found = self.find_reading(user, id, reading, vec![newest_key(id), contribution()]).await?;
        let Some(FoundReading { access, scope, read, mut beside }) = found else { return Ok(None) };
        let is_contributor = beside.contains(contribution());
        Ok(Some((ReadingLog { scope, access, newest: beside.take(newest_key(id))?, is_contributor }, read)))
    }

    /// Most callers are owners, in whose partition the reading is. Nothing is at the place of an ID that names none.
    async fn find_reading(
        &self,
        user: UserId,
        id: AquariumId,
        reading: ReadingId,
        beside: Vec<Key<Aquariums>>,
    ) -> Result<Option<FoundReading>, StoreError> {
        let place = Place::of(reading);
        let key = |owner| place.map(|place| reading_key((owner, id, place.parameter), reading));
        let keys = [access_key(id)].into_iter().chain(key(user)).chain(beside);
        let mut found = self.table.get_many(keys.collect(), Read::Strong).await?;
        let Some(access) = found.take::<Access>(access_key(id))? else { return Ok(None) };
        let Some(scope) = access.value.scope(user) else { return Ok(None) };
        let read = match key(scope.owner_id()) {
            None => None,
            Some(key) if scope.owner_id() == user => found.take(key)?,
            Some(key) => self.table.get(key, Read::Strong).await?,
        };
        Ok(Some(FoundReading { access, scope, read, beside: found }))
    }

    /// Changes a reading and the newest readings while they and the access are as they were read. False if something is not.
    pub async fn change_reading(
        &self,
        log: &ReadingLog,
        read: &Versioned<Reading>,
        (next, newest): (&Reading, &NewestReadings),
        (outbox, now): (&Outbox, Timestamp),
    ) -> Result<bool, StoreError> {
        let mut transaction = log.change(self.table.transaction().replace(read, next, outbox), newest);
        // The events name who changed it.
        let contribution = Contribution::of_reading(&log.scope, next, now).filter(|_| !log.is_contributor);
        if let Some(contribution) = contribution {
            transaction = transaction.create(&contribution, &Outbox::none());
        }
        is_written(transaction.commit().await)
    }

    /// Returns the newest reading of a parameter that was measured before a deleted one. The read is strongly consistent, and is
    /// decided with under the version of the newest readings, which was read before.
    pub async fn reading_before(&self, scope: &Scope, deleted: &Reading) -> Result<Option<Reading>, StoreError> {
        let mut after = Some(deleted.key().cursor());
        for _ in 0..MAX_SUCCESSOR_PAGES {
            let prefix = readings_key(scope, deleted.parameter);
            let page = self.table.list_strong::<Reading>(prefix, true, SUCCESSOR_PAGE_ITEMS, after).await?;
            if let Some(read) = page.items.into_iter().find(|read| !read.value.is_deleted()) {
                return Ok(Some(read.value));
            }
            after = page.next;
            if after.is_none() {
                return Ok(None);
            }
        }
        Err(StoreError::Contended { attempts: MAX_SUCCESSOR_PAGES })
    }

    /// A page of the readings of a parameter from one instant to before another one, latest first. Deleted readings are left out, so
    /// a page may be shorter.
    pub async fn readings(
        &self,
        scope: &Scope,
        parameter: Parameter,
        (from, to): (Option<Timestamp>, Option<Timestamp>),
        page: kit::http::Page,
    ) -> Result<Page<Reading>, StoreError> {
        let of = (scope.owner_id(), scope.aquarium_id(), parameter);
        let end = to.map(|measured_at| reading_key(of, Place { parameter, measured_at }.first_id()).cursor());
        let after = page.cursor.or(end);
        let mut found = self.table.list::<Reading>(readings_key(scope, parameter), true, page.limit, after).await?;
        let is_within = |read: &Versioned<Reading>| from.is_none_or(|from| from <= read.value.measured_at);
        if !found.items.iter().all(is_within) {
            found.next = None;
        }
        found.items.retain(|read| is_within(read) && !read.value.is_deleted());
        Ok(found)
    }

    /// Deletes the newest readings of a removed aquarium, and returns how many items that were.
    pub(super) async fn purge_newest_readings(&self, id: AquariumId) -> Result<usize, StoreError> {
        match self.table.get::<NewestReadings>(newest_key(id), Read::Strong).await? {
            Some(read) => self.table.remove(read).await.map(usize::from),
            None => Ok(0),
        }
    }
}

/// The readings come first: a repeated request gets the same answer, also at a limit. After them follow the newest readings, the
/// access and the limit.
fn reason(cancelled: &Cancelled, readings: usize, now: Timestamp) -> Result<NotStored, StoreError> {
    let before = (0..readings).filter_map(|index| cancelled.item::<Reading>(index).transpose());
    let before = before.collect::<Result<Vec<_>, StoreError>>()?;
    if !before.is_empty() {
        return Ok(NotStored::Exist(before));
    }
    // A change of the access comes before limits: the user may have lost the membership.
    let is_moved = cancelled.failed(readings) || cancelled.failed(readings + 1);
    if !is_moved && cancelled.failed(readings + 2) {
        return Ok(NotStored::Limit(READINGS.exceeded(now)));
    }
    Ok(NotStored::Moved)
}
