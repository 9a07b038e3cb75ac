//! `POST /v1/aquarium/tools/volume`: the water in a tank. Stores nothing.

use kit::http::{Json, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::tool_views::{ComputedValue, EnteredAmount, missing, problem};
use crate::domain::tools::tank::{Bottom, Measures, volume};

/// The shape of the bottom of a tank.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TankShape {
    /// A rectangle; needs `length` and `width`.
    Box,
    /// A circle; needs `diameter`.
    Cylinder,
    /// A rectangle with a curved front; needs `length`, `sideDepth` and `centreDepth`.
    BowFront,
}

/// Request to calculate a volume. Lengths are in mm, cm or in, and are rounded to mm.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CalculateVolume {
    /// Shape of the bottom.
    shape: TankShape,
    /// Length of the longer side, or of the back.
    length: Option<EnteredAmount>,
    /// Length of the shorter side.
    width: Option<EnteredAmount>,
    /// Diameter.
    diameter: Option<EnteredAmount>,
    /// Depth at the sides.
    side_depth: Option<EnteredAmount>,
    /// Depth in the middle.
    centre_depth: Option<EnteredAmount>,
    /// Height of the water above the bottom pane.
    water_height: EnteredAmount,
    /// Thickness of the panes, if the other dimensions are outer ones.
    glass: Option<EnteredAmount>,
    /// Volume that stones, sand and equipment displace.
    displaced: Option<EnteredAmount>,
}

impl CalculateVolume {
    fn bottom(&self) -> Result<Bottom, Problem> {
        let needed = |name, amount: Option<EnteredAmount>| amount.map(Into::into).ok_or_else(|| missing(name));
        let length = || needed("length", self.length);
        match self.shape {
            TankShape::Box => Ok(Bottom::Box { length: length()?, width: needed("width", self.width)? }),
            TankShape::Cylinder => Ok(Bottom::Cylinder { diameter: needed("diameter", self.diameter)? }),
            TankShape::BowFront => Ok(Bottom::BowFront {
                length: length()?,
                side_depth: needed("sideDepth", self.side_depth)?,
                centre_depth: needed("centreDepth", self.centre_depth)?,
            }),
        }
    }
}

/// Calculate the volume of a tank
///
/// Needs no sign-in and stores nothing. Returns the volume of the water in litres. The uncertainty is for dimensions that were
/// measured with a tape, to 1 mm; the displaced volume is taken as exact.
#[utoipa::path(
    post, path = "/v1/aquarium/tools/volume", operation_id = "calculate_volume", tag = "aquariums",
    request_body = CalculateVolume,
    responses((status = 200, description = "The volume", body = ComputedValue))
)]
pub async fn calculate_volume(Json(body): Json<CalculateVolume>) -> Result<Json<ComputedValue>, Problem> {
    let measures = Measures {
        bottom: body.bottom()?,
        water_height: body.water_height.into(),
        glass: body.glass.map(Into::into),
        displaced: body.displaced.map(Into::into),
    };
    Ok(Json(volume(&measures).map_err(problem)?.into()))
}
