//! `GET /v1/aquarium/aquariums/{id}/timeline/months/{month}`: counts of a month by day.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use kit::auth::Caller;
use kit::http::{Fields, Json, Path, Problem, Query};
use serde::{Deserialize, Serialize};
use types::AquariumId;
use utoipa::ToSchema;

use crate::api::MAX_SEQ;
use crate::ctx::Ctx;
use crate::domain::month::{Month, MonthView};
use crate::problem::Refusal;

const NO_SEQ: &str = "must be the sequence number of an entry";

/// Path of a month.
#[derive(Debug, Clone, Deserialize)]
pub struct MonthPath {
    /// Aquarium ID.
    pub id: AquariumId,
    /// Year and month.
    pub month: String,
}

/// The entry that the view must include, as it was sent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct MonthQuery {
    at_least: Option<String>,
}

/// Counts of a month. Retracted entries do not count.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimelineMonth {
    /// Year and month.
    #[schema(example = "202611")]
    month: String,
    /// Sequence number of the last entry that the view includes.
    as_of: u64,
    /// Days with entries, by local date.
    days: Vec<TimelineDay>,
}

/// Counts of a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimelineDay {
    /// Local date.
    #[schema(format = Date, example = "2026-11-29")]
    date: String,
    /// Numbers of entries by type.
    counts: Vec<TypeCount>,
    /// Volume of water changes in millilitres.
    water_changed_ml: u64,
}

/// Number of entries of a type.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TypeCount {
    /// Type.
    #[serde(rename = "type")]
    #[schema(example = "water_change")]
    entry_type: String,
    /// Number of entries.
    count: u64,
}

impl TimelineMonth {
    fn of(month: Month, view: Option<MonthView>, as_of: u64) -> Self {
        // The view may be newer than the progress that was read before it.
        let as_of = view.as_ref().map_or(as_of, |view| view.as_of.max(as_of));
        let days = view.map(|view| view.days).unwrap_or_default().into_iter().map(|(date, day)| {
            let counts = day.counts.into_iter().filter(|(_, count)| *count > 0);
            let counts = counts.map(|(entry_type, count)| TypeCount { entry_type, count }).collect();
            TimelineDay { date, counts, water_changed_ml: day.water_changed_ml }
        });
        let days = days.filter(|day: &TimelineDay| !day.counts.is_empty()).collect();
        Self { month: month.to_string(), as_of, days }
    }
}

/// Get a month of a timeline
///
/// Returns the numbers of entries of a month by local date. Members of the aquarium can read it. The view is updated
/// asynchronously: `asOf` is the last entry that it includes. With `atLeast`, the response is 202 as long as that entry is
/// missing; the body is then the view as it is.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/timeline/months/{month}", operation_id = "get_month", tag = "timeline",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("month" = String, Path, description = "Year and month, for example `202611`", pattern = "^[2-9][0-9]{3}(0[1-9]|1[0-2])$"),
        ("atLeast" = Option<u64>, Query, description = "Sequence number of an entry that the view must include, from the response of an append", minimum = 0, maximum = 9_999_999_999_i64),
    ),
    responses(
        (status = 200, description = "The month", body = TimelineMonth),
        (status = 202, description = "The month without the entry `atLeast`; try again in a second", body = TimelineMonth),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
    )
)]
pub async fn get_month(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<MonthPath>,
    Query(query): Query<MonthQuery>,
) -> Result<Response, Problem> {
    let mut fields = Fields::of_parameters();
    let month = fields.check("month", Month::parse(&path.month));
    let at_least = query.at_least.map(|text| text.parse::<u64>().ok().filter(|seq| *seq <= MAX_SEQ).ok_or(NO_SEQ));
    let at_least = fields.check("atLeast", at_least.transpose());
    let (month, at_least) = fields.all((month, at_least))?;
    let read = ctx.store.month_for(caller.user_id, path.id, month).await?.ok_or(Refusal::NoSuchAquarium)?;
    let view = TimelineMonth::of(month, read.view, read.as_of);
    let status = if at_least.is_some_and(|seq| view.as_of < seq) { StatusCode::ACCEPTED } else { StatusCode::OK };
    let mut response = Json(view).into_response();
    *response.status_mut() = status;
    Ok(response)
}
