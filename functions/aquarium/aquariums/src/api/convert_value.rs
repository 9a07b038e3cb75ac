//! `POST /v1/aquarium/tools/convert`: a value in another unit. Stores nothing.

use kit::http::{Json, Problem};
use serde::Deserialize;
use utoipa::ToSchema;
use water::{Decimal, Entered, Parameter, Unit};

use crate::api::tool_views::{ComputedValue, problem};
use crate::domain::tools::convert::{convert, convert_volume};

/// Request to convert a value.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConvertValue {
    /// What the value is of. Omit it to convert a volume.
    parameter: Option<Parameter>,
    /// Number.
    value: Decimal,
    /// Unit of the number. Gallons need a system, and concentrations a basis.
    from: Unit,
    /// Unit of the response.
    to: Unit,
}

/// Convert a value
///
/// Needs no sign-in and stores nothing. Converts between units of one parameter, or of volume. The uncertainty is the error that
/// rounding can make; between salinity and specific gravity it is that of the equation of state.
#[utoipa::path(
    post, path = "/v1/aquarium/tools/convert", operation_id = "convert_value", tag = "aquariums",
    request_body = ConvertValue,
    responses((status = 200, description = "The value in the other unit", body = ComputedValue))
)]
pub async fn convert_value(Json(body): Json<ConvertValue>) -> Result<Json<ComputedValue>, Problem> {
    let entered = Entered { value: body.value, unit: body.from };
    let answer = match body.parameter {
        Some(parameter) => convert(parameter, entered, body.to),
        None => convert_volume(entered, body.to),
    };
    Ok(Json(answer.map_err(problem)?.into()))
}
