//! `POST /v1/notifications/{id}/read`: read notification.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, Path, Problem};
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};
use utoipa::ToSchema;

use crate::ctx::Public;
use crate::problem::Refusal;

/// What a client may say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReadNotification {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReadNotificationReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Read notification
#[utoipa::path(
    post, path = "/v1/notifications/{id}/read", operation_id = "read_notification", tag = "notifications",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Which one")),
    request_body = ReadNotification,
    responses(
        (status = 200, description = "It was found", body = ReadNotificationReply),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`notifications.no_such_notification`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`request.invalid`: a field is wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn read_notification(
    State(ctx): State<&'static Public>,
    caller: Caller,
    Path(path): Path<Id<Uuid>>,
    Json(body): Json<ReadNotification>,
) -> Result<Json<ReadNotificationReply>, Problem> {
    find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchNotification)?;
    Ok(Json(ReadNotificationReply { name: body.name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Public, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}
