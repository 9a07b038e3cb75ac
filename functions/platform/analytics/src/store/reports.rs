//! Reports, and how their runs start.

use dynamo::{
    Cancelled, Cursor, Entity, IndexKey, Key, Outbox, Page, Read, Scalar, StoreError, TransactionError, Versioned,
    is_written,
};
use jiff::Timestamp;
use kit::http;
use kit::jobs::{FILE_SECONDS, Job, Jobs, MAX_SECONDS};
use kit::limits::{Exceeded, Subject};
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};

use super::runs::{ReportRun, RunEntry, run_key};
use super::{Analytics, Store};
use crate::domain::limits::RUNS;
use crate::domain::report::{MAX_REPORTS, Report};

/// Due reports of one page.
pub const PAGE_DUE: u32 = 100;

impl Entity for Report {
    type Context = Analytics;

    fn key(&self) -> Key<Analytics> {
        report_key(self.owner_id, self.id)
    }

    fn index(&self) -> Option<IndexKey<Analytics>> {
        self.next_run_at.map(|due| due_key(&format!("{due}#{}", self.id)))
    }
}

fn report_key(owner: UserId, id: Uuid) -> Key<Analytics> {
    Key::new("user", owner, format!("report#{id}"))
}

/// The index of reports by their next due time, which is a whole second, so that its text sorts by time.
fn due_key(sort: &str) -> IndexKey<Analytics> {
    IndexKey::new("due", "reports", sort)
}

/// The number of a user's reports, which bounds them.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct ReportCount {
    owner_id: UserId,
}

const COUNT: &str = "reports";

impl Entity for ReportCount {
    type Context = Analytics;

    fn key(&self) -> Key<Analytics> {
        Key::new("user", self.owner_id, "count#reports")
    }
}

/// Says that a report was deleted, for as long as its runs may be stored: a request that is sent again does not create it again.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct DeletedReport {
    owner_id: UserId,
    id: Uuid,
    until: i64,
}

impl Entity for DeletedReport {
    type Context = Analytics;

    fn key(&self) -> Key<Analytics> {
        deleted_key(self.owner_id, self.id)
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.until)
    }
}

fn deleted_key(owner: UserId, id: Uuid) -> Key<Analytics> {
    Key::new("user", owner, format!("report-gone#{id}"))
}

/// A report was not created.
#[derive(Debug)]
pub enum NotCreated {
    /// An earlier request with the same id created it.
    Exists(Box<Report>),
    /// An earlier request with the same id created it, and it was deleted.
    Deleted,
    /// The user has the maximum number of reports.
    TooMany,
    /// The user was erased.
    Erased,
    /// The table failed.
    Store(StoreError),
}

/// A run was not started.
#[derive(Debug)]
pub enum NotStarted {
    /// An earlier request with the same id started it.
    Exists(Box<Job<ReportRun>>),
    /// The report does not exist any more.
    NoReport,
    /// The user has started too many.
    Limit(Exceeded),
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for NotCreated {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<StoreError> for NotStarted {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Store {
    /// The runs of reports.
    pub fn runs(&self) -> Jobs<ReportRun> {
        Jobs::new(self.table.clone())
    }

    /// Creates a report, unless the user has the maximum number.
    pub async fn create_report(&self, report: &Report) -> Result<(), NotCreated> {
        let owner = report.owner_id;
        let max = i64::try_from(MAX_REPORTS).unwrap_or(i64::MAX);
        let write = self.table.transaction().create(report, &Outbox::none());
        let write = write.count(&ReportCount { owner_id: owner }, COUNT, 1, 0..=max);
        let write = write.absent(deleted_key(owner, report.id)).unless_forgotten(owner);
        match write.commit().await {
            Ok(()) => Ok(()),
            Err(TransactionError::Store(error)) => Err(error.into()),
            Err(TransactionError::Cancelled(cancelled)) => Err(match cancelled.item::<Report>(0)? {
                Some(earlier) => NotCreated::Exists(Box::new(earlier.value)),
                None if cancelled.failed(2) => NotCreated::Deleted,
                None if cancelled.failed(1) => NotCreated::TooMany,
                None => NotCreated::Erased,
            }),
        }
    }

    /// Reads a report of a user.
    pub async fn report(&self, owner: UserId, id: Uuid) -> Result<Option<Versioned<Report>>, StoreError> {
        self.table.get(report_key(owner, id), Read::Strong).await
    }

    /// A page of a user's reports.
    pub async fn reports(&self, owner: UserId, page: http::Page) -> Result<Page<Report>, StoreError> {
        let prefix = Key::new("user", owner, "report#");
        self.table.list_strong(prefix, false, page.limit, page.cursor).await
    }

    /// Deletes a report. False if it has changed since it was read.
    pub async fn delete_report(&self, read: &Versioned<Report>, now: Timestamp) -> Result<bool, StoreError> {
        let (owner_id, id) = (read.value.owner_id, read.value.id);
        let deleted = DeletedReport { owner_id, id, until: now.as_second() + MAX_SECONDS + FILE_SECONDS };
        let max = i64::try_from(MAX_REPORTS).unwrap_or(i64::MAX);
        let write = self.table.transaction().delete(read).count(&ReportCount { owner_id }, COUNT, -1, 0..=max);
        let write = write.create(&deleted, &Outbox::none()).unless_forgotten(owner_id);
        is_written(write.commit().await)
    }

    /// Starts a run that a user requested, with its event, within the user's limit.
    pub async fn start_run(&self, job: &Job<ReportRun>, now: Timestamp, outbox: &Outbox) -> Result<(), NotStarted> {
        let (owner, report_id) = (job.owner_id, job.work().report_id);
        let write = self.table.transaction().create(job, outbox).create(&RunEntry::of(job), &Outbox::none());
        let write = write.holds(report_key(owner, report_id), &[("id", Scalar::text(report_id))]);
        let write = RUNS.count_in(write, Subject::User(owner), now).unless_forgotten(owner);
        match write.commit().await {
            Ok(()) => Ok(()),
            Err(TransactionError::Store(error)) => Err(error.into()),
            Err(TransactionError::Cancelled(cancelled)) => Err(not_started(&cancelled, now)?),
        }
    }

    /// Starts the run of a due time, and moves the report to the next one. False if another invocation did, or the report has changed.
    pub async fn start_due_run(
        &self,
        read: &Versioned<Report>,
        next: &Report,
        job: &Job<ReportRun>,
        outbox: &Outbox,
    ) -> Result<bool, StoreError> {
        let write = self.table.transaction().replace(read, next, &Outbox::none()).create(job, outbox);
        let write = write.create(&RunEntry::of(job), &Outbox::none()).unless_forgotten(next.owner_id);
        is_written(write.commit().await)
    }

    /// A page of the reports that are due, the earliest first, from the first or after a cursor. May miss those that became due within the
    /// last second.
    pub async fn due_reports(&self, now: Timestamp, after: Option<&Cursor>) -> Result<Page<Report>, StoreError> {
        // `0` sorts before every time, and `~` after every character of a UUID.
        let first = after.map_or_else(|| due_key("0"), |after| due_key(&format!("{}~", after.as_str())));
        let last = due_key(&format!("{}#~", whole_second(now)));
        self.table.list_index_between(first, last, PAGE_DUE).await
    }

    /// Reads a report and one of its runs, in one round trip.
    pub async fn report_and_run(
        &self,
        owner: UserId,
        report_id: Uuid,
        run_id: Uuid,
    ) -> Result<Option<Versioned<Job<ReportRun>>>, StoreError> {
        let (report, run) = futures::try_join!(self.report(owner, report_id), self.read_run(owner, run_id))?;
        // A report that was created again with the same key has no runs of the earlier one.
        let is_of = |report: &Report, run: &Job<ReportRun>| {
            run.work().report_id == report_id && run.requested_at >= report.created_at
        };
        Ok(report.zip(run).filter(|(report, run)| is_of(&report.value, &run.value)).map(|(_, run)| run))
    }

    async fn read_run(&self, owner: UserId, id: Uuid) -> Result<Option<Versioned<Job<ReportRun>>>, StoreError> {
        self.runs().get(owner, id).await
    }

    /// A page of a report's runs, newest first. A run whose item has expired is left out.
    pub async fn report_runs(
        &self,
        owner: UserId,
        report_id: Uuid,
        page: http::Page,
    ) -> Result<Page<Job<ReportRun>>, StoreError> {
        let prefix = Key::new("user", owner, format!("run#{report_id}#"));
        let entries = self.table.list::<RunEntry>(prefix, true, page.limit, page.cursor).await?;
        let keys: Vec<_> = entries.items.iter().map(|entry| run_key(owner, entry.value.run_id)).collect();
        if keys.is_empty() {
            return Ok(Page { items: Vec::new(), next: entries.next });
        }
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let mut items = Vec::new();
        for entry in entries.items {
            items.extend(found.take::<Job<ReportRun>>(run_key(owner, entry.value.run_id))?);
        }
        Ok(Page { items, next: entries.next })
    }
}

fn not_started(cancelled: &Cancelled, now: Timestamp) -> Result<NotStarted, StoreError> {
    Ok(match cancelled.item::<Job<ReportRun>>(0)? {
        Some(earlier) => NotStarted::Exists(Box::new(earlier.value)),
        None if cancelled.failed(3) && !cancelled.failed(2) => NotStarted::Limit(RUNS.exceeded(now)),
        None => NotStarted::NoReport,
    })
}

/// Due times are whole seconds: without a fraction, their texts sort by time.
fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}
