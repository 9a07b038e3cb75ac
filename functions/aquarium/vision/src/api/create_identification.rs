//! `POST /v1/aquarium/identifications`: create identification.
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
pub struct CreateIdentification {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateIdentificationReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Create identification
#[utoipa::path(
    post, path = "/v1/aquarium/identifications", operation_id = "create_identification", tag = "vision",
    security(("bearer" = [])),
    request_body = CreateIdentification,
    responses(
        (status = 200, description = "Created", body = CreateIdentificationReply),
    )
)]
pub async fn create_identification(
    State(_ctx): State<&'static Ctx>,
    standing: Standing,
    Json(body): Json<CreateIdentification>,
) -> Result<Json<CreateIdentificationReply>, Problem> {
    standing.check().await?;
    Ok(Json(CreateIdentificationReply { name: body.name }))
}
