//! `DELETE /v1/aquarium/identifications/{id}`: deletes an identification in any status.
//!
//! An attempt that is under way writes its result on condition that the identification is as it was, so it has no
//! effect any more.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Id, NoContent, Path, Problem};
use types::IdentificationId;

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Delete an identification
///
/// Deletes the identification with its suggestions and its confirmation. The picture and recorded readings stay. Only
/// the requester can delete it. It counts towards the limit of the day.
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
    let (_, read) = standing.with(ctx.store.identification(standing.user_id(), id)).await?;
    let read = read.ok_or(Refusal::NoSuchIdentification)?;
    ctx.store.delete(read).await?;
    Ok(NoContent)
}
