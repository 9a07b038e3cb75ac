//! Conversion of a value to another unit.

use water::derived::{Measured, Method, salinity_from_specific_gravity, specific_gravity};
use water::{Canonical, Entered, Parameter, Unit, UnitError, shown, volume_in};

use super::{Answer, Invalid, Used, decimal, decimals_of, number, stored};

const EXACT: Method = Method {
    name: "exact-units",
    source: "definitions of the units, and standard atomic weights; exact fractions, rounded once",
    estimate: false,
};

/// Converts a value of a parameter. The uncertainty is what rounding can change: half of a canonical unit, and half of the last digit.
pub fn convert(parameter: Parameter, entered: Entered, to: Unit) -> Result<Answer, Invalid> {
    let value = stored("value", parameter, entered).map_err(to_source)?;
    if parameter == Parameter::Salinity && (entered.unit == Unit::Sg) != (to == Unit::Sg) {
        return convert_by_density(entered, to);
    }
    // Of the two ends of the range: an offset of the unit cancels out.
    let range = parameter.storable();
    let end = |value| {
        let value = Canonical::new(parameter, value).ok_or(UnitError::OutOfRange)?;
        shown(parameter, value, to, 3).map(number)
    };
    let step = if to == Unit::Sg {
        0.000_001
    } else {
        let span =
            end(range.max).and_then(|max| Ok(max - end(range.min)?)).map_err(|error| Invalid::of("to", &error))?;
        span / super::float(range.max - range.min)
    };
    let (decimals, half_digit) = digits_of(step);
    let value = shown(parameter, value, to, decimals).map_err(|error| Invalid::of("to", &error))?;
    Ok(answer(entered, value, step / 2.0 + half_digit, to))
}

/// Converts a volume.
pub fn convert_volume(entered: Entered, to: Unit) -> Result<Answer, Invalid> {
    water::millilitres(entered).map_err(|error| to_source(Invalid::amount("value", error)))?;
    let (decimals, half_digit) = match to {
        Unit::Ml => (0, 0.5),
        Unit::M3 => (6, 0.000_000_5),
        _ => (3, 0.000_5),
    };
    let value = volume_in(entered, to, decimals).map_err(|error| Invalid::of("to", &error))?;
    Ok(answer(entered, value, half_digit, to))
}

/// Between salinity and specific gravity: by the equation of state, which has an error.
fn convert_by_density(entered: Entered, to: Unit) -> Result<Answer, Invalid> {
    let exact = Measured::exact(number(entered.value));
    let derived = if to == Unit::Sg { specific_gravity(exact) } else { salinity_from_specific_gravity(exact) };
    let mut answer = Answer::of(&derived.map_err(|refusal| Invalid::of("value", &refusal))?);
    if !Parameter::Salinity.units().contains(&to) {
        return Err(Invalid::of("to", &UnitError::NotAUnitOf { parameter: Parameter::Salinity }));
    }
    answer.unit = to;
    answer.inputs = vec![Used::exact("value", entered)];
    Ok(answer)
}

fn answer(entered: Entered, value: water::Decimal, uncertainty: f64, unit: Unit) -> Answer {
    let uncertainty = decimal(uncertainty, decimals_of(uncertainty));
    Answer { value, uncertainty, unit, method: EXACT, inputs: vec![Used::exact("value", entered)] }
}

/// The request has the unit beside the value, in a field of its own.
fn to_source(invalid: Invalid) -> Invalid {
    let field = if invalid.field.ends_with("unit") { "from" } else { "value" };
    Invalid { field: field.to_owned(), ..invalid }
}

/// How many digits behind the point a value with such steps has, and half of the last one.
fn digits_of(step: f64) -> (u8, f64) {
    let (mut decimals, mut digit) = (0, 1.0);
    while decimals < 6 && digit / 10.0 >= step * 0.999 {
        decimals += 1;
        digit /= 10.0;
    }
    (decimals, digit / 2.0)
}
