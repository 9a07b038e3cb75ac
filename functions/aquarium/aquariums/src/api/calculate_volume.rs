//! `POST /v1/aquarium/tools/volume`: the water in a tank. Stores nothing.

use kit::http::{Fields, Json, Problem};
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

impl TankShape {
    /// The fields that describe the bottom.
    const fn dimensions(self) -> &'static [&'static str] {
        match self {
            Self::Box => &["length", "width"],
            Self::Cylinder => &["diameter"],
            Self::BowFront => &["length", "sideDepth", "centreDepth"],
        }
    }
}

impl CalculateVolume {
    /// Fails if there is a dimension that the shape does not have.
    fn check_dimensions(&self) -> Result<(), Problem> {
        let (mut fields, known) = (Fields::new(), self.shape.dimensions());
        let sent = [
            ("length", self.length),
            ("width", self.width),
            ("diameter", self.diameter),
            ("sideDepth", self.side_depth),
            ("centreDepth", self.centre_depth),
        ];
        for (name, _) in sent.into_iter().filter(|(name, amount)| amount.is_some() && !known.contains(name)) {
            let rule = format!(
                "must be absent for this shape, which has {}; remove it, or choose another shape",
                known.join(" and ")
            );
            fields.refuse(name, rule);
        }
        fields.all((Some(()),))?;
        Ok(())
    }

    fn bottom(&self) -> Result<Bottom, Problem> {
        let needed = |name, amount: Option<EnteredAmount>| amount.map(Into::into).ok_or_else(|| missing(name));
        let length = || needed("length", self.length);
        self.check_dimensions()?;
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
/// measured with a tape, to 1 mm; the displaced volume is taken as exact. A dimension that the shape does not have is refused.
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_dimension_of_another_shape_is_refused() {
        let cm = json!({ "value": "40", "unit": "cm" });
        let tank = |shape: &str, dimensions: &[&str]| {
            let mut tank = json!({ "shape": shape, "waterHeight": cm });
            for dimension in dimensions {
                tank[*dimension] = cm.clone();
            }
            serde_json::from_value::<CalculateVolume>(tank).unwrap()
        };
        for (described, shape, other) in [
            (TankShape::Box, "box", "diameter"),
            (TankShape::Cylinder, "cylinder", "length"),
            (TankShape::BowFront, "bow_front", "width"),
        ] {
            let known = described.dimensions();
            assert!(tank(shape, known).bottom().is_ok(), "{shape}");
            let refused = serde_json::to_value(tank(shape, &[known, &[other]].concat()).bottom().unwrap_err()).unwrap();
            let rule = refused["detail"].as_str().map(|detail| detail.starts_with(&format!("{other} must be absent")));
            assert_eq!((refused["errors"][0]["field"].as_str(), rule), (Some(other), Some(true)), "{refused}");
            assert_eq!(refused["errors"].as_array().map(Vec::len), Some(1), "{refused}");
        }
    }
}
