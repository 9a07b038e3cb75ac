//! `GET /v1/analytics/funnels/{name}`: how many people or orders got from step to step.

use axum::extract::State;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use kit::auth::{Manager, Standing};
use kit::http::{Fields, Json, Path, Problem, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::domain::funnel::{Counted, Funnel, FunnelStep, find};
use crate::domain::shown_funnel::{ShownFunnel, ShownStep};
use crate::domain::suppression::MIN_PEOPLE;
use crate::problem::Refusal;
use crate::store::Numbers;

/// The most days of a response. They are read in one round trip, four partitions per month.
const MAX_DAYS: i64 = 92;
/// Days of a response unless the client says otherwise.
const DEFAULT_DAYS: i64 = 30;

/// Path parameters.
#[derive(Debug, Deserialize)]
pub struct FunnelPath {
    name: String,
}

/// Query parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunnelDays {
    from: Option<String>,
    to: Option<String>,
}

/// What a funnel counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FunnelUnit {
    /// Users.
    Users,
    /// Orders.
    Orders,
}

/// Step of a funnel.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FunnelStepView {
    /// Name.
    #[schema(example = "verified")]
    name: &'static str,
    /// Event that is the step.
    #[schema(example = "identity.email_verified.v1")]
    event: &'static str,
    /// How many reached it, on the days that show it.
    count: i64,
    /// Share of those who reached the first step in thousandths, rounded down, of the days that show this step. Null if no user did.
    #[schema(example = 640)]
    permille_of_first: Option<i64>,
    /// Share of those who reached the step before in thousandths, rounded down, of the days that show both. Null if no user did, and for
    /// the first step.
    permille_of_previous: Option<i64>,
}

/// Day of a funnel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FunnelDay {
    /// Day (UTC) of the first step.
    #[schema(example = "2026-11-29")]
    date: String,
    /// How many of those who began on it reached each step, in the order of the steps. Null for a number that would reveal fewer than five
    /// people.
    counts: Vec<Option<i64>>,
}

/// Funnel.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FunnelView {
    /// Name.
    #[schema(example = "first_order")]
    name: &'static str,
    /// Title.
    #[schema(example = "From sign-up to the first order")]
    title: &'static str,
    /// What is counted.
    counts: FunnelUnit,
    /// Days after the first step within which the others count.
    window_days: u16,
    /// The least number of people that is shown. Null for orders, which are all shown.
    #[schema(example = 5)]
    min_people: Option<i64>,
    /// Number of days that are left out, because fewer people began.
    hidden_days: usize,
    /// The steps, with the sums of what the days show.
    steps: Vec<FunnelStepView>,
    /// The days on which a user began, oldest first.
    days: Vec<FunnelDay>,
}

/// Get a funnel
///
/// Returns how many people or orders that began between `from` and `to` reached each step, in all and by the day of their first step.
/// Funnels: `first_order` (users: registered, verified, ordered; 30 days), `fulfilment` (orders: placed, confirmed, shipped, delivered;
/// 60 days), `engagement` (users: registered, reported, donated; 30 days). A step is reached if it and all steps before it occurred within
/// the window. Accounts without an e-mail address (Telegram) are never verified: in `first_order` they count as registered
/// only. The numbers of recent days still rise. No number of users is shown that would reveal fewer than five: days on which fewer
/// began are left out, and so is today; a number is null if it, or its difference from the last step that is shown, is one to four; sums
/// contain shown numbers only. Numbers of orders are all shown. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/analytics/funnels/{name}", operation_id = "get_funnel", tag = "analytics",
    security(("bearer" = ["manager"])),
    params(
        ("name" = String, Path, pattern = "^[a-z0-9_]{1,40}$", description = "Name of the funnel", example = "first_order"),
        ("from" = Option<String>, Query, description = "First day (UTC). By default 29 days before `to`", format = Date, example = "2026-11-01"),
        ("to" = Option<String>, Query, description = "Last day (UTC), at most 91 days after `from`. By default today", format = Date, example = "2026-11-29"),
    ),
    responses(
        (status = 200, description = "The funnel", body = FunnelView),
        (status = 404, description = "`analytics.no_such_funnel`: no funnel has this name"),
    )
)]
pub async fn get_funnel(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Path(FunnelPath { name }): Path<FunnelPath>,
    Query(query): Query<FunnelDays>,
) -> Result<Json<FunnelView>, Problem> {
    let Some(funnel) = find(&name) else {
        standing.check().await?;
        return Err(Refusal::NoSuchFunnel.into());
    };
    let now = ctx.clock.now();
    let (first, last) = query.parse(now)?;
    let (_, numbers) = standing.with(ctx.store.funnel_numbers(funnel, first, last)).await?;
    Ok(Json(FunnelView::of(funnel, &numbers, TimeZone::UTC.to_datetime(now).date())))
}

impl FunnelDays {
    fn parse(&self, now: Timestamp) -> Result<(Date, Date), Problem> {
        let mut fields = Fields::of_parameters();
        let today = TimeZone::UTC.to_datetime(now).date();
        let to = fields.check("to", date(self.to.as_deref()));
        let from = fields.check("from", date(self.from.as_deref()));
        let last = to.flatten().unwrap_or(today);
        let first =
            from.flatten().or_else(|| last.checked_sub(Span::new().days(DEFAULT_DAYS - 1)).ok()).unwrap_or(last);
        let days = first.duration_until(last).as_hours() / 24;
        if from.is_some() && to.is_some() && !(0..MAX_DAYS).contains(&days) {
            fields.refuse("to", format!("must be from 0 to {} days after from", MAX_DAYS - 1));
        }
        fields.all((to, from))?;
        Ok((first, last))
    }
}

fn date(text: Option<&str>) -> Result<Option<Date>, &'static str> {
    // One form only: the parser also takes others.
    let plain = |text: &str| text.parse::<Date>().ok().filter(|date| date.to_string() == text);
    text.map(|text| plain(text).ok_or("must be a date, for example 2026-11-29")).transpose()
}

impl FunnelView {
    fn of(funnel: &'static Funnel, numbers: &Numbers, today: Date) -> Self {
        let steps = funnel.steps.len();
        let days = numbers.iter().map(|(date, day)| {
            let count =
                |step: usize| u8::try_from(step).ok().and_then(|step| day.get(&step)).copied().unwrap_or_default();
            (*date, (0..steps).map(count).collect())
        });
        let shown = ShownFunnel::of(funnel.counts, days, today);
        let view = |(index, step): (usize, &'static FunnelStep)| {
            let ShownStep { count, permille_of_first, permille_of_previous } = shown.step(index);
            FunnelStepView { name: step.name, event: step.event, count, permille_of_first, permille_of_previous }
        };
        let steps = funnel.steps.iter().enumerate().map(view).collect();
        let (counts, min_people) = match funnel.counts {
            Counted::Users => (FunnelUnit::Users, Some(MIN_PEOPLE)),
            Counted::Orders => (FunnelUnit::Orders, None),
        };
        let (name, title, window_days, hidden_days) = (funnel.name, funnel.title, funnel.window_days, shown.hidden);
        let days = shown.days.into_iter().map(|day| FunnelDay { date: day.date.to_string(), counts: day.counts });
        Self { name, title, counts, window_days, min_people, hidden_days, steps, days: days.collect() }
    }
}
