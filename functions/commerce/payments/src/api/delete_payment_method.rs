//! `DELETE /v1/commerce/payment-methods/{id}`: delete payment method.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Id, NoContent, Path, Problem};
use types::{UserId, Uuid};

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Delete payment method
#[utoipa::path(
    delete, path = "/v1/commerce/payment-methods/{id}", operation_id = "delete_payment_method", tag = "payments",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "`payments.no_such_payment_method`"),
    )
)]
pub async fn delete_payment_method(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<Id<Uuid>>,
) -> Result<NoContent, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchPaymentMethod)?;
    Ok(NoContent)
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}
