//! Volumes of tanks.

use water::calculate::{BottomShape, Tank, TankError, net_volume_ml};
use water::derived::Method;
use water::{Entered, Parameter, Unit};

use super::{Answer, Invalid, Used, float, millilitres, rounded, stored};

const GEOMETRY: Method = Method {
    name: "tank-geometry",
    source: "area of the bottom within the panes, times the height of the water, less what is displaced",
    estimate: false,
};
/// The standard uncertainty of each dimension in mm: that of a tape measure.
const TAPE_MM: i64 = 1;

/// The bottom of a tank, as a keeper measures it.
#[derive(Debug, Clone, Copy)]
pub enum Bottom {
    /// A rectangle.
    Box {
        /// The longer side.
        length: Entered,
        /// The shorter side.
        width: Entered,
    },
    /// A circle.
    Cylinder {
        /// The diameter.
        diameter: Entered,
    },
    /// A rectangle with a curved front.
    BowFront {
        /// The length of the back.
        length: Entered,
        /// The depth at the sides.
        side_depth: Entered,
        /// The depth in the middle.
        centre_depth: Entered,
    },
}

/// A tank as a keeper measures it.
#[derive(Debug, Clone, Copy)]
pub struct Measures {
    /// The bottom.
    pub bottom: Bottom,
    /// The height of the water.
    pub water_height: Entered,
    /// The thickness of the panes, if the dimensions are outer ones.
    pub glass: Option<Entered>,
    /// The volume of stones, sand and equipment.
    pub displaced: Option<Entered>,
}

/// Calculates the volume of the water in litres.
pub fn volume(measures: &Measures) -> Result<Answer, Invalid> {
    let mut inputs = Vec::new();
    let tank = tank(measures, &mut inputs)?;
    let volume = net_volume_ml(tank).map_err(|error| Invalid::of(field_of(error, tank), &error))?;
    let variance: f64 = (0..4).map(|dimension| change(tank, dimension, volume).powi(2)).sum();
    // Half a millilitre of rounding.
    let uncertainty = (variance + 0.25).sqrt() / 1_000.0;
    let (value, uncertainty) = rounded(float(volume) / 1_000.0, uncertainty);
    Ok(Answer { value, uncertainty, unit: Unit::L, method: GEOMETRY, inputs })
}

fn tank(measures: &Measures, inputs: &mut Vec<Used>) -> Result<Tank, Invalid> {
    let mut length = |name: &'static str, entered: Entered| {
        inputs.push(Used::exact(name, entered));
        stored(name, Parameter::Level, entered).map(water::Canonical::get)
    };
    let bottom = match measures.bottom {
        Bottom::Box { length: long, width } => {
            BottomShape::Box { length: length("length", long)?, width: length("width", width)? }
        }
        Bottom::Cylinder { diameter } => BottomShape::Cylinder { diameter: length("diameter", diameter)? },
        Bottom::BowFront { length: long, side_depth, centre_depth } => BottomShape::BowFront {
            length: length("length", long)?,
            side_depth: length("sideDepth", side_depth)?,
            centre_depth: length("centreDepth", centre_depth)?,
        },
    };
    let water_height = length("waterHeight", measures.water_height)?;
    let glass = measures.glass.map_or(Ok(0), |glass| length("glass", glass))?;
    if let Some(displaced) = measures.displaced {
        inputs.push(Used::exact("displaced", displaced));
    }
    let displaced_ml = measures.displaced.map_or(Ok(0), |displaced| millilitres("displaced", displaced))?;
    Ok(Tank { bottom, water_height, glass, displaced_ml })
}

/// By how many mL the volume changes with the uncertainty of a dimension.
fn change(tank: Tank, dimension: usize, volume: i64) -> f64 {
    let moved = |step| net_volume_ml(longer(tank, dimension, step)).ok();
    match (moved(TAPE_MM), moved(-TAPE_MM)) {
        (Some(more), Some(less)) => float(more - less) / 2.0,
        (Some(one), None) | (None, Some(one)) => float(one - volume),
        (None, None) => 0.0,
    }
}

/// The tank with one of its dimensions longer by so many mm.
const fn longer(mut tank: Tank, dimension: usize, step: i64) -> Tank {
    match (dimension, &mut tank.bottom) {
        (0, _) => tank.water_height += step,
        (1, BottomShape::Box { length, .. } | BottomShape::BowFront { length, .. }) => *length += step,
        (1, BottomShape::Cylinder { diameter }) => *diameter += step,
        (2, BottomShape::Box { width, .. }) => *width += step,
        (2, BottomShape::BowFront { side_depth, .. }) => *side_depth += step,
        (3, BottomShape::BowFront { centre_depth, .. }) => *centre_depth += step,
        _ => {}
    }
    tank
}

/// The field that a refused tank is corrected in.
const fn field_of(error: TankError, tank: Tank) -> &'static str {
    match error {
        TankError::Bow => "centreDepth",
        TankError::Displaced => "displaced",
        TankError::Glass => "glass",
        TankError::WaterHeight => "waterHeight",
        TankError::Dimension => match tank.bottom {
            BottomShape::Box { length, .. } if length <= tank.glass * 2 => "length",
            BottomShape::Box { .. } => "width",
            BottomShape::Cylinder { .. } => "diameter",
            BottomShape::BowFront { length, .. } if length <= tank.glass * 2 => "length",
            BottomShape::BowFront { side_depth, .. } if side_depth <= tank.glass * 2 => "sideDepth",
            BottomShape::BowFront { .. } => "centreDepth",
        },
    }
}
