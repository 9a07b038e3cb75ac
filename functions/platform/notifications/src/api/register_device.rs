//! `POST /v1/notifications/devices`: register device.
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
pub struct RegisterDevice {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RegisterDeviceReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Register device
#[utoipa::path(
    post, path = "/v1/notifications/devices", operation_id = "register_device", tag = "notifications",
    security(("bearer" = [])),
    request_body = RegisterDevice,
    responses(
        (status = 200, description = "What was understood", body = RegisterDeviceReply),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`request.invalid`: a field is wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn register_device(
    State(_ctx): State<&'static Public>,
    _caller: Caller,
    Json(body): Json<RegisterDevice>,
) -> Result<Json<RegisterDeviceReply>, Problem> {
    Ok(Json(RegisterDeviceReply { name: body.name }))
}
