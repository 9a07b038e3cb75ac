//! `PUT /v1/notifications/phone`: set phone.
//! As generated, it answers with what it understood, and keeps nothing.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ctx::Public;

/// What a client may say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetPhone {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetPhoneReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Set phone
#[utoipa::path(
    put, path = "/v1/notifications/phone", operation_id = "set_phone", tag = "notifications",
    security(("bearer" = [])),
    request_body = SetPhone,
    responses(
        (status = 200, description = "What was understood", body = SetPhoneReply),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`request.invalid`: a field is wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn set_phone(
    State(_ctx): State<&'static Public>,
    _caller: Caller,
    Json(body): Json<SetPhone>,
) -> Result<Json<SetPhoneReply>, Problem> {
    Ok(Json(SetPhoneReply { name: body.name }))
}
