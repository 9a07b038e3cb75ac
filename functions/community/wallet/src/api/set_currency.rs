//! `PUT /v1/community/currencies/{code}`: makes a currency or changes its name and price. For admins.

use axum::extract::State;
use jiff::Timestamp;
use kit::auth::{Admin, Require};
use kit::http::{Fields, IfMatch, Json, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use serde::Deserialize;
use types::{CurrencyCode, Money};
use utoipa::ToSchema;

use crate::api::CurrencyView;
use crate::api::list_prices::Named;
use crate::ctx::Ctx;
use crate::domain::currency::{self, Currency};
use crate::problem::Refusal;
use crate::store::{Known, NotSet};

/// What a currency is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetCurrency {
    /// What people call it.
    #[schema(min_length = 1, max_length = 50, example = "Fish")]
    name: String,
    /// How many decimals it has: what ISO 4217 says, or 0 to 8. It never changes.
    #[schema(minimum = 0, maximum = 8, example = 0)]
    exponent: u8,
    /// What one whole unit of a currency of the product itself costs; none if it is not for sale.
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

/// Make or change a currency
///
/// Codes of three letters are those of ISO 4217; those of the product itself have 4 to 10. A new price goes into the
/// history. `If-Match` is honoured.
#[utoipa::path(
    put, path = "/v1/community/currencies/{code}", operation_id = "set_currency", tag = "wallet",
    security(("bearer" = ["admin"])),
    params(
        ("code" = CurrencyCode, Path, description = "Which currency"),
        OptionalIfMatch,
    ),
    request_body = SetCurrency,
    responses(
        (status = 200, description = "It is so now", body = CurrencyView),
        (status = 409, description = "`wallet.exponent_fixed`: the number of decimals never changes"),
    )
)]
pub async fn set_currency(
    State(ctx): State<&'static Ctx>,
    _admin: Require<Admin>,
    seen: Option<IfMatch>,
    Path(Named { code }): Path<Named>,
    Json(body): Json<SetCurrency>,
) -> Result<Tagged<CurrencyView>, Problem> {
    let now: Timestamp = ctx.clock.now();
    let wanted = body.parse(code.clone())?;
    let decide = |known: Option<&Known>| {
        if let Some(seen) = seen {
            seen.check(known.map_or(0, |known| known.version))?;
        }
        match known.map(|known| known.currency.exponent) {
            Some(fixed) if fixed != wanted.exponent => Err(Problem::from(Refusal::ExponentFixed(fixed))),
            Some(_) | None => Ok(wanted.clone()),
        }
    };
    match ctx.store.set_currency(&code, now, decide).await {
        Ok(set) => Ok(Tagged::new(set.version, set.currency.into())),
        Err(NotSet::Refused(problem)) => Err(problem),
        Err(NotSet::Store(error)) => Err(error.into()),
    }
}
