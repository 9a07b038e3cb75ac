//! `POST /v1/aquarium/identifications/{id}/confirmation`: confirm identification.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Id, Json, Path, Problem};
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// What a client may say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConfirmIdentification {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmIdentificationReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Confirm identification
#[utoipa::path(
    post, path = "/v1/aquarium/identifications/{id}/confirmation", operation_id = "confirm_identification", tag = "vision",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier")),
    request_body = ConfirmIdentification,
    responses(
        (status = 200, description = "The resource", body = ConfirmIdentificationReply),
        (status = 404, description = "`vision.no_such_identification`"),
    )
)]
pub async fn confirm_identification(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<Id<Uuid>>,
    Json(body): Json<ConfirmIdentification>,
) -> Result<Json<ConfirmIdentificationReply>, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchIdentification)?;
    Ok(Json(ConfirmIdentificationReply { name: body.name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}
