//! `POST /v1/search/events`: record search event.
//! As generated, it answers with what it understood, and keeps nothing.

use axum::extract::State;
use kit::http::{Json, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ctx::Ctx;

/// What a client may say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordSearchEvent {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordSearchEventReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Record search event
#[utoipa::path(
    post, path = "/v1/search/events", operation_id = "record_search_event", tag = "search",
    request_body = RecordSearchEvent,
    responses(
        (status = 200, description = "Created", body = RecordSearchEventReply),
    )
)]
pub async fn record_search_event(
    State(_ctx): State<&'static Ctx>,
    Json(body): Json<RecordSearchEvent>,
) -> Result<Json<RecordSearchEventReply>, Problem> {
    Ok(Json(RecordSearchEventReply { name: body.name }))
}
