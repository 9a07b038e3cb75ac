//! `GET /v1/analytics/metrics/{name}`: the values of a metric.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Fields, Json, Path, Problem, Query};
use serde::Deserialize;

use crate::api::view::MetricValues;
use crate::ctx::Ctx;
use crate::domain::metric::Metric;
use crate::domain::metrics;
use crate::domain::period::{Interval, Range};
use crate::domain::series::max_periods_of;
use crate::problem::Refusal;
use crate::store;

/// Path parameters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MetricPath {
    name: String,
}

/// Query parameters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Window {
    from: String,
    to: String,
    interval: Option<Interval>,
    by: Option<String>,
}

impl Window {
    fn query(&self, metric: &'static Metric) -> Result<store::Query, Problem> {
        let mut fields = Fields::of_parameters();
        let from = fields.check("from", types::time::parse(&self.from));
        let to = fields.check("to", types::time::parse(&self.to));
        let interval = self.interval.unwrap_or(Interval::Day);
        let max =
            fields.check("interval", max_periods_of(metric, interval).ok_or("must be day or month for this metric"));
        let by = fields.check("by", self.by.as_deref().map(|name| dimension(metric, name)).transpose());
        let range = match (from, to, max) {
            (Some(from), Some(to), Some(max)) => fields.check("to", Range::between(from, to, interval, max)),
            _ => None,
        };
        let (range, by) = fields.all((range, by))?;
        Ok(store::Query { metric, range, by })
    }
}

fn dimension(metric: &'static Metric, name: &str) -> Result<&'static str, String> {
    let known = metric.dimension(name).map(|dimension| dimension.name);
    known.ok_or_else(|| {
        let names: Vec<_> = metric.dimensions().iter().map(|dimension| dimension.name).collect();
        if names.is_empty() {
            "must be absent: this metric cannot be broken down".to_owned()
        } else {
            format!("must be one of {}", names.join(", "))
        }
    })
}

/// Get values of a metric
///
/// Returns one value for each hour, day or month in UTC that `from` to `to` touches, filled with zeros. An event counts in the
/// period in which it happened, usually within seconds; an event that arrives late changes an earlier period. Amounts have
/// one series per currency, and are never added across currencies. At most 1,000 hours or days, or 120 months; distinct users
/// are kept per day (at most 92) and per month (at most 36), and cannot be added up. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/analytics/metrics/{name}", operation_id = "get_metric", tag = "analytics",
    security(("bearer" = ["manager"])),
    params(
        ("name" = String, Path, pattern = "^[a-z0-9_]{1,40}$", description = "Name of the metric", example = "gross_sales"),
        ("from" = String, Query, description = "Time in the first period", format = DateTime),
        ("to" = String, Query, description = "Time after the last period, or in it", format = DateTime),
        ("interval" = Option<Interval>, Query, description = "Length of the periods; by default `day`"),
        ("by" = Option<String>, Query, pattern = "^[a-z0-9_]{1,40}$", description = "Name of a dimension of the metric: return one series per value"),
    ),
    responses(
        (status = 200, description = "The values", body = MetricValues),
        (status = 404, description = "`analytics.no_such_metric`: no metric has this name"),
    )
)]
pub async fn get_metric(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Path(MetricPath { name }): Path<MetricPath>,
    Query(window): Query<Window>,
) -> Result<Json<MetricValues>, Problem> {
    let Some(metric) = metrics::named(&name) else {
        standing.check().await?;
        return Err(Refusal::NoSuchMetric.into());
    };
    let query = window.query(metric)?;
    let (_, values) = standing.with(ctx.store.values(query)).await?;
    Ok(Json(MetricValues::new(metric, query.by, values)))
}
