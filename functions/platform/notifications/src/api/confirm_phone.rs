//! `POST /v1/notifications/phone/confirm`: confirm phone.
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
pub struct ConfirmPhone {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmPhoneReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Confirm phone
#[utoipa::path(
    post, path = "/v1/notifications/phone/confirm", operation_id = "confirm_phone", tag = "notifications",
    security(("bearer" = [])),
    request_body = ConfirmPhone,
    responses(
        (status = 200, description = "What was understood", body = ConfirmPhoneReply),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`request.invalid`: a field is wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn confirm_phone(
    State(_ctx): State<&'static Public>,
    _caller: Caller,
    Json(body): Json<ConfirmPhone>,
) -> Result<Json<ConfirmPhoneReply>, Problem> {
    Ok(Json(ConfirmPhoneReply { name: body.name }))
}
