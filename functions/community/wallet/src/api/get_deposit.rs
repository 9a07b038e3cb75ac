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
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`wallet.no_such_deposit`: there is none, or it is somebody else's; `request.no_such_path`: the id is none", body = Problem, content_type = "application/problem+json"),
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
