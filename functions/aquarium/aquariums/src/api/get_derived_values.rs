//! `GET /v1/aquarium/aquariums/{id}/derived`: values that are derived from the latest readings.

use axum::extract::State;
use jiff::Timestamp;
use kit::auth::Caller;
use kit::http::{Id, Json, Path, Problem};
use serde::Serialize;
use types::{AquariumId, ReadingId, SensorId};
use utoipa::ToSchema;
use water::Parameter;
use water::derived::Refusal as FormulaRefusal;

use crate::api::tool_views::ComputedValue;
use crate::ctx::Ctx;
use crate::domain::tools::derive::{DerivedQuantity, NotDerived};
use crate::domain::tools::from_readings::{FromReadings, LeftOut, Origin, Source, derive_all, newest};
use crate::problem::Refusal;
use crate::store::Measured;

/// What the latest readings of an aquarium say together.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DerivedValues {
    /// Derived values.
    items: Vec<DerivedReading>,
    /// Values that cannot be derived now.
    left_out: Vec<LeftOutValue>,
}

/// A value that is derived from readings.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DerivedReading {
    /// What it is.
    quantity: DerivedQuantity,
    #[serde(flatten)]
    computed: ComputedValue,
    /// Readings that it was derived from.
    readings: Vec<InputReading>,
}

/// A reading that a value is derived from.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InputReading {
    /// Sensor ID. Null for a manual reading.
    sensor_id: Option<SensorId>,
    /// Reading ID of a manual reading. Null for the value of a sensor.
    reading_id: Option<ReadingId>,
    /// What it measures.
    parameter: Parameter,
    /// Time of the measurement.
    #[serde(serialize_with = "types::time::millis")]
    measured_at: Timestamp,
}

/// A value that is not derived.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LeftOutValue {
    /// What it is.
    quantity: DerivedQuantity,
    /// Why it is not derived.
    reason: LeftOutReason,
    /// The same as a sentence.
    detail: String,
    /// Parameters without a reading.
    missing: Vec<Parameter>,
    /// Readings that it would be derived from.
    readings: Vec<InputReading>,
}

/// Why a value is not derived.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeftOutReason {
    /// Some parameters have neither a value of a sensor nor a manual reading.
    InputsMissing,
    /// The readings were taken more than an hour apart.
    InputsTooFarApart,
    /// A reading is outside of the range in which the formula holds.
    FormulaDoesNotHold,
}

impl DerivedValues {
    fn of(found: Vec<FromReadings>) -> Self {
        let (mut items, mut left_out) = (Vec::new(), Vec::new());
        for FromReadings { quantity, result, sources } in found {
            let readings = sources.iter().filter_map(InputReading::of).collect();
            match result {
                Ok(answer) => items.push(DerivedReading { quantity, computed: answer.into(), readings }),
                Err(cause) => left_out.push(LeftOutValue::of(quantity, cause, readings)),
            }
        }
        Self { items, left_out }
    }
}

impl InputReading {
    fn of(source: &Source) -> Option<Self> {
        let measured_at = Timestamp::from_second(source.second).ok()?;
        let (sensor_id, reading_id) = match source.origin {
            Origin::Sensor(id) => (Some(id), None),
            Origin::Manual(id) => (None, Some(id)),
        };
        Some(Self { sensor_id, reading_id, parameter: source.parameter, measured_at })
    }
}

impl LeftOutValue {
    fn of(quantity: DerivedQuantity, cause: LeftOut, readings: Vec<InputReading>) -> Self {
        let (reason, detail, missing) = match cause {
            LeftOut::Missing(missing) => {
                let detail = "The parameters in `missing` have no readings. Add a sensor or a manual reading for each."
                    .to_owned();
                (LeftOutReason::InputsMissing, detail, missing)
            }
            LeftOut::TooFarApart(seconds) => {
                let minutes = seconds / 60;
                let detail = format!(
                    "The readings were taken {minutes} minutes apart, and must be at most 60. Record newer readings."
                );
                (LeftOutReason::InputsTooFarApart, detail, Vec::new())
            }
            LeftOut::NotDerived(error) => (LeftOutReason::FormulaDoesNotHold, sentence(&error), Vec::new()),
        };
        Self { quantity, reason, detail, missing, readings }
    }
}

fn sentence(error: &NotDerived) -> String {
    match error {
        NotDerived::Missing(input) => format!("The formula needs {input}."),
        NotDerived::Refused(FormulaRefusal::FreshWaterOnly) => "The formula holds for fresh water only.".to_owned(),
        NotDerived::Refused(FormulaRefusal::OutOfRange { input, min, max }) => {
            format!("The formula holds for {input} from {min:.3} to {max:.3}. Check the sensor.")
        }
    }
}

/// Get derived values
///
/// Allowed for all members of the aquarium. Of each parameter, the newest value counts, of a sensor or a manual reading. Derives
/// un-ionised ammonia and the saturation of oxygen; in fresh water carbon dioxide and
/// general hardness; in other water salinity from conductivity and specific gravity. Each has method, inputs and uncertainty. A
/// value whose readings were taken more than an hour apart is left out. Air pressure is taken as that at sea level.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/derived", operation_id = "get_derived_values", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID")),
    responses(
        (status = 200, description = "The derived values", body = DerivedValues),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
    )
)]
pub async fn get_derived_values(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(Id { id }): Path<Id<AquariumId>>,
) -> Result<Json<DerivedValues>, Problem> {
    let found = ctx.store.measured(caller.user_id, id).await?;
    let Measured { aquarium, heads, readings } = found.ok_or(Refusal::NoSuchAquarium)?;
    let kind = aquarium.ok_or(Refusal::NoSuchAquarium)?.details.kind;
    let newest = newest(heads.iter().flat_map(|head| &head.sensors), readings.iter());
    Ok(Json(DerivedValues::of(derive_all(kind, &newest))))
}
