//! Any bytes are read as a picture, or refused: no panic, and no more memory and time than a picture takes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use media::domain::container;
use media::domain::picture::{VARIANTS, read};
use media::domain::purpose::ContentType;

/// Larger inputs find nothing that smaller ones do not.
const MAX_BYTES: u64 = 1024 * 1024;

fuzz_target!(|file: &[u8]| {
    let kind = container::kind(file).unwrap_or(ContentType::Jpeg);
    if let Ok(picture) = read(file, kind, MAX_BYTES) {
        for (made, (_, edge)) in picture.variants.iter().zip(VARIANTS) {
            assert!(made.width.max(made.height) <= edge);
            // What is published passes the same check, and has nothing beside the picture.
            let layout = container::walk(ContentType::Jpeg, &made.jpeg).expect("our own JPEG");
            assert_eq!(layout.end, made.jpeg.len());
        }
    }
});
