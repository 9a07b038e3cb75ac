//! General hardness, and concentrations as calcium carbonate.

use crate::masses;
use crate::ratio::Ratio;
use crate::{Canonical, Parameter};

/// An ion that water has in noticeable amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ion {
    /// Ca²⁺.
    Calcium,
    /// Mg²⁺.
    Magnesium,
    /// Na⁺.
    Sodium,
    /// K⁺.
    Potassium,
}

impl Ion {
    /// The molar mass in µg/mol, and the charge.
    const fn mass_and_valence(self) -> (i128, i128) {
        match self {
            Self::Calcium => (masses::CA, 2),
            Self::Magnesium => (masses::MG, 2),
            Self::Sodium => (masses::NA, 1),
            Self::Potassium => (masses::K, 1),
        }
    }

    /// Whether it counts as hardness: alkaline earths do, alkalis do not.
    const fn is_hard(self) -> bool {
        matches!(self, Self::Calcium | Self::Magnesium)
    }
}

/// A concentration in µg/L of the ion, in µg/L as calcium carbonate: with the same number of charges. Rounded.
pub fn as_calcium_carbonate(ion: Ion, micrograms_per_litre: i64) -> Option<i64> {
    let (mass, valence) = ion.mass_and_valence();
    // Calcium carbonate has two charges per mole.
    (Ratio::whole(micrograms_per_litre) * Ratio::new(masses::CACO3 * valence, mass * 2)).rounded()
}

/// General hardness from the concentrations of ions in µg/L. Sodium and potassium do not count. None if it cannot be stored.
pub fn general_hardness(micrograms_per_litre: &[(Ion, i64)]) -> Option<Canonical> {
    let hard = micrograms_per_litre.iter().filter(|(ion, _)| ion.is_hard());
    let exact = hard.fold(Ratio::whole(0), |sum, (ion, amount)| {
        sum + Ratio::whole(*amount) * Ratio::new(1_000_000, ion.mass_and_valence().0)
    });
    exact.rounded().and_then(|value| Canonical::new(Parameter::GeneralHardness, value))
}
