//! Air pressure.

use super::{Measured, Refusal, within};

/// The pressure of the air at the aquarium.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AirPressure {
    /// One standard atmosphere, with the ± 1.5 % of weather.
    SeaLevel,
    /// As a barometer shows it at the place, in hPa. Weather reports give another pressure, reduced to sea level.
    StationHpa(Measured),
    /// Of the standard atmosphere at a height above the sea in m, with the ± 1.5 % of weather.
    AltitudeM(f64),
}

/// The relative standard deviation of air pressure around that of the standard atmosphere. Own estimate for weather.
const WEATHER: f64 = 0.015;
/// hPa per standard atmosphere.
const HPA: f64 = 1_013.25;

impl AirPressure {
    /// The pressure in standard atmospheres.
    pub(crate) fn atmospheres(self) -> Result<Measured, Refusal> {
        let standard = |value| Measured { value, uncertainty: WEATHER * value };
        match self {
            Self::SeaLevel => Ok(standard(1.0)),
            Self::StationHpa(hpa) => {
                within("airPressure", hpa.value, 500.0, 1_100.0)?;
                Ok(Measured { value: hpa.value / HPA, uncertainty: hpa.uncertainty / HPA })
            }
            Self::AltitudeM(metres) => {
                within("altitude", metres, -430.0, 5_000.0)?;
                // The troposphere of ISO 2533:1975, whose lapse rate is 6.5 K/km from 288.15 K.
                Ok(standard((1.0 - 2.255_77e-5 * metres).powf(5.255_88)))
            }
        }
    }
}
