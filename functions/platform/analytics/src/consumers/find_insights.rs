//! Twice a day: applies the rules of insights to the weekly values of all metrics that are sums, and stores what they find.

use futures::{StreamExt, TryStreamExt, stream};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::ctx::ConsumerContext;
use crate::domain::insight::{WEEKS, Weekly, find, weeks};
use crate::domain::metric::{Definition, Metric};
use crate::domain::metrics;
use crate::domain::period::{Interval, Period, Range};
use crate::store::{InsightList, Query};

/// How many metrics are read at the same time.
const MAX_PARALLEL: usize = 4;

/// The most days that are read: those of the weeks, and today.
const MAX_DAYS: usize = (WEEKS + 1) * 7 + 1;

/// Runs once.
pub async fn find_insights(ctx: &'static ConsumerContext) -> Result<(), String> {
    let now = ctx.clock.now();
    let range = days(now).ok_or_else(|| "the clock is beyond the calendar".to_owned())?;
    let sums = metrics::all().filter(|metric| matches!(metric.definition, Definition::Summed { .. }));
    let read = stream::iter(sums).map(|metric| series(ctx, metric, range, now));
    let series: Vec<Vec<Weekly>> = read.buffer_unordered(MAX_PARALLEL).try_collect().await?;
    let insights = find(&series.concat());
    ctx.store.store_insights(InsightList { as_of: now, insights }).await.map_err(|error| error.to_string())?;
    Ok(())
}

/// The days of the weeks that the rules look at.
fn days(now: Timestamp) -> Option<Range> {
    let days = i64::try_from((WEEKS + 1) * 7).ok()?;
    let from = TimeZone::UTC.to_datetime(now).checked_sub(Span::new().days(days)).ok()?;
    let from = TimeZone::UTC.to_timestamp(from).ok()?;
    Range::between(from, now, Interval::Day, MAX_DAYS).ok()
}

/// The weekly values of a metric, in each currency.
async fn series(
    ctx: &ConsumerContext,
    metric: &'static Metric,
    range: Range,
    now: Timestamp,
) -> Result<Vec<Weekly>, String> {
    let values = ctx.store.values(Query { metric, range, by: None }).await.map_err(|error| error.to_string())?;
    let today = TimeZone::UTC.to_datetime(now).date();
    let weekly = values.series.into_iter().map(|series| {
        let days = range.periods().map(Period::date).zip(series.values.iter().map(|value| value.unwrap_or_default()));
        Weekly {
            metric: metric.name.to_owned(),
            currency: series.currency.as_ref().map(|currency| currency.as_str().to_owned()),
            weeks: weeks(&days.collect(), today),
        }
    });
    Ok(weekly.collect())
}
