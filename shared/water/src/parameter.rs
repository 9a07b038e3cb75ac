//! What is measured.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Unit;

/// A property of water that is measured or entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WaterParameter)]
pub enum Parameter {
    /// Temperature, in m°C.
    Temperature,
    /// pH · 1000, on the NBS scale.
    Ph,
    /// Practical salinity · 1000 (PSS-78).
    Salinity,
    /// Electrical conductivity compensated to 25 °C, in µS/cm.
    Conductivity,
    /// Total alkalinity (carbonate hardness), in µeq/L.
    Alkalinity,
    /// Calcium and magnesium together, in µmol/L.
    GeneralHardness,
    /// Calcium, in µg/L.
    Calcium,
    /// Magnesium, in µg/L.
    Magnesium,
    /// Total ammonia (NH3 and NH4), in µg/L as nitrogen.
    Ammonia,
    /// Nitrite, in µg/L as nitrogen.
    Nitrite,
    /// Nitrate, in µg/L as nitrogen.
    Nitrate,
    /// Phosphate, in µg/L as phosphorus.
    Phosphate,
    /// Dissolved oxygen, in µg/L.
    Oxygen,
    /// Oxygen in thousandths of a percent of saturation. Another parameter than [`Self::Oxygen`]: it depends on air pressure.
    OxygenSaturation,
    /// Redox potential, in mV.
    Redox,
    /// Water level, in mm.
    Level,
    /// Dissolved carbon dioxide, in µg/L.
    #[serde(rename = "co2")]
    Co2,
}

/// Bounds of canonical values, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The least value.
    pub min: i64,
    /// The greatest value.
    pub max: i64,
}

impl Range {
    /// Whether the value is between the bounds.
    pub const fn contains(self, value: i64) -> bool {
        self.min <= value && value <= self.max
    }
}

impl Parameter {
    /// Every parameter.
    pub const ALL: [Self; 17] = [
        Self::Temperature,
        Self::Ph,
        Self::Salinity,
        Self::Conductivity,
        Self::Alkalinity,
        Self::GeneralHardness,
        Self::Calcium,
        Self::Magnesium,
        Self::Ammonia,
        Self::Nitrite,
        Self::Nitrate,
        Self::Phosphate,
        Self::Oxygen,
        Self::OxygenSaturation,
        Self::Redox,
        Self::Level,
        Self::Co2,
    ];

    /// The units that values are entered and shown in. The first one is the usual one.
    pub const fn units(self) -> &'static [Unit] {
        match self {
            Self::Temperature => &[Unit::Celsius, Unit::Fahrenheit],
            Self::Ph => &[Unit::Ph],
            Self::Salinity => &[Unit::Ppt, Unit::Psu, Unit::Sg],
            Self::Conductivity => &[Unit::UsCm, Unit::MsCm],
            Self::Alkalinity => &[Unit::Dkh, Unit::MeqL, Unit::MgLCaco3],
            Self::GeneralHardness => &[Unit::Dgh, Unit::MmolL, Unit::MeqL, Unit::MgLCaco3],
            Self::Calcium | Self::Magnesium => &[Unit::MgL, Unit::Ppm, Unit::MmolL, Unit::MgLCaco3],
            Self::Ammonia => &[Unit::MgLAsN, Unit::MgLAsNh3, Unit::MgLAsNh4],
            Self::Nitrite => &[Unit::MgLAsN, Unit::MgLAsNo2],
            Self::Nitrate => &[Unit::MgLAsN, Unit::MgLAsNo3],
            Self::Phosphate => &[Unit::MgLAsP, Unit::MgLAsPo4],
            Self::Oxygen | Self::Co2 => &[Unit::MgL, Unit::Ppm],
            Self::OxygenSaturation => &[Unit::Percent],
            Self::Redox => &[Unit::Mv],
            Self::Level => &[Unit::Mm, Unit::Cm, Unit::In],
        }
    }

    /// The values that can be stored. They include what a broken probe reports, such as −127 °C; each fits into `i32`.
    pub const fn storable(self) -> Range {
        match self {
            Self::Temperature => Range { min: -273_150, max: 200_000 },
            Self::Ph => Range { min: -2_000, max: 16_000 },
            Self::Redox => Range { min: -2_000, max: 2_000 },
            Self::Level => Range { min: -10_000, max: 10_000 },
            Self::Salinity => Range { min: 0, max: 350_000 },
            Self::Conductivity | Self::Alkalinity | Self::GeneralHardness | Self::OxygenSaturation => {
                Range { min: 0, max: 1_000_000 }
            }
            Self::Calcium
            | Self::Magnesium
            | Self::Ammonia
            | Self::Nitrite
            | Self::Nitrate
            | Self::Phosphate
            | Self::Oxygen
            | Self::Co2 => Range { min: 0, max: 10_000_000 },
        }
    }

    /// The values that water with living animals can have, with a margin for mistakes in keeping it. What lies outside is an error
    /// of the probe or of the person who typed it.
    pub const fn plausible(self) -> Range {
        match self {
            Self::Temperature => Range { min: -2_000, max: 45_000 },
            Self::Ph => Range { min: 3_000, max: 11_000 },
            Self::Salinity => Range { min: 0, max: 80_000 },
            Self::Conductivity => Range { min: 0, max: 120_000 },
            Self::Alkalinity | Self::Phosphate => Range { min: 0, max: 20_000 },
            Self::GeneralHardness => Range { min: 0, max: 100_000 },
            Self::Calcium => Range { min: 0, max: 1_500_000 },
            Self::Magnesium => Range { min: 0, max: 4_000_000 },
            Self::Ammonia | Self::Nitrite => Range { min: 0, max: 50_000 },
            Self::Nitrate => Range { min: 0, max: 250_000 },
            Self::Oxygen => Range { min: 0, max: 40_000 },
            Self::OxygenSaturation => Range { min: 0, max: 400_000 },
            Self::Redox => Range { min: -1_000, max: 1_000 },
            Self::Level => Range { min: -5_000, max: 5_000 },
            Self::Co2 => Range { min: 0, max: 500_000 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plausible_values_can_be_stored_and_stored_values_fit_into_four_bytes() {
        for parameter in Parameter::ALL {
            let (storable, plausible) = (parameter.storable(), parameter.plausible());
            assert!(storable.min <= plausible.min && plausible.max <= storable.max, "{parameter:?}");
            assert!(i32::try_from(storable.min).is_ok() && i32::try_from(storable.max).is_ok());
        }
    }

    #[test]
    fn what_a_broken_temperature_probe_reports_can_be_stored_and_is_implausible() {
        for millidegrees in [85_000, -127_000] {
            assert!(Parameter::Temperature.storable().contains(millidegrees));
            assert!(!Parameter::Temperature.plausible().contains(millidegrees));
        }
    }
}
