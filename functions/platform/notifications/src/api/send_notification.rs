//! `POST /v1/notifications`: send notification.
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
pub struct SendNotification {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SendNotificationReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Send notification
#[utoipa::path(
    post, path = "/v1/notifications", operation_id = "send_notification", tag = "notifications",
    security(("bearer" = [])),
    request_body = SendNotification,
    responses(
        (status = 200, description = "What was understood", body = SendNotificationReply),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`request.invalid`: a field is wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn send_notification(
    State(_ctx): State<&'static Public>,
    _caller: Caller,
    Json(body): Json<SendNotification>,
) -> Result<Json<SendNotificationReply>, Problem> {
    Ok(Json(SendNotificationReply { name: body.name }))
}
