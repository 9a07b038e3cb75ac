//! `POST /v1/aquarium/tools/water-change`: how much water to change. Stores nothing.

use kit::http::{Json, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use water::{Decimal, Parameter, Unit};

use crate::api::tool_views::{ComputedValue, EnteredAmount, problem};
use crate::domain::tools::water_change::{Dilution, changes};

/// Request to calculate a water change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CalculateWaterChange {
    /// What is to change: a concentration, a hardness, salinity, conductivity or temperature.
    parameter: Parameter,
    /// Volume of the water.
    volume: EnteredAmount,
    /// Current value.
    current: EnteredAmount,
    /// Value of the new water.
    new_water: EnteredAmount,
    /// Value to reach, between the two.
    target: EnteredAmount,
    /// Percentage of the water that each change replaces. Without it, one change is calculated.
    share_percent: Option<Decimal>,
}

/// One water change, or equal ones.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalculatedWaterChange {
    /// Volume of each change, in litres.
    #[serde(flatten)]
    each: ComputedValue,
    /// Percentage of the water that each change replaces.
    share_percent: Decimal,
    /// Number of changes.
    changes: u32,
    /// Value after each change, in the unit of the target.
    after: Vec<Decimal>,
    /// Unit of the values after each change.
    after_unit: Unit,
}

/// Calculate a water change
///
/// Needs no sign-in and stores nothing. Returns the volume of one change that reaches the target, or how many changes of
/// `sharePercent` it takes, at most 100. For values that mix in proportion to volume, which pH does not.
#[utoipa::path(
    post, path = "/v1/aquarium/tools/water-change", operation_id = "calculate_water_change", tag = "aquariums",
    request_body = CalculateWaterChange,
    responses((status = 200, description = "The change", body = CalculatedWaterChange))
)]
pub async fn calculate_water_change(
    Json(body): Json<CalculateWaterChange>,
) -> Result<Json<CalculatedWaterChange>, Problem> {
    let asked = Dilution {
        parameter: body.parameter,
        volume: body.volume.into(),
        current: body.current.into(),
        new_water: body.new_water.into(),
        target: body.target.into(),
        share_percent: body.share_percent,
    };
    let found = changes(&asked).map_err(problem)?;
    Ok(Json(CalculatedWaterChange {
        each: found.each.into(),
        share_percent: found.share_percent,
        changes: found.number,
        after: found.after,
        after_unit: found.unit,
    }))
}
