//! Colours of a picture: from the profile in its file to sRGB.
//!
//! Phones and cameras write pictures in Display P3, Adobe RGB and other spaces that three primaries and a curve describe
//! (ICC.1, section 8.3.4: a matrix and tone curves). Their values are converted to sRGB, since what is published has no
//! profile. Profiles of other kinds (printers, tables) are not applied, and neither is one that is broken: the values are
//! then taken as sRGB.

use std::io::Read;

use image::RgbImage;
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

/// The longest profile that is read, in bytes. A matrix and three curves take 4 KiB, and 25 KiB with long curves.
const MAX_PROFILE_BYTES: u64 = 64 * 1024;

/// Unpacks a profile as PNG packs it, up to a length at which it is not used; none if it is broken.
pub fn unpacked(packed: &[u8]) -> Option<Vec<u8>> {
    let mut profile = Vec::new();
    flate2::read::ZlibDecoder::new(packed).take(MAX_PROFILE_BYTES + 1).read_to_end(&mut profile).ok()?;
    Some(profile)
}

/// Converts a picture with this profile to sRGB.
pub fn to_srgb(picture: &mut RgbImage, profile: &[u8]) {
    if profile.len() as u64 > MAX_PROFILE_BYTES {
        return;
    }
    let Ok(profile) = ColorProfile::new_from_slice(profile) else { return };
    if !is_matrix(&profile) {
        return;
    }
    let srgb = ColorProfile::new_srgb();
    let layout = Layout::Rgb;
    let Ok(transform) = profile.create_transform_8bit(layout, &srgb, layout, TransformOptions::default()) else {
        return;
    };
    // Row by row, so that a large picture is not in memory twice.
    let row_bytes = usize::try_from(picture.width()).unwrap_or_default() * 3;
    let mut converted = vec![0; row_bytes];
    for row in picture.chunks_exact_mut(row_bytes.max(1)) {
        if transform.transform(row, &mut converted).is_ok() {
            row.copy_from_slice(&converted);
        }
    }
}

/// True for a profile of three primaries and their curves, without tables.
fn is_matrix(profile: &ColorProfile) -> bool {
    let tables = [&profile.lut_a_to_b_perceptual, &profile.lut_a_to_b_colorimetric, &profile.lut_a_to_b_saturation];
    let curves = [&profile.red_trc, &profile.green_trc, &profile.blue_trc];
    profile.color_space == DataColorSpace::Rgb
        && profile.pcs == DataColorSpace::Xyz
        && tables.iter().all(|table| table.is_none())
        && curves.iter().all(|curve| curve.is_some())
}
