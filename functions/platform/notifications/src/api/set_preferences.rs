//! `PUT /v1/notifications/preferences`: set preferences.
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
pub struct SetPreferences {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetPreferencesReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Set preferences
#[utoipa::path(
    put, path = "/v1/notifications/preferences", operation_id = "set_preferences", tag = "notifications",
    security(("bearer" = [])),
    request_body = SetPreferences,
    responses(
        (status = 200, description = "What was understood", body = SetPreferencesReply),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`request.invalid`: a field is wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn set_preferences(
    State(_ctx): State<&'static Public>,
    _caller: Caller,
    Json(body): Json<SetPreferences>,
) -> Result<Json<SetPreferencesReply>, Problem> {
    Ok(Json(SetPreferencesReply { name: body.name }))
}
