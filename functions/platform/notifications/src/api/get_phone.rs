//! `GET /v1/notifications/phone`: get phone.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, Problem};
use serde::Serialize;
use types::UserId;
use utoipa::ToSchema;

use crate::ctx::Public;
use crate::problem::Refusal;

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetPhoneReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Get phone
#[utoipa::path(
    get, path = "/v1/notifications/phone", operation_id = "get_phone", tag = "notifications",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "It was found", body = GetPhoneReply),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`notifications.no_such_phone`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn get_phone(State(ctx): State<&'static Public>, caller: Caller) -> Result<Json<GetPhoneReply>, Problem> {
    let name = find(ctx, caller.user_id).await.ok_or(Refusal::NoSuchPhone)?;
    Ok(Json(GetPhoneReply { name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Public, _owner: UserId) -> Option<String> {
    None
}
