//! Horizontal bars: one row per thing, with one bar per series, or the series one after the other.

use plotters::backend::SVGBackend;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{PathElement, Rectangle, Text};
use plotters::prelude::{Color, IntoFont, WHITE};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{RGBColor, TextStyle};

use super::{FONT, GRID, INK, colour, failed};
use crate::failure::Result;

const WIDTH: u32 = 860;
const ROW: i32 = 20;
const TOP: i32 = 70;
const BOTTOM: i32 = 40;
const LABELS: i32 = 250;
const VALUES: i32 = 80;

/// One row.
#[derive(Debug, Clone)]
pub struct Group {
    /// What it is about.
    pub label: String,
    /// A value per series.
    pub values: Vec<f64>,
}

/// A chart of bars.
#[derive(Debug, Clone)]
pub struct Bars {
    /// What it shows.
    pub title: String,
    /// What the values are.
    pub unit: String,
    /// What each series is; one series needs no name.
    pub series: Vec<String>,
    /// The rows, top down.
    pub groups: Vec<Group>,
    /// True if the series of a row are parts of one whole.
    pub stacked: bool,
    /// How a value is written at the end of its bar.
    pub show: fn(f64) -> String,
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

impl Bars {
    /// The chart as SVG.
    pub fn svg(&self) -> Result<String> {
        let mut text = String::new();
        let bars = if self.stacked { 1 } else { self.series.len().max(1) };
        let row = ROW * whole(bars) + 4;
        let height = TOP + BOTTOM + row * whole(self.groups.len());
        {
            let area = SVGBackend::with_string(&mut text, (WIDTH, height.unsigned_abs())).into_drawing_area();
            area.fill(&WHITE).map_err(failed)?;
            write(&area, &self.title, (12, 14), 18, INK, HPos::Left)?;
            self.legend(&area)?;
            self.axis(&area, height)?;
            for (index, group) in self.groups.iter().enumerate() {
                let top = TOP + row * whole(index);
                write(&area, &group.label, (LABELS - 8, top + row / 2), 13, INK, HPos::Right)?;
                self.row(&area, group, top)?;
            }
            area.present().map_err(failed)?;
        }
        Ok(text)
    }

    fn legend(&self, area: &Area<'_>) -> Result<()> {
        if self.series.len() < 2 {
            return Ok(());
        }
        let mut left = LABELS;
        for (index, name) in self.series.iter().enumerate() {
            fill(area, (left, 40), (left + 12, 52), colour(index))?;
            write(area, name, (left + 17, 46), 13, INK, HPos::Left)?;
            left += 36 + 6 * whole(name.chars().count());
        }
        Ok(())
    }

    fn axis(&self, area: &Area<'_>, height: i32) -> Result<()> {
        let step = step(self.largest());
        let mut at = 0.0;
        while at <= self.largest() * 1.000_1 {
            let x = self.x(at);
            let line = PathElement::new(vec![(x, TOP - 6), (x, height - BOTTOM + 6)], GRID.stroke_width(1));
            area.draw(&line).map_err(failed)?;
            let tick = if at == 0.0 { "0".to_owned() } else { (self.show)(at) };
            write(area, &tick, (x, height - BOTTOM + 15), 12, INK, HPos::Center)?;
            at += step;
        }
        write(area, &self.unit, (i32::try_from(WIDTH).unwrap_or_default() - 12, height - 9), 12, INK, HPos::Right)
    }

    fn row(&self, area: &Area<'_>, group: &Group, top: i32) -> Result<()> {
        let mut start = 0.0;
        for (index, value) in group.values.iter().enumerate() {
            let above = if self.stacked { top + 4 } else { top + 3 + ROW * whole(index) };
            fill(area, (self.x(start), above), (self.x(start + value), above + ROW - 4), colour(index))?;
            if self.stacked {
                start += value;
            } else {
                write(area, &(self.show)(*value), (self.x(*value) + 6, above + ROW / 2 - 2), 12, INK, HPos::Left)?;
            }
        }
        if self.stacked {
            write(area, &(self.show)(start), (self.x(start) + 6, top + ROW / 2 + 2), 12, INK, HPos::Left)?;
        }
        Ok(())
    }

    fn largest(&self) -> f64 {
        let of = |group: &Group| {
            if self.stacked { group.values.iter().sum() } else { group.values.iter().copied().fold(0.0, f64::max) }
        };
        self.groups.iter().map(of).fold(0.0, f64::max).max(1e-9)
    }

    fn x(&self, value: f64) -> i32 {
        let room = f64::from(i32::try_from(WIDTH).unwrap_or_default() - LABELS - VALUES);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a place on the picture, which is some hundred points wide"
        )]
        let offset = (value / self.largest() * room).round() as i32;
        LABELS + offset
    }
}

/// A round distance between grid lines: 1, 2 or 5 times a power of ten, four to eight of them.
fn step(largest: f64) -> f64 {
    let rough = largest / 5.0;
    let power = 10_f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= rough * 0.999).unwrap_or(10.0);
    factor * power
}

fn fill(area: &Area<'_>, start: (i32, i32), end: (i32, i32), paint: RGBColor) -> Result<()> {
    area.draw(&Rectangle::new([start, end], paint.filled())).map_err(failed)
}

fn write(area: &Area<'_>, text: &str, at: (i32, i32), size: i32, paint: RGBColor, end: HPos) -> Result<()> {
    let style = TextStyle::from((FONT, size).into_font()).color(&paint).pos(Pos::new(end, VPos::Center));
    area.draw(&Text::new(text.to_owned(), at, style)).map_err(failed)
}

/// A small number as the library wants it.
fn whole(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::float_cmp, reason = "the same powers of ten")]
    fn grid_lines_are_round() {
        assert_eq!([9.0, 10.0, 100.0, 0.3].map(step), [2.0, 2.0, 20.0, 0.1]);
    }

    #[test]
    fn the_same_figures_give_the_same_picture_with_text_in_it() {
        let bars = Bars {
            title: "Init & more".to_owned(),
            unit: "ms".to_owned(),
            series: vec!["a".to_owned(), "b".to_owned()],
            groups: vec![Group { label: "x".to_owned(), values: vec![1.0, 3.0] }],
            stacked: false,
            show: |value| format!("{value:.1}"),
        };
        let svg = bars.svg().unwrap();
        assert_eq!(svg, bars.svg().unwrap());
        assert!(svg.contains("<text") && svg.contains("Init &amp; more") && svg.contains("#0072B2"), "{svg}");
    }
}
