//! Care events.

use dynamo::{ConflictRetry, Cursor, Outbox, Page, Read, StoreError, Transaction, TransactionError, Versioned};
use futures::stream::{self, TryStreamExt};
use jiff::Timestamp;
use kit::limits::{Exceeded, Subject};
use types::{CareEventId, PointId, UserId};

use super::keys::{
    OwnEvent, OwnMark, RewardCount, TypeRewards, UserRewards, cooldown_key, event_key, medium_key, own_events_key,
    own_marks_key, point_key, reported_key, standing_key, type_key,
};
use super::{Events, NotChanged, Store, value};
use crate::domain::care_event::{Accepted, CareEvent, Circumstances, Cooldown, Report};
use crate::domain::event_type::EventType;
use crate::domain::limits::EVENTS;
use crate::domain::reward::{RewardClaim, RewardWithheld};

/// Events per page.
const PAGE_EVENTS: u32 = 100;
/// Pages per call: a thousand events take about a second.
const MAX_PAGES: usize = 10;
/// How many events are changed at the same time.
const MAX_PARALLEL: usize = 16;

/// Why an event was not added.
#[derive(Debug)]
pub enum NotAdded {
    /// It was added before.
    Exists(Box<Versioned<CareEvent>>),
    /// Another one was faster, and its author waits now.
    CoolingDown(Cooldown),
    /// Its author has reported too many today.
    Limit(Exceeded),
    /// Its reward would exceed a limit.
    RewardLimit(RewardWithheld),
    /// Its author was deleted.
    Forgotten,
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for NotAdded {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// What making a person's events anonymous came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anonymised {
    /// How many events.
    pub events: usize,
    /// True if there are more: call again.
    pub more: bool,
}

/// Adds the counts of a reward.
fn counted(transaction: Transaction<Events>, claim: &RewardClaim) -> Transaction<Events> {
    let count = RewardCount::of(claim);
    let (per_user, per_type) = (claim.limits.daily_rewards_per_user, claim.limits.daily_rewards);
    transaction.count(&UserRewards(count.clone()), "count", 1, 0..=i64::from(per_user)).count(
        &TypeRewards(count),
        "count",
        1,
        0..=i64::from(per_type),
    )
}

/// What is known before a report is decided on, all of it in one read.
#[derive(Debug)]
pub struct Known {
    /// The event that the same key made before.
    pub before: Option<Versioned<CareEvent>>,
    /// What the decision stands on.
    pub circumstances: Circumstances,
    cooldown: Option<Versioned<Cooldown>>,
}

impl Store {
    /// What a decision on this report stands on, as it is now.
    pub async fn known_of(&self, report: &Report) -> Result<Known, StoreError> {
        let (author, point, kind) = (report.author_id, report.point_id, report.event_type_id);
        let mut keys = vec![
            event_key(report.id),
            standing_key(author),
            point_key(point),
            type_key(kind),
            cooldown_key(author, point, kind),
        ];
        keys.extend(report.photo_media_ids.iter().map(|id| medium_key(author, *id)));
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let cooldown = found.take::<Cooldown>(cooldown_key(author, point, kind))?;
        let photos = report.photo_media_ids.iter().map(|id| found.take(medium_key(author, *id)));
        let photos = photos.collect::<Result<Vec<_>, _>>()?.into_iter().filter_map(value).collect();
        let circumstances = Circumstances {
            standing: value(found.take(standing_key(author))?),
            point: value(found.take(point_key(point))?),
            kind: value(found.take::<EventType>(type_key(kind))?),
            cooldown: cooldown.as_ref().map(|cooldown| cooldown.value.clone()),
            photos,
            email_verified: false,
            min_point_age: self.min_point_age,
        };
        Ok(Known { before: found.take(event_key(report.id))?, circumstances, cooldown })
    }

    /// Adds an event, begins its cooldown, and counts its reward, all or nothing.
    pub async fn add_event(&self, accepted: &Accepted, known: &Known, outbox: &Outbox) -> Result<(), NotAdded> {
        let Accepted { event, cooldown, claim, .. } = accepted;
        let Some(author) = event.author_id else { return Err(NotAdded::Forgotten) };
        let transaction = self.table.transaction().create(event, outbox);
        let transaction = transaction.create(&OwnEvent(event.clone()), &Outbox::none()).unless_forgotten(author);
        let transaction = EVENTS.count_in(transaction, Subject::User(author), event.reported_at);
        let transaction = match (cooldown, &known.cooldown) {
            (None, _) => transaction,
            (Some(cooldown), None) => transaction.create(cooldown, &Outbox::none()),
            // One that has run out, and that nothing swept yet.
            (Some(cooldown), Some(over)) => transaction.replace(over, cooldown, &Outbox::none()),
        };
        let transaction = match claim {
            Some(claim) => counted(transaction, claim),
            None => transaction,
        };
        let cancelled = match transaction.commit().await {
            Ok(()) => return Ok(()),
            Err(TransactionError::Store(error)) => return Err(error.into()),
            Err(TransactionError::Cancelled(cancelled)) => cancelled,
        };
        if let Some(before) = cancelled.item::<CareEvent>(0)? {
            return Err(NotAdded::Exists(Box::new(before)));
        }
        if cancelled.failed(2) {
            return Err(NotAdded::Forgotten);
        }
        if cancelled.failed(3) {
            return Err(NotAdded::Limit(EVENTS.exceeded(event.reported_at)));
        }
        let first_count = 4 + usize::from(cooldown.is_some());
        if cooldown.is_some() && cancelled.failed(4) {
            return match cancelled.item::<Cooldown>(4)? {
                Some(cooldown) => Err(NotAdded::CoolingDown(cooldown.value)),
                // It was swept in this moment.
                None => Err(StoreError::Contended { attempts: 1 }.into()),
            };
        }
        let limit = if cancelled.failed(first_count) { RewardWithheld::UserLimit } else { RewardWithheld::TypeLimit };
        Err(NotAdded::RewardLimit(limit))
    }

    /// An event, as it stands now.
    pub async fn event(&self, id: CareEventId) -> Result<Option<Versioned<CareEvent>>, StoreError> {
        self.table.get(event_key(id), Read::Strong).await
    }

    /// A page of a point's events, the latest first. May miss the last second.
    pub async fn events_at(&self, point: PointId, page: kit::http::Page) -> Result<Page<CareEvent>, StoreError> {
        self.table.list_index(reported_key(point), true, page.limit, page.cursor).await
    }

    /// A page of a person's events, the latest first.
    pub async fn events_by(&self, author: UserId, page: kit::http::Page) -> Result<Page<CareEvent>, StoreError> {
        let page = self.table.list::<OwnEvent>(own_events_key(author), true, page.limit, page.cursor).await?;
        let plain = |own: Versioned<OwnEvent>| Versioned::new(own.value.0, own.version);
        Ok(Page { items: page.items.into_iter().map(plain).collect(), next: page.next })
    }

    /// Replaces an event that still is as it was read by the mark of its removal, of which its author keeps a trace.
    pub async fn remove_event(
        &self,
        read: &Versioned<CareEvent>,
        mark: &CareEvent,
        outbox: &Outbox,
    ) -> Result<(), NotChanged<CareEvent>> {
        let transaction = self.changed(read, mark, outbox);
        let own = read.value.author_id.zip(mark.removed_until);
        let own = own.map(|(author_id, until)| OwnMark { author_id, event_id: mark.id, until });
        let transaction = match &own {
            Some(own) => transaction.create(own, &Outbox::none()),
            None => transaction,
        };
        committed(transaction).await
    }

    /// Makes an event anonymous that still is as it was read.
    async fn anonymise_event(&self, read: &Versioned<CareEvent>) -> Result<(), NotChanged<CareEvent>> {
        committed(self.changed(read, &read.value.anonymous(), &Outbox::none())).await
    }

    /// Changes an event and takes it from its author's own.
    fn changed(&self, read: &Versioned<CareEvent>, next: &CareEvent, outbox: &Outbox) -> Transaction<Events> {
        let transaction = self.table.transaction().replace(read, next, outbox);
        // What lies with the author is written once, and is gone once the event was removed.
        let own = Versioned::new(OwnEvent(read.value.clone()), 1);
        let is_own = read.value.author_id.is_some() && read.value.is_there();
        if is_own { transaction.delete(&own) } else { transaction }
    }

    /// Makes a person's events anonymous, a bounded number at a time. What is done is taken from their own, so each round
    /// begins with the first that is left.
    pub async fn anonymise(&self, user: UserId) -> Result<Anonymised, StoreError> {
        let mut events = 0;
        for _ in 0..MAX_PAGES {
            let (done, more) = self.anonymise_page(user).await?;
            events += done;
            if !more {
                return Ok(Anonymised { events, more: false });
            }
        }
        Ok(Anonymised { events, more: true })
    }

    /// Makes a page of the events anonymous that a user had reported by a time. Returns their number and where the next page
    /// begins.
    pub async fn anonymise_until(
        &self,
        user: UserId,
        until: Timestamp,
        after: Option<Cursor>,
    ) -> Result<(usize, Option<Cursor>), StoreError> {
        let page = self.table.list_strong::<OwnEvent>(own_events_key(user), false, PAGE_EVENTS, after).await?;
        let earlier = page.items.into_iter().map(|own| own.value.0).filter(|event| event.reported_at <= until);
        let earlier: Vec<_> = earlier.map(|event| Ok(event.id)).collect();
        let changed = earlier.len();
        stream::iter(earlier).try_for_each_concurrent(MAX_PARALLEL, |id| self.anonymise_one(id)).await?;
        Ok((changed, page.next))
    }

    /// The same for marks of removed events.
    pub async fn anonymise_marks_until(
        &self,
        user: UserId,
        until: Timestamp,
        after: Option<Cursor>,
    ) -> Result<(usize, Option<Cursor>), StoreError> {
        let page = self.table.list_strong::<OwnMark>(own_marks_key(user), false, PAGE_EVENTS, after).await?;
        let mut changed = 0;
        for own in page.items {
            let event = self.event(own.value.event_id).await?;
            if event.is_none_or(|event| event.value.reported_at <= until) {
                self.anonymise_mark(own).await?;
                changed += 1;
            }
        }
        Ok((changed, page.next))
    }

    /// A page of the events that are there, and one of the marks of those that were removed.
    async fn anonymise_page(&self, user: UserId) -> Result<(usize, bool), StoreError> {
        let there = self.table.list_strong::<OwnEvent>(own_events_key(user), false, PAGE_EVENTS, None).await?;
        let marks = self.table.list_strong::<OwnMark>(own_marks_key(user), false, PAGE_EVENTS, None).await?;
        let (events, more) = (there.items.len() + marks.items.len(), there.next.is_some() || marks.next.is_some());
        let there = stream::iter(there.items.into_iter().map(|own| Ok(own.value.0.id)));
        there.try_for_each_concurrent(MAX_PARALLEL, |id| self.anonymise_one(id)).await?;
        let marks = stream::iter(marks.items.into_iter().map(Ok));
        marks.try_for_each_concurrent(MAX_PARALLEL, |own| self.anonymise_mark(own)).await?;
        Ok((events, more))
    }

    async fn anonymise_mark(&self, own: Versioned<OwnMark>) -> Result<(), StoreError> {
        self.anonymise_one(own.value.event_id).await?;
        self.table.remove(own).await.map(|_| ())
    }

    async fn anonymise_one(&self, id: CareEventId) -> Result<(), StoreError> {
        let mut read = self.event(id).await?;
        let mut retry = ConflictRetry::default();
        loop {
            // One that is gone, or has no author, has nothing to hide.
            let Some(known) = read.filter(|read| read.value.author_id.is_some()) else { return Ok(()) };
            match self.anonymise_event(&known).await {
                Ok(()) => return Ok(()),
                Err(NotChanged::Newer(newer)) => read = newer.map(|newer| *newer),
                Err(NotChanged::Store(error)) => return Err(error),
            }
            retry.pause().await?;
        }
    }
}

async fn committed(transaction: Transaction<Events>) -> Result<(), NotChanged<CareEvent>> {
    match transaction.commit().await {
        Ok(()) => Ok(()),
        Err(TransactionError::Store(error)) => Err(error.into()),
        Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(0) => {
            Err(NotChanged::Newer(cancelled.item(0)?.map(Box::new)))
        }
        Err(TransactionError::Cancelled(_)) => Err(StoreError::Contended { attempts: 1 }.into()),
    }
}
