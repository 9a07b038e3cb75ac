//! `PUT /v1/commerce/payment-methods/{id}/default`: set default payment method.
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
pub struct SetDefaultPaymentMethod {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetDefaultPaymentMethodReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Set default payment method
#[utoipa::path(
    put, path = "/v1/commerce/payment-methods/{id}/default", operation_id = "set_default_payment_method", tag = "payments",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier")),
    request_body = SetDefaultPaymentMethod,
    responses(
        (status = 200, description = "The resource", body = SetDefaultPaymentMethodReply),
        (status = 404, description = "`payments.no_such_default_payment_method`"),
    )
)]
pub async fn set_default_payment_method(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<Id<Uuid>>,
    Json(body): Json<SetDefaultPaymentMethod>,
) -> Result<Json<SetDefaultPaymentMethodReply>, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchDefaultPaymentMethod)?;
    Ok(Json(SetDefaultPaymentMethodReply { name: body.name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}
