//! `POST /v1/commerce/payments`: start payment.
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
pub struct StartPayment {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StartPaymentReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Start payment
#[utoipa::path(
    post, path = "/v1/commerce/payments", operation_id = "start_payment", tag = "payments",
    security(("bearer" = [])),
    request_body = StartPayment,
    responses(
        (status = 200, description = "Created", body = StartPaymentReply),
    )
)]
pub async fn start_payment(
    State(_ctx): State<&'static Ctx>,
    standing: Standing,
    Json(body): Json<StartPayment>,
) -> Result<Json<StartPaymentReply>, Problem> {
    standing.check().await?;
    Ok(Json(StartPaymentReply { name: body.name }))
}
