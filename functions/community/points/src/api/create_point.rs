//! `POST /v1/community/points`: puts a point on the map. Needs `Idempotency-Key`.
//! Emits `points.point_created.v1`.

use axum::extract::State;
use contracts::points::PointKind;
use dynamo::{Outbox, Versioned};
use kit::auth::Caller;
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

/// The most possible duplicates that are told.
const MAX_DUPLICATES: usize = 5;

/// What a client may say. Its keeper is the caller.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreatePoint {
    #[schema(min_length = 1, max_length = 80, example = "Fountain behind the market")]
    name: String,
    #[schema(value_type = PointKind)]
    kind: String,
    #[schema(value_type = GeoPoint)]
    location: Degrees,
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

/// The point, and what may be the same.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewPoint {
    point: PointView,
    /// Points of the same kind within 30 m, the nearest first: a warning, nothing more.
    near_duplicates: Vec<NearDuplicate>,
}

/// A point that may be the same.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NearDuplicate {
    /// Its id.
    id: PointId,
    /// What it is called.
    name: String,
    /// How far it is from the new one, in metres, to a tenth.
    distance_m: f64,
}

/// Put a point on the map
///
/// Whoever does becomes its keeper. The same request with the same `Idempotency-Key` gets the point that the first one made.
#[utoipa::path(
    post, path = "/v1/community/points", operation_id = "create_point", tag = "points",
    security(("bearer" = [])),
    params(IdempotencyKey),
    request_body = CreatePoint,
    responses(
        (status = 201, description = "It is on the map", body = NewPoint),
        (status = 404, description = "`points.no_such_user`: the account is gone"),
        (status = 409, description = "`points.too_crowded`: there are twenty points within 30 m; `points.removed`: the point of this `Idempotency-Key` was removed"),
        (status = 422, description = "`points.key_reused`: the `Idempotency-Key` has made another point"),
    )
)]
pub async fn create_point(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    caller: Caller,
    attempt: IdempotencyKey,
    Json(body): Json<CreatePoint>,
) -> Result<Created<NewPoint>, Problem> {
    let now = ctx.clock.now();
    let details = body.parse()?;
    let id = PointId::new(attempt.derive_id("create_point", &caller.user_id.to_string()));
    let others = rules::neighbours(ctx, details.location, id).await?;
    let point = Point::new(id, caller.user_id, details.clone(), now);
    let mut outbox = Outbox::none();
    if let Some(fact) = point.created_fact() {
        outbox.push(call.event(now, fact))?;
    }
    let point = match ctx.store.add(point, caller.user_id, &outbox).await {
        Ok(added) => added.value,
        Err(NotAdded::Exists(before)) => same_as_before(*before, &details)?,
        Err(NotAdded::Forgotten) => return Err(Refusal::NoSuchUser.into()),
        Err(NotAdded::Store(error)) => return Err(error.into()),
    };
    let point = PointView::of(&point).ok_or(Refusal::Removed)?;
    let near_duplicates = near_duplicates(others, details.kind);
    Ok(Created::at(format!("/v1/community/points/{id}"), NewPoint { point, near_duplicates }))
}

/// A repeat gets what the first try made, if it asks for the same.
fn same_as_before(before: Versioned<Point>, details: &Details) -> Result<Point, Refusal> {
    before.value.was_made_of(details).then_some(before.value).ok_or(Refusal::KeyReused)
}

fn near_duplicates(others: Vec<(f64, Versioned<Point>)>, kind: PointKind) -> Vec<NearDuplicate> {
    let others = others.into_iter().filter_map(|(distance_m, point)| Some((distance_m, PointView::of(&point.value)?)));
    let same = others.filter(|(_, view)| view.kind == kind).take(MAX_DUPLICATES);
    same.map(|(distance_m, view)| NearDuplicate { id: view.id, name: view.name, distance_m: in_tenths(distance_m) })
        .collect()
}
