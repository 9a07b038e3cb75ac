//! `GET /v1/analytics/insights`: what rules find in the weekly values of metrics.

use axum::extract::State;
use jiff::Timestamp;
use kit::auth::{Manager, Standing};
use kit::http::{Json, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::domain::insight::{Finding, Insight};

/// What a rule found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InsightFinding {
    /// Zero last week, after four weeks with values.
    Stopped,
    /// Last week at least twice the week before.
    Doubled,
    /// Last week at most half of the week before.
    Halved,
    /// Lower in each of the last three weeks, by at least 10 % in all.
    Falling,
    /// Higher in each of the last three weeks, by at least 10 % in all.
    Rising,
}

/// Value of a week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InsightWeek {
    /// Monday of the week (UTC).
    #[schema(example = "2026-11-16")]
    week: String,
    /// Value of the metric.
    #[schema(example = 1250)]
    value: i64,
}

/// Insight, with the numbers that it was found in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InsightView {
    /// What was found.
    finding: InsightFinding,
    /// Name of the metric.
    #[schema(example = "gross_sales")]
    metric: String,
    /// Currency of amounts, which are in minor units. Null for other metrics.
    #[schema(example = "EUR")]
    currency: Option<String>,
    /// The weeks, oldest first.
    weeks: Vec<InsightWeek>,
    /// Change from the first to the last of these weeks in per cent, rounded towards zero. Null if the first is zero.
    #[schema(example = -18)]
    change_percent: Option<i64>,
}

/// Insights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InsightsView {
    /// When the rules were applied. Null before the first time.
    #[serde(serialize_with = "types::time::optional_millis")]
    as_of: Option<Timestamp>,
    /// The insights, at most 50.
    items: Vec<InsightView>,
}

/// List insights
///
/// Lists what rules found in the values of whole weeks (Monday to Sunday, UTC), with the numbers. The rules are applied twice a day to all
/// metrics that are sums, in each currency; values below 10 are ignored as noise. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/analytics/insights", operation_id = "list_insights", tag = "analytics",
    security(("bearer" = ["manager"])),
    responses(
        (status = 200, description = "The insights", body = InsightsView),
    )
)]
pub async fn list_insights(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
) -> Result<Json<InsightsView>, Problem> {
    let (_, list) = standing.with(ctx.store.insights()).await?;
    let list = list.map(|list| list.value);
    Ok(Json(InsightsView {
        as_of: list.as_ref().map(|list| list.as_of),
        items: list.into_iter().flat_map(|list| list.insights).map(InsightView::from).collect(),
    }))
}

impl From<Insight> for InsightView {
    fn from(insight: Insight) -> Self {
        let Insight { finding, metric, currency, weeks, change_percent } = insight;
        let weeks = weeks.into_iter().map(|(week, value)| InsightWeek { week: week.to_string(), value }).collect();
        Self { finding: finding.into(), metric, currency, weeks, change_percent }
    }
}

impl From<Finding> for InsightFinding {
    fn from(finding: Finding) -> Self {
        match finding {
            Finding::Stopped => Self::Stopped,
            Finding::Doubled => Self::Doubled,
            Finding::Halved => Self::Halved,
            Finding::Falling => Self::Falling,
            Finding::Rising => Self::Rising,
        }
    }
}
