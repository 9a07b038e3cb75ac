//! On `analytics.report_run_requested.v1`: writes the file of a report's run to the bucket. On `identity.user_deleted.v1`: deletes the
//! user's files. The marker of deleted accounts comes before the deletion, and a run looks for it after its file, so no file is left.
//!
//! A CSV file is written metric by metric, and progress is stored after each part. A Parquet file ends with an index of all that it
//! contains, so it is written at once. The values are those of the moment at which a metric is read: late events may be in one run and not
//! in another of the same period. Emits `notifications.requested.v1` in the final write of a scheduled run.

use std::collections::BTreeMap;

use contracts::analytics::ReportRunRequested;
use contracts::identity::UserDeleted;
use contracts::notifications::{Category, Message, NotificationRequested};
use contracts::{Actor, Envelope};
use dynamo::Outbox;
use dynamo::outbox::OutboxError;
use futures::future::try_join;
use jiff::Timestamp;
use kit::Deadline;
use kit::jobs::{Job, Step};
use kit::sqs::{Failure, PartlyHandled, Progress};
use serde_json::Value;
use types::{EventId, Uuid, derive_id};

use crate::ctx::Running;
use crate::domain::report::parquet::MAX_ROWS;
use crate::domain::report::{Column, ReportFormat, ReportRow, csv, parquet, rows};
use crate::store::{Query, ReportRun, RunPlace, ValuesError};

/// Handles one event.
pub async fn run_report(ctx: &'static Running, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    if event.is::<UserDeleted>() {
        let user_id = event.decode::<UserDeleted>()?.data.user_id;
        // The marker first: a run that completes its file after this deletion sees it and deletes again.
        ctx.store.mark_forgotten(user_id, ctx.clock.now()).await?;
        return ctx.runner.forget(user_id).await;
    }
    let ReportRunRequested { user_id, run_id, .. } = event.decode::<ReportRunRequested>()?.data;
    let step = async |job: &Job<ReportRun>, place: RunPlace| step(ctx, job, place).await;
    let progress = ctx.runner.run(user_id, run_id, deadline, step, ready).await?;
    if matches!(progress, Progress::Finished(_)) && ctx.store.is_forgotten(user_id).await? {
        // The file may have been completed after those of the user were deleted. A repeat comes here too, if this is killed.
        if let pending @ Progress::Continue(_) = ctx.runner.forget(user_id).await? {
            return Ok(pending);
        }
    }
    Ok(progress)
}

/// Writes a metric, or the whole file.
async fn step(ctx: &Running, job: &Job<ReportRun>, place: RunPlace) -> Result<Step<RunPlace>, Failure> {
    let reads = try_join(ctx.store.report(job.owner_id, place.report_id), ctx.store.is_forgotten(job.owner_id));
    let (report, forgotten) = reads.await?;
    if report.is_none() || forgotten {
        return Ok(Step::Stop { reason: "the report was deleted".to_owned() });
    }
    let written = match place.content.format {
        ReportFormat::Csv => csv_part(ctx, place).await,
        ReportFormat::Parquet => parquet_file(ctx, place).await,
    };
    match written {
        Ok(step) => Ok(step),
        Err(NotWritten::Stop(reason)) => Ok(Step::Stop { reason }),
        Err(NotWritten::Failure(failure)) => Err(failure),
    }
}

/// A step did not end in a part of the file.
enum NotWritten {
    /// The run cannot go on.
    Stop(String),
    /// A later attempt may succeed.
    Failure(Failure),
}

impl From<ValuesError> for NotWritten {
    fn from(error: ValuesError) -> Self {
        match error {
            ValuesError::Store(error) => Self::Failure(error.into()),
            other => Self::Stop(other.to_string()),
        }
    }
}

async fn csv_part(ctx: &Running, place: RunPlace) -> Result<Step<RunPlace>, NotWritten> {
    let mut bytes = if place.written == 0 { csv::header().map_err(stop)? } else { Vec::new() };
    let rows = match place.content.metrics.get(place.written) {
        Some(column) => read(ctx, &place, column).await?,
        None => Vec::new(),
    };
    bytes.append(&mut csv::rows(&rows).map_err(stop)?);
    let written = place.written + 1;
    let last = written >= place.content.metrics.len();
    Ok(Step::Wrote { bytes, items: count(&rows), work: RunPlace { written, ..place }, last })
}

async fn parquet_file(ctx: &Running, place: RunPlace) -> Result<Step<RunPlace>, NotWritten> {
    let mut rows = Vec::new();
    for column in &place.content.metrics {
        rows.append(&mut read(ctx, &place, column).await?);
        if rows.len() > MAX_ROWS {
            return Err(NotWritten::Stop(format!("the report has more than {MAX_ROWS} rows")));
        }
    }
    let (items, written) = (count(&rows), place.content.metrics.len());
    let bytes = kit::blocking::run(move || parquet::file(&rows)).await.map_err(stop)?.map_err(stop)?;
    Ok(Step::Wrote { bytes, items, work: RunPlace { written, ..place }, last: true })
}

/// Reads the rows of a metric.
async fn read(ctx: &Running, place: &RunPlace, column: &Column) -> Result<Vec<ReportRow>, NotWritten> {
    // It was checked when the report was created; a later release may have withdrawn the metric.
    let (metric, by) = column.declared().map_err(stop)?;
    let range = place.content.range(place.date).map_err(stop)?;
    let values = ctx.store.values(Query { metric, range, by }).await?;
    Ok(rows(column, metric.unit, values))
}

#[expect(clippy::needless_pass_by_value, reason = "an argument of `map_err`")]
fn stop<E: ToString>(reason: E) -> NotWritten {
    NotWritten::Stop(reason.to_string())
}

fn count(rows: &[ReportRow]) -> u64 {
    u64::try_from(rows.len()).unwrap_or(u64::MAX)
}

/// The notification that the file of a scheduled run is ready. It leads to a page of the app, not to the file.
fn ready(job: &Job<ReportRun>, now: Timestamp) -> Result<Outbox, OutboxError> {
    let place = job.work();
    if !place.scheduled {
        return Ok(Outbox::none());
    }
    let id = |name: &str| -> Uuid { derive_id(&[name, &job.id.to_string()]) };
    let (report_id, run_id) = (place.report_id.to_string(), job.id.to_string());
    let message = Message {
        template: "report_ready".to_owned(),
        link: Some(format!("/analytics/reports/{report_id}/runs/{run_id}")),
        data: BTreeMap::from([("report_id".to_owned(), report_id), ("run_id".to_owned(), run_id)]),
    };
    let requested = NotificationRequested {
        notification_id: id("report_ready"),
        recipients: vec![job.owner_id],
        category: Category::Account,
        message,
        channels: None,
    };
    let event_id = EventId::new(id("report_ready_event"));
    Outbox::of(Envelope::new(event_id, now, job.correlation_id.clone(), Actor::System, requested))
}
