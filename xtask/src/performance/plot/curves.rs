//! Curves over a number of items, in powers of ten, with their names beside them.

use plotters::backend::SVGBackend;
use plotters::chart::ChartBuilder;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Text};
use plotters::prelude::{Color, IntoFont, IntoLogRange, WHITE};
use plotters::series::LineSeries;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{RGBColor, TextStyle};

use super::{COLOURS, FONT, GRID, INK, colour, failed};
use crate::failure::Result;
use crate::performance::text::count;

const SIZE: (u32, u32) = (860, 380);
/// Where the names begin.
const NAMES: u32 = 580;

/// One curve.
#[derive(Debug, Clone)]
pub struct Curve {
    /// What it is about.
    pub name: String,
    /// Items and the value there.
    pub points: Vec<(f64, f64)>,
}

/// A chart of curves.
#[derive(Debug, Clone)]
#[expect(clippy::struct_field_names, reason = "a chart of curves has curves")]
pub struct Curves {
    /// What it shows.
    pub title: String,
    /// What the values are.
    pub unit: String,
    /// The curves; those beyond the colours that there are share the last one, and one name.
    pub curves: Vec<Curve>,
}

impl Curves {
    /// The chart as SVG.
    pub fn svg(&self) -> Result<String> {
        let mut text = String::new();
        {
            let area = SVGBackend::with_string(&mut text, SIZE).into_drawing_area();
            area.fill(&WHITE).map_err(failed)?;
            let (chart, names) = area.split_horizontally(NAMES);
            self.chart(&chart)?;
            self.names(&names)?;
            area.present().map_err(failed)?;
        }
        Ok(text)
    }

    fn chart(&self, area: &DrawingArea<SVGBackend<'_>, Shift>) -> Result<()> {
        let points = || self.curves.iter().flat_map(|curve| &curve.points);
        let (least, most) = points().fold((f64::MAX, 1.0_f64), |(low, high), (x, _)| (low.min(*x), high.max(*x)));
        let top = points().map(|(_, y)| *y).fold(0.0, f64::max).max(1e-9) * 1.15;
        let mut chart = ChartBuilder::on(area)
            .caption(&self.title, (FONT, 18))
            .margin(12)
            .x_label_area_size(42)
            .y_label_area_size(58)
            .build_cartesian_2d((least.min(most)..most * 1.3).log_scale(), 0.0..top)
            .map_err(failed)?;
        chart
            .configure_mesh()
            .light_line_style(WHITE)
            .bold_line_style(GRID)
            .axis_style(INK)
            .label_style((FONT, 12))
            .x_desc("items")
            .y_desc(&self.unit)
            .x_label_formatter(&|items| count(items.round()))
            .draw()
            .map_err(failed)?;
        // The first ones are drawn last: they are those that readers look for.
        for (index, curve) in self.curves.iter().enumerate().rev() {
            let own = of(index);
            chart.draw_series(LineSeries::new(curve.points.iter().copied(), own.stroke_width(2))).map_err(failed)?;
            chart.draw_series(curve.points.iter().map(|point| Circle::new(*point, 3, own.filled()))).map_err(failed)?;
        }
        Ok(())
    }

    fn names(&self, area: &DrawingArea<SVGBackend<'_>, Shift>) -> Result<()> {
        let last = COLOURS.len() - 1;
        for (index, curve) in self.curves.iter().enumerate().take(COLOURS.len()) {
            let y = 52 + 20 * i32::try_from(index).unwrap_or_default();
            let own = of(index);
            area.draw(&PathElement::new(vec![(4, y), (20, y)], own.stroke_width(3))).map_err(failed)?;
            let others = self.curves.len() - index;
            let name = if index == last && others > 1 { format!("{others} others") } else { curve.name.clone() };
            let style = TextStyle::from((FONT, 12).into_font()).color(&INK).pos(Pos::new(HPos::Left, VPos::Center));
            area.draw(&Text::new(name, (26, y), style)).map_err(failed)?;
        }
        Ok(())
    }
}

/// The colour of the so-manieth curve.
fn of(index: usize) -> RGBColor {
    colour(index.min(COLOURS.len() - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_curves_give_the_same_picture() {
        let curve = |name: &str, y: f64| Curve { name: name.to_owned(), points: vec![(10.0, y), (1e3, y), (1e5, y)] };
        let curves = Curves {
            title: "t".to_owned(),
            unit: "units".to_owned(),
            curves: vec![curve("GET /v1/a", 1.0), curve("GET /v1/b", 0.0)],
        };
        let svg = curves.svg().unwrap();
        assert_eq!(svg, curves.svg().unwrap());
        assert!(svg.contains("GET /v1/b") && svg.contains("100,000"), "{svg}");
        assert!(Curves { curves: Vec::new(), ..curves.clone() }.svg().is_ok());
        let many = Curves { curves: (0..9).map(|index| curve(&format!("c{index}"), 1.0)).collect(), ..curves };
        let svg = many.svg().unwrap();
        assert!(svg.contains("c5") && svg.contains("3 others") && !svg.contains("c6"), "{svg}");
    }
}
