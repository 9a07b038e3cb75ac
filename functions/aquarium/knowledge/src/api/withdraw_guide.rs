//! `POST /v1/aquarium/guides/{id}/withdraw`: withdraw guide.
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
pub struct WithdrawGuide {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WithdrawGuideReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Withdraw guide
#[utoipa::path(
    post, path = "/v1/aquarium/guides/{id}/withdraw", operation_id = "withdraw_guide", tag = "knowledge",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier")),
    request_body = WithdrawGuide,
    responses(
        (status = 200, description = "The resource", body = WithdrawGuideReply),
        (status = 404, description = "`knowledge.no_such_guide`"),
    )
)]
pub async fn withdraw_guide(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<Id<Uuid>>,
    Json(body): Json<WithdrawGuide>,
) -> Result<Json<WithdrawGuideReply>, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchGuide)?;
    Ok(Json(WithdrawGuideReply { name: body.name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}
