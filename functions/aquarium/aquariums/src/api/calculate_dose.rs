//! `POST /v1/aquarium/tools/dose`: how much of a product raises a value. Stores nothing.

use kit::http::{Json, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use water::calculate::Compound;
use water::{Decimal, Parameter};

use crate::api::tool_views::{ComputedBy, ComputedFrom, EnteredAmount, inputs, missing, problem};
use crate::domain::tools::Invalid;
use crate::domain::tools::dose::{Product, Raise, dose};

/// Request to calculate a dose. It has either `compound` or `solution`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CalculateDose {
    /// What is raised: a concentration or a hardness.
    parameter: Parameter,
    /// Volume of the water.
    volume: EnteredAmount,
    /// Current value.
    current: EnteredAmount,
    /// Value to reach.
    target: EnteredAmount,
    /// Pure salt that is added.
    compound: Option<Compound>,
    /// Solution that is added.
    solution: Option<LabelStrength>,
    /// By how much the value may rise per day. Without it, the dose is for one day.
    max_rise_per_day: Option<EnteredAmount>,
}

/// The strength of a solution, as its label says.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LabelStrength {
    /// Amount of the solution.
    amount: EnteredAmount,
    /// Volume of water that the amount is for.
    water: EnteredAmount,
    /// By how much the value rises in it.
    raises: EnteredAmount,
}

/// The unit of a dose.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DoseUnit {
    /// Millilitres of a solution.
    Ml,
    /// Grams of a salt.
    G,
}

/// A dose.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalculatedDose {
    /// Whole amount.
    value: Decimal,
    /// Standard uncertainty, by that of the current value. Volume and strength are taken as exact.
    uncertainty: Decimal,
    /// Unit of all amounts.
    unit: DoseUnit,
    /// Number of days over which to add it.
    days: i64,
    /// Amount per day, rounded down. The last day gets the rest.
    per_day: Decimal,
    /// How it was computed.
    method: ComputedBy,
    /// What it was computed from.
    inputs: Vec<ComputedFrom>,
}

impl CalculateDose {
    fn product(&self) -> Result<(Product, DoseUnit), Problem> {
        match (self.compound, self.solution) {
            (Some(compound), None) => Ok((Product::Compound(compound), DoseUnit::G)),
            (None, Some(LabelStrength { amount, water, raises })) => {
                let solution = Product::Solution { amount: amount.into(), water: water.into(), raises: raises.into() };
                Ok((solution, DoseUnit::Ml))
            }
            (None, None) => Err(missing("compound")),
            (Some(_), Some(_)) => {
                Err(problem(Invalid::of("solution", "cannot be combined with compound; send one of them")))
            }
        }
    }
}

/// Calculate a dose
///
/// Needs no sign-in and stores nothing. Returns how much of a salt or of a solution raises a value to a target, and over how many
/// days. A dose raises a value; to lower it, calculate a water change.
#[utoipa::path(
    post, path = "/v1/aquarium/tools/dose", operation_id = "calculate_dose", tag = "aquariums",
    request_body = CalculateDose,
    responses((status = 200, description = "The dose", body = CalculatedDose))
)]
pub async fn calculate_dose(Json(body): Json<CalculateDose>) -> Result<Json<CalculatedDose>, Problem> {
    let (product, unit) = body.product()?;
    let raise = Raise {
        parameter: body.parameter,
        volume: body.volume.into(),
        current: body.current.into(),
        target: body.target.into(),
        max_per_day: body.max_rise_per_day.map(Into::into),
    };
    let plan = dose(&raise, product).map_err(problem)?;
    Ok(Json(CalculatedDose {
        value: plan.total,
        uncertainty: plan.uncertainty,
        unit,
        days: plan.days,
        per_day: plan.per_day,
        method: plan.method.into(),
        inputs: inputs(plan.inputs),
    }))
}
