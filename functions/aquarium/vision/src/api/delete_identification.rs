//! `DELETE /v1/aquarium/identifications/{id}`: deletes an identification in any status.
//!
//! An attempt that is under way writes its result on condition that the identification is as it was, so it has no
//! effect any more. The item stays as deleted for a while, so that the messages of an ID are about one identification.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::Standing;
use kit::http::{Id, NoContent, Path, Problem};
use types::IdentificationId;

use crate::ctx::Ctx;
use crate::problem::Refusal;
use crate::store::NotChanged;

/// Delete an identification
///
/// Deletes the identification with its suggestions and its confirmation. The picture and recorded readings stay. Only
/// the requester can delete it. It counts towards the limit of the day, and a call of the model that is under way is not
/// stopped. Its `Idempotency-Key` cannot be used for another identification for 30 days.
#[utoipa::path(
    delete, path = "/v1/aquarium/identifications/{id}", operation_id = "delete_identification", tag = "vision",
    security(("bearer" = [])),
    params(("id" = IdentificationId, Path, description = "Identification ID")),
    responses(
        (status = 204, description = "Identification deleted"),
        (status = 404, description = "`vision.no_such_identification`: the caller has no identification with this ID"),
    )
)]
pub async fn delete_identification(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(Id { id }): Path<Id<IdentificationId>>,
) -> Result<NoContent, Problem> {
    let mut retry = ConflictRetry::default();
    loop {
        let (_, read) = standing.with(ctx.store.identification(standing.user_id(), id)).await?;
        let read = read.ok_or(Refusal::NoSuchIdentification)?;
        let deleted = read.value.deleted(ctx.clock.now());
        match ctx.store.change(&read, deleted, &Outbox::none()).await {
            Ok(_) => return Ok(NoContent),
            Err(NotChanged::Moved) => retry.pause().await?,
            Err(NotChanged::Store(error)) => return Err(error.into()),
        }
    }
}
