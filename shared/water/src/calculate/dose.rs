//! Doses of solutions and of salts.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ratio::Ratio;
use crate::{Canonical, Parameter, masses};

/// The longest plan, in days.
const MAX_DAYS: i64 = 365;
/// The largest tank, in mL: 1,000 m³.
const MAX_VOLUME_ML: i64 = 1_000_000_000;

/// A product whose label says: `ml` raise `per_ml` of water by `raises`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Solution {
    /// The amount of the product, in µL.
    pub microlitres: i64,
    /// The volume of water, in mL.
    pub water_ml: i64,
    /// By how much the parameter rises, in its canonical unit.
    pub raises: i64,
}

/// A salt that keepers dissolve themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WaterCompound)]
pub enum Compound {
    /// Sodium bicarbonate (baking soda), NaHCO3: alkalinity.
    SodiumBicarbonate,
    /// Sodium carbonate (soda ash), Na2CO3: alkalinity.
    SodiumCarbonate,
    /// Calcium chloride dihydrate, CaCl2·2H2O: calcium.
    CalciumChlorideDihydrate,
    /// Magnesium sulphate heptahydrate (Epsom salt), MgSO4·7H2O: magnesium.
    MagnesiumSulphateHeptahydrate,
    /// Magnesium chloride hexahydrate, MgCl2·6H2O: magnesium.
    MagnesiumChlorideHexahydrate,
    /// Potassium nitrate, KNO3: nitrate.
    PotassiumNitrate,
    /// Monopotassium phosphate, KH2PO4: phosphate.
    MonopotassiumPhosphate,
}

/// How much to add.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Dose {
    /// The whole amount: µL of a solution, or mg of a salt. Rounded.
    pub total: i64,
    /// Over how many days.
    pub days: i64,
    /// The amount per day, rounded down, so that no day raises more than allowed. The last day gets the rest.
    pub per_day: i64,
}

/// Why there is no dose. The messages continue the name of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DoseError {
    /// Adding lowers nothing.
    #[error("must not be below the current value: a dose raises it, and a water change lowers it")]
    TargetBelowCurrent,
    /// The volume of water is not positive or is too large.
    #[error("must be positive, and at most 1000 m³")]
    Volume,
    /// The strength of the product is not positive.
    #[error("must have a positive amount, volume and effect, as on the label of the product")]
    Strength,
    /// The daily rise is not positive, or the plan would take more than a year.
    #[error("must be positive, and so large that the plan takes at most {MAX_DAYS} days")]
    RisePerDay,
    /// The salt does not raise the parameter.
    #[error("does not raise this parameter; choose another one")]
    WrongCompound,
    /// The amount is beyond what can be told.
    #[error("leads to an amount that is too large; check the volume, the strength and the target")]
    TooMuch,
}

/// The dose of a solution that raises a value to a target, with at most `per_day` canonical units a day.
pub fn dose_solution(
    solution: Solution,
    volume_ml: i64,
    current: Canonical,
    target: Canonical,
    per_day: Option<i64>,
) -> Result<Dose, DoseError> {
    if solution.microlitres <= 0 || !volume_is_valid(solution.water_ml) || solution.raises <= 0 {
        return Err(DoseError::Strength);
    }
    let strength = i128::from(solution.water_ml) * i128::from(solution.raises);
    plan(Ratio::new(i128::from(solution.microlitres), strength), volume_ml, current, target, per_day)
}

/// The dose of a salt in mg that raises a value to a target, with at most `per_day` canonical units a day.
pub fn dose_compound(
    compound: Compound,
    parameter: Parameter,
    volume_ml: i64,
    current: Canonical,
    target: Canonical,
    per_day: Option<i64>,
) -> Result<Dose, DoseError> {
    let per_millilitre_and_unit = compound.milligrams(parameter).ok_or(DoseError::WrongCompound)?;
    plan(per_millilitre_and_unit, volume_ml, current, target, per_day)
}

/// `amount` is what raises one mL by one canonical unit.
fn plan(
    amount: Ratio,
    volume_ml: i64,
    current: Canonical,
    target: Canonical,
    per_day: Option<i64>,
) -> Result<Dose, DoseError> {
    if !volume_is_valid(volume_ml) {
        return Err(DoseError::Volume);
    }
    let rise = target.get() - current.get();
    if rise < 0 {
        return Err(DoseError::TargetBelowCurrent);
    }
    let total = (amount * Ratio::whole(volume_ml) * Ratio::whole(rise)).rounded().ok_or(DoseError::TooMuch)?;
    let days = match per_day {
        None => 1,
        Some(step) if step <= 0 => return Err(DoseError::RisePerDay),
        Some(step) => (rise + step - 1) / step,
    };
    if days > MAX_DAYS {
        return Err(DoseError::RisePerDay);
    }
    let days = days.max(1);
    Ok(Dose { total, days, per_day: total / days })
}

const fn volume_is_valid(millilitres: i64) -> bool {
    0 < millilitres && millilitres <= MAX_VOLUME_ML
}

impl Compound {
    /// The mg that raise one mL by one canonical unit of the parameter. None if the compound does not raise it.
    fn milligrams(self, parameter: Parameter) -> Option<Ratio> {
        let (raised, mass, yields) = self.composition();
        // µeq/L: mass per equivalent; µg/L: mass per mass of the element. Both are per litre, and the result per millilitre.
        let per_litre = match raised {
            Parameter::Alkalinity => Ratio::new(mass, yields * 1_000_000_000),
            _ => Ratio::new(mass, yields * 1_000),
        };
        (raised == parameter).then(|| per_litre * Ratio::new(1, 1_000))
    }

    /// The parameter that it raises, its molar mass, and what a mole yields of the parameter: equivalents, or µg of the element.
    const fn composition(self) -> (Parameter, i128, i128) {
        use masses::{C, CA, CL, H, H2O, K, MG, N, NA, O, P, S};
        match self {
            Self::SodiumBicarbonate => (Parameter::Alkalinity, NA + H + C + 3 * O, 1),
            Self::SodiumCarbonate => (Parameter::Alkalinity, 2 * NA + C + 3 * O, 2),
            Self::CalciumChlorideDihydrate => (Parameter::Calcium, CA + 2 * CL + 2 * H2O, CA),
            Self::MagnesiumSulphateHeptahydrate => (Parameter::Magnesium, MG + S + 4 * O + 7 * H2O, MG),
            Self::MagnesiumChlorideHexahydrate => (Parameter::Magnesium, MG + 2 * CL + 6 * H2O, MG),
            Self::PotassiumNitrate => (Parameter::Nitrate, K + N + 3 * O, N),
            Self::MonopotassiumPhosphate => (Parameter::Phosphate, K + 2 * H + P + 4 * O, P),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(parameter: Parameter, value: i64) -> Canonical {
        Canonical::new(parameter, value).unwrap()
    }

    /// 100 L from 7 to 8 dKH: 0.356 meq/L · 100 L · 84.007 g/mol = 2.991 g of baking soda, or 1.887 g of soda ash.
    #[test]
    fn baking_soda_for_one_degree() {
        let (current, target) = (at(Parameter::Alkalinity, 2_497), at(Parameter::Alkalinity, 2_853));
        let dose = |compound| dose_compound(compound, Parameter::Alkalinity, 100_000, current, target, None).unwrap();
        assert_eq!(dose(Compound::SodiumBicarbonate).total, 2_991);
        assert_eq!(dose(Compound::SodiumCarbonate).total, 1_887);
    }

    /// 20 mg/L Ca in 100 L are 2 g Ca; CaCl2·2H2O is 27.26 % calcium.
    #[test]
    fn salts_yield_their_element() {
        let dose = |compound, parameter, rise| {
            dose_compound(compound, parameter, 100_000, at(parameter, 0), at(parameter, rise), None).unwrap().total
        };
        assert_eq!(dose(Compound::CalciumChlorideDihydrate, Parameter::Calcium, 20_000), 7_336);
        // Epsom salt is 9.861 % magnesium, the chloride 11.956 %.
        assert_eq!(dose(Compound::MagnesiumSulphateHeptahydrate, Parameter::Magnesium, 10_000), 10_141);
        assert_eq!(dose(Compound::MagnesiumChlorideHexahydrate, Parameter::Magnesium, 10_000), 8_365);
        // 10 mg/L NO3 are 2.259 mg/L N; KNO3 is 61.33 % nitrate.
        assert_eq!(dose(Compound::PotassiumNitrate, Parameter::Nitrate, 2_259), 1_631);
    }

    #[test]
    fn a_label_scales_with_the_tank_and_a_rise_is_spread_over_days() {
        let label = Solution { microlitres: 10_000, water_ml: 100_000, raises: 250 };
        let dose = dose_solution(
            label,
            208_198,
            at(Parameter::Alkalinity, 2_000),
            at(Parameter::Alkalinity, 3_000),
            Some(357),
        );
        assert_eq!(dose, Ok(Dose { total: 83_279, days: 3, per_day: 27_759 }));
    }

    #[test]
    fn what_cannot_be_dosed_is_refused() {
        let label = Solution { microlitres: 1_000, water_ml: 1_000, raises: 1 };
        let (low, high) = (at(Parameter::Calcium, 400_000), at(Parameter::Calcium, 440_000));
        assert_eq!(dose_solution(label, 1_000, high, low, None), Err(DoseError::TargetBelowCurrent));
        assert_eq!(dose_solution(label, 0, low, high, None), Err(DoseError::Volume));
        assert_eq!(dose_solution(label, 1_000, low, high, Some(0)), Err(DoseError::RisePerDay));
        assert_eq!(dose_solution(label, 1_000, low, high, Some(1)), Err(DoseError::RisePerDay));
        assert_eq!(dose_solution(Solution { raises: 0, ..label }, 1_000, low, high, None), Err(DoseError::Strength));
        assert_eq!(
            dose_compound(Compound::SodiumCarbonate, Parameter::Calcium, 1_000, low, high, None),
            Err(DoseError::WrongCompound)
        );
    }

    proptest! {
        #[test]
        fn the_dose_has_the_effect_that_the_label_promises(
            microlitres in 1_i64..1_000_000, water_ml in 1_i64..1_000_000, raises in 1_i64..100_000,
            volume in 1_i64..10_000_000, current in 0_i64..1_000_000, rise in 0_i64..100_000,
        ) {
            let solution = Solution { microlitres, water_ml, raises };
            let target = at(Parameter::Calcium, current + rise);
            let dose = dose_solution(solution, volume, at(Parameter::Calcium, current), target, None).unwrap();
            // total · raises · water_ml / (microlitres · volume) is the rise, within half a microlitre.
            let effect = i128::from(dose.total) * i128::from(raises) * i128::from(water_ml);
            let wanted = i128::from(rise) * i128::from(microlitres) * i128::from(volume);
            prop_assert!((effect - wanted).abs() * 2 <= i128::from(raises) * i128::from(water_ml));
        }

        #[test]
        fn no_day_raises_more_than_allowed(rise in 0_i64..100_000, step in 1_i64..100_000, volume in 1_i64..1_000_000) {
            let label = Solution { microlitres: 1_000, water_ml: 1_000, raises: 100 };
            let target = at(Parameter::Calcium, rise);
            if let Ok(dose) = dose_solution(label, volume, at(Parameter::Calcium, 0), target, Some(step)) {
                // 100 units per µL and mL: per day at most step · volume / 100 µL, and the total's rounding on top.
                prop_assert!(i128::from(dose.per_day) * 100 <= i128::from(step) * i128::from(volume) + 100);
                prop_assert!(dose.per_day * dose.days <= dose.total && dose.total < dose.per_day * dose.days + dose.days);
            } else {
                prop_assert!(rise > step * MAX_DAYS);
            }
        }
    }
}
