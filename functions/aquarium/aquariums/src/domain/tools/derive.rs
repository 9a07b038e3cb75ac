//! Values that are derived from others.

use contracts::aquariums::AquariumKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use water::derived::{
    AirPressure, Derived, INDOOR_AIR_CO2_PPM, Ion, Measured, Method, Refusal, WaterKind, ammonia_fraction,
    carbon_dioxide, carbon_dioxide_by_aeration, conductivity, general_hardness, oxygen_saturation, oxygen_solubility,
    salinity_from_conductivity, salinity_from_specific_gravity, specific_gravity, un_ionised_ammonia,
};
use water::{Canonical, Decimal, Parameter, Unit};

use super::{Answer, Used, number, rounded};

/// A value that is derived from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DerivedQuantity {
    /// Un-ionised ammonia in mg/L as nitrogen, from ammonia, temperature, pH, and salinity unless the water is fresh.
    UnIonisedAmmonia,
    /// Un-ionised part of ammonia in percent, from temperature, pH, and salinity unless the water is fresh.
    AmmoniaFraction,
    /// Carbon dioxide in mg/L, from alkalinity, pH and temperature. Fresh water only.
    CarbonDioxide,
    /// Carbon dioxide in mg/L, from the pH before and after aeration, and temperature. Fresh water only.
    CarbonDioxideByAeration,
    /// Oxygen in percent of saturation, from oxygen, temperature, salinity unless the water is fresh, and air pressure.
    OxygenSaturation,
    /// Oxygen at saturation in mg/L, from temperature, salinity unless the water is fresh, and air pressure.
    OxygenSolubility,
    /// Practical salinity, from conductivity at 25 °C.
    SalinityFromConductivity,
    /// Practical salinity, from specific gravity at 25/25 °C.
    SalinityFromSpecificGravity,
    /// Conductivity at 25 °C in mS/cm, from salinity.
    Conductivity,
    /// Specific gravity at 25/25 °C, from salinity.
    SpecificGravity,
    /// General hardness in mmol/L, from calcium and magnesium.
    GeneralHardness,
}

/// What is known about the water.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Values of parameters.
    pub values: Vec<(Parameter, Canonical)>,
    /// The pH of a sample after aeration.
    pub aerated_ph: Option<Decimal>,
    /// The CO2 of the air, in ppm.
    pub air_co2_ppm: Option<Decimal>,
    /// Specific gravity at 25/25 °C.
    pub specific_gravity: Option<Decimal>,
    /// The pressure of the air, in hPa at the place.
    pub air_pressure_hpa: Option<Decimal>,
    /// Height above the sea in m.
    pub altitude_m: Option<Decimal>,
}

/// Why a value is not derived.
#[derive(Debug, Clone, PartialEq)]
pub enum NotDerived {
    /// An input is missing.
    Missing(&'static str),
    /// The formula does not hold.
    Refused(Refusal),
}

impl From<Refusal> for NotDerived {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl DerivedQuantity {
    /// The parameters that it is derived from, the most important one first.
    pub fn parameters(self, kind: AquariumKind) -> Vec<Parameter> {
        use Parameter::{Alkalinity, Ammonia, Calcium, Magnesium, Oxygen, Ph, Salinity, Temperature};
        let mut needed = match self {
            Self::UnIonisedAmmonia => vec![Ammonia, Temperature, Ph],
            Self::AmmoniaFraction | Self::CarbonDioxideByAeration => vec![Ph, Temperature],
            Self::CarbonDioxide => vec![Alkalinity, Ph, Temperature],
            Self::OxygenSaturation => vec![Oxygen, Temperature],
            Self::OxygenSolubility => vec![Temperature],
            Self::SalinityFromConductivity => vec![Parameter::Conductivity],
            Self::SalinityFromSpecificGravity => Vec::new(),
            Self::Conductivity | Self::SpecificGravity => vec![Salinity],
            Self::GeneralHardness => vec![Calcium, Magnesium],
        };
        let depends_on_salt = matches!(
            self,
            Self::UnIonisedAmmonia | Self::AmmoniaFraction | Self::OxygenSaturation | Self::OxygenSolubility
        );
        if depends_on_salt && water_kind(kind) != WaterKind::Fresh {
            needed.push(Salinity);
        }
        needed
    }
}

/// The kind of water of an aquarium.
pub const fn water_kind(kind: AquariumKind) -> WaterKind {
    match kind {
        AquariumKind::Fresh | AquariumKind::Pond => WaterKind::Fresh,
        AquariumKind::Brackish => WaterKind::Brackish,
        AquariumKind::Marine => WaterKind::Marine,
    }
}

/// Derives a value.
pub fn derive(quantity: DerivedQuantity, kind: AquariumKind, known: &Known) -> Result<Answer, NotDerived> {
    if quantity == DerivedQuantity::GeneralHardness {
        return hardness(known);
    }
    Ok(Answer::of(&by_formula(quantity, kind, known)?))
}

fn by_formula(quantity: DerivedQuantity, kind: AquariumKind, known: &Known) -> Result<Derived, NotDerived> {
    let of = |parameter| known.measured(parameter);
    let (temperature, ph) = (|| of(Parameter::Temperature), || of(Parameter::Ph));
    let salinity = || known.salinity(kind);
    let derived = match quantity {
        DerivedQuantity::UnIonisedAmmonia => {
            un_ionised_ammonia(of(Parameter::Ammonia)?, temperature()?, ph()?, salinity()?)
        }
        DerivedQuantity::AmmoniaFraction => ammonia_fraction(temperature()?, ph()?, salinity()?),
        DerivedQuantity::CarbonDioxide => {
            // Sea water is refused whatever else is known of it.
            refuse_salt_water(kind)?;
            carbon_dioxide(water_kind(kind), of(Parameter::Alkalinity)?, ph()?, temperature()?)
        }
        DerivedQuantity::CarbonDioxideByAeration => {
            refuse_salt_water(kind)?;
            let aerated = typed("aeratedPh", known.aerated_ph, 0.1)?;
            let air =
                known.air_co2_ppm.map_or(INDOOR_AIR_CO2_PPM, |ppm| Measured { value: number(ppm), uncertainty: 50.0 });
            carbon_dioxide_by_aeration(water_kind(kind), ph()?, aerated, temperature()?, air)
        }
        DerivedQuantity::OxygenSaturation => {
            oxygen_saturation(of(Parameter::Oxygen)?, temperature()?, salinity()?, known.pressure())
        }
        DerivedQuantity::OxygenSolubility => oxygen_solubility(temperature()?, salinity()?, known.pressure()),
        DerivedQuantity::SalinityFromConductivity => {
            salinity_from_conductivity(of(Parameter::Conductivity)?, Measured::exact(COMPENSATED_TO))
        }
        DerivedQuantity::SalinityFromSpecificGravity => {
            salinity_from_specific_gravity(typed("specificGravity", known.specific_gravity, 0.000_5)?)
        }
        DerivedQuantity::Conductivity => conductivity(of(Parameter::Salinity)?, Measured::exact(COMPENSATED_TO)),
        DerivedQuantity::SpecificGravity => specific_gravity(of(Parameter::Salinity)?),
        DerivedQuantity::GeneralHardness => return Err(NotDerived::Missing("calcium")),
    };
    Ok(derived?)
}

/// The temperature in °C at which conductivity is stored.
const COMPENSATED_TO: f64 = 25.0;

const fn refuse_salt_water(kind: AquariumKind) -> Result<(), NotDerived> {
    match water_kind(kind) {
        WaterKind::Fresh => Ok(()),
        WaterKind::Brackish | WaterKind::Marine => Err(NotDerived::Refused(Refusal::FreshWaterOnly)),
    }
}

fn typed(name: &'static str, value: Option<Decimal>, uncertainty: f64) -> Result<Measured, NotDerived> {
    value.map(|value| Measured { value: number(value), uncertainty }).ok_or(NotDerived::Missing(name))
}

impl Known {
    fn canonical(&self, parameter: Parameter) -> Result<Canonical, NotDerived> {
        let found = self.values.iter().find(|(of, _)| *of == parameter);
        found.map(|(_, value)| *value).ok_or_else(|| NotDerived::Missing(name_of(parameter)))
    }

    fn measured(&self, parameter: Parameter) -> Result<Measured, NotDerived> {
        self.canonical(parameter).map(|value| Measured::of(parameter, value))
    }

    /// Fresh water has none unless it was measured.
    fn salinity(&self, kind: AquariumKind) -> Result<Measured, NotDerived> {
        match self.measured(Parameter::Salinity) {
            Err(_) if water_kind(kind) == WaterKind::Fresh => Ok(Measured::exact(0.0)),
            found => found,
        }
    }

    /// A barometer knows better than a height above the sea.
    fn pressure(&self) -> AirPressure {
        match (self.air_pressure_hpa, self.altitude_m) {
            (Some(hpa), _) => AirPressure::StationHpa(Measured { value: number(hpa), uncertainty: 2.0 }),
            (None, Some(metres)) => AirPressure::AltitudeM(number(metres)),
            (None, None) => AirPressure::SeaLevel,
        }
    }
}

/// The name of an input.
pub const fn name_of(parameter: Parameter) -> &'static str {
    match parameter {
        Parameter::Temperature => "temperature",
        Parameter::Ph => "ph",
        Parameter::Salinity => "salinity",
        Parameter::Conductivity => "conductivity",
        Parameter::Alkalinity => "alkalinity",
        Parameter::GeneralHardness => "generalHardness",
        Parameter::Calcium => "calcium",
        Parameter::Magnesium => "magnesium",
        Parameter::Ammonia => "ammonia",
        Parameter::Nitrite => "nitrite",
        Parameter::Nitrate => "nitrate",
        Parameter::Phosphate => "phosphate",
        Parameter::Oxygen => "oxygen",
        Parameter::OxygenSaturation => "oxygenSaturation",
        Parameter::Redox => "redox",
        Parameter::Level => "level",
        Parameter::Co2 => "co2",
    }
}

const SUM_OF_IONS: Method = Method {
    name: "sum-of-ions",
    source: "calcium and magnesium by their molar masses (standard atomic weights)",
    estimate: false,
};

fn hardness(known: &Known) -> Result<Answer, NotDerived> {
    let ions = [(Ion::Calcium, Parameter::Calcium), (Ion::Magnesium, Parameter::Magnesium)];
    let (mut sum, mut variance, mut inputs) = (0.0, 0.0_f64, Vec::new());
    for (ion, parameter) in ions {
        let value = known.canonical(parameter)?;
        let measured = Measured::of(parameter, value);
        let hardness = general_hardness(&[(ion, value.get())]).ok_or(NotDerived::Refused(Refusal::OutOfRange {
            input: name_of(parameter),
            min: 0.0,
            max: 10_000.0,
        }))?;
        let hardness = Measured::of(Parameter::GeneralHardness, hardness).value;
        sum += hardness;
        // Hardness is proportional to the concentration.
        variance += if measured.value > 0.0 { (hardness * measured.uncertainty / measured.value).powi(2) } else { 0.0 };
        inputs.push(Used::kit(name_of(parameter), parameter, value));
    }
    // Each sum was rounded to a µmol/L.
    let (value, uncertainty) = rounded(sum, variance.sqrt().max(0.001));
    Ok(Answer { value, uncertainty, unit: Unit::MmolL, method: SUM_OF_IONS, inputs })
}
