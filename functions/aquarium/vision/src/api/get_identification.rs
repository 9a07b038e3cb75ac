//! `GET /v1/aquarium/identifications/{id}`: get identification.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, Path, Problem};
use serde::Serialize;
use types::{UserId, Uuid};
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetIdentificationReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Get identification
#[utoipa::path(
    get, path = "/v1/aquarium/identifications/{id}", operation_id = "get_identification", tag = "vision",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 200, description = "The resource", body = GetIdentificationReply),
        (status = 404, description = "`vision.no_such_identification`"),
    )
)]
pub async fn get_identification(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<Id<Uuid>>,
) -> Result<Json<GetIdentificationReply>, Problem> {
    let name = find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchIdentification)?;
    Ok(Json(GetIdentificationReply { name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}
