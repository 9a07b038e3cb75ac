//! `DELETE /v1/aquarium/aquariums/{id}/readings/manual/{readingId}`: delete manual reading.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{NoContent, Path, Problem};
use serde::Deserialize;
use types::{UserId, Uuid};

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// What the path names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeleteManualReadingPath {
    /// `{id}`.
    pub id: Uuid,
    /// `{readingId}`.
    pub reading_id: Uuid,
}

/// Delete manual reading
#[utoipa::path(
    delete, path = "/v1/aquarium/aquariums/{id}/readings/manual/{readingId}", operation_id = "delete_manual_reading", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier"), ("readingId" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "`aquariums.no_such_manual_reading`"),
    )
)]
pub async fn delete_manual_reading(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<DeleteManualReadingPath>,
) -> Result<NoContent, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, &path).await.ok_or(Refusal::NoSuchManualReading)?;
    Ok(NoContent)
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _path: &DeleteManualReadingPath) -> Option<String> {
    None
}
