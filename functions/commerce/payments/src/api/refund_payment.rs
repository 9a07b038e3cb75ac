//! `POST /v1/commerce/payments/{id}/refunds`: refund payment.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Id, Json, Path, Problem};
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// What a client may say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RefundPayment {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefundPaymentReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Refund payment
#[utoipa::path(
    post, path = "/v1/commerce/payments/{id}/refunds", operation_id = "refund_payment", tag = "payments",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier")),
    request_body = RefundPayment,
    responses(
        (status = 200, description = "The resource", body = RefundPaymentReply),
        (status = 404, description = "`payments.no_such_payment`"),
    )
)]
pub async fn refund_payment(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<Id<Uuid>>,
    Json(body): Json<RefundPayment>,
) -> Result<Json<RefundPaymentReply>, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchPayment)?;
    Ok(Json(RefundPaymentReply { name: body.name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}
