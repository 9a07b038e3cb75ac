//! `PUT /v1/commerce/locations/{id}`: creates or changes a location.

use axum::extract::State;
use dynamo::{Read, Versioned};
use kit::auth::{Manager, Standing};
use kit::http::{Fields, Id, IfMatch, Json, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use serde::Deserialize;
use types::{LocationId, line};
use utoipa::ToSchema;

use crate::api::view::LocationView;
use crate::ctx::Ctx;
use crate::domain::location::{CountryCode, Location, LocationDetails, Locations, MAX_NAME_CHARS, MAX_PRIORITY};
use crate::problem::Refusal;

/// Request to create or change a location.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetLocation {
    /// Name.
    #[schema(min_length = 1, max_length = 100, example = "Berlin warehouse")]
    name: String,
    /// CountryCode.
    #[schema(value_type = CountryCode)]
    country: String,
    /// Priority: among locations that have an order's units, the one with the highest number ships it.
    #[schema(minimum = 0, maximum = 1000, example = 10)]
    priority: u16,
    /// Orders take units from open locations only.
    #[schema(example = true)]
    is_open: bool,
}

impl SetLocation {
    fn parse(&self) -> Result<LocationDetails, Problem> {
        let mut fields = Fields::new();
        let name = fields.check("name", line(&self.name, MAX_NAME_CHARS));
        let country = fields.check("country", CountryCode::parse(&self.country));
        let priority = (self.priority <= MAX_PRIORITY).then_some(self.priority);
        let priority = fields.check("priority", priority.ok_or(format!("must be a number from 0 to {MAX_PRIORITY}")));
        let (name, country, priority) = fields.all((name, country, priority))?;
        Ok(LocationDetails { name, country, priority, is_open: self.is_open })
    }
}

/// Create or change a location
///
/// The client chooses the ID of a new location, a UUID. At most 20 locations; they are closed instead of deleted, since orders
/// and movements refer to them. The `ETag` is that of the list of locations; `If-Match` is compared with it. Requires the role
/// `manager` or `admin`. Idempotent.
#[utoipa::path(
    put, path = "/v1/commerce/locations/{id}", operation_id = "set_location", tag = "orders",
    security(("bearer" = ["manager"])),
    params(
        ("id" = LocationId, Path, description = "Location ID"),
        OptionalIfMatch,
    ),
    request_body = SetLocation,
    responses(
        (status = 200, description = "The location", body = LocationView),
        (status = 409, description = "`orders.too_many_locations`: the shop has 20 locations"),
    )
)]
pub async fn set_location(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    based_on: Option<IfMatch>,
    Path(Id { id }): Path<Id<LocationId>>,
    Json(body): Json<SetLocation>,
) -> Result<Tagged<LocationView>, Problem> {
    let location = Location { id, details: body.parse()? };
    let (_, read) = standing.with(ctx.store.setting::<Locations>(Read::Strong)).await?;
    let decide = |read: &Versioned<Locations>| {
        if let Some(tag) = based_on {
            tag.check(read.version)?;
        }
        read.value.with(location.clone()).map_err(|_| Problem::from(Refusal::TooManyLocations))
    };
    let written = ctx.store.change_setting(read, decide).await??;
    Ok(Tagged::new(written.version, LocationView::from(&location)))
}
