#![allow(clippy::disallowed_methods, reason = "what decoding takes is real time")]

use std::time::Instant;

use image::GenericImageView;
use proptest::prelude::*;
use testkit::pictures;

use super::*;

const MAX_BYTES: u64 = 20 * 1024 * 1024;

fn read_as(kind: &str, file: &[u8]) -> Result<Picture, Reason> {
    read(file, kind.parse().unwrap(), MAX_BYTES)
}

fn pixels(encoded: &Encoded) -> DynamicImage {
    image::load_from_memory(&encoded.jpeg).unwrap()
}

/// What holds for whatever is published.
fn assert_clean(picture: &Picture, what: &str) {
    let mut edge_before = u32::MAX;
    assert_eq!(picture.variants.len(), VARIANTS.len());
    for (encoded, (name, edge)) in picture.variants.iter().zip(VARIANTS) {
        assert_eq!(encoded.name, name);
        let longest = encoded.width.max(encoded.height);
        assert!(longest <= edge && longest <= edge_before, "{what}: {encoded:?}");
        edge_before = longest;
        assert_eq!(pixels(encoded).dimensions(), (encoded.width, encoded.height), "{what}");
        // Our own file passes our own check, and holds nothing but JPEG's header beside the picture.
        let layout = container::walk(ContentType::Jpeg, &encoded.jpeg).unwrap();
        assert_eq!(layout.end, encoded.jpeg.len(), "{what}: something follows the picture");
        for part in layout.metadata {
            assert!(encoded.jpeg[part.clone()].starts_with(b"\0\x10JFIF\0"), "{what}: {part:?}");
        }
        let text = String::from_utf8_lossy(&encoded.jpeg);
        assert!(!text.contains("Exif") && !text.contains("secret-place"), "{what}: metadata are left");
    }
}

#[test]
fn every_kind_of_picture_is_read_upright_and_without_what_lay_beside_it() {
    for (what, kind, size, file) in pictures::accepted() {
        let picture = read_as(kind, &file).unwrap_or_else(|reason| panic!("{what}: {reason:?}"));
        let full = &picture.variants[0];
        let longest = size.0.max(size.1);
        if longest <= VARIANTS[0].1 {
            assert_eq!((full.width, full.height), size, "{what}");
        } else {
            assert_eq!((full.width.max(full.height), full.height.min(full.width)), (VARIANTS[0].1, 1), "{what}");
        }
        assert_clean(&picture, what);
    }
}

#[test]
fn what_must_not_pass_does_not_and_says_why_at_once() {
    for (reason, kind, file) in pictures::refused() {
        let started = Instant::now();
        let read = read_as(kind, &file).map_err(Reason::as_str);
        let said = read.as_ref().err().copied();
        assert_eq!(said, Some(reason), "{kind}, {} bytes", file.len());
        assert!(started.elapsed().as_secs() < 2, "{reason} took {:?}", started.elapsed());
    }
}

#[test]
fn the_bound_of_bytes_holds_whatever_the_form_let_through() {
    let file = pictures::jpeg(64, 64);
    assert!(read(&file, ContentType::Jpeg, file.len() as u64).is_ok());
    assert_eq!(read(&file, ContentType::Jpeg, file.len() as u64 - 1), Err(Reason::TooLarge));
}

#[test]
fn a_photo_is_turned_as_its_note_says() {
    // Red grows to the right, green downwards: where a corner's colour goes shows the turn.
    for (orientation, corner) in [(1, [0, 0]), (3, [1, 1]), (6, [0, 1]), (8, [1, 0])] {
        let picture = read_as("image/jpeg", &pictures::jpeg_with_exif(80, 40, orientation)).unwrap();
        let shown = pixels(&picture.variants[0]).into_rgb8();
        let first = shown.get_pixel(1, 1).0;
        let seen = [first[0] > 128, first[1] > 128].map(usize::from);
        assert_eq!(seen, corner, "orientation {orientation}: {first:?}");
    }
}

/// Colours of photoprism/photoprism#1522: what a file in Display P3 or Adobe RGB says, and what it is in sRGB. The values for
/// Adobe RGB are computed from its definition.
#[test]
fn colours_in_a_wide_space_become_the_same_colours_in_srgb() {
    use pictures::Space::{AdobeRgb, DisplayP3};
    for (space, stored, shown) in [
        (DisplayP3, [200, 100, 50], [215, 93, 31]),
        (DisplayP3, [230, 60, 40], [250, 31, 14]),
        (DisplayP3, [60, 180, 75], [0, 183, 57]),
        (DisplayP3, [40, 90, 200], [10, 91, 207]),
        (DisplayP3, [255, 255, 255], [255, 255, 255]),
        (AdobeRgb, [200, 100, 50], [227, 100, 42]),
        (AdobeRgb, [60, 90, 200], [36, 90, 204]),
    ] {
        let jpeg = pictures::jpeg_in(space, &pictures::plain(stored, ImageFormat::Jpeg));
        let png = pictures::png_in(space, &pictures::plain(stored, ImageFormat::Png));
        // JPEG itself changes values by one or two.
        for (kind, file, tolerance) in [("image/png", png, 2), ("image/jpeg", jpeg, 5)] {
            let seen = pixels(&read_as(kind, &file).unwrap().variants[0]).into_rgb8().get_pixel(20, 20).0;
            let is_near = seen.iter().zip(shown).all(|(seen, shown)| seen.abs_diff(shown) <= tolerance);
            assert!(is_near, "{space:?} {stored:?} as {kind}: {seen:?} instead of {shown:?}");
        }
    }
}

#[test]
fn a_profile_that_is_broken_leaves_the_colours_as_they_are() {
    let plain = pictures::plain([200, 100, 50], ImageFormat::Png);
    let profile = pictures::profile(pictures::Space::DisplayP3);
    for broken in [&profile[..60], &profile[..profile.len() - 20], &[0; 300][..], &vec![b'x'; 100_000]] {
        let chunk = pictures::Chunk(*b"iCCP", [b"profile\0\0", &pictures::deflated(broken)[..]].concat());
        let seen = pixels(&read_as("image/png", &pictures::png_with(&plain, &[chunk])).unwrap().variants[0]);
        let seen = seen.into_rgb8().get_pixel(20, 20).0;
        assert!(seen.iter().zip([200_u8, 100, 50]).all(|(seen, stored)| seen.abs_diff(stored) <= 2), "{seen:?}");
    }
}

/// photoprism/photoprism#1944: panoramas of Samsung phones have no end marker. One with the phone's trailer is among
/// [`pictures::accepted`].
#[test]
fn a_jpeg_without_its_end_is_read_only_if_all_of_its_picture_is_there() {
    let file = pictures::jpeg(64, 48);
    let complete = read_as("image/jpeg", &file).unwrap();
    let mut accepted = 0;
    for length in (0..file.len()).rev().take(600) {
        match read_as("image/jpeg", &file[..length]) {
            Ok(picture) => {
                assert_eq!(picture, complete, "{length} of {} bytes", file.len());
                accepted += 1;
            }
            Err(reason) => assert_eq!(reason, Reason::Truncated, "{length}"),
        }
    }
    assert!((2..=3).contains(&accepted), "{accepted}");
}

#[test]
fn what_is_transparent_becomes_white() {
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let file = pictures::transparent(64, 64, format);
        let picture = read_as(format.to_mime_type(), &file).unwrap();
        let shown = pixels(&picture.variants[0]).into_rgb8();
        assert!(shown.get_pixel(0, 0).0.iter().all(|channel| *channel > 250), "{format:?}");
        assert!(shown.get_pixel(32, 32).0.iter().all(|channel| *channel < 5), "{format:?}");
    }
}

#[test]
fn thumbnails_keep_their_shape_and_are_never_enlarged() {
    let picture = read_as("image/jpeg", &pictures::jpeg(2_000, 500)).unwrap();
    let sizes: Vec<_> = picture.variants.iter().map(|encoded| (encoded.width, encoded.height)).collect();
    assert_eq!(sizes, [(2_000, 500), (1_280, 320), (640, 160), (160, 40)]);
    let picture = read_as("image/png", &pictures::png(50, 30)).unwrap();
    assert!(picture.variants.iter().all(|encoded| (encoded.width, encoded.height) == (50, 30)));
}

#[test]
fn compressed_zeros_do_not_unfold() {
    // A file of 100 KB that says to be 8 by 8 and holds 100 MB.
    let zeros = vec![0; 100 * 1024 * 1024];
    let file = pictures::png_that_unfolds_to(&zeros);
    assert!(file.len() < 300_000);
    let started = Instant::now();
    // Whether it counts as broken is the decoder's matter; it must not take the time or the memory.
    if let Ok(picture) = read_as("image/png", &file) {
        assert_eq!((picture.variants[0].width, picture.variants[0].height), (8, 8));
    }
    assert!(started.elapsed().as_secs() < 2, "{:?}", started.elapsed());
    // The same in a text and in a colour profile beside the picture.
    for (kind, start) in [(*b"zTXt", &b"Comment\0\0"[..]), (*b"iCCP", b"profile\0\0")] {
        let chunk = pictures::Chunk(kind, [start, &pictures::deflated(&zeros)].concat());
        let plain = pictures::png(8, 8);
        let file = pictures::png_with(&plain, &vec![chunk; 8]);
        assert_eq!(container::bare_png(&file).unwrap(), plain, "the decoder does not get to see it");
        let started = Instant::now();
        let outcome = read_as("image/png", &file);
        assert!(started.elapsed().as_secs() < 2, "{outcome:?} {:?}", started.elapsed());
    }
}

/// The corpus of the fuzz target: a name and a file.
fn corpus() -> Vec<(String, Vec<u8>)> {
    let good = pictures::accepted().into_iter().map(|(what, kind, _, file)| (what, kind, file));
    let all = good.chain(pictures::refused());
    let plain = |text: &str| text.to_lowercase().replace(|char: char| !char.is_ascii_alphanumeric(), "-");
    let named = all.enumerate().map(|(at, (what, kind, file))| {
        (format!("{at:02}-{}.{}", plain(what), kind.trim_start_matches("image/")), file)
    });
    named.filter(|(_, file)| !file.is_empty() && file.len() < 8_192).collect()
}

/// The fuzzer starts from files, which are made here: `BLESS=1` writes them.
#[test]
fn the_fuzzer_starts_from_the_same_pictures() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fuzz/corpus/picture");
    let bless = std::env::var_os("BLESS").is_some();
    for (name, file) in corpus() {
        let path = folder.join(&name);
        if bless {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &file).unwrap();
        }
        assert_eq!(std::fs::read(&path).ok(), Some(file), "{}: run with BLESS=1", path.display());
    }
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), corpus().len(), "a file too many");
}

/// A generator of numbers that gives the same each time (xorshift64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound.max(1) as u64).unwrap()
    }
}

/// The file with a few bytes changed, taken out, doubled or cut off.
fn mutated(file: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut file = file.to_vec();
    for _ in 0..=chance.below(4) {
        let at = chance.below(file.len());
        match chance.below(5) {
            0 => file.truncate(at),
            1 if !file.is_empty() => drop(file.remove(at)),
            2 if !file.is_empty() => file.insert(at, [0, 0xff, 0x7f, 0x80][chance.below(4)]),
            3 if !file.is_empty() => {
                let end = (at + chance.below(64)).min(file.len());
                let part = file[at..end].to_vec();
                file.splice(at..at, part);
            }
            _ if !file.is_empty() => file[at] ^= 1 << chance.below(8),
            _ => {}
        }
    }
    file
}

#[test]
fn mutated_pictures_are_read_or_refused_and_nothing_else() {
    const ROUNDS: usize = 60;
    let mut chance = Chance(0x5eed_0fa7_0011);
    let (mut read, mut refused) = (0, 0);
    for (what, file) in corpus() {
        for _ in 0..ROUNDS {
            let file = mutated(&file, &mut chance);
            let kind = container::kind(&file).unwrap_or(ContentType::Jpeg);
            let started = Instant::now();
            match super::read(&file, kind, MAX_BYTES) {
                Ok(picture) => {
                    assert_clean(&picture, &what);
                    read += 1;
                }
                Err(_) => refused += 1,
            }
            assert!(started.elapsed().as_secs() < 10, "{what}: {:?}", started.elapsed());
        }
    }
    assert!(read > 100 && refused > 100, "{read} were read, {refused} refused: the mutations test little");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_bytes_after_a_right_start_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..3_000)) {
        for (kind, start) in [
            ("image/jpeg", &[0xff, 0xd8, 0xff][..]),
            ("image/png", b"\x89PNG\r\n\x1a\n"),
            ("image/webp", b"RIFF\xff\x0b\0\0WEBP"),
        ] {
            prop_assert!(read_as(kind, &[start, &bytes[..]].concat()).is_err());
        }
    }

    #[test]
    fn any_size_comes_out_in_every_variant(width in 1_u32..400, height in 1_u32..400) {
        let picture = read_as("image/png", &pictures::png(width, height)).unwrap();
        prop_assert_eq!((picture.variants[0].width, picture.variants[0].height), (width, height));
        let small = &picture.variants[3];
        prop_assert_eq!(small.width.max(small.height), width.max(height).min(160));
    }
}
