//! `GET /v1/notifications/preferences`: get preferences.
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
pub struct GetPreferencesReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Get preferences
#[utoipa::path(
    get, path = "/v1/notifications/preferences", operation_id = "get_preferences", tag = "notifications",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "It was found", body = GetPreferencesReply),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`notifications.no_such_preferences`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn get_preferences(
    State(ctx): State<&'static Public>,
    caller: Caller,
) -> Result<Json<GetPreferencesReply>, Problem> {
    let name = find(ctx, caller.user_id).await.ok_or(Refusal::NoSuchPreferences)?;
    Ok(Json(GetPreferencesReply { name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Public, _owner: UserId) -> Option<String> {
    None
}
