//! `GET /v1/community/currencies/{code}`: a currency with its version.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Path, Problem, Tagged};
use types::CurrencyCode;

use crate::api::CurrencyView;
use crate::api::list_prices::Named;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Get a currency
///
/// Send the `ETag` as `If-Match` to change exactly this version. It is `"0"` for built-in currencies that no admin changed.
#[utoipa::path(
    get, path = "/v1/community/currencies/{code}", operation_id = "get_currency", tag = "wallet",
    security(("bearer" = [])),
    params(("code" = CurrencyCode, Path, description = "Currency code")),
    responses(
        (status = 200, description = "The currency", body = CurrencyView),
        (status = 404, description = "`wallet.currency_not_found`: no currency with this code"),
    )
)]
pub async fn get_currency(
    State(ctx): State<&'static Ctx>,
    _caller: Caller,
    Path(Named { code }): Path<Named>,
) -> Result<Tagged<CurrencyView>, Problem> {
    let known = ctx.store.known_currency(&code).await?.ok_or(Refusal::CurrencyNotFound)?;
    Ok(Tagged::new(known.version, known.into()))
}
