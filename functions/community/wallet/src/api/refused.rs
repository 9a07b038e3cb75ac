//! The response to a payer whose money did not move.

use kit::http::Problem;
use types::UserId;

use crate::domain::account::{Account, Holder};
use crate::domain::currency::Currency;
use crate::problem::{self, insufficient_funds};
use crate::store::{NotPosted, Store};

/// Why money of `payer` did not move. To callers whose own money it is, the problem names what is available.
pub async fn not_posted(
    store: &Store,
    refused: NotPosted,
    payer: Account,
    caller: UserId,
    currency: &Currency,
) -> Problem {
    if !matches!(refused, NotPosted::NotEnough) || payer != Account::user(caller) {
        return problem::not_posted(refused, caller);
    }
    match store.totals(Holder::User(caller)).await {
        Ok(totals) => {
            let available = totals.get(&currency.code).map_or(0, |total| total.available);
            insufficient_funds(&currency.format(available))
        }
        Err(error) => error.into(),
    }
}
