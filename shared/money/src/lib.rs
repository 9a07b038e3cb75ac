//! Arithmetic on amounts in minor units: one rounding rule, rates, taxes, and divisions that lose nothing.
//!
//! Every amount is an `i64` in the minor unit of its currency, every intermediate product an `i128`; there are no
//! floating-point numbers. Currencies are the caller's concern: [`types::Money`](../types/struct.Money.html) carries them.
//!
//! - [`round_div`] is the only rounding rule: half away from zero.
//! - [`Rate`] is a fraction in millionths, for example a tax rate or a discount.
//! - [`allocate`] divides a total by weights with largest remainders, so that the parts sum to the total.
//! - [`share`] divides a total over units, so that the shares of any sequence of partial returns sum to the total.
//!
//! ```
//! use money::{Rate, allocate, share};
//!
//! let vat = Rate::from_millionths(190_000).unwrap();
//! assert_eq!(vat.included_in(1190), 190);
//! assert_eq!(vat.of(1000), 190);
//! assert_eq!(allocate(100, &[1, 1, 1]).unwrap(), [34, 33, 33]);
//! assert_eq!((share(100, 1, 3), share(100, 2, 3) - share(100, 1, 3)), (33, 34));
//! ```

mod allocation;
mod rate;
mod rounding;

pub use allocation::{NoWeights, allocate, allocate_within};
pub use rate::{NotARate, Rate};
pub use rounding::{round_div, share};
