//! `PATCH /v1/community/points/{id}`: updates a point.
//!
//! Emits `points.point_updated.v1`.

use axum::extract::State;
use contracts::points::PointKind;
use dynamo::{ConflictRetry, Outbox, Versioned};
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Fields, Id, IfMatch, Invocation, Json, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use serde::Deserialize;
use types::{GeoPoint, PointId};
use utoipa::ToSchema;

use crate::api::rules::{self, Degrees, given};
use crate::api::view::PointView;
use crate::ctx::Ctx;
use crate::domain::point::{Change, Point};
use crate::problem::Refusal;

/// Fields to update.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdatePoint {
    /// Name.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, min_length = 1, max_length = 80, example = "Fountain behind the market")]
    name: Option<String>,
    /// What the point offers.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, value_type = Option<PointKind>)]
    kind: Option<String>,
    /// Location.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, value_type = Option<GeoPoint>)]
    location: Option<Degrees>,
    /// Description. Null removes it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    #[expect(clippy::option_option, reason = "absent, null and a text are three different wishes")]
    description: Option<Option<String>>,
}

impl UpdatePoint {
    fn parse(&self) -> Result<Change, Problem> {
        let mut fields = Fields::new();
        let change = Change {
            name: self.name.as_deref().and_then(|text| rules::name(&mut fields, text)),
            kind: self.kind.as_deref().and_then(|text| rules::kind(&mut fields, text)),
            location: self.location.and_then(|degrees| rules::location(&mut fields, degrees)),
            description: self
                .description
                .as_ref()
                .map(|text| text.as_deref().and_then(|text| rules::description(&mut fields, text))),
        };
        fields.all((Some(change),)).map(|(change,)| change)
    }
}

/// Update a point
///
/// Allowed for the keeper and admins. Absent fields stay unchanged. Supports optimistic concurrency with
/// `If-Match`.
#[utoipa::path(
    patch, path = "/v1/community/points/{id}", operation_id = "update_point", tag = "points",
    security(("bearer" = [])),
    params(
        ("id" = PointId, Path, description = "Point ID"),
        OptionalIfMatch,
    ),
    request_body = UpdatePoint,
    responses(
        (status = 200, description = "The updated point", body = PointView),
        (status = 403, description = "`points.not_keeper`: only the keeper and admins can change the point"),
        (status = 404, description = "`points.no_such_point`: no point with this ID"),
        (status = 409, description = "`points.too_crowded`: there are 20 points within 30 m"),
    )
)]
pub async fn update_point(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    based_on: Option<IfMatch>,
    Path(Id { id }): Path<Id<PointId>>,
    Json(body): Json<UpdatePoint>,
) -> Result<Tagged<PointView>, Problem> {
    let (now, change) = (ctx.clock.now(), body.parse()?);
    let mut has_room = false;
    let mut retry = ConflictRetry::default();
    loop {
        let (caller, read) = standing.with(ctx.store.point(id)).await?;
        let read = rules::standing(read)?;
        if !rules::keeps(&caller, &read.value) {
            return Err(Refusal::NotKeeper.into());
        }
        if let Some(tag) = based_on {
            tag.check(read.version)?;
        }
        let Some(next) = read.value.changed(&change) else { return shown(&read) };
        if let Some(place) = change.location.filter(|_| !has_room) {
            rules::neighbours(ctx, place, id).await?;
            has_room = true;
        }
        let outbox = told(&call, &next, read.version + 1, now)?;
        if let Some(changed) = ctx.store.change(&read, next, &outbox).await? {
            return shown(&changed);
        }
        retry.pause().await?;
    }
}

fn told(call: &Invocation, next: &Point, revision: u64, now: Timestamp) -> Result<Outbox, Problem> {
    let mut outbox = Outbox::none();
    if let Some(fact) = next.updated_fact(revision) {
        outbox.push(call.event(now, fact))?;
    }
    Ok(outbox)
}

fn shown(point: &Versioned<Point>) -> Result<Tagged<PointView>, Problem> {
    let view = PointView::of(&point.value).ok_or(Refusal::NoSuchPoint)?;
    Ok(Tagged::new(point.version, view))
}
