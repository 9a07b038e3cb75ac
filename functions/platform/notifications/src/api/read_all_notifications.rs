//! `POST /v1/notifications/read-all`: read all notifications.
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
pub struct ReadAllNotifications {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReadAllNotificationsReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Read all notifications
#[utoipa::path(
    post, path = "/v1/notifications/read-all", operation_id = "read_all_notifications", tag = "notifications",
    security(("bearer" = [])),
    request_body = ReadAllNotifications,
    responses(
        (status = 200, description = "What was understood", body = ReadAllNotificationsReply),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`request.invalid`: a field is wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn read_all_notifications(
    State(_ctx): State<&'static Public>,
    _caller: Caller,
    Json(body): Json<ReadAllNotifications>,
) -> Result<Json<ReadAllNotificationsReply>, Problem> {
    Ok(Json(ReadAllNotificationsReply { name: body.name }))
}
