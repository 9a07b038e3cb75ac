//! `POST /v1/aquarium/tools/derive`: a value from others. Stores nothing.

use kit::http::{Fields, Json, Problem};
use serde::Deserialize;
use utoipa::ToSchema;
use water::derived::Refusal;
use water::{Decimal, Parameter, canonical};

use crate::api::tool_views::{ComputedValue, EnteredAmount, kind, missing, problem};
use crate::domain::tools::Invalid;
use crate::domain::tools::derive::{DerivedQuantity, Known, NotDerived, derive, name_of};

/// Request to derive a value.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeriveValue {
    /// What to derive. Its description names the inputs that it needs.
    quantity: DerivedQuantity,
    /// Type of water.
    #[schema(value_type = contracts::aquariums::AquariumKind)]
    kind: String,
    /// What was measured. Inputs that the formula does not need are ignored; the response lists those that it used.
    inputs: MeasuredInputs,
}

/// Measured values.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MeasuredInputs {
    /// Temperature.
    temperature: Option<EnteredAmount>,
    /// pH.
    ph: Option<EnteredAmount>,
    /// Salinity. Taken as zero in fresh water.
    salinity: Option<EnteredAmount>,
    /// Conductivity, compensated to 25 °C.
    conductivity: Option<EnteredAmount>,
    /// Alkalinity.
    alkalinity: Option<EnteredAmount>,
    /// Total ammonia, with its basis.
    ammonia: Option<EnteredAmount>,
    /// Dissolved oxygen.
    oxygen: Option<EnteredAmount>,
    /// Calcium.
    calcium: Option<EnteredAmount>,
    /// Magnesium.
    magnesium: Option<EnteredAmount>,
    /// pH of a sample that was aerated until the pH stopped rising.
    aerated_ph: Option<Decimal>,
    /// CO2 of the air in ppm. 550 if it is omitted.
    air_co2_ppm: Option<Decimal>,
    /// Specific gravity at 25/25 °C.
    specific_gravity: Option<Decimal>,
    /// Air pressure at the place in hPa, as a barometer shows it.
    air_pressure_hpa: Option<Decimal>,
    /// Height above the sea in m, if the air pressure is not known. Refused together with `airPressureHpa`.
    altitude_m: Option<Decimal>,
}

impl MeasuredInputs {
    fn parse(&self) -> Result<Known, Problem> {
        let mut fields = Fields::new();
        let amounts = [
            (Parameter::Temperature, self.temperature),
            (Parameter::Ph, self.ph),
            (Parameter::Salinity, self.salinity),
            (Parameter::Conductivity, self.conductivity),
            (Parameter::Alkalinity, self.alkalinity),
            (Parameter::Ammonia, self.ammonia),
            (Parameter::Oxygen, self.oxygen),
            (Parameter::Calcium, self.calcium),
            (Parameter::Magnesium, self.magnesium),
        ];
        let mut values = Vec::new();
        for (parameter, amount) in amounts {
            let Some(amount) = amount else { continue };
            let field = format!("inputs.{}", name_of(parameter));
            values.extend(fields.check(&field, canonical(parameter, amount.into())).map(|value| (parameter, value)));
        }
        if self.air_pressure_hpa.is_some() && self.altitude_m.is_some() {
            fields.refuse("inputs.altitudeM", "cannot be combined with airPressureHpa; send one of them");
        }
        fields.all((Some(()),))?;
        Ok(Known {
            values,
            aerated_ph: self.aerated_ph,
            air_co2_ppm: self.air_co2_ppm,
            specific_gravity: self.specific_gravity,
            air_pressure_hpa: self.air_pressure_hpa,
            altitude_m: self.altitude_m,
        })
    }
}

/// Derive a value
///
/// Needs no sign-in and stores nothing. Returns the value with method, inputs and uncertainty. Values outside of the range in which
/// the formula holds are refused, and so is carbon dioxide of brackish and sea water.
#[utoipa::path(
    post, path = "/v1/aquarium/tools/derive", operation_id = "derive_value", tag = "aquariums",
    request_body = DeriveValue,
    responses((status = 200, description = "The derived value", body = ComputedValue))
)]
pub async fn derive_value(Json(body): Json<DeriveValue>) -> Result<Json<ComputedValue>, Problem> {
    let known = body.inputs.parse()?;
    let answer = derive(body.quantity, kind(&body.kind)?, &known);
    Ok(Json(answer.map_err(|error| refused(&error))?.into()))
}

fn refused(error: &NotDerived) -> Problem {
    match error {
        NotDerived::Missing(input) => missing(&format!("inputs.{input}")),
        NotDerived::Refused(Refusal::FreshWaterOnly) => {
            let message = format!("is of water whose carbon dioxide {}; measure it directly", Refusal::FreshWaterOnly);
            problem(Invalid::of("kind", &message))
        }
        NotDerived::Refused(Refusal::OutOfRange { input, min, max }) => {
            let message =
                format!("must be between {min:.3} and {max:.3}, where the formula holds; check number and unit");
            problem(Invalid::of(format!("inputs.{}", field_of(input)), &message))
        }
    }
}

/// The field of an input of a formula.
fn field_of(input: &str) -> &str {
    match input {
        "airPressure" => "airPressureHpa",
        "altitude" => "altitudeM",
        "airCo2" => "airCo2Ppm",
        other => other,
    }
}
