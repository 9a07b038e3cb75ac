//! `GET /v1/community/wallet`: the balances of the caller, or of a point that the caller keeps.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Fields, Json, Problem, Query};
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, PointId};
use utoipa::ToSchema;

use crate::api::kept;
use crate::ctx::Ctx;
use crate::domain::ledger::Total;

/// Query parameters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Whose {
    point_id: Option<String>,
}

/// Balances.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WalletView {
    /// Balances by currency. Currencies without transactions are not listed.
    balances: Vec<BalanceView>,
}

/// Balance of a currency, in minor units.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BalanceView {
    /// Currency code.
    currency: CurrencyCode,
    /// Available and held amount in minor units, without what is owed.
    #[schema(example = 1250)]
    amount_minor: i64,
    /// Amount in minor units that cannot be spent: deposits on hold, and disputed payments.
    #[schema(example = 0)]
    held_minor: i64,
    /// Available balance in minor units.
    #[schema(example = 1250)]
    available_minor: i64,
    /// Debt in minor units, from refunds and disputes of money that was spent. Later credits repay it first.
    #[schema(example = 0)]
    owed_minor: i64,
}

impl BalanceView {
    fn of((currency, total): (CurrencyCode, Total)) -> Self {
        let Total { available, held, owed } = total;
        Self {
            currency,
            amount_minor: available.saturating_add(held),
            held_minor: held,
            available_minor: available,
            owed_minor: owed,
        }
    }
}

/// Get wallet balances
///
/// Returns your balances, or those of a point that you keep. Includes the latest completed transfer.
#[utoipa::path(
    get, path = "/v1/community/wallet", operation_id = "get_wallet", tag = "wallet",
    security(("bearer" = [])),
    params(("pointId" = Option<PointId>, Query, description = "Return the balances of a point that the caller keeps")),
    responses(
        (status = 200, description = "Balances", body = WalletView),
        (status = 404, description = "`wallet.no_such_point`: no point with this ID that the caller keeps"),
    )
)]
pub async fn get_wallet(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Query(whose): Query<Whose>,
) -> Result<Json<WalletView>, Problem> {
    let mut fields = Fields::of_parameters();
    let point = fields.check("pointId", kept::point_id(whose.point_id.as_deref()));
    let (point,) = fields.all((point,))?;
    let holder = kept::holder(&ctx.store, &caller, point).await?;
    let totals = ctx.store.totals(holder).await?;
    Ok(Json(WalletView { balances: totals.into_iter().map(BalanceView::of).collect() }))
}
