//! Rules of billing: pure and synchronous.
//!
//! From the values to the processes:
//! - [`catalogue`], [`coupon`]: what is sold.
//! - [`holdings`]: what a user holds, and what the user may use from now on.
//! - [`period`], [`proration`]: what a period costs after any changes.
//! - [`subscription`]: the state and the entitlement at an instant, of a subscription that is [`managed`] by us or mirrored
//!   from a store ([`mirror`]); what a managed one waits for is [`pending`].
//! - [`change`], [`cancel`]: what users do with a subscription.
//! - [`documents`], [`invoice`], [`series`], [`tax`], [`vat_id`]: what is billed.
//! - [`dunning`], [`settlement`]: what is paid, and what is not.
//! - [`ownership`], [`intake`]: whose a purchase is, and which purchases count.
//!
//! Functions use the catalogue, coupons and holdings so far. Those that use the rest will have to write under the version that
//! was read, keep marks of trials, coupons and purchases, and refuse clocks of stores in the future.
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

#[cfg(test)]
mod attack_tests;
pub mod cancel;
pub mod catalogue;
pub mod change;
pub mod codes;
pub mod coupon;
pub mod documents;
pub mod dunning;
#[cfg(test)]
mod fixture;
pub mod holdings;
pub mod intake;
#[cfg(test)]
mod interleaving_tests;
pub mod invoice;
pub mod managed;
pub mod mirror;
pub mod ownership;
pub mod pending;
pub mod period;
pub mod proration;
pub mod series;
pub mod settlement;
pub mod subscription;
pub mod tax;
pub mod vat_id;
