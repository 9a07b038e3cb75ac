//! Invoices and credit notes as PDF files (PDF/A-2b), rendered from what was stored when they were issued.
//!
//! `layout` decides what is where on which page, `fonts` measures text, and this file draws. The same document always renders
//! to the same bytes.

mod countries;
mod fonts;
mod layout;
mod texts;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use krilla::Document;
use krilla::color::rgb;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::Surface;
use krilla::{SerializeSettings, error::KrillaError};

use crate::domain::invoice::Invoice;
use fonts::Fonts;
use layout::{Op, PAGE_HEIGHT, PAGE_WIDTH, Shade};
use texts::Texts;

/// A document cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The fonts of this crate cannot be read.
    #[error("a font cannot be read")]
    Font,
    /// The standard and the version of PDF do not fit together.
    #[error("the configuration of PDF is invalid")]
    Configuration,
    /// The size of a page is invalid.
    #[error("the size of the page is invalid")]
    Page,
    /// The file violates PDF/A.
    #[error("{0:?}")]
    Pdf(KrillaError),
}

/// Renders a document.
pub fn render(invoice: &Invoice) -> Result<Vec<u8>, RenderError> {
    let fonts = Fonts::load().ok_or(RenderError::Font)?;
    let texts = Texts::of(invoice.language);
    let pages = layout::pages(invoice, &texts, &fonts);
    let configuration = ConfigurationBuilder::new().with_archival_validator(Archival::A2_B).finish();
    let configuration = configuration.map_err(|_| RenderError::Configuration)?;
    let settings = SerializeSettings { configuration, enable_tagging: false, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    document.set_metadata(metadata(invoice, &texts));
    for ops in pages {
        let settings = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT).ok_or(RenderError::Page)?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for op in &ops {
            draw(&mut surface, op, &fonts);
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(RenderError::Pdf)
}

fn metadata(invoice: &Invoice, texts: &Texts) -> Metadata {
    Metadata::new()
        .title(format!("{} {}", texts.title(&invoice.kind), invoice.number))
        .language(texts.language.to_owned())
        .authors(vec![invoice.seller.name.clone()])
        .creation_date(date_time(invoice.issued_at))
        .document_id(format!("{}/{}", invoice.order_id, invoice.sequence))
}

fn date_time(at: Timestamp) -> DateTime {
    let at = TimeZone::UTC.to_datetime(at);
    // Years are positive and months, days and times small.
    let small = |number: i8| u8::try_from(number).unwrap_or_default();
    DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

fn draw(surface: &mut Surface<'_>, op: &Op, fonts: &Fonts) {
    match op {
        Op::Text { x, y, text, style } => {
            let (run, glyphs) = fonts.shape(text, style.weight);
            surface.set_stroke(None);
            surface.set_fill(Some(fill(style.shade)));
            surface.draw_glyphs(Point::from_xy(*x, *y), &glyphs, fonts.font(style.weight), &run, style.size, false);
        }
        Op::Line { x, y, to, shade } => {
            let mut path = PathBuilder::new();
            path.move_to(*x, *y);
            path.line_to(*to, *y);
            if let Some(path) = path.finish() {
                surface.set_fill(None);
                surface.set_stroke(Some(Stroke { paint: colour(*shade).into(), width: 0.6, ..Stroke::default() }));
                surface.draw_path(&path);
            }
        }
    }
}

fn fill(shade: Shade) -> Fill {
    Fill { paint: colour(shade).into(), opacity: NormalizedF32::ONE, rule: FillRule::default() }
}

fn colour(shade: Shade) -> rgb::Color {
    match shade {
        Shade::Black => rgb::Color::new(31, 41, 51),
        Shade::Grey => rgb::Color::new(95, 108, 123),
        Shade::Light => rgb::Color::new(203, 210, 217),
    }
}

#[cfg(test)]
#[path = "invoice_pdf/tests.rs"]
mod tests;
