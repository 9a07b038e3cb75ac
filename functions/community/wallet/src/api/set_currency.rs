//! `PUT /v1/community/currencies/{code}`: creates or updates a currency.
//!
//! Emits `wallet.currency_changed.v1`.

use axum::extract::State;
use contracts::wallet::CurrencyChanged;
use dynamo::Outbox;
use jiff::Timestamp;
use kit::auth::{Admin, Standing};
use kit::http::{Fields, IfMatch, Invocation, Json, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use serde::Deserialize;
use types::{CurrencyCode, Money, PositiveMoney};
use utoipa::ToSchema;

use crate::api::CurrencyView;
use crate::api::list_prices::Named;
use crate::ctx::Ctx;
use crate::domain::currency::{self, Currency};
use crate::problem::Refusal;
use crate::store::{Known, NotSet};

/// Request to create or update a currency.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetCurrency {
    /// Display name.
    #[schema(min_length = 1, max_length = 50, example = "Fish")]
    name: String,
    /// Number of decimals: the one of ISO 4217, or 0 to 8 for in-app currencies. Immutable.
    #[schema(minimum = 0, maximum = 8, example = 0)]
    exponent: u8,
    /// Price of one whole unit of an in-app currency. Null if it is not for sale.
    #[schema(value_type = Option<PositiveMoney>)]
    price: Option<Money>,
}

impl SetCurrency {
    fn parse(self, code: CurrencyCode) -> Result<Currency, Problem> {
        let mut fields = Fields::new();
        let known = fields.check("code", currency::check_code(&code));
        let name = fields.check("name", currency::check_name(&self.name));
        // What ISO does not know has no decimals that could be wrong.
        let exponent = known.and_then(|()| fields.check("exponent", currency::check_exponent(&code, self.exponent)));
        let price = fields.check("price", currency::check_price(&code, self.price));
        let ((), name, exponent, price) = fields.all((known, name, exponent, price))?;
        Ok(Currency { code, name, exponent, price })
    }
}

/// Create or update a currency
///
/// Requires the role `admin`. Codes of three letters are ISO 4217; custom in-app currencies have 4 to 10 letters. A
/// new price is added to the history. Supports optimistic concurrency with `If-Match`.
#[utoipa::path(
    put, path = "/v1/community/currencies/{code}", operation_id = "set_currency", tag = "wallet",
    security(("bearer" = ["admin"])),
    params(
        ("code" = CurrencyCode, Path, description = "Currency code"),
        OptionalIfMatch,
    ),
    request_body = SetCurrency,
    responses(
        (status = 200, description = "Currency created or updated", body = CurrencyView),
        (status = 409, description = "`wallet.exponent_fixed`: `exponent` cannot be changed"),
    )
)]
pub async fn set_currency(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Admin>,
    seen: Option<IfMatch>,
    Path(Named { code }): Path<Named>,
    Json(body): Json<SetCurrency>,
) -> Result<Tagged<CurrencyView>, Problem> {
    let now: Timestamp = ctx.clock.now();
    let wanted = body.parse(code.clone())?;
    standing.check().await?;
    let decide = |known: Option<&Known>| {
        if let Some(seen) = seen {
            seen.check(known.map_or(0, |known| known.version))?;
        }
        match known.map(|known| known.currency.exponent) {
            Some(fixed) if fixed != wanted.exponent => Err(Problem::from(Refusal::ExponentFixed(fixed))),
            Some(_) | None => Ok(wanted.clone()),
        }
    };
    let outbox = |set: &Known| {
        let Currency { code, name, exponent, .. } = set.currency.clone();
        Outbox::of(call.event(now, CurrencyChanged { code, name, exponent, revision: set.version }))
    };
    match ctx.store.set_currency(&code, now, decide, outbox).await {
        Ok(set) => Ok(Tagged::new(set.version, set.into())),
        Err(NotSet::Refused(problem)) => Err(problem),
        Err(NotSet::Store(error)) => Err(error.into()),
    }
}
