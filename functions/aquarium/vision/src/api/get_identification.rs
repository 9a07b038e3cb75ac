//! `GET /v1/aquarium/identifications/{id}`: an identification of the caller.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Path, Problem, Tagged};
use types::IdentificationId;

use crate::api::IdentificationView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Get an identification
///
/// Returns the status and the suggestions. Only the requester can read it.
#[utoipa::path(
    get, path = "/v1/aquarium/identifications/{id}", operation_id = "get_identification", tag = "vision",
    security(("bearer" = [])),
    params(("id" = IdentificationId, Path, description = "Identification ID")),
    responses(
        (status = 200, description = "The identification", body = IdentificationView),
        (status = 404, description = "`vision.no_such_identification`: the caller has no identification with this ID"),
    )
)]
pub async fn get_identification(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(Id { id }): Path<Id<IdentificationId>>,
) -> Result<Tagged<IdentificationView>, Problem> {
    let read = ctx.store.identification(caller.user_id, id).await?.ok_or(Refusal::NoSuchIdentification)?;
    Ok(Tagged::new(read.version, IdentificationView::at(&read.value, ctx.clock.now())))
}
