//! Values that are derived from the latest readings of an aquarium.

use contracts::aquariums::AquariumKind;
use types::{ReadingId, SensorId};
use water::derived::WaterKind;
use water::{Canonical, Parameter};

use super::Answer;
use super::derive::{DerivedQuantity, Known, NotDerived, derive, water_kind};
use crate::domain::device::Probe;
use crate::domain::reading::{Newest, Place};

/// How far apart in time the inputs of a derived value may be, in seconds: water changes within hours.
pub const MAX_SPREAD_SECONDS: i64 = 3_600;

/// Where a value is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A sensor of a device.
    Sensor(SensorId),
    /// A reading that was recorded by hand.
    Manual(ReadingId),
}

/// The latest value of a sensor, or the latest manual reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// Where it is from.
    pub origin: Origin,
    /// What it measures.
    pub parameter: Parameter,
    /// The value.
    pub value: Canonical,
    /// When it was measured, in seconds since 1970.
    pub second: i64,
}

/// A value that readings may give.
#[derive(Debug, Clone, PartialEq)]
pub struct FromReadings {
    /// What it is.
    pub quantity: DerivedQuantity,
    /// The value, or why there is none.
    pub result: Result<Answer, LeftOut>,
    /// The readings that it needs, as far as they are there.
    pub sources: Vec<Source>,
}

/// Why a value is left out.
#[derive(Debug, Clone, PartialEq)]
pub enum LeftOut {
    /// No sensor of the aquarium has a value of these parameters.
    Missing(Vec<Parameter>),
    /// The inputs were measured too far apart, by so many seconds.
    TooFarApart(i64),
    /// The formula does not hold.
    NotDerived(NotDerived),
}

/// The newest value of each parameter. Of several sensors and manual readings, the one that was measured last counts; of those of
/// the same second, a sensor, and of several sensors the one with the least ID.
pub fn newest<'a>(
    probes: impl IntoIterator<Item = &'a Probe>,
    readings: impl IntoIterator<Item = (Place, Newest)>,
) -> Vec<Source> {
    let mut newest: Vec<Source> = Vec::new();
    let by_hand = readings.into_iter().filter_map(|(place, reading)| Source::by_hand(place, reading));
    for source in probes.into_iter().filter_map(Source::of).chain(by_hand) {
        match newest.iter_mut().find(|other| other.parameter == source.parameter) {
            None => newest.push(source),
            Some(other) if (other.second, source.origin) < (source.second, other.origin) => *other = source,
            Some(_) => {}
        }
    }
    newest
}

/// The values that can be derived in this kind of water, if their most important input is there.
pub fn derive_all(kind: AquariumKind, newest: &[Source]) -> Vec<FromReadings> {
    let found = quantities(kind).iter().map(|quantity| from_readings(*quantity, kind, newest));
    found.flatten().collect()
}

/// What is worth deriving, by kind of water.
fn quantities(kind: AquariumKind) -> &'static [DerivedQuantity] {
    use DerivedQuantity::{
        CarbonDioxide, GeneralHardness, OxygenSaturation, SalinityFromConductivity, SpecificGravity, UnIonisedAmmonia,
    };
    match water_kind(kind) {
        WaterKind::Fresh => &[UnIonisedAmmonia, CarbonDioxide, OxygenSaturation, GeneralHardness],
        WaterKind::Brackish | WaterKind::Marine => {
            &[UnIonisedAmmonia, OxygenSaturation, SalinityFromConductivity, SpecificGravity]
        }
    }
}

fn from_readings(quantity: DerivedQuantity, kind: AquariumKind, newest: &[Source]) -> Option<FromReadings> {
    let needed = quantity.parameters(kind);
    let of = |parameter: &Parameter| newest.iter().find(|source| source.parameter == *parameter).copied();
    of(needed.first()?)?;
    let sources: Vec<Source> = needed.iter().filter_map(of).collect();
    let missing: Vec<_> = needed.iter().filter(|parameter| of(parameter).is_none()).copied().collect();
    let result = if missing.is_empty() { derived(quantity, kind, &sources) } else { Err(LeftOut::Missing(missing)) };
    Some(FromReadings { quantity, result, sources })
}

fn derived(quantity: DerivedQuantity, kind: AquariumKind, sources: &[Source]) -> Result<Answer, LeftOut> {
    let seconds = || sources.iter().map(|source| source.second);
    let spread = seconds().max().unwrap_or_default() - seconds().min().unwrap_or_default();
    if spread > MAX_SPREAD_SECONDS {
        return Err(LeftOut::TooFarApart(spread));
    }
    let values = sources.iter().map(|source| (source.parameter, source.value)).collect();
    derive(quantity, kind, &Known { values, ..Known::default() }).map_err(LeftOut::NotDerived)
}

impl Source {
    fn of(probe: &Probe) -> Option<Self> {
        let latest = probe.latest?;
        let value = Canonical::new(probe.parameter, latest.value)?;
        Some(Self { origin: Origin::Sensor(probe.id), parameter: probe.parameter, value, second: latest.second })
    }

    fn by_hand(Place { parameter, measured_at }: Place, reading: Newest) -> Option<Self> {
        let value = Canonical::new(parameter, reading.measurement.value)?;
        Some(Self { origin: Origin::Manual(reading.id), parameter, value, second: measured_at.as_second() })
    }
}
