//! From the bytes of a file to what is shown of it.
//!
//! Everything is encoded anew from pixels, as JPEG: no byte of a file reaches anybody but its owner, so neither does what
//! a camera wrote into it (place, time, serial number). What is transparent becomes white. One kind of output, without
//! transparency, means that no page shows what the moderator did not see on white; who needs cut-outs needs another purpose
//! and another rule. Details that show in `full` only are not moderated. What is published has no colour profile, so it is in
//! sRGB: [`colour`] converts pictures in other spaces.

use std::borrow::Cow;
use std::io::{Cursor, ErrorKind};

use image::codecs::jpeg::JpegEncoder;
use image::error::ImageError;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};
use sha2::{Digest, Sha256};

use super::colour;
use super::container::{self, Layout};
use super::foreign;
use super::medium::Reason;
use super::purpose::ContentType;

/// The most that a picture may have, in pixels: what the largest phones make. It bounds memory: a picture takes three bytes
/// a pixel, a progressive JPEG six more while it is decoded.
pub const MAX_PIXELS: u64 = 50_000_000;
/// The longest edge of a file, in pixels. Panoramas are that long; longer ones are lines.
const MAX_FILE_EDGE_PIXELS: u32 = 20_000;
/// The most that a decoder may ask for at once, in bytes: sixteen bits a channel with transparency.
const MAX_DECODER_BYTES: u64 = 512 * 1024 * 1024;
/// JPEG's quality from 1 to 100: higher is larger, and no better to the eye.
const QUALITY: u8 = 85;

/// What is made of a picture: a name and the longest edge in pixels, the largest first. A smaller picture is never made
/// larger.
pub const VARIANTS: [(&str, u32); 4] = [("full", 4_096), ("large", 1_280), ("medium", 640), ("small", 160)];
/// The one that a moderator sees: services take 5 MB at the most, and look at no more pixels.
pub const MODERATED_VARIANT: &str = "large";

/// What is shown of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// One for each of [`VARIANTS`], in their order.
    pub variants: Vec<Encoded>,
}

/// One size of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Encoded {
    /// Which of [`VARIANTS`].
    pub name: &'static str,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// The file.
    pub jpeg: Vec<u8>,
}

impl std::fmt::Debug for Encoded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}x{} ({} bytes)", self.name, self.width, self.height, self.jpeg.len())
    }
}

/// Reads a file that was said to be of this kind and of this size at the most.
pub fn read(file: &[u8], declared: ContentType, max_bytes: u64) -> Result<Picture, Reason> {
    let layout = check(file, declared, max_bytes)?;
    let Decoded { pixels, profile } =
        if layout.lacks_end { decode_open_ended(file, layout.end)? } else { decode(file, declared)? };
    let mut picture = flattened(pixels);
    if let Some(profile) = profile {
        colour::to_srgb(&mut picture, &profile);
    }
    let mut variants = Vec::with_capacity(VARIANTS.len());
    for (name, edge) in VARIANTS {
        // Each is made of the one before it, which is faster and needs less memory than starting over.
        if let Some(smaller) = shrunk(&picture, edge) {
            picture = smaller;
        }
        variants.push(Encoded { name, width: picture.width(), height: picture.height(), jpeg: encode(&picture)? });
    }
    Ok(Picture { variants })
}

/// All that can be said without decoding.
fn check(file: &[u8], declared: ContentType, max_bytes: u64) -> Result<Layout, Reason> {
    if file.is_empty() {
        return Err(Reason::Empty);
    }
    if file.len() as u64 > max_bytes {
        return Err(Reason::TooLarge);
    }
    match container::kind(file) {
        Some(kind) if kind == declared => {}
        Some(_) => return Err(Reason::TypeMismatch),
        None if foreign::starts_like_another_kind(file) => return Err(Reason::TypeMismatch),
        None => return Err(Reason::Unreadable),
    }
    let layout = container::walk(declared, file)?;
    if layout.is_animated {
        return Err(Reason::Animated);
    }
    if foreign::is_another_kind_too(file, &layout) {
        return Err(Reason::Polyglot);
    }
    Ok(layout)
}

/// The pixels, upright, and the colour profile that they go by.
struct Decoded {
    pixels: DynamicImage,
    profile: Option<Vec<u8>>,
}

/// What is put behind a JPEG that lacks its end: decoders fill up what is missing, each from its own bytes.
const FILLERS: [[u8; 256]; 2] = [[0; 256], [0x5a; 256]];
const JPEG_END: [u8; 2] = [0xff, 0xd9];

/// Decodes a JPEG without an end marker. It is complete if the bytes that follow make no difference to its pixels.
fn decode_open_ended(file: &[u8], end: usize) -> Result<Decoded, Reason> {
    let picture = file.get(..end).ok_or(Reason::Truncated)?;
    let filled = |filler: &[u8; 256]| decode(&[picture, filler, &JPEG_END].concat(), ContentType::Jpeg);
    // One after the other: two large pictures do not fit into memory.
    let digest = Sha256::digest(filled(&FILLERS[0])?.pixels.as_bytes());
    let decoded = filled(&FILLERS[1])?;
    if Sha256::digest(decoded.pixels.as_bytes()) == digest { Ok(decoded) } else { Err(Reason::Truncated) }
}

fn decode(file: &[u8], kind: ContentType) -> Result<Decoded, Reason> {
    let format = match kind {
        ContentType::Jpeg => ImageFormat::Jpeg,
        ContentType::Png => ImageFormat::Png,
        ContentType::Webp => ImageFormat::WebP,
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_FILE_EDGE_PIXELS);
    limits.max_image_height = Some(MAX_FILE_EDGE_PIXELS);
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    let (file, png_profile) = match kind {
        ContentType::Png => (Cow::Owned(container::bare_png(file)?), container::png_profile(file)),
        ContentType::Jpeg | ContentType::Webp => (Cow::Borrowed(file), None),
    };
    let mut reader = ImageReader::with_format(Cursor::new(&file), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| reason(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Reason::TooManyPixels);
    }
    // A broken note on how the camera was held is no reason to refuse the picture.
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    // Neither is a broken profile.
    let profile = png_profile.and_then(colour::unpacked).or_else(|| decoder.icc_profile().ok().flatten());
    let profile = profile.filter(|_| decoder.color_type().has_color());
    let mut pixels = DynamicImage::from_decoder(decoder).map_err(|error| reason(&error))?;
    if pixels.width() == 0 || pixels.height() == 0 {
        return Err(Reason::Unreadable);
    }
    pixels.apply_orientation(orientation);
    Ok(Decoded { pixels, profile })
}

fn reason(error: &ImageError) -> Reason {
    match error {
        ImageError::Limits(_) => Reason::TooManyPixels,
        ImageError::IoError(cause) if cause.kind() == ErrorKind::UnexpectedEof => Reason::Truncated,
        ImageError::IoError(_)
        | ImageError::Decoding(_)
        | ImageError::Encoding(_)
        | ImageError::Parameter(_)
        | ImageError::Unsupported(_) => Reason::Unreadable,
    }
}

/// On white, eight bits a channel.
fn flattened(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();
    let (width, height) = picture.dimensions();
    let on_white = |[red, green, blue, alpha]: [u8; 4]| {
        let alpha = u16::from(alpha);
        let blend = |channel: u8| {
            // At most 255 by construction.
            u8::try_from((u16::from(channel) * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX)
        };
        image::Rgb([blend(red), blend(green), blend(blue)])
    };
    RgbImage::from_fn(width, height, |x, y| on_white(picture.get_pixel(x, y).0))
}

/// The picture with this longest edge; none if it is no longer than that.
fn shrunk(picture: &RgbImage, edge: u32) -> Option<RgbImage> {
    let longest = picture.width().max(picture.height());
    if longest <= edge {
        return None;
    }
    // Twice the size by averaging, then the rest by a filter that keeps edges: a tenth of the filter's memory and time.
    if longest > edge.saturating_mul(4) {
        let (width, height) = fitted(picture, edge * 2);
        let between = image::imageops::thumbnail(picture, width, height);
        return shrunk(&between, edge);
    }
    let (width, height) = fitted(picture, edge);
    Some(image::imageops::resize(picture, width, height, FilterType::CatmullRom))
}

/// The size with this longest edge, at least a pixel each way.
fn fitted(picture: &RgbImage, edge: u32) -> (u32, u32) {
    let longest = u64::from(picture.width().max(picture.height()));
    let scaled = |length: u32| {
        let length = (u64::from(length) * u64::from(edge) + longest / 2) / longest;
        u32::try_from(length).unwrap_or(edge).clamp(1, edge)
    };
    (scaled(picture.width()), scaled(picture.height()))
}

fn encode(picture: &RgbImage) -> Result<Vec<u8>, Reason> {
    let mut jpeg = Vec::new();
    let written = JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(picture);
    written.map_err(|error| reason(&error))?;
    Ok(jpeg)
}

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;
