//! Schedules, and the chains of their occurrences.

use dynamo::{ConflictRetry, Outbox, Page, Read, StoreError, Transaction, TransactionError, Versioned};
use jiff::Timestamp;
use kit::limits::{Exceeded, Subject};
use types::{PointId, ScheduleId, UserId, Uuid};

use super::keys::{
    PointTally, UserTally, broadcast_key, chain_key, due_key, own_schedules_key, point_key, point_tally_key,
    schedule_key, scheduled_key, standing_key, type_key, user_tally_key,
};
use super::{Events, Store, value};
use crate::domain::broadcast::Broadcast;
use crate::domain::copies::{PointCopy, Standing};
use crate::domain::event_type::EventType;
use crate::domain::limits::SCHEDULES;
use crate::domain::refusal::Refusal;
use crate::domain::schedule::{Chain, Circumstances, MAX_SCHEDULES_PER_USER, Schedule};

/// Over how many partitions of the index what is due is spread.
pub const SHARDS: u8 = 8;

/// Why a schedule was not made.
#[derive(Debug)]
pub enum NotScheduled {
    /// It was made before.
    Exists(Box<Schedule>),
    /// The rules do not allow it.
    Refused(Refusal),
    /// Its creator has created too many today.
    Limit(Exceeded),
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for NotScheduled {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// A schedule with all that its next occurrence needs.
#[derive(Debug)]
pub struct Plan {
    /// The schedule.
    pub schedule: Versioned<Schedule>,
    /// Its point.
    pub point: Option<PointCopy>,
    /// Its kind.
    pub kind: Option<EventType>,
    /// Whether its creator may take part.
    pub standing: Option<Standing>,
}

/// Both counts of schedules that one schedule is part of.
struct Tallies {
    of_user: Option<Versioned<UserTally>>,
    of_point: Option<Versioned<PointTally>>,
}

/// What firing an occurrence came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fired {
    /// It is fired.
    Now,
    /// Another writer was faster: look again.
    Newer,
}

impl Store {
    /// Adds a schedule and its chain, and counts it, all or nothing.
    pub async fn add_schedule(
        &self,
        schedule: &Schedule,
        is_admin: bool,
        now: Timestamp,
    ) -> Result<Chain, NotScheduled> {
        let mut retry = ConflictRetry::default();
        loop {
            let (before, circumstances, tallies) = self.known_of_schedule(schedule).await?;
            let circumstances = Circumstances { is_admin, ..circumstances };
            if let Some(before) = before {
                return Err(NotScheduled::Exists(Box::new(before)));
            }
            let chain = schedule.begin(&circumstances, now).map_err(NotScheduled::Refused)?;
            let transaction =
                self.table.transaction().create(schedule, &Outbox::none()).create(&chain, &Outbox::none());
            let transaction = transaction.unless_forgotten(schedule.creator_id);
            let transaction = SCHEDULES.count_in(transaction, Subject::User(schedule.creator_id), now);
            let transaction = tallies.plus_one(schedule, transaction);
            match transaction.commit().await {
                Ok(()) => return Ok(chain),
                Err(TransactionError::Store(error)) => return Err(error.into()),
                Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(2) => {
                    return Err(NotScheduled::Refused(Refusal::NoSuchUser));
                }
                Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(3) && !cancelled.failed(0) => {
                    return Err(NotScheduled::Limit(SCHEDULES.exceeded(now)));
                }
                // The same was made just now, or another schedule was counted: look again.
                Err(TransactionError::Cancelled(_)) => retry.pause().await?,
            }
        }
    }

    async fn known_of_schedule(
        &self,
        schedule: &Schedule,
    ) -> Result<(Option<Schedule>, Circumstances, Tallies), StoreError> {
        let (creator, point, kind) = (schedule.creator_id, schedule.point_id, schedule.event_type_id);
        let keys = vec![
            schedule_key(creator, schedule.id),
            standing_key(creator),
            point_key(point),
            type_key(kind),
            user_tally_key(creator),
            point_tally_key(point),
        ];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let tallies =
            Tallies { of_user: found.take(user_tally_key(creator))?, of_point: found.take(point_tally_key(point))? };
        let circumstances = Circumstances {
            standing: value(found.take(standing_key(creator))?),
            point: value(found.take(point_key(point))?),
            kind: value(found.take(type_key(kind))?),
            of_user: tallies.of_user.as_ref().map_or(0, |tally| tally.value.schedules),
            of_point: tallies.of_point.as_ref().map_or(0, |tally| tally.value.schedules),
            is_admin: false,
        };
        Ok((value(found.take(schedule_key(creator, schedule.id))?), circumstances, tallies))
    }

    /// A schedule and its chain, as they stand now.
    pub async fn schedule(
        &self,
        id: ScheduleId,
    ) -> Result<Option<(Versioned<Schedule>, Versioned<Chain>)>, StoreError> {
        let Some(chain) = self.table.get::<Chain>(chain_key(id), Read::Strong).await? else { return Ok(None) };
        let schedule = self.table.get(schedule_key(chain.value.creator_id, id), Read::Strong).await?;
        Ok(schedule.map(|schedule| (schedule, chain)))
    }

    /// A page of a point's schedules, the oldest first. May miss the last second.
    pub async fn schedules_at(&self, point: PointId, page: kit::http::Page) -> Result<Page<Schedule>, StoreError> {
        self.table.list_index(scheduled_key(point), false, page.limit, page.cursor).await
    }

    /// Some of a person's schedules.
    pub async fn schedules_by(&self, creator: UserId, limit: u32) -> Result<Vec<Versioned<Schedule>>, StoreError> {
        Ok(self.table.list_strong(own_schedules_key(creator), false, limit, None).await?.items)
    }

    /// The chain of a schedule, and the telling of one of its occurrences, as they stand now.
    pub async fn chain_and_broadcast(
        &self,
        schedule: ScheduleId,
        broadcast: Uuid,
    ) -> Result<(Option<Versioned<Chain>>, Option<Versioned<Broadcast>>), StoreError> {
        let keys = vec![chain_key(schedule), broadcast_key(broadcast)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        Ok((found.take(chain_key(schedule))?, found.take(broadcast_key(broadcast))?))
    }

    /// A chain's schedule with its point, its kind and its creator's standing, as they are now.
    pub async fn plan(&self, chain: &Chain) -> Result<Option<Plan>, StoreError> {
        let key = || schedule_key(chain.creator_id, chain.schedule_id);
        let Some(schedule) = self.table.get::<Schedule>(key(), Read::Strong).await? else { return Ok(None) };
        let (point, kind) = (schedule.value.point_id, schedule.value.event_type_id);
        let keys = vec![point_key(point), type_key(kind), standing_key(chain.creator_id)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let (point, kind) = (value(found.take(point_key(point))?), value(found.take(type_key(kind))?));
        Ok(Some(Plan { schedule, point, kind, standing: value(found.take(standing_key(chain.creator_id))?) }))
    }

    /// Moves a chain to its next occurrence, and starts the telling of this one, both or neither.
    pub async fn move_on(
        &self,
        chain: &Versioned<Chain>,
        next_at: Timestamp,
        broadcast: Option<&Broadcast>,
    ) -> Result<Fired, StoreError> {
        let next = Chain { next_at, ..chain.value.clone() };
        let transaction = self.table.transaction().replace(chain, &next, &Outbox::none());
        fired(with(transaction, broadcast).commit().await)
    }

    /// Removes a schedule with its chain, and counts it no more; starts the telling of its last occurrence, if it is that.
    pub async fn end_schedule(
        &self,
        schedule: &Versioned<Schedule>,
        chain: &Versioned<Chain>,
        broadcast: Option<&Broadcast>,
    ) -> Result<Fired, StoreError> {
        let (creator, point) = (schedule.value.creator_id, schedule.value.point_id);
        let keys = vec![user_tally_key(creator), point_tally_key(point)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let tallies =
            Tallies { of_user: found.take(user_tally_key(creator))?, of_point: found.take(point_tally_key(point))? };
        let transaction = self.table.transaction().delete(chain).delete(schedule);
        fired(with(tallies.minus_one(transaction), broadcast).commit().await)
    }

    /// Removes all schedules of a user, and returns their number.
    pub async fn end_schedules_of(&self, creator: UserId) -> Result<usize, StoreError> {
        let schedules = self.schedules_by(creator, MAX_SCHEDULES_PER_USER).await?;
        for schedule in &schedules {
            self.end_by_id(schedule.value.id).await?;
        }
        Ok(schedules.len())
    }

    /// Removes the schedules that a user had made by a time, and returns their number.
    pub async fn end_schedules_until(&self, creator: UserId, until: Timestamp) -> Result<usize, StoreError> {
        let schedules = self.schedules_by(creator, MAX_SCHEDULES_PER_USER).await?;
        let mut ended = 0;
        for schedule in schedules.iter().filter(|schedule| schedule.value.created_at <= until) {
            self.end_by_id(schedule.value.id).await?;
            ended += 1;
        }
        Ok(ended)
    }

    async fn end_by_id(&self, id: ScheduleId) -> Result<(), StoreError> {
        let mut retry = ConflictRetry::default();
        loop {
            let Some((schedule, chain)) = self.schedule(id).await? else { return Ok(()) };
            if self.end_schedule(&schedule, &chain, None).await? == Fired::Now {
                return Ok(());
            }
            retry.pause().await?;
        }
    }

    /// Removes a chain whose schedule is gone.
    pub async fn end_chain(&self, chain: &Versioned<Chain>) -> Result<(), StoreError> {
        match self.table.delete(chain).await {
            Ok(()) | Err(dynamo::Conflict::Item(_)) => Ok(()),
            Err(dynamo::Conflict::Store(error)) => Err(error),
        }
    }

    /// The chains of one part of the index, the longest due first. May miss the last second.
    pub async fn due(&self, shard: u8, limit: u32) -> Result<Vec<Versioned<Chain>>, StoreError> {
        Ok(self.table.list_index(due_key(shard), false, limit, None).await?.items)
    }
}

fn with(transaction: Transaction<Events>, broadcast: Option<&Broadcast>) -> Transaction<Events> {
    match broadcast {
        Some(broadcast) => transaction.create(broadcast, &Outbox::none()),
        None => transaction,
    }
}

fn fired(committed: Result<(), TransactionError>) -> Result<Fired, StoreError> {
    match committed {
        Ok(()) => Ok(Fired::Now),
        Err(TransactionError::Cancelled(_)) => Ok(Fired::Newer),
        Err(TransactionError::Store(error)) => Err(error),
    }
}

impl Tallies {
    fn plus_one(&self, schedule: &Schedule, transaction: Transaction<Events>) -> Transaction<Events> {
        let (user_id, point_id) = (schedule.creator_id, schedule.point_id);
        let transaction = match &self.of_user {
            Some(read) => {
                let next = UserTally { user_id, schedules: read.value.schedules + 1 };
                transaction.replace(read, &next, &Outbox::none())
            }
            None => transaction.create(&UserTally { user_id, schedules: 1 }, &Outbox::none()),
        };
        match &self.of_point {
            Some(read) => {
                let next = PointTally { point_id, schedules: read.value.schedules + 1 };
                transaction.replace(read, &next, &Outbox::none())
            }
            None => transaction.create(&PointTally { point_id, schedules: 1 }, &Outbox::none()),
        }
    }

    /// A count that is not there, since its person was forgotten, stays away.
    fn minus_one(&self, mut transaction: Transaction<Events>) -> Transaction<Events> {
        if let Some(read) = &self.of_user {
            let schedules = read.value.schedules.saturating_sub(1);
            let next = UserTally { schedules, ..read.value.clone() };
            transaction = transaction.replace(read, &next, &Outbox::none());
        }
        if let Some(read) = &self.of_point {
            let schedules = read.value.schedules.saturating_sub(1);
            let next = PointTally { schedules, ..read.value.clone() };
            transaction = transaction.replace(read, &next, &Outbox::none());
        }
        transaction
    }
}
