//! `POST /v1/community/points`: creates a point. Requires `Idempotency-Key`.
//!
//! Emits `points.point_created.v1`.

use axum::extract::State;
use contracts::points::PointKind;
use dynamo::{Outbox, Versioned};
use kit::auth::Standing;
use kit::http::{Created, Fields, IdempotencyKey, Invocation, Json, Problem};
use serde::{Deserialize, Serialize};
use types::{GeoPoint, PointId};
use utoipa::ToSchema;

use crate::api::list_points::in_tenths;
use crate::api::rules::{self, Degrees};
use crate::api::view::PointView;
use crate::ctx::Ctx;
use crate::domain::point::{Details, Point};
use crate::problem::Refusal;
use crate::store::NotAdded;

/// Maximum number of possible duplicates in the response.
const MAX_DUPLICATES: usize = 5;

/// Request to create a point. The keeper is the caller.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreatePoint {
    /// Name.
    #[schema(min_length = 1, max_length = 80, example = "Fountain behind the market")]
    name: String,
    /// What the point offers.
    #[schema(value_type = PointKind)]
    kind: String,
    /// Location.
    #[schema(value_type = GeoPoint)]
    location: Degrees,
    /// Description.
    #[schema(min_length = 1, max_length = 500, example = "The tap is on the left. Off from November to March.")]
    description: Option<String>,
}

impl CreatePoint {
    fn parse(&self) -> Result<Details, Problem> {
        let mut fields = Fields::new();
        let name = rules::name(&mut fields, &self.name);
        let kind = rules::kind(&mut fields, &self.kind);
        let location = rules::location(&mut fields, self.location);
        let description = self.description.as_deref().and_then(|text| rules::description(&mut fields, text));
        let (name, kind, location) = fields.all((name, kind, location))?;
        Ok(Details { name, kind, location, description })
    }
}

/// A new point, with possible duplicates.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewPoint {
    /// The point.
    point: PointView,
    /// Existing points of the same kind within 30 m, nearest first. A warning only.
    near_duplicates: Vec<NearDuplicate>,
}

/// A possible duplicate.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NearDuplicate {
    /// Point ID.
    id: PointId,
    /// Name.
    name: String,
    /// Distance to the new point in metres, to a tenth.
    distance_m: f64,
}

/// Create a point
///
/// Creates a point and makes the caller its keeper. Lists existing points of the same kind within 30 m as a
/// warning. Limits: 50 points per user and day; about 20 points within 30 m, a few more if they are created at the same
/// time. Idempotent by `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/community/points", operation_id = "create_point", tag = "points",
    security(("bearer" = [])),
    params(IdempotencyKey),
    request_body = CreatePoint,
    responses(
        (status = 201, description = "Point created", body = NewPoint),
        (status = 404, description = "`points.no_such_user`: the account was deleted"),
        (status = 409, description = "`points.too_crowded`: there are 20 points within 30 m; `points.removed`: the point of this `Idempotency-Key` was deleted"),
        (status = 429, description = "`request.limit_exceeded`: the user created 50 points today; retry after `Retry-After` seconds"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body"),
    )
)]
pub async fn create_point(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    attempt: IdempotencyKey,
    Json(body): Json<CreatePoint>,
) -> Result<Created<NewPoint>, Problem> {
    let now = ctx.clock.now();
    let details = body.parse()?;
    let id = PointId::new(attempt.derive_id("create_point", &standing.user_id().to_string()));
    let (caller, others) = standing.with(rules::neighbours(ctx, details.location, id)).await?;
    let point = Point::new(id, caller.user_id, details.clone(), now);
    let mut outbox = Outbox::none();
    if let Some(fact) = point.created_fact() {
        outbox.push(call.event(now, fact))?;
    }
    let point = match ctx.store.add(point, caller.user_id, &outbox).await {
        Ok(added) => added.value,
        Err(NotAdded::Exists(before)) => same_as_before(*before, &details)?,
        Err(NotAdded::Limit(exceeded)) => return Err(exceeded.into()),
        Err(NotAdded::Forgotten) => return Err(Refusal::NoSuchUser.into()),
        Err(NotAdded::Store(error)) => return Err(error.into()),
    };
    let point = PointView::of(&point).ok_or(Refusal::Removed)?;
    let near_duplicates = near_duplicates(others, details.kind);
    Ok(Created::at(format!("/v1/community/points/{id}"), NewPoint { point, near_duplicates }))
}

/// Returns the existing resource if the request is the same, for a retry with the same key.
fn same_as_before(before: Versioned<Point>, details: &Details) -> Result<Point, Refusal> {
    before.value.was_made_of(details).then_some(before.value).ok_or(Refusal::KeyReused)
}

fn near_duplicates(others: Vec<(f64, Point)>, kind: PointKind) -> Vec<NearDuplicate> {
    let others = others.into_iter().filter_map(|(distance_m, point)| Some((distance_m, PointView::of(&point)?)));
    let same = others.filter(|(_, view)| view.kind == kind).take(MAX_DUPLICATES);
    same.map(|(distance_m, view)| NearDuplicate { id: view.id, name: view.name, distance_m: in_tenths(distance_m) })
        .collect()
}
