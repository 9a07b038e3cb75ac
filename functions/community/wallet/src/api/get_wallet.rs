//! `GET /v1/community/wallet`: what the caller has, or a point that they keep.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Fields, Json, Problem, Query};
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, PointId};
use utoipa::ToSchema;

use crate::api::kept;
use crate::ctx::Ctx;
use crate::domain::ledger::Total;

/// `?pointId=`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Whose {
    point_id: Option<String>,
}

/// What somebody has.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WalletView {
    /// Currency by currency; those that were never met are not listed.
    balances: Vec<BalanceView>,
}

/// What somebody has of one currency, in minor units.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BalanceView {
    /// Which currency.
    currency: CurrencyCode,
    /// All of it.
    #[schema(example = 1250)]
    amount_minor: i64,
    /// What of it cannot be spent now.
    #[schema(example = 0)]
    held_minor: i64,
    /// What of it can be spent.
    #[schema(example = 1250)]
    available_minor: i64,
}

impl BalanceView {
    fn of((currency, total): (CurrencyCode, Total)) -> Self {
        let Total { available, held } = total;
        Self { currency, amount_minor: available.saturating_add(held), held_minor: held, available_minor: available }
    }
}

/// Read one's own wallet
///
/// Or that of a point that the caller keeps. It is as the last transfer left it.
#[utoipa::path(
    get, path = "/v1/community/wallet", operation_id = "get_wallet", tag = "wallet",
    security(("bearer" = [])),
    params(("pointId" = Option<PointId>, Query, description = "A point that the caller keeps")),
    responses(
        (status = 200, description = "The balances", body = WalletView),
        (status = 404, description = "`wallet.no_such_point`: there is none, or somebody else keeps it"),
    )
)]
pub async fn get_wallet(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Query(whose): Query<Whose>,
) -> Result<Json<WalletView>, Problem> {
    let mut fields = Fields::new();
    let point = fields.check("pointId", kept::point_id(whose.point_id.as_deref()));
    let (point,) = fields.all((point,))?;
    let holder = kept::holder(&ctx.store, &caller, point).await?;
    let totals = ctx.store.totals(holder).await?;
    Ok(Json(WalletView { balances: totals.into_iter().map(BalanceView::of).collect() }))
}
