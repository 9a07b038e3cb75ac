//! Plots as SVG: the same figures give the same bytes. They stand on white, so that they read the same on dark pages.

mod bars;
mod curves;

pub use bars::{Bars, Group};
pub use curves::{Curve, Curves};

use plotters::style::RGBColor;

use crate::failure::Failure;

/// Colours that differ for the colour-blind too (Okabe and Ito).
pub const COLOURS: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(230, 159, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(213, 94, 0),
    RGBColor(140, 140, 140),
];
const INK: RGBColor = RGBColor(40, 40, 40);
const GRID: RGBColor = RGBColor(222, 222, 222);
const FONT: &str = "sans-serif";

/// The colour of the so-manieth series.
fn colour(index: usize) -> RGBColor {
    COLOURS[index % COLOURS.len()]
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::new(format!("The plot cannot be drawn: {error}."))
}
