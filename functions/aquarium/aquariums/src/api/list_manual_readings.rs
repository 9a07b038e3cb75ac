//! `GET /v1/aquarium/aquariums/{id}/readings/manual`: the readings of a parameter that members recorded by hand.

use axum::extract::State;
use jiff::{Timestamp, ToSpan};
use kit::auth::Caller;
use kit::http::{Fields, Id, Json, List, Page, Path, Problem, Query};
use serde::Deserialize;
use serde::de::IgnoredAny;
use types::AquariumId;
use water::{Parameter, Unit};

use crate::api::reading_view::ManualReading;
use crate::ctx::Ctx;
use crate::domain::sensor::unit_of;
use crate::problem::Refusal;

/// Which readings are requested. The parameters of the page are named so that a misspelt one is refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManualReadingsQuery {
    parameter: Parameter,
    from: Option<String>,
    to: Option<String>,
    unit: Option<Unit>,
    #[serde(rename = "limit")]
    _limit: Option<IgnoredAny>,
    #[serde(rename = "cursor")]
    _cursor: Option<IgnoredAny>,
}

/// What a valid request asks for.
type Wanted = ((Option<Timestamp>, Option<Timestamp>), Option<Unit>);

impl ManualReadingsQuery {
    fn parse(&self) -> Result<Wanted, Problem> {
        let mut fields = Fields::of_parameters();
        let mut time = |name: &str, text: Option<&str>| fields.check(name, text.map(types::time::parse).transpose());
        let (from, to) = (time("from", self.from.as_deref()), time("to", self.to.as_deref()));
        let unit = fields.check("unit", self.unit.map(|unit| unit_of(self.parameter, unit)).transpose());
        let (from, to, unit) = fields.all((from, to, unit))?;
        // Keys have milliseconds: the bound is exclusive, so it is rounded up.
        let to = to.map(|to| to.checked_add(999_999.nanoseconds()).unwrap_or(Timestamp::MAX));
        Ok(((from, to), unit))
    }
}

/// List manual readings
///
/// Allowed for all members of the aquarium. Returns the readings of one parameter, latest first: the points of a chart, from `from`
/// to before `to`. A page may be shorter than `limit`. Readings that were recorded in the last second may be missing.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/readings/manual", operation_id = "list_manual_readings", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("parameter" = Parameter, Query, description = "What was measured", example = "nitrate"),
        ("from" = Option<String>, Query, description = "Only readings that were measured at this time or later", format = DateTime),
        ("to" = Option<String>, Query, description = "Only readings that were measured before this time", format = DateTime),
        ("unit" = Option<Unit>, Query, description = "Unit of the values. Without it, each value is shown as it was entered"),
        Page,
    ),
    responses(
        (status = 200, description = "Page of results", body = List<ManualReading>),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
    )
)]
pub async fn list_manual_readings(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(Id { id }): Path<Id<AquariumId>>,
    Query(query): Query<ManualReadingsQuery>,
    page: Page,
) -> Result<Json<List<ManualReading>>, Problem> {
    let (span, unit) = query.parse()?;
    let scope = ctx.store.scope(caller.user_id, id).await?.ok_or(Refusal::NoSuchAquarium)?;
    let page = ctx.store.readings(&scope, query.parameter, span, page).await?;
    Ok(Json(List::of(page, |read| ManualReading::in_unit(&read.value, unit))))
}
