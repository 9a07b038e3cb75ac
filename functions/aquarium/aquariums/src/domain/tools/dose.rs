//! Doses.

use water::calculate::{Compound, Dose, DoseError, Solution, dose_compound, dose_solution};
use water::derived::{Measured, Method};
use water::{Canonical, Decimal, Entered, Parameter};

use super::{Invalid, Used, decimal, float, is_concentration, millilitres, stored, thousandths};

const LABEL: Method =
    Method { name: "label-strength", source: "in proportion to the strength on the label", estimate: false };
const STOICHIOMETRY: Method = Method {
    name: "stoichiometry",
    source: "molar masses of the pure salt by standard atomic weights",
    estimate: false,
};

/// What is added.
#[derive(Debug, Clone, Copy)]
pub enum Product {
    /// A salt.
    Compound(Compound),
    /// A solution whose label says: `amount` in `water` raises the parameter by `raises`.
    Solution {
        /// The amount of the product.
        amount: Entered,
        /// The volume of water.
        water: Entered,
        /// By how much the parameter rises.
        raises: Entered,
    },
}

/// What is to be raised.
#[derive(Debug, Clone, Copy)]
pub struct Raise {
    /// The parameter.
    pub parameter: Parameter,
    /// The volume of the water.
    pub volume: Entered,
    /// The current value.
    pub current: Entered,
    /// The value to reach.
    pub target: Entered,
    /// By how much it may rise per day.
    pub max_per_day: Option<Entered>,
}

/// How much to add: mL of a solution, or g of a salt.
#[derive(Debug, Clone, PartialEq)]
pub struct DosePlan {
    /// The whole amount.
    pub total: Decimal,
    /// Its standard uncertainty, by that of the current value.
    pub uncertainty: Decimal,
    /// Over how many days.
    pub days: i64,
    /// The amount per day. The last day gets the rest.
    pub per_day: Decimal,
    /// How it was computed.
    pub method: Method,
    /// What it was computed from.
    pub inputs: Vec<Used>,
}

/// Calculates a dose.
pub fn dose(raise: &Raise, product: Product) -> Result<DosePlan, Invalid> {
    let parameter = raise.parameter;
    if !is_concentration(parameter) {
        return Err(Invalid::of(
            "parameter",
            "does not rise in proportion to an amount; use a concentration or a hardness",
        ));
    }
    let volume = millilitres("volume", raise.volume)?;
    let current = stored("current", parameter, raise.current)?;
    let target = stored("target", parameter, raise.target)?;
    let per_day = raise.max_per_day.map(|rise| stored("maxRisePerDay", parameter, rise)).transpose()?;
    let per_day = per_day.map(Canonical::get);
    let (dose, method) = match product {
        Product::Compound(compound) => {
            (dose_compound(compound, parameter, volume, current, target, per_day), STOICHIOMETRY)
        }
        Product::Solution { amount, water, raises } => {
            let microlitres = water::microlitres(amount);
            let solution = Solution {
                microlitres: microlitres.map_err(|error| Invalid::amount("solution.amount", error))?,
                water_ml: millilitres("solution.water", water)?,
                raises: stored("solution.raises", parameter, raises)?.get(),
            };
            (dose_solution(solution, volume, current, target, per_day), LABEL)
        }
    };
    let dose = dose.map_err(|error| Invalid::of(field_of(error), &error))?;
    Ok(plan(raise, dose, current, target, method))
}

fn plan(asked: &Raise, dose: Dose, current: Canonical, target: Canonical, method: Method) -> DosePlan {
    let rise = float(target.get() - current.get());
    let measured = Measured::of(asked.parameter, current);
    let of_current = if rise > 0.0 { float(dose.total) * measured.uncertainty / rise } else { 0.0 };
    let inputs = vec![
        Used::exact("volume", asked.volume),
        Used::kit("current", asked.parameter, current),
        Used::exact("target", asked.target),
    ];
    DosePlan {
        total: thousandths(dose.total),
        // The measured uncertainty is in thousands of canonical units, and the dose in thousandths: both cancel out.
        uncertainty: decimal(of_current.max(0.001), 3),
        days: dose.days,
        per_day: thousandths(dose.per_day),
        method,
        inputs,
    }
}

const fn field_of(error: DoseError) -> &'static str {
    match error {
        DoseError::TargetBelowCurrent => "target",
        DoseError::Volume | DoseError::TooMuch => "volume",
        DoseError::Strength => "solution",
        DoseError::RisePerDay => "maxRisePerDay",
        DoseError::WrongCompound => "compound",
    }
}
