//! `GET /v1/community/currencies`: what balances can have.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, List, Problem};

use crate::api::CurrencyView;
use crate::ctx::Ctx;

/// List currencies
///
/// All of them at once, by their codes.
#[utoipa::path(
    get, path = "/v1/community/currencies", operation_id = "list_currencies", tag = "wallet",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "All currencies", body = List<CurrencyView>),
    )
)]
pub async fn list_currencies(
    State(ctx): State<&'static Ctx>,
    _caller: Caller,
) -> Result<Json<List<CurrencyView>>, Problem> {
    let items = ctx.store.currencies().await?.into_iter().map(CurrencyView::from).collect();
    Ok(Json(List { items, next_cursor: None }))
}
