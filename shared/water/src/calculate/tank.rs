//! Volumes of tanks.

use std::f64::consts::PI;

use crate::derived::{float, rounded};

/// The largest dimension, in mm: 20 m.
const MAX_MM: i64 = 20_000;

/// The bottom of a tank, with inner or outer dimensions in mm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BottomShape {
    /// A rectangle.
    Box {
        /// The longer side.
        length: i64,
        /// The shorter side.
        width: i64,
    },
    /// A circle.
    Cylinder {
        /// The diameter.
        diameter: i64,
    },
    /// A rectangle whose front is the arc of a circle.
    BowFront {
        /// The length of the back pane.
        length: i64,
        /// The depth at the sides.
        side_depth: i64,
        /// The depth in the middle, at least that of the sides.
        centre_depth: i64,
    },
}

/// A tank, in mm and mL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tank {
    /// The bottom.
    pub bottom: BottomShape,
    /// The height of the water above the bottom pane.
    pub water_height: i64,
    /// The thickness of the panes, to be subtracted from outer dimensions. Zero if the dimensions are inner ones.
    pub glass: i64,
    /// The volume in mL that stones, sand and equipment displace.
    pub displaced_ml: i64,
}

/// Why a tank has no volume. The messages continue the name of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TankError {
    /// A dimension of the bottom is too large, or not larger than two panes.
    #[error("must be larger than two panes, and at most {MAX_MM} mm")]
    Dimension,
    /// The water has no height, or is too high.
    #[error("must be positive, and at most {MAX_MM} mm")]
    WaterHeight,
    /// The panes have a negative thickness.
    #[error("must not be negative")]
    Glass,
    /// The bow is flatter than a straight line or more than half a circle.
    #[error("must be between the side depth and the side depth plus half the length: a bow is at most half a circle")]
    Bow,
    /// More is displaced than the tank holds.
    #[error("must be less than the volume of the tank")]
    Displaced,
}

/// The water in the tank in mL: exact for boxes, rounded for round shapes.
pub fn net_volume_ml(tank: Tank) -> Result<i64, TankError> {
    if tank.glass < 0 {
        return Err(TankError::Glass);
    }
    if !(1..=MAX_MM).contains(&tank.water_height) {
        return Err(TankError::WaterHeight);
    }
    let cubic_mm = match tank.bottom {
        BottomShape::Box { length, width } => {
            inner(length, tank.glass)? * inner(width, tank.glass)? * tank.water_height
        }
        BottomShape::Cylinder { diameter } => volume(circle(float(inner(diameter, tank.glass)?)), tank.water_height)?,
        BottomShape::BowFront { length, side_depth, centre_depth } => {
            let (length, depth) = (inner(length, tank.glass)?, inner(side_depth, tank.glass)?);
            let bow = inner(centre_depth, tank.glass)? - depth;
            if bow < 0 || bow * 2 > length {
                return Err(TankError::Bow);
            }
            volume(float(length * depth) + segment(float(length), float(bow)), tank.water_height)?
        }
    };
    let millilitres = (cubic_mm + 500) / 1_000;
    if (0..millilitres).contains(&tank.displaced_ml) {
        Ok(millilitres - tank.displaced_ml)
    } else {
        Err(TankError::Displaced)
    }
}

fn inner(outer: i64, glass: i64) -> Result<i64, TankError> {
    let inner = outer.checked_sub(glass.saturating_mul(2)).ok_or(TankError::Dimension)?;
    if inner > 0 && outer <= MAX_MM { Ok(inner) } else { Err(TankError::Dimension) }
}

fn volume(area: f64, height: i64) -> Result<i64, TankError> {
    rounded(area * float(height)).ok_or(TankError::Dimension)
}

fn circle(diameter: f64) -> f64 {
    PI * diameter * diameter / 4.0
}

/// The area between a chord and its arc. The height of the arc is at most half of the chord.
fn segment(chord: f64, height: f64) -> f64 {
    if height <= 0.0 {
        return 0.0;
    }
    let radius = (chord * chord / 4.0 + height * height) / (2.0 * height);
    let to_chord = radius - height;
    radius * radius * (to_chord / radius).acos() - to_chord * chord / 2.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tank(bottom: BottomShape) -> Tank {
        Tank { bottom, water_height: 450, glass: 0, displaced_ml: 0 }
    }

    #[test]
    fn a_box_is_exact() {
        let shape = BottomShape::Box { length: 1_000, width: 400 };
        assert_eq!(net_volume_ml(tank(shape)), Ok(180_000));
        // Panes of 10 mm: 980 · 380 · 450.
        assert_eq!(net_volume_ml(Tank { glass: 10, displaced_ml: 20_000, ..tank(shape) }), Ok(147_580));
    }

    #[test]
    fn half_a_circle_in_front_is_half_a_cylinder() {
        let half = BottomShape::BowFront { length: 800, side_depth: 300, centre_depth: 700 };
        let cylinder = net_volume_ml(tank(BottomShape::Cylinder { diameter: 800 })).unwrap();
        assert_eq!(cylinder, 226_195);
        assert_eq!(net_volume_ml(tank(half)), Ok(800 * 300 * 450 / 1_000 + 113_097));
    }

    #[test]
    fn impossible_tanks_are_refused() {
        let shape = BottomShape::Box { length: 20, width: 400 };
        assert_eq!(net_volume_ml(Tank { glass: 10, ..tank(shape) }), Err(TankError::Dimension));
        assert_eq!(net_volume_ml(Tank { water_height: 0, ..tank(shape) }), Err(TankError::WaterHeight));
        assert_eq!(net_volume_ml(Tank { glass: -1, ..tank(shape) }), Err(TankError::Glass));
        assert_eq!(net_volume_ml(Tank { glass: i64::MAX, ..tank(shape) }), Err(TankError::Dimension));
        assert_eq!(net_volume_ml(Tank { displaced_ml: 3_600, ..tank(shape) }), Err(TankError::Displaced));
        for centre_depth in [299, 701] {
            let bow = BottomShape::BowFront { length: 800, side_depth: 300, centre_depth };
            assert_eq!(net_volume_ml(tank(bow)), Err(TankError::Bow));
        }
    }

    proptest! {
        #[test]
        fn a_bow_front_holds_more_than_its_box_and_less_than_the_box_around_it(
            length in 10_i64..5_000, side in 10_i64..2_000, share in 0_i64..=500,
        ) {
            let bow = length * share / 1_000;
            let shape = BottomShape::BowFront { length, side_depth: side, centre_depth: side + bow };
            let volume = net_volume_ml(tank(shape)).unwrap();
            let boxed = |width| net_volume_ml(tank(BottomShape::Box { length, width })).unwrap();
            prop_assert!(boxed(side) <= volume && volume <= boxed(side + bow));
        }
    }
}
