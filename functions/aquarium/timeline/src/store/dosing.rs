//! Dose plans, and calendar links of members.

use dynamo::{Outbox, Page, Read, StoreError, Transaction, TransactionError, Versioned, is_written};
use jiff::Timestamp;
use kit::limits::{Exceeded, Subject};
use types::{AquariumId, DosePlanId, UserId};

use super::keys::{DoseTally, access_key, dose_key, doses_of, reservoirs_until};
use super::{Store, Timeline};
use crate::domain::access::{Access, Scope};
use crate::domain::dose::{DosePlan, MAX_PLANS};
use crate::domain::limits::{CALENDAR_LINKS, CHANGES};

/// Items per read of all plans.
const READ_ITEMS: u32 = 100;
/// Maximum number of reads of all plans: marks of deleted plans are among them for a month.
const MAX_READS: usize = 20;
/// The attribute of the tally with the number of plans.
const PLANS: &str = "dose_plans";

/// A plan that a member opened, from strongly consistent reads.
#[derive(Debug)]
pub struct OpenedPlan {
    /// The members. Writes are conditional on it.
    pub access: Versioned<Access>,
    /// What the caller may do.
    pub scope: Scope,
    /// The plan, also if it was deleted; none if there never was one.
    pub plan: Option<Versioned<DosePlan>>,
}

/// Reason why nothing was written.
#[derive(Debug)]
pub enum NotPlanned {
    /// The plan or the access is not as it was read: read again.
    Conflict,
    /// The aquarium has [`MAX_PLANS`] plans.
    TooMany,
    /// The caller changed timelines, or created calendar links, too often.
    Limit(Exceeded),
    /// The caller's account is deleted.
    UserErased,
    /// The table failed.
    Store(StoreError),
}

/// The numbers of the conditions in a transaction: the access, that the caller is not erased, the limit, and, where a plan is added,
/// the count of plans.
const ACCESS: usize = 0;
const ERASED: usize = 1;
const LIMIT: usize = 2;
const TALLY: usize = 3;

impl OpenedPlan {
    /// The plan, unless it was deleted.
    pub fn existing(&self) -> Option<&Versioned<DosePlan>> {
        self.plan.as_ref().filter(|plan| !plan.value.is_removed())
    }
}

impl Store {
    /// Opens a plan; none for users without access. One round trip for the owner, in whose partition it is looked for first; two
    /// for other members.
    pub async fn open_plan(
        &self,
        user: UserId,
        aquarium: AquariumId,
        id: DosePlanId,
    ) -> Result<Option<OpenedPlan>, StoreError> {
        let keys = vec![access_key(aquarium), dose_key(user, aquarium, id)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let Some(access) = found.take::<Access>(access_key(aquarium))? else { return Ok(None) };
        let Some(scope) = access.value.scope(user) else { return Ok(None) };
        let plan = if scope.is_owner() {
            found.take(dose_key(user, aquarium, id))?
        } else {
            self.table.get(dose_key(scope.owner_id(), aquarium, id), Read::Strong).await?
        };
        Ok(Some(OpenedPlan { access, scope, plan }))
    }

    /// A page of the plans of an aquarium, ordered by ID.
    pub async fn plans(&self, scope: &Scope, page: kit::http::Page) -> Result<Page<DosePlan>, StoreError> {
        let prefix = doses_of(scope.owner_id(), scope.aquarium_id());
        let mut page = self.table.list::<DosePlan>(prefix, false, page.limit, page.cursor).await?;
        page.items.retain(|plan| !plan.value.is_removed());
        Ok(page)
    }

    /// All plans of an aquarium.
    pub async fn all_plans(&self, scope: &Scope) -> Result<Vec<DosePlan>, StoreError> {
        let prefix = doses_of(scope.owner_id(), scope.aquarium_id());
        let pages = self.table.list_pages::<DosePlan>(&prefix, READ_ITEMS, MAX_READS, Read::Eventual).await?;
        Ok(pages.items.into_iter().map(|plan| plan.value).filter(|plan| !plan.is_removed()).collect())
    }

    /// Adds a plan while the access is as it was read.
    pub async fn add_plan(
        &self,
        opened: &OpenedPlan,
        plan: &DosePlan,
        (outbox, now): (&Outbox, Timestamp),
    ) -> Result<(), NotPlanned> {
        let transaction = self.of_member(&opened.access, &opened.scope, now);
        let tally = DoseTally { aquarium_id: plan.aquarium_id };
        let transaction = transaction.count(&tally, PLANS, 1, 0..=i64::from(MAX_PLANS));
        commit(transaction.create(plan, outbox), Some(TALLY), CHANGES.exceeded(now)).await
    }

    /// Changes a plan while it and the access are as they were read.
    pub async fn change_plan(
        &self,
        opened: &OpenedPlan,
        read: &Versioned<DosePlan>,
        next: &DosePlan,
        (outbox, now): (&Outbox, Timestamp),
    ) -> Result<(), NotPlanned> {
        let mut transaction = self.of_member(&opened.access, &opened.scope, now);
        if next.is_removed() {
            let tally = DoseTally { aquarium_id: next.aquarium_id };
            transaction = transaction.count(&tally, PLANS, -1, 0..=i64::MAX);
        }
        commit(transaction.replace(read, next, outbox), None, CHANGES.exceeded(now)).await
    }

    /// Sets or removes the calendar link of a member, while the access is as it was read. New links have a limit of their own: each
    /// replaces the access, on which all writes of the aquarium are conditional, and viewers can create links too.
    pub async fn set_calendar(
        &self,
        access: &Versioned<Access>,
        next: &Access,
        (user, now): (UserId, Timestamp),
    ) -> Result<(), NotPlanned> {
        let transaction = self.table.transaction().replace(access, next, &Outbox::none()).unless_forgotten(user);
        let limit = if next.calendars.contains_key(&user) { CALENDAR_LINKS } else { CHANGES };
        let transaction = limit.count_in(transaction, Subject::User(user), now);
        commit(transaction, None, limit.exceeded(now)).await
    }

    /// The members of an aquarium.
    pub async fn access(&self, aquarium: AquariumId) -> Result<Option<Versioned<Access>>, StoreError> {
        self.table.get::<Access>(access_key(aquarium), Read::Strong).await
    }

    /// The first plans of a shard whose members are to be notified by an instant, as the index has them.
    pub async fn low_reservoirs(&self, shard: u8, now: Timestamp, limit: u32) -> Result<Vec<DosePlan>, StoreError> {
        let (first, last) = reservoirs_until(shard, now);
        let page = self.table.list_index_between::<DosePlan>(first, last, limit).await?;
        Ok(page.items.into_iter().map(|plan| plan.value).collect())
    }

    /// The members of a plan's aquarium, and the plan, as they are now; none if the aquarium or the plan was deleted.
    pub async fn watched(
        &self,
        listed: &DosePlan,
    ) -> Result<Option<(Versioned<Access>, Versioned<DosePlan>)>, StoreError> {
        let plan = || dose_key(listed.owner_id, listed.aquarium_id, listed.id);
        let mut found = self.table.get_many(vec![access_key(listed.aquarium_id), plan()], Read::Strong).await?;
        let access = found.take::<Access>(access_key(listed.aquarium_id))?;
        Ok(access.filter(|access| access.value.owner_id.is_some()).zip(found.take(plan())?))
    }

    /// Writes that the members were notified, with the notification, while plan and members are as they were read. Returns false
    /// if they are not.
    pub async fn mark_notified(
        &self,
        access: &Versioned<Access>,
        read: &Versioned<DosePlan>,
        next: &DosePlan,
        outbox: &Outbox,
    ) -> Result<bool, StoreError> {
        is_written(self.table.transaction().unchanged(access).replace(read, next, outbox).commit().await)
    }

    /// A transaction of a member: on condition that the access is as it was read, and counted.
    fn of_member(&self, access: &Versioned<Access>, scope: &Scope, now: Timestamp) -> Transaction<Timeline> {
        let user = scope.user_id();
        let transaction = self.table.transaction().unchanged(access).unless_forgotten(user);
        CHANGES.count_in(transaction, Subject::User(user), now)
    }
}

/// Commits a transaction. A change of the access comes before limits: the user may have lost the membership. `tally` is the number of
/// the count that can be too high, if there is one; the write after it creates what is counted, and fails if that is there already.
async fn commit(
    transaction: Transaction<Timeline>,
    tally: Option<usize>,
    exceeded: Exceeded,
) -> Result<(), NotPlanned> {
    match transaction.commit().await {
        Ok(()) => Ok(()),
        Err(TransactionError::Store(error)) => Err(NotPlanned::Store(error)),
        Err(TransactionError::Cancelled(cancelled)) => Err(if cancelled.failed(ACCESS) {
            NotPlanned::Conflict
        } else if cancelled.failed(ERASED) {
            NotPlanned::UserErased
        } else if cancelled.failed(LIMIT) {
            NotPlanned::Limit(exceeded)
        } else if tally.is_some_and(|at| cancelled.failed(at) && !cancelled.failed(at + 1)) {
            NotPlanned::TooMany
        } else {
            NotPlanned::Conflict
        }),
    }
}
