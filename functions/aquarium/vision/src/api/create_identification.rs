//! `POST /v1/aquarium/identifications`: requests the identification of a picture. Requires `Idempotency-Key`.
//!
//! Emits `vision.identification_requested.v1`, on which a consumer has the picture looked at.

use axum::extract::State;
use contracts::vision::IdentificationKind;
use dynamo::Outbox;
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Accepted, IdempotencyKey, Invocation, Json, Problem};
use serde::Deserialize;
use types::{IdentificationId, MediaId};
use utoipa::ToSchema;

use crate::api::IdentificationView;
use crate::ctx::Requesting;
use crate::domain::identification::Identification;
use crate::problem::Refusal;
use crate::store::NotAdded;

/// Request to identify a picture.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateIdentification {
    /// ID of a published media item of the caller with purpose `photo`.
    media_id: MediaId,
    /// What to look for.
    kind: IdentificationKind,
}

/// Identify a picture
///
/// Has a model look at a published picture of the caller, and responds at once; read the result with `GET
/// /v1/aquarium/identifications/{id}`. For `species` the result is up to 20 names; for `test_strip`, up to 20 water
/// values, which the user has to confirm. Results are suggestions of a model and can be wrong. A model that does not
/// answer is asked up to six times within about 21 minutes; then the status is `failed`.
///
/// Off unless the operator has configured a model of this kind. Limit: 20 identifications per user and day (UTC),
/// whatever the plan, including those that fail or are deleted. Idempotent by `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/aquarium/identifications", operation_id = "create_identification", tag = "vision",
    security(("bearer" = [])),
    params(IdempotencyKey),
    request_body = CreateIdentification,
    responses(
        (status = 202, description = "Identification requested", body = IdentificationView),
        (status = 409, description = "`vision.off`: this deployment does not identify pictures of this kind; `vision.picture_not_published`: the caller has no published picture with this ID and the purpose `photo`"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body, or for an identification that was deleted"),
        (status = 429, description = "`request.limit_exceeded`: the user requested 20 identifications today; retry after `Retry-After` seconds"),
    )
)]
pub async fn create_identification(
    State(ctx): State<&'static Requesting>,
    call: Invocation,
    standing: Standing,
    attempt: IdempotencyKey,
    Json(body): Json<CreateIdentification>,
) -> Result<Accepted<IdentificationView>, Problem> {
    let (now, user) = (ctx.clock.now(), standing.user_id());
    let CreateIdentification { media_id, kind } = body;
    let id = IdentificationId::new(attempt.derive_id("create_identification", &user.to_string()));
    let (_, found) = standing.with(ctx.store.with_picture(user, id, media_id)).await?;
    if let Some(before) = found.identification {
        return replay(&before.value, (media_id, kind), now);
    }
    if !ctx.offer.has(kind) {
        return Err(Refusal::Off.into());
    }
    found.picture.and_then(|picture| picture.file()).ok_or(Refusal::PictureNotPublished)?;
    let wanted = Identification::requested((id, user, media_id), kind, call.correlation_id.clone(), now);
    let outbox = Outbox::of(call.event(now, wanted.requested_fact()))?;
    match ctx.store.add(wanted, &outbox, now).await {
        Ok(added) => Ok(accepted(&added, now)),
        Err(NotAdded::Exists(before)) => replay(&before.value, (media_id, kind), now),
        Err(NotAdded::PictureGone) => Err(Refusal::PictureNotPublished.into()),
        Err(NotAdded::Limit(exceeded)) => Err(exceeded.into()),
        Err(NotAdded::Store(error)) => Err(error.into()),
    }
}

/// Returns the identification of an earlier request with the same key, if that asked for the same.
fn replay(
    before: &Identification,
    (media_id, kind): (MediaId, IdentificationKind),
    now: Timestamp,
) -> Result<Accepted<IdentificationView>, Problem> {
    if before.is_of(media_id, kind) && !before.is_deleted() {
        Ok(accepted(before, now))
    } else {
        Err(Refusal::KeyReused.into())
    }
}

fn accepted(identification: &Identification, now: Timestamp) -> Accepted<IdentificationView> {
    Accepted::at(
        format!("/v1/aquarium/identifications/{}", identification.id),
        IdentificationView::at(identification, now),
    )
}
