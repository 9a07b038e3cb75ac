//! Billing: the rules of plans, prices, subscriptions, invoices and dunning, without a table and without providers.
//!
//! The layers:
//! 1. `domain`: rules; pure and synchronous, time and randomness are arguments.
//!
//! In `domain`, from the values to the processes:
//! - [`catalogue`](domain::catalogue), [`coupon`](domain::coupon): what is sold.
//! - [`period`](domain::period), [`proration`](domain::proration): what a period costs after any changes.
//! - [`subscription`](domain::subscription): the state and the entitlement at an instant, of a subscription that is
//!   [`managed`](domain::managed) by us or [`mirrored`](domain::mirror) from a store; what a managed one waits for is
//!   [`pending`](domain::pending).
//! - [`change`](domain::change), [`cancel`](domain::cancel): what users do with a subscription.
//! - [`documents`](domain::documents), [`invoice`](domain::invoice), [`series`](domain::series), [`tax`](domain::tax),
//!   [`vat_id`](domain::vat_id): what is billed.
//! - [`dunning`](domain::dunning), [`settlement`](domain::settlement): what is paid, and what is not.
//! - [`ownership`](domain::ownership), [`intake`](domain::intake): whose a purchase is, and which purchases count.
//!
//! No function uses this crate yet: there are no endpoints, consumers, tables or adapters of providers. They will have to write
//! under the version that was read, keep marks of trials, coupons and purchases, and refuse clocks of stores in the future.
//! docs/adr/0057-one-subscription-model.md has the reasons, and what is known to be open.
//!
//! ```
//! use billing::domain::period::Period;
//! use billing::domain::proration::{Change, Charge, PeriodAccount};
//! use types::{PriceId, Uuid};
//!
//! let price = |number| PriceId::new(Uuid::from_u128(number));
//! let period = Period {
//!     number: 0,
//!     start: "2026-04-01T00:00:00Z".parse().unwrap(),
//!     end: "2026-05-01T00:00:00Z".parse().unwrap(),
//! };
//! // 9.99 a month, and 19.99 from the second half on.
//! let account = PeriodAccount::open(period, Charge { price: price(1), amount: 999 }).billed();
//! let upgrade = Charge { price: price(2), amount: 1_999 };
//! let due = account.with(Change { at: "2026-04-16T00:00:00Z".parse().unwrap(), charge: Some(upgrade) }).due();
//! assert_eq!(due.iter().map(|line| line.amount).collect::<Vec<_>>(), [-499, 999]);
//! ```

pub mod domain;
