//! Water changes.

use water::calculate::{WaterChangeError, after_changes, changes_needed, volume_to_change};
use water::derived::{Measured, Method};
use water::{Canonical, Decimal, Entered, Parameter, Unit, shown};

use super::{Answer, Invalid, Used, decimal, float, millilitres, mixes, number, rounded, stored};

const MIXING: Method = Method {
    name: "dilution",
    source: "mean of both waters by volume; between changes the value stays as it is",
    estimate: false,
};

/// What is to be reached.
#[derive(Debug, Clone, Copy)]
pub struct Dilution {
    /// The parameter.
    pub parameter: Parameter,
    /// The volume of the water.
    pub volume: Entered,
    /// The current value.
    pub current: Entered,
    /// The value of the new water.
    pub new_water: Entered,
    /// The value to reach.
    pub target: Entered,
    /// The share of the water that each change replaces, in percent. Without it, one change is calculated.
    pub share_percent: Option<Decimal>,
}

/// One change, or equal ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes {
    /// The volume of one change, in litres.
    pub each: Answer,
    /// The share of one change, in percent.
    pub share_percent: Decimal,
    /// How many changes.
    pub number: u32,
    /// The value after each change.
    pub after: Vec<Decimal>,
    /// The unit of these values.
    pub unit: Unit,
}

/// Calculates one water change, or how many of a given size it takes.
pub fn changes(asked: &Dilution) -> Result<Changes, Invalid> {
    let parameter = asked.parameter;
    if !mixes(parameter) {
        let rule = "does not mix in proportion to volume; use a concentration, a hardness, salinity, conductivity or temperature";
        return Err(Invalid::of("parameter", rule));
    }
    let volume_ml = millilitres("volume", asked.volume)?;
    if volume_ml == 0 {
        return Err(Invalid::of("volume", &WaterChangeError::Volume));
    }
    let waters = Waters {
        current: stored("current", parameter, asked.current)?,
        new: stored("newWater", parameter, asked.new_water)?,
        target: stored("target", parameter, asked.target)?,
    };
    let refused = |error| Invalid::of(field_of(error), &error);
    let (ml, millionths, number, uncertainty) = match asked.share_percent {
        None => {
            let change = volume_to_change(volume_ml, waters.current, waters.new, waters.target).map_err(refused)?;
            let uncertainty = float(volume_ml) / 1_000.0 * waters.uncertainty(parameter);
            (change.volume_ml, change.share_millionths, u32::from(change.volume_ml > 0), uncertainty)
        }
        Some(percent) => {
            let millionths = share(percent)?;
            let number = changes_needed(waters.current, waters.new, waters.target, millionths).map_err(refused)?;
            (volume_ml * millionths / 1_000_000, millionths, number, 0.0)
        }
    };
    let after = after(asked, waters, millionths, number)?;
    let (value, uncertainty) = rounded(float(ml) / 1_000.0, uncertainty.max(0.001));
    let inputs = waters.inputs(asked);
    let each = Answer { value, uncertainty, unit: Unit::L, method: MIXING, inputs };
    Ok(Changes {
        each,
        share_percent: decimal(float(millionths) / 10_000.0, 4),
        number,
        after,
        unit: asked.target.unit,
    })
}

/// The values of the waters.
#[derive(Debug, Clone, Copy)]
struct Waters {
    current: Canonical,
    new: Canonical,
    target: Canonical,
}

impl Waters {
    /// The standard uncertainty of the share, by those of both waters.
    fn uncertainty(self, parameter: Parameter) -> f64 {
        let [current, new] = [self.current, self.new].map(|value| Measured::of(parameter, value));
        let target = Measured::of(parameter, self.target).value;
        let span = current.value - new.value;
        if self.current == self.new {
            return 0.0;
        }
        let by_current = (target - new.value) / span.powi(2) * current.uncertainty;
        let by_new = (current.value - target) / span.powi(2) * new.uncertainty;
        by_current.hypot(by_new)
    }

    fn inputs(self, asked: &Dilution) -> Vec<Used> {
        let kit = |name, value| Used::kit(name, asked.parameter, value);
        vec![
            Used::exact("volume", asked.volume),
            kit("current", self.current),
            kit("newWater", self.new),
            Used::exact("target", asked.target),
        ]
    }
}

/// The values after each change, in the unit of the target.
fn after(asked: &Dilution, waters: Waters, millionths: i64, number: u32) -> Result<Vec<Decimal>, Invalid> {
    if number == 0 {
        return Ok(Vec::new());
    }
    // The share of a tiny change rounds to nothing, and that of a large one to everything.
    let values = if (1..1_000_000).contains(&millionths) {
        let values = after_changes(waters.current, waters.new, millionths, number);
        values.map_err(|error| Invalid::of(field_of(error), &error))?
    } else {
        vec![waters.target.get()]
    };
    let decimals = if asked.target.unit == Unit::Sg { 4 } else { 3 };
    let show = |value| {
        let value = Canonical::new(asked.parameter, value).ok_or(water::UnitError::OutOfRange);
        value.and_then(|value| shown(asked.parameter, value, asked.target.unit, decimals))
    };
    values.into_iter().map(|value| show(value).map_err(|error| Invalid::amount("target", error))).collect()
}

/// A share in millionths.
fn share(percent: Decimal) -> Result<i64, Invalid> {
    let millionths = (number(percent) * 10_000.0).round();
    let found = decimal(millionths, 0).to_string().parse().unwrap_or_default();
    if (1..1_000_000).contains(&found) {
        Ok(found)
    } else {
        Err(Invalid::of("sharePercent", "must be more than 0 and less than 100"))
    }
}

const fn field_of(error: WaterChangeError) -> &'static str {
    match error {
        WaterChangeError::Unreachable | WaterChangeError::Everything => "target",
        WaterChangeError::Volume => "volume",
        WaterChangeError::Changes => "sharePercent",
    }
}
