//! `POST /v1/aquarium/guides`: create guide.
//! As generated, it answers with what it understood, and keeps nothing.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Json, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ctx::Ctx;

/// What a client may say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateGuide {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateGuideReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Create guide
#[utoipa::path(
    post, path = "/v1/aquarium/guides", operation_id = "create_guide", tag = "knowledge",
    security(("bearer" = [])),
    request_body = CreateGuide,
    responses(
        (status = 200, description = "Created", body = CreateGuideReply),
    )
)]
pub async fn create_guide(
    State(_ctx): State<&'static Ctx>,
    standing: Standing,
    Json(body): Json<CreateGuide>,
) -> Result<Json<CreateGuideReply>, Problem> {
    standing.check().await?;
    Ok(Json(CreateGuideReply { name: body.name }))
}
