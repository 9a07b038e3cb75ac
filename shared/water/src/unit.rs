//! Units as keepers enter them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A unit that a value is entered or shown in.
///
/// `gal`, `mg_l` and `ppm` are read so that an error can say what is missing: a system for gallons, and a basis for
/// concentrations of nitrogen and phosphorus and for hardness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WaterUnit)]
pub enum Unit {
    /// Degrees Celsius.
    Celsius,
    /// Degrees Fahrenheit.
    Fahrenheit,
    /// pH on the NBS scale, which probes and kits of the hobby use.
    Ph,
    /// Parts per thousand of salt, read as practical salinity.
    Ppt,
    /// Practical salinity (PSS-78).
    Psu,
    /// Specific gravity: density of the water at 25 °C divided by that of pure water at 25 °C.
    Sg,
    /// Microsiemens per centimetre, compensated to 25 °C.
    UsCm,
    /// Millisiemens per centimetre, compensated to 25 °C.
    MsCm,
    /// German degrees of carbonate hardness.
    Dkh,
    /// German degrees of general hardness: 10 mg/L CaO.
    Dgh,
    /// Milliequivalents per litre.
    MeqL,
    /// Millimoles per litre.
    MmolL,
    /// Milligrams per litre, as calcium carbonate.
    #[serde(rename = "mg_l_caco3")]
    MgLCaco3,
    /// Milligrams per litre of the substance itself.
    MgL,
    /// Parts per million: milligrams per litre.
    Ppm,
    /// Milligrams per litre, as nitrogen.
    MgLAsN,
    /// Milligrams per litre, as NH3.
    #[serde(rename = "mg_l_as_nh3")]
    MgLAsNh3,
    /// Milligrams per litre, as NH4.
    #[serde(rename = "mg_l_as_nh4")]
    MgLAsNh4,
    /// Milligrams per litre, as NO2.
    #[serde(rename = "mg_l_as_no2")]
    MgLAsNo2,
    /// Milligrams per litre, as NO3.
    #[serde(rename = "mg_l_as_no3")]
    MgLAsNo3,
    /// Milligrams per litre, as phosphorus.
    MgLAsP,
    /// Milligrams per litre, as PO4.
    #[serde(rename = "mg_l_as_po4")]
    MgLAsPo4,
    /// Percent.
    Percent,
    /// Millivolts.
    Mv,
    /// Millilitres.
    Ml,
    /// Litres.
    L,
    /// Cubic metres.
    #[serde(rename = "m3")]
    M3,
    /// Gallons of the United States: 3.785411784 L.
    UsGal,
    /// Imperial gallons: 4.54609 L.
    ImpGal,
    /// Gallons without a system. Always refused.
    Gal,
    /// Cubic feet.
    #[serde(rename = "ft3")]
    Ft3,
    /// Millimetres.
    Mm,
    /// Centimetres.
    Cm,
    /// Inches.
    In,
}

impl Unit {
    /// Every unit.
    pub const ALL: [Self; 34] = [
        Self::Celsius,
        Self::Fahrenheit,
        Self::Ph,
        Self::Ppt,
        Self::Psu,
        Self::Sg,
        Self::UsCm,
        Self::MsCm,
        Self::Dkh,
        Self::Dgh,
        Self::MeqL,
        Self::MmolL,
        Self::MgLCaco3,
        Self::MgL,
        Self::Ppm,
        Self::MgLAsN,
        Self::MgLAsNh3,
        Self::MgLAsNh4,
        Self::MgLAsNo2,
        Self::MgLAsNo3,
        Self::MgLAsP,
        Self::MgLAsPo4,
        Self::Percent,
        Self::Mv,
        Self::Ml,
        Self::L,
        Self::M3,
        Self::UsGal,
        Self::ImpGal,
        Self::Gal,
        Self::Ft3,
        Self::Mm,
        Self::Cm,
        Self::In,
    ];

    /// The name of the unit in requests and responses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Celsius => "celsius",
            Self::Fahrenheit => "fahrenheit",
            Self::Ph => "ph",
            Self::Ppt => "ppt",
            Self::Psu => "psu",
            Self::Sg => "sg",
            Self::UsCm => "us_cm",
            Self::MsCm => "ms_cm",
            Self::Dkh => "dkh",
            Self::Dgh => "dgh",
            Self::MeqL => "meq_l",
            Self::MmolL => "mmol_l",
            Self::MgLCaco3 => "mg_l_caco3",
            Self::MgL => "mg_l",
            Self::Ppm => "ppm",
            Self::MgLAsN => "mg_l_as_n",
            Self::MgLAsNh3 => "mg_l_as_nh3",
            Self::MgLAsNh4 => "mg_l_as_nh4",
            Self::MgLAsNo2 => "mg_l_as_no2",
            Self::MgLAsNo3 => "mg_l_as_no3",
            Self::MgLAsP => "mg_l_as_p",
            Self::MgLAsPo4 => "mg_l_as_po4",
            Self::Percent => "percent",
            Self::Mv => "mv",
            Self::Ml => "ml",
            Self::L => "l",
            Self::M3 => "m3",
            Self::UsGal => "us_gal",
            Self::ImpGal => "imp_gal",
            Self::Gal => "gal",
            Self::Ft3 => "ft3",
            Self::Mm => "mm",
            Self::Cm => "cm",
            Self::In => "in",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_are_serialized() {
        for unit in Unit::ALL {
            assert_eq!(serde_json::to_value(unit).unwrap(), unit.name());
            assert_eq!(serde_json::from_value::<Unit>(unit.name().into()).unwrap(), unit);
        }
        assert_eq!(Unit::MgLAsNo3.name(), "mg_l_as_no3");
        assert_eq!(Unit::UsCm.name(), "us_cm");
    }
}
