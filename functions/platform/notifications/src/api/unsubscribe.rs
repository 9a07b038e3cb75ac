//! `POST /v1/notifications/unsubscribe`: unsubscribe.
//! As generated, it answers with what it understood, and keeps nothing.

use axum::extract::State;
use kit::http::{Json, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ctx::Public;

/// What a client may say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Unsubscribe {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnsubscribeReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Unsubscribe
#[utoipa::path(
    post, path = "/v1/notifications/unsubscribe", operation_id = "unsubscribe", tag = "notifications",
    request_body = Unsubscribe,
    responses(
        (status = 200, description = "What was understood", body = UnsubscribeReply),
        (status = 422, description = "`request.invalid`: a field is wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn unsubscribe(
    State(_ctx): State<&'static Public>,
    Json(body): Json<Unsubscribe>,
) -> Result<Json<UnsubscribeReply>, Problem> {
    Ok(Json(UnsubscribeReply { name: body.name }))
}
