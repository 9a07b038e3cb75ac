//! `POST /v1/commerce/payment-methods`: add payment method.
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
pub struct AddPaymentMethod {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AddPaymentMethodReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Add payment method
#[utoipa::path(
    post, path = "/v1/commerce/payment-methods", operation_id = "add_payment_method", tag = "payments",
    security(("bearer" = [])),
    request_body = AddPaymentMethod,
    responses(
        (status = 200, description = "Created", body = AddPaymentMethodReply),
    )
)]
pub async fn add_payment_method(
    State(_ctx): State<&'static Ctx>,
    standing: Standing,
    Json(body): Json<AddPaymentMethod>,
) -> Result<Json<AddPaymentMethodReply>, Problem> {
    standing.check().await?;
    Ok(Json(AddPaymentMethodReply { name: body.name }))
}
