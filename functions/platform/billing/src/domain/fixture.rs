//! Prices and times for tests.

use calendar::ZoneName;
use jiff::{SignedDuration, Timestamp};
use money::Rate;
use types::{CurrencyCode, PriceId, SubscriptionId, TaxClass, UserId, Uuid, derive_id};

use super::catalogue::Price;
use super::codes::{CouponCode, EntityCode, PlanCode, PriceCode};
use super::coupon::{Coupon, Discount};
use super::managed::{Managed, Payment};
use super::mirror::{Mirror, Snapshot, Source, Store, StoreState};
use super::period::{Anchor, Interval};
use super::series::{LegalEntity, Prefix};
use super::subscription::{Mode, Subscription};
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

/// A coupon of half the price of so many periods.
pub fn half_price(periods: u32) -> Coupon {
    Coupon {
        code: CouponCode::parse("half").unwrap(),
        discount: Discount::Fraction(Rate::from_millionths(500_000).unwrap()),
        periods: Some(periods),
        redeem_before: None,
        max_redemptions: None,
        max_per_user: 1,
        plans: [].into(),
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

/// What a store says at a time of its own clock: a renewing purchase of the plan `pro`.
pub fn snapshot(clock: i64, state: StoreState, expires_at: Timestamp) -> Snapshot {
    Snapshot {
        clock: at(clock),
        source: Source::Notification,
        purchase: "order-1".to_owned(),
        plan: PlanCode::parse("pro").unwrap(),
        state,
        expires_at,
        grace_until: None,
        renews: true,
        is_trial: false,
        is_reinstated: false,
    }
}

/// A subscription at a store of which one snapshot is known.
pub fn mirrored(store: Store, state: StoreState, expires_at: Timestamp) -> Subscription {
    let (mirror, _) = Mirror::new(store).fold(snapshot(1, state, expires_at));
    Subscription {
        id: SubscriptionId::new(Uuid::from_u128(20)),
        user: UserId::new(Uuid::from_u128(2)),
        started_at: at(0),
        mode: Mode::Mirrored(Box::new(mirror)),
    }
}

/// A managed subscription in a paid month from [`at`]`(0)` on, in UTC, of the plan `pro` at an amount.
pub fn managed(amount: i64) -> Subscription {
    let id = SubscriptionId::new(Uuid::from_u128(10));
    let anchor = Anchor::new(at(0), ZoneName::utc());
    let step = Managed::start(id, price("pro", amount), None, anchor, false).unwrap();
    let invoice = step.managed.open.as_ref().unwrap().invoice;
    match step.managed.paid(invoice, at(0), at(0)) {
        Payment::Applied(managed) => with(id, *managed),
        Payment::Superfluous => panic!("the first invoice is open"),
    }
}

/// A managed subscription as it was started.
pub fn with(id: SubscriptionId, managed: Managed) -> Subscription {
    Subscription {
        id,
        user: UserId::new(Uuid::from_u128(1)),
        started_at: at(0),
        mode: Mode::Managed(Box::new(managed)),
    }
}
