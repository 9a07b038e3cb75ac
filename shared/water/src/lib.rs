//! Water values: parameters, units, exact conversions, values derived from others, and calculators.
//!
//! - [`Parameter`] is what is measured. Its values are [`Canonical`]: integers in one unit per parameter, for example m°C.
//! - [`Entered`] is what a person typed: a [`Decimal`] with its [`Unit`]. [`canonical`] converts it, in exact rationals with one
//!   rounding. [`shown`] converts back for any unit of the parameter.
//! - [`TemperatureDifference`] is a type of its own: a band of 2 °F is 1.111 K, while a temperature of 2 °F is −16.667 °C.
//! - [`derived`] has values that are computed from others, each with its method, its inputs and its uncertainty: un-ionised
//!   ammonia, CO2, oxygen, salinity, density, hardness.
//! - [`calculate`] has calculators without storage: doses, volumes of tanks, water changes.
//!
//! What it does not do: it keeps nothing, reads no clock and knows no targets. Whether a value is good for a fish is for the
//! context to decide. Floating-point numbers occur in `derived` and for round shapes only; whatever is stored is an integer.
//!
//! ```
//! use water::{Decimal, Entered, Parameter, Unit, canonical, shown};
//!
//! let entered = Entered { value: Decimal::parse("78").unwrap(), unit: Unit::Fahrenheit };
//! let stored = canonical(Parameter::Temperature, entered).unwrap();
//! assert_eq!(stored.get(), 25_556);
//! assert_eq!(shown(Parameter::Temperature, stored, Unit::Celsius, 1).unwrap().to_string(), "25.6");
//! // The basis decides: 10 mg/L of nitrate-nitrogen are 44.3 mg/L of nitrate.
//! let nitrogen = Entered { value: Decimal::parse("10").unwrap(), unit: Unit::MgLAsN };
//! let stored = canonical(Parameter::Nitrate, nitrogen).unwrap();
//! assert_eq!(shown(Parameter::Nitrate, stored, Unit::MgLAsNo3, 1).unwrap().to_string(), "44.3");
//! ```

pub mod calculate;
mod convert;
mod decimal;
pub mod derived;
mod difference;
mod masses;
mod parameter;
mod ratio;
mod unit;
mod volume;

#[cfg(test)]
mod check_values_tests;
#[cfg(test)]
mod convert_tests;

pub use convert::{Canonical, Entered, UnitError, canonical, nearest_storable, same_amount, shown};
pub use decimal::{Decimal, NotADecimal};
pub use difference::TemperatureDifference;
pub use parameter::{Parameter, Range};
pub use unit::Unit;
pub use volume::{microlitres, millilitres, volume_in};
