//! `GET /v1/analytics/cohorts/{name}`: of the people who joined in the same week, how many were active in each week after it.

use axum::extract::State;
use jiff::civil::Date;
use kit::auth::{Manager, Standing};
use kit::http::{Fields, Json, Path, Problem, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::domain::cohort::{Cohorts, MAX_WEEKS, PEOPLE, find};
use crate::domain::funnel::permille;
use crate::domain::suppression::{Counts, MIN_PEOPLE, Table, open_week, table};
use crate::problem::Refusal;
use crate::store::Numbers;

/// The most cohorts of a response: a year of weeks.
const MAX_COHORTS: i32 = 52;
/// Cohorts of a response unless the client says otherwise.
const DEFAULT_COHORTS: i32 = 12;

/// Path parameters.
#[derive(Debug, Deserialize)]
pub struct CohortPath {
    name: String,
}

/// Query parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CohortWeeks {
    weeks: Option<String>,
}

/// People who joined in the same week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CohortView {
    /// Monday of the week (UTC) in which they joined.
    #[schema(example = "2026-11-02")]
    week: String,
    /// Number of people.
    people: i64,
    /// How many of them were active, week by week from the week itself, up to the last week that ended two days ago or earlier. Null for a number that
    /// would reveal fewer than five people.
    active: Vec<Option<i64>>,
}

/// Sum of a week over the cohorts whose number is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CohortTotal {
    /// Weeks after joining.
    #[schema(example = 4)]
    week: u8,
    /// People of the cohorts whose number is shown.
    people: i64,
    /// How many of them were active.
    active: i64,
    /// Share in thousandths, rounded down. Null if no number is shown.
    permille: Option<i64>,
}

/// Cohorts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CohortsView {
    /// Name.
    #[schema(example = "sign_up")]
    name: &'static str,
    /// Title.
    #[schema(example = "Users by the week in which they registered")]
    title: &'static str,
    /// The least number of people that is shown.
    #[schema(example = 5)]
    min_people: i64,
    /// Number of cohorts that are left out, because they have fewer people.
    hidden_cohorts: usize,
    /// The cohorts, oldest first.
    cohorts: Vec<CohortView>,
    /// Sums of the shown numbers, by weeks after joining.
    totals: Vec<CohortTotal>,
}

/// Get cohorts
///
/// Returns, for each of the last weeks, how many people joined in it, and how many of them were active in that week and in each of the
/// 12 weeks after it. Kinds of cohorts: `sign_up` (joined: registered; active: signed in, placed an order, reported an event or donated).
/// No number is shown that would reveal fewer than five people: cohorts with fewer people are left out; a number is null if it, or the rest
/// of its cohort, is one to four people; weeks are left out until two days after their end; totals are sums of shown numbers only, so
/// nothing follows from differences. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/analytics/cohorts/{name}", operation_id = "get_cohorts", tag = "analytics",
    security(("bearer" = ["manager"])),
    params(
        ("name" = String, Path, pattern = "^[a-z0-9_]{1,40}$", description = "Kind of cohort", example = "sign_up"),
        ("weeks" = Option<i32>, Query, description = "Number of weeks, up to the last one that ended at least two days ago. Defaults to 12", minimum = 1, maximum = 52, example = 12),
    ),
    responses(
        (status = 200, description = "The cohorts", body = CohortsView),
        (status = 404, description = "`analytics.no_such_cohorts`: no kind of cohort has this name"),
    )
)]
pub async fn get_cohorts(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Path(CohortPath { name }): Path<CohortPath>,
    Query(query): Query<CohortWeeks>,
) -> Result<Json<CohortsView>, Problem> {
    let Some(cohorts) = find(&name) else {
        standing.check().await?;
        return Err(Refusal::NoSuchCohorts.into());
    };
    let (weeks, now) = (query.parse()?, ctx.clock.now());
    let open = open_week(now);
    let (_, numbers) = standing.with(ctx.store.cohort_numbers(cohorts, open - weeks, open - 1)).await?;
    Ok(Json(CohortsView::of(cohorts, &table(counts(&numbers), now))))
}

impl CohortWeeks {
    fn parse(&self) -> Result<i32, Problem> {
        let mut fields = Fields::of_parameters();
        let weeks = self.weeks.as_deref().map_or(Some(DEFAULT_COHORTS), |text| text.parse().ok());
        let weeks = weeks.filter(|weeks| (1..=MAX_COHORTS).contains(weeks));
        let weeks = fields.check("weeks", weeks.ok_or_else(|| format!("must be from 1 to {MAX_COHORTS}")));
        fields.all((weeks,)).map(|(weeks,)| weeks)
    }
}

/// The counters of each week.
fn counts(numbers: &Numbers) -> impl Iterator<Item = (i32, Counts)> {
    let week = |date: Date| calendar::EpochDay::of(date).week();
    numbers.iter().map(move |(date, numbers)| {
        let number = |at: u8| numbers.get(&at).copied().unwrap_or_default();
        let active = (0..=MAX_WEEKS).map(|after| number(PEOPLE + 1 + after)).collect();
        (week(*date), Counts { people: number(PEOPLE), active })
    })
}

impl CohortsView {
    fn of(cohorts: &Cohorts, table: &Table) -> Self {
        let shown = table.cohorts.iter().map(|cohort| CohortView {
            week: cohort.week.to_string(),
            people: cohort.people,
            active: cohort.active.clone(),
        });
        let totals = (0..=MAX_WEEKS).zip(&table.totals).map(|(week, total)| CohortTotal {
            week,
            people: total.people,
            active: total.active,
            permille: permille(total.active, total.people),
        });
        Self {
            name: cohorts.name,
            title: cohorts.title,
            min_people: MIN_PEOPLE,
            hidden_cohorts: table.hidden,
            cohorts: shown.collect(),
            totals: totals.collect(),
        }
    }
}
