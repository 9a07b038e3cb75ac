//! `GET /v1/community/wallet/deposits/{id}`: how far a deposit is.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, Path, Problem};
use types::DepositId;

use super::deposit_view::DepositView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// See a deposit
#[utoipa::path(
    get, path = "/v1/community/wallet/deposits/{id}", operation_id = "get_deposit", tag = "wallet",
    security(("bearer" = [])),
    params(("id" = DepositId, Path, description = "Which deposit")),
    responses(
        (status = 200, description = "How far it is", body = DepositView),
        (status = 404, description = "`wallet.no_such_deposit`: there is none, or it is somebody else's"),
    )
)]
pub async fn get_deposit(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(Id { id }): Path<Id<DepositId>>,
) -> Result<Json<DepositView>, Problem> {
    let read = ctx.store.deposit(caller.user_id, id).await?.ok_or(Refusal::NoSuchDeposit)?;
    Ok(Json(DepositView::of(&read.value)))
}
