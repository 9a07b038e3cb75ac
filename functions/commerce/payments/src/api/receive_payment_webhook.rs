//! `POST /v1/commerce/payments/webhooks/{provider}`: receive payment webhook.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::http::{Json, Path, Problem};
use serde::{Deserialize, Serialize};
use types::Uuid;
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// What the path names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceivePaymentWebhookPath {
    /// `{provider}`.
    pub provider: Uuid,
}

/// What a client may say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReceivePaymentWebhook {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReceivePaymentWebhookReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Receive payment webhook
#[utoipa::path(
    post, path = "/v1/commerce/payments/webhooks/{provider}", operation_id = "receive_payment_webhook", tag = "payments",
    params(("provider" = Uuid, Path, description = "Identifier")),
    request_body = ReceivePaymentWebhook,
    responses(
        (status = 200, description = "The resource", body = ReceivePaymentWebhookReply),
        (status = 404, description = "`payments.no_such_payment_webhook`"),
    )
)]
pub async fn receive_payment_webhook(
    State(ctx): State<&'static Ctx>,
    Path(path): Path<ReceivePaymentWebhookPath>,
    Json(body): Json<ReceivePaymentWebhook>,
) -> Result<Json<ReceivePaymentWebhookReply>, Problem> {
    find(ctx, &path).await.ok_or(Refusal::NoSuchPaymentWebhook)?;
    Ok(Json(ReceivePaymentWebhookReply { name: body.name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _path: &ReceivePaymentWebhookPath) -> Option<String> {
    None
}
