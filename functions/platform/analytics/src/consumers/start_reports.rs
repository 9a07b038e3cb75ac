//! Every hour: starts the runs of reports that are due.
//!
//! A report is moved to its next due time in the transaction that starts the run, under its version, so each due time has one run,
//! whatever invocations overlap. The run's ID is derived from the report and the due time. Emits `analytics.report_run_requested.v1`.

use contracts::analytics::ReportRunRequested;
use contracts::{Actor, Envelope};
use dynamo::{Outbox, StoreError, Versioned};
use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use kit::jobs::Job;
use types::{EventId, derive_id};

use crate::ctx::ConsumerContext;
use crate::domain::report::{Due, Report};
use crate::store::RunPlace;

/// How many runs are started at the same time.
const MAX_PARALLEL: usize = 16;
/// The most pages of an invocation: the next one continues.
const MAX_PAGES: usize = 50;
/// Time after which an invocation begins no further page. The function has 50 seconds.
const MAX_TIME: SignedDuration = SignedDuration::from_secs(35);

/// Runs once, page by page. A report that fails does not keep the others from being started; the next hour tries it again.
pub async fn start_reports(ctx: &'static ConsumerContext) -> Result<(), String> {
    let now = ctx.clock.now();
    let mut failures: Vec<String> = Vec::new();
    let mut after = None;
    for _ in 0..MAX_PAGES {
        // Behind the page before: reports that failed, or that a lagging index still lists, are not read again.
        let page = ctx.store.due_reports(now, after.as_ref()).await.map_err(|error| error.to_string())?;
        let started = stream::iter(page.items).map(|report| async move {
            let id = report.value.id;
            start(ctx, report, now).await.map_err(|error| format!("report {id}: {error}"))
        });
        let results: Vec<_> = started.buffer_unordered(MAX_PARALLEL).collect().await;
        failures.extend(results.into_iter().filter_map(Result::err));
        after = page.next;
        if after.is_none() || ctx.clock.now().duration_since(now) >= MAX_TIME {
            break;
        }
    }
    kit::schedule::result_of_many("reports", &failures)
}

/// Starts the run of a report. False if another invocation did.
async fn start(ctx: &ConsumerContext, listed: Versioned<Report>, now: Timestamp) -> Result<bool, StoreError> {
    let Some(Due { at: due, date, next }) = listed.value.take_due(now) else { return Ok(false) };
    let (owner, report_id) = (listed.value.owner_id, listed.value.id);
    let run_id = derive_id(&["report_run", &report_id.to_string(), &due.to_string()]);
    let correlation_id = run_id.to_string();
    let content = listed.value.content.clone();
    let place = RunPlace { report_id, run_at: due, date, scheduled: true, content, written: 0 };
    let job = Job::new(run_id, owner, correlation_id.clone(), now).beginning_at(place);
    let event_id = EventId::new(derive_id(&["report_run_requested", &run_id.to_string()]));
    let requested = ReportRunRequested { user_id: owner, report_id, run_id };
    let event = Envelope::new(event_id, now, correlation_id, Actor::System, requested);
    let outbox = Outbox::of(event).map_err(|error| StoreError::Refused(error.to_string()))?;
    ctx.store.start_due_run(&listed, &next, &job, &outbox).await
}
