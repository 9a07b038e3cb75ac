//! Problems of this context: every error code that it returns is in this file.

use http::StatusCode;
use kit::http::{Fields, IdempotencyKey, Problem};

use crate::domain::catalogue::CatalogueError;
use crate::store::NotHeld;

/// A refused request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The catalogue has no such product.
    NoSuchProduct,
    /// The catalogue has no such plan.
    NoSuchPlan,
    /// The catalogue has no such price.
    NoSuchPrice,
    /// No coupon has this code.
    NoSuchCoupon,
    /// Another coupon has this code.
    CouponTaken,
    /// No account has this ID, or it was deleted.
    NoSuchUser,
    /// The `Idempotency-Key` was used with a different request.
    KeyReused,
    /// The catalogue cannot be changed so.
    Catalogue(CatalogueError),
}

impl From<CatalogueError> for Refusal {
    fn from(error: CatalogueError) -> Self {
        match error {
            CatalogueError::PriceIsPublished => Self::KeyReused,
            error => Self::Catalogue(error),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let not_found = |code: &'static str, detail: &'static str| Self::not_found(code).with_detail(detail);
        match refusal {
            Refusal::NoSuchProduct => {
                not_found("billing.no_such_product", "The catalogue has no product with this code.")
            }
            Refusal::NoSuchPlan => not_found("billing.no_such_plan", "The catalogue has no plan with this code."),
            Refusal::NoSuchPrice => not_found("billing.no_such_price", "The catalogue has no price with this code."),
            Refusal::NoSuchCoupon => not_found("billing.no_such_coupon", "No coupon has this code."),
            Refusal::NoSuchUser => not_found("billing.no_such_user", "No account has this ID, or it was deleted."),
            Refusal::CouponTaken => Self::new(StatusCode::CONFLICT, "billing.code_taken", "Code already taken")
                .with_detail("A coupon with other terms has this code, and terms never change. Choose another code."),
            Refusal::KeyReused => IdempotencyKey::reused(),
            Refusal::Catalogue(error) => not_changed(error),
        }
    }
}

impl From<NotHeld> for Problem {
    fn from(not_held: NotHeld) -> Self {
        match not_held {
            NotHeld::Forgotten => Refusal::NoSuchUser.into(),
            NotHeld::Store(error) => error.into(),
        }
    }
}

/// Says why the catalogue is not changed.
fn not_changed(error: CatalogueError) -> Problem {
    match error {
        CatalogueError::NoSuchProduct => invalid("product", error),
        CatalogueError::NoSuchPlan => invalid("plan", error),
        CatalogueError::NegativeAmount | CatalogueError::AmountTooHigh => invalid("amountMinor", error),
        CatalogueError::TrialTooLong => invalid("trialDays", error),
        CatalogueError::TooManyEntitlements => invalid("entitlements", error),
        CatalogueError::PriceIsPublished => Refusal::KeyReused.into(),
        CatalogueError::OtherPrice => Problem::new(StatusCode::CONFLICT, "billing.price_fixed", "Price is fixed")
            .with_detail("All versions of a price have one plan, interval and currency. Choose another code."),
        CatalogueError::TooManyProducts | CatalogueError::TooManyPlans | CatalogueError::TooManyPrices => {
            Problem::new(StatusCode::CONFLICT, "billing.catalogue_full", "Catalogue full")
                .with_detail(format!("No room: {error}. Replace an entry that is not needed any more."))
        }
    }
}

/// 422 for a field of the body.
fn invalid(field: &str, error: CatalogueError) -> Problem {
    let mut fields = Fields::new();
    let value = fields.check(field, Err::<(), _>(error));
    fields.all((value,)).err().unwrap_or_else(|| Problem::internal("a refused field is an error"))
}
