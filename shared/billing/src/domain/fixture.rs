//! Prices and times for tests.

use calendar::ZoneName;
use jiff::{SignedDuration, Timestamp};
use types::{CurrencyCode, PriceId, TaxClass, derive_id};

use super::catalogue::Price;
use super::codes::{EntityCode, PlanCode, PriceCode};
use super::period::Interval;
use super::series::{LegalEntity, Prefix};
use super::tax::Country;

/// 15 January 2027, 08:00 UTC, and some seconds.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap() + SignedDuration::from_secs(seconds)
}

/// So many days after [`at`]`(0)`.
pub fn day(days: i64) -> Timestamp {
    at(days * 86_400)
}

/// The monthly price of a plan in EUR. Its rank is its amount.
pub fn price(plan: &str, amount: i64) -> Price {
    Price {
        id: PriceId::new(derive_id(&[plan, &amount.to_string(), "month"])),
        code: PriceCode::parse(&format!("{plan}-month")).unwrap(),
        version: 1,
        plan: PlanCode::parse(plan).unwrap(),
        rank: u16::try_from(amount).unwrap(),
        interval: Interval::Month,
        amount,
        currency: CurrencyCode::parse("EUR").unwrap(),
        trial_days: 0,
        tax_class: TaxClass::standard(),
        published_at: at(0),
    }
}

/// The yearly price of a plan.
pub fn yearly(plan: &str, amount: i64) -> Price {
    Price {
        id: PriceId::new(derive_id(&[plan, &amount.to_string(), "year"])),
        code: PriceCode::parse(&format!("{plan}-year")).unwrap(),
        interval: Interval::Year,
        rank: u16::try_from(amount / 10).unwrap(),
        ..price(plan, amount)
    }
}

/// A legal entity in Germany.
pub fn entity() -> LegalEntity {
    LegalEntity {
        code: EntityCode::parse("de").unwrap(),
        country: Country::parse("DE").unwrap(),
        zone: ZoneName::parse("Europe/Berlin").unwrap(),
        invoices: Prefix::parse("RE").unwrap(),
        credit_notes: Prefix::parse("GU").unwrap(),
    }
}
