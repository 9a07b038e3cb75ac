//! Calculators without storage: doses, volumes of tanks, and water changes.

mod dose;
mod tank;
mod water_change;

pub use dose::{Compound, Dose, DoseError, Solution, dose_compound, dose_solution};
pub use tank::{BottomShape, Tank, TankError, net_volume_ml};
pub use water_change::{MAX_CHANGES, WaterChange, WaterChangeError, after_changes, changes_needed, volume_to_change};
