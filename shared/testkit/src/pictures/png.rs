//! PNGs of kinds that the encoder at hand does not write.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// How a PNG writes its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PngKind {
    /// A bit a pixel.
    Bit,
    /// A byte a pixel.
    Grey,
    /// Two bytes a pixel.
    Grey16,
    /// A byte a pixel, which is a place in a palette; the first colour is transparent.
    Palette,
}

/// A chunk of a PNG: its type and its data.
#[derive(Debug, Clone)]
pub struct Chunk(pub [u8; 4], pub Vec<u8>);

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// The first chunk with its length, type and checksum.
const HEADER_BYTES: usize = 25;

/// A PNG of these rows of pixels. There may be fewer than the size says, as in a file that is meant to do harm.
pub fn png_of(kind: PngKind, width: u32, height: u32, rows: &[u8], interlaced: bool) -> Vec<u8> {
    let (depth, colour) = match kind {
        PngKind::Bit => (1, 0),
        PngKind::Grey => (8, 0),
        PngKind::Grey16 => (16, 0),
        PngKind::Palette => (8, 3),
    };
    let header =
        [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, colour, 0, 0, u8::from(interlaced)]].concat();
    let mut chunks = vec![Chunk(*b"IHDR", header)];
    if kind == PngKind::Palette {
        chunks.push(Chunk(*b"PLTE", (0..=255).flat_map(|shade| [shade, 255 - shade, 128]).collect()));
        chunks.push(Chunk(*b"tRNS", vec![0]));
    }
    let row_bytes = (width as usize * depth as usize).div_ceil(8);
    let lines: Vec<Vec<u8>> = if interlaced {
        passes(rows, width as usize, height as usize)
    } else {
        rows.chunks(row_bytes).map(<[u8]>::to_vec).collect()
    };
    // Each line begins with the number of its filter: none.
    let lines: Vec<u8> = lines.into_iter().flat_map(|line| [vec![0], line].concat()).collect();
    chunks.push(Chunk(*b"IDAT", deflated(&lines)));
    chunks.push(Chunk(*b"IEND", Vec::new()));
    SIGNATURE.iter().copied().chain(chunks.iter().flat_map(written)).collect()
}

/// A PNG of 8 by 8 pixels in grey whose data unfold to these bytes, however many.
pub fn png_that_unfolds_to(bytes: &[u8]) -> Vec<u8> {
    let header = [&[0, 0, 0, 8, 0, 0, 0, 8][..], &[8, 0, 0, 0, 0]].concat();
    let chunks = [Chunk(*b"IHDR", header), Chunk(*b"IDAT", deflated(bytes)), Chunk(*b"IEND", Vec::new())];
    SIGNATURE.iter().copied().chain(chunks.iter().flat_map(written)).collect()
}

/// Bytes as zlib packs them.
pub fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut data = ZlibEncoder::new(Vec::new(), Compression::default());
    data.write_all(bytes).expect("memory");
    data.finish().expect("memory")
}

/// A PNG with more chunks after its header.
pub fn png_with(png: &[u8], chunks: &[Chunk]) -> Vec<u8> {
    let (start, rest) = png.split_at(SIGNATURE.len() + HEADER_BYTES);
    [start.to_vec(), chunks.iter().flat_map(written).collect(), rest.to_vec()].concat()
}

fn written(Chunk(kind, data): &Chunk) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(kind);
    crc.update(data);
    let length = u32::try_from(data.len()).expect("a small chunk").to_be_bytes();
    [&length[..], kind, data, &crc.sum().to_be_bytes()].concat()
}

/// The lines of the seven passes of Adam7, a byte a pixel: first column and row, and the steps.
fn passes(pixels: &[u8], width: usize, height: usize) -> Vec<Vec<u8>> {
    let passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
    let lines = passes.into_iter().flat_map(|(x, y, step_x, step_y)| {
        let line = move |row: usize| (x..width).step_by(step_x).map(|column| pixels[row * width + column]).collect();
        (y..height).step_by(step_y).map(line)
    });
    lines.filter(|line: &Vec<u8>| !line.is_empty()).collect()
}
