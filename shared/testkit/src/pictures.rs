//! Pictures for tests, made here: good ones of every kind, and ones that are broken or dangerous in one way each.

mod jpeg;
mod png;
mod profile;

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

pub use jpeg::{cmyk_jpeg, progressive_jpeg};
pub use png::{Chunk, PngKind, deflated, png_of, png_that_unfolds_to, png_with};
pub use profile::{Space, profile};

/// Words that a test looks for in what is published: they must be gone.
pub const SECRET_PLACE: &str = "N51.5007 W0.1246 secret-place";

/// A picture with something to see in every part of it.
pub fn gradient(width: u32, height: u32) -> RgbImage {
    let part = |at: u32, of: u32| u8::try_from(u64::from(at) * 255 / u64::from(of.max(1))).unwrap_or(255);
    RgbImage::from_fn(width, height, |x, y| Rgb([part(x, width), part(y, height), part(x + y, width + height)]))
}

/// A photo, as JPEG.
pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encoded(&gradient(width, height).into(), ImageFormat::Jpeg)
}

/// The same as PNG.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    encoded(&gradient(width, height).into(), ImageFormat::Png)
}

/// The same as WebP.
pub fn webp(width: u32, height: u32) -> Vec<u8> {
    encoded(&gradient(width, height).into(), ImageFormat::WebP)
}

/// A photo in shades of grey.
pub fn grey_jpeg(width: u32, height: u32) -> Vec<u8> {
    encoded(&DynamicImage::from(gradient(width, height)).grayscale(), ImageFormat::Jpeg)
}

/// A black disc on nothing, in a format that knows transparency.
pub fn transparent(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let inside =
        |x: u32, y: u32| (4 * x).abs_diff(2 * width).pow(2) + (4 * y).abs_diff(2 * height).pow(2) < width.pow(2);
    let pixel = |x, y| if inside(x, y) { Rgba([0, 0, 0, 255]) } else { Rgba([0, 0, 0, 0]) };
    encoded(&RgbaImage::from_fn(width, height, pixel).into(), format)
}

/// Any picture in any format.
pub fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).expect("an encoder");
    file.into_inner()
}

/// A photo that lies on its side, with a note of how to turn it (EXIF 1 to 8) and of where it was taken.
pub fn jpeg_with_exif(width: u32, height: u32, orientation: u16) -> Vec<u8> {
    let exif = [b"Exif\0\0", &tiff(orientation)[..]].concat();
    with_segment(&jpeg(width, height), 0xe1, &exif)
}

/// A JPEG with one more segment after its start.
pub fn with_segment(jpeg: &[u8], marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).expect("a segment of 64 KiB at the most").to_be_bytes();
    [&jpeg[..2], &[0xff, marker], &length, data, &jpeg[2..]].concat()
}

/// EXIF's own format: orientation, a description, and a place.
fn tiff(orientation: u16) -> Vec<u8> {
    let text = format!("{SECRET_PLACE}\0");
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    let length = u32::try_from(text.len()).expect("a short text");
    // The header takes 8 bytes, a directory of three 2 + 3 * 12 + 4; one of GPS follows, then the text of both.
    let (gps_at, text_at) = (50, 50 + 2 + 12 + 4);
    [
        &b"II*\0\x08\0\0\0"[..],
        &3_u16.to_le_bytes(),
        &entry(0x010e, 2, length, text_at),
        &entry(0x0112, 3, 1, orientation.into()),
        &entry(0x8825, 4, 1, gps_at),
        &[0; 4],
        &1_u16.to_le_bytes(),
        &entry(0x001b, 7, length, text_at),
        &[0; 4],
        text.as_bytes(),
    ]
    .concat()
}

/// A picture of one colour.
pub fn plain(colour: [u8; 3], format: ImageFormat) -> Vec<u8> {
    encoded(&RgbImage::from_pixel(64, 48, Rgb(colour)).into(), format)
}

/// A JPEG with a colour profile.
pub fn jpeg_in(space: Space, jpeg: &[u8]) -> Vec<u8> {
    with_segment(jpeg, 0xe2, &[b"ICC_PROFILE\0\x01\x01", &profile(space)[..]].concat())
}

/// A PNG with a colour profile.
pub fn png_in(space: Space, png: &[u8]) -> Vec<u8> {
    png_with(png, &[Chunk(*b"iCCP", [b"profile\0\0", &deflated(&profile(space))[..]].concat())])
}

/// What phones of Samsung append to panoramas, in place of the end marker.
pub fn samsung_trailer() -> Vec<u8> {
    let name = b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1538067608123";
    let film = [b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", &[0xff, 0x13, 0, 0xff, 0xc4].repeat(600)[..]].concat();
    let distance = |bytes: usize| u32::try_from(bytes).expect("a small trailer").to_le_bytes();
    let records = [&name[..], &film].concat();
    let entry =
        |kind: u8, from: usize, bytes: usize| [&[0, 0, 1, kind][..], &distance(from), &distance(bytes)].concat();
    let directory = [
        b"SEFH\x6b\0\0\0\x02\0\0\0",
        &entry(0x0a, records.len(), name.len())[..],
        &entry(0x30, film.len(), film.len()),
    ]
    .concat();
    [&records[..], &directory, &distance(directory.len()), b"SEFT"].concat()
}

/// An archive with one file in it, nothing compressed.
pub fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(content);
    let size = u32::try_from(content.len()).expect("a small file").to_le_bytes();
    let name_length = u16::try_from(name.len()).expect("a short name").to_le_bytes();
    let common =
        [&[20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0][..], &crc.sum().to_le_bytes(), &size, &size, &name_length, &[0; 2]]
            .concat();
    let local = [b"PK\x03\x04", &common[..], name.as_bytes(), content].concat();
    let central = [b"PK\x01\x02\x14\0", &common[..], &[0; 14], name.as_bytes()].concat();
    let length = |part: &[u8]| u32::try_from(part.len()).expect("a small part").to_le_bytes();
    let end = [b"PK\x05\x06\0\0\0\0\x01\0\x01\0", &length(&central)[..], &length(&local), &[0; 2]].concat();
    [local, central, end].concat()
}

/// A JPEG that lacks its end marker.
fn without_end(jpeg: &[u8]) -> Vec<u8> {
    jpeg.strip_suffix(&[0xff, 0xd9]).expect("an end marker").to_vec()
}

/// A file that must be refused: the reason, the kind that it is said to be, and itself.
pub type Refused = (&'static str, &'static str, Vec<u8>);

/// Files that must be refused.
pub fn refused() -> Vec<Refused> {
    let photo = jpeg(64, 48);
    let followed_by = |trailer: &[u8]| [&photo[..], trailer].concat();
    let half = |file: Vec<u8>| file[..file.len() / 2].to_vec();
    let huge = |width, height| png_of(PngKind::Grey, width, height, &[0; 64], false);
    let animated = png_with(&png(8, 8), &[Chunk(*b"acTL", vec![0, 0, 0, 2, 0, 0, 0, 0])]);
    vec![
        ("empty", "image/jpeg", Vec::new()),
        ("unreadable", "image/jpeg", b"this is a text, and a long one".to_vec()),
        ("unreadable", "image/png", (0..1_000_u32).map(|at| at.wrapping_mul(2_654_435_761).to_le_bytes()[2]).collect()),
        ("unreadable", "image/jpeg", [&photo[..2], &[0xff, 0xe0, 0, 0], &photo[2..]].concat()),
        ("type_mismatch", "image/png", photo.clone()),
        ("type_mismatch", "image/jpeg", png(8, 8)),
        ("type_mismatch", "image/jpeg", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec()),
        ("type_mismatch", "image/webp", b"%PDF-1.7 and so on".to_vec()),
        ("type_mismatch", "image/png", zip("a.txt", b"text")),
        ("truncated", "image/jpeg", half(photo.clone())),
        ("truncated", "image/png", half(png(64, 48))),
        ("truncated", "image/webp", half(webp(64, 48))),
        ("truncated", "image/jpeg", photo[..photo.len() - 12].to_vec()),
        ("truncated", "image/jpeg", [&photo[..photo.len() - 12], &samsung_trailer()].concat()),
        ("truncated", "image/jpeg", without_end(&progressive_jpeg(4, 3))),
        ("polyglot", "image/jpeg", [&without_end(&photo)[..], b"<?php system($_GET['c']); ?>"].concat()),
        ("polyglot", "image/jpeg", followed_by(&zip("run.class", b"\xca\xfe\xba\xbe"))),
        ("polyglot", "image/jpeg", followed_by(b"<?php system($_GET['c']); ?>")),
        ("polyglot", "image/jpeg", followed_by(b"\x7fELF\x02\x01\x01")),
        ("polyglot", "image/jpeg", with_segment(&photo, 0xfe, b"<ScRiPt>alert(1)</script>")),
        ("polyglot", "image/jpeg", with_segment(&photo, 0xfe, b"%PDF-1.4 1 0 obj")),
        ("polyglot", "image/png", png_with(&png(8, 8), &[Chunk(*b"tEXt", b"Comment\0<html><body>".to_vec())])),
        ("polyglot", "image/png", [png(8, 8), zip("a.html", b"<b>")].concat()),
        ("polyglot", "image/webp", [webp(8, 8), b"%PDF-1.7".to_vec()].concat()),
        ("too_many_pixels", "image/png", huge(60_000, 60_000)),
        ("too_many_pixels", "image/png", huge(10_000, 10_000)),
        ("too_many_pixels", "image/png", huge(u32::MAX >> 1, 1)),
        ("animated", "image/png", animated),
    ]
}

/// A file that must pass: what it is, its kind, the size that it has upright, and itself.
pub type Accepted = (&'static str, &'static str, (u32, u32), Vec<u8>);

/// Files that must pass.
pub fn accepted() -> Vec<Accepted> {
    let rows = |bytes: usize| (0..=255_u8).cycle().take(bytes).collect::<Vec<_>>();
    let deep: RgbImage = gradient(40, 30);
    let deep = DynamicImage::from(deep).into_rgb16();
    vec![
        ("a photo", "image/jpeg", (200, 100), jpeg(200, 100)),
        ("a photo on its side", "image/jpeg", (100, 200), jpeg_with_exif(200, 100, 6)),
        ("a photo upside down", "image/jpeg", (200, 100), jpeg_with_exif(200, 100, 3)),
        ("grey", "image/jpeg", (40, 30), grey_jpeg(40, 30)),
        ("progressive", "image/jpeg", (32, 24), progressive_jpeg(4, 3)),
        ("CMYK", "image/jpeg", (32, 24), cmyk_jpeg(4, 3)),
        (
            "a motion photo",
            "image/jpeg",
            (40, 30),
            [jpeg(40, 30), b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".to_vec()].concat(),
        ),
        ("a photo with a gain map", "image/jpeg", (40, 30), [jpeg(40, 30), jpeg(10, 8)].concat()),
        (
            "a photo of Samsung's",
            "image/jpeg",
            (40, 30),
            [jpeg(40, 30), b"SEFH\x6b\0\0\0\x01\0\0\0SEFT".to_vec()].concat(),
        ),
        ("a photo without an end marker", "image/jpeg", (200, 100), without_end(&jpeg(200, 100))),
        (
            "a photo with half an end marker",
            "image/jpeg",
            (200, 100),
            [&without_end(&jpeg(200, 100))[..], &[0xff]].concat(),
        ),
        (
            "a panorama of Samsung's without an end marker",
            "image/jpeg",
            (200, 100),
            [without_end(&jpeg(200, 100)), samsung_trailer()].concat(),
        ),
        ("a photo in Display P3", "image/jpeg", (40, 30), jpeg_in(Space::DisplayP3, &jpeg(40, 30))),
        ("PNG in Display P3", "image/png", (40, 30), png_in(Space::DisplayP3, &png(40, 30))),
        ("PNG", "image/png", (40, 30), png(40, 30)),
        ("transparent PNG", "image/png", (40, 30), transparent(40, 30, ImageFormat::Png)),
        ("PNG of 16 bits", "image/png", (40, 30), encoded(&deep.into(), ImageFormat::Png)),
        ("PNG of 16 bits in grey", "image/png", (16, 8), png_of(PngKind::Grey16, 16, 8, &rows(16 * 2 * 8), false)),
        ("PNG with a palette", "image/png", (16, 8), png_of(PngKind::Palette, 16, 8, &rows(16 * 8), false)),
        ("PNG of one bit", "image/png", (16, 8), png_of(PngKind::Bit, 16, 8, &rows(2 * 8), false)),
        ("interlaced PNG", "image/png", (16, 8), png_of(PngKind::Grey, 16, 8, &rows(16 * 8), true)),
        ("WebP", "image/webp", (40, 30), webp(40, 30)),
        ("transparent WebP", "image/webp", (40, 30), transparent(40, 30, ImageFormat::WebP)),
        ("one pixel", "image/png", (1, 1), png(1, 1)),
        ("a line", "image/png", (5_000, 1), png(5_000, 1)),
    ]
}
