//! Values that probes report instead of a measurement, and that water can have too.

use water::Parameter;

/// What firmware reports for a lost temperature probe, in m°C. A pond in winter can have these values.
const TEMPERATURES: [i64; 2] = [0, -1_000];
/// How near another value of the probe has to be, in mK.
const NEAR_MK: i64 = 2_000;

/// True for a value that is trusted only next to values like it.
pub fn is_doubtful(parameter: Parameter, value: i64) -> bool {
    parameter == Parameter::Temperature && TEMPERATURES.contains(&value)
}

/// True if a doubtful value is like one that is trusted.
pub const fn is_like(value: i64, trusted: i64) -> bool {
    value.abs_diff(trusted) <= NEAR_MK.unsigned_abs()
}
