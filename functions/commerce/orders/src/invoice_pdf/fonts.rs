//! The fonts of invoices: Noto Sans with Latin, Greek and Cyrillic letters and signs of currencies.
//!
//! Each letter has one glyph and nothing is joined or reordered, which these scripts do not need. Combining marks are composed
//! with their letters; what has no glyph is written as a question mark.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider};
use unicode_normalization::UnicodeNormalization;

/// The fonts, subsets of Noto Sans (SIL Open Font License 1.1; see `fonts/README.md`).
static REGULAR: &[u8] = include_bytes!("../../fonts/NotoSans-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../fonts/NotoSans-Bold.ttf");

/// What letters without a glyph are written as.
const UNKNOWN: char = '?';

/// The weight of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// Ordinary.
    Regular,
    /// Bold.
    Bold,
}

/// Both fonts.
pub(super) struct Fonts {
    regular: Face,
    bold: Face,
}

struct Face {
    font: Font,
    source: FontRef<'static>,
    metrics: GlyphMetrics<'static>,
    units: f32,
}

impl Face {
    fn load(bytes: &'static [u8]) -> Option<Self> {
        let font = Font::new(bytes.to_vec().into(), 0)?;
        let source = FontRef::new(bytes).ok()?;
        let metrics = source.glyph_metrics(Size::unscaled(), LocationRef::default());
        let units = font.units_per_em();
        Some(Self { font, source, metrics, units })
    }

    fn glyph(&self, letter: char) -> Option<(u32, f32)> {
        let glyph = self.source.charmap().map(letter).filter(|glyph| glyph.to_u32() != 0)?;
        Some((glyph.to_u32(), self.metrics.advance_width(glyph)? / self.units))
    }
}

impl Fonts {
    /// Reads the fonts.
    pub(super) fn load() -> Option<Self> {
        Some(Self { regular: Face::load(REGULAR)?, bold: Face::load(BOLD)? })
    }

    /// Returns a font.
    pub(super) fn font(&self, weight: Weight) -> Font {
        self.face(weight).font.clone()
    }

    /// Returns a text as it is written, and its glyphs.
    pub(super) fn shape(&self, text: &str, weight: Weight) -> (String, Vec<KrillaGlyph>) {
        let face = self.face(weight);
        let (mut run, mut glyphs) = (String::new(), Vec::new());
        for letter in text.nfc() {
            let known = face.glyph(letter).map(|glyph| (letter, glyph));
            let Some((letter, (glyph, advance))) = known.or_else(|| Some((UNKNOWN, face.glyph(UNKNOWN)?))) else {
                continue;
            };
            let start = run.len();
            run.push(letter);
            glyphs.push(KrillaGlyph::new(GlyphId::new(glyph), advance, 0.0, 0.0, 0.0, start..run.len(), None));
        }
        (run, glyphs)
    }

    /// Returns the width of a text in points.
    pub(super) fn width(&self, text: &str, weight: Weight, size: f32) -> f32 {
        self.shape(text, weight).1.iter().map(|glyph| glyph.x_advance).sum::<f32>() * size
    }

    /// Breaks a text into lines of a width, between words where that is possible.
    pub(super) fn wrap(&self, text: &str, weight: Weight, size: f32, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        let mut current = String::new();
        for word in text.split_whitespace() {
            let longer = if current.is_empty() { word.to_owned() } else { format!("{current} {word}") };
            if self.width(&longer, weight, size) <= width {
                current = longer;
                continue;
            }
            if !current.is_empty() {
                lines.push(std::mem::take(&mut current));
            }
            current = self.cut(word, weight, size, width, &mut lines);
        }
        if !current.is_empty() {
            lines.push(current);
        }
        lines
    }

    /// Breaks a word that is wider than a line. Returns its last part.
    fn cut(&self, word: &str, weight: Weight, size: f32, width: f32, lines: &mut Vec<String>) -> String {
        let mut current = String::new();
        for letter in word.chars() {
            current.push(letter);
            if current.chars().count() > 1 && self.width(&current, weight, size) > width {
                current.pop();
                lines.push(std::mem::replace(&mut current, letter.to_string()));
            }
        }
        current
    }

    fn face(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }
}
