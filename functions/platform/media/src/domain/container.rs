//! The shape of a file: of which kind it is, where it ends, and what lies in it beside the picture.
//!
//! Decoders are made to show as much as they can: they fill up what is missing and overlook what follows. So a file is
//! walked through here first, by the lengths that it states itself, without decoding anything.

use std::ops::Range;

use super::medium::Reason;
use super::purpose::ContentType;

/// How often a JPEG may go over its picture. Ten passes are usual; each costs as much time as the whole picture does.
const MAX_SCANS: usize = 64;

/// What a walk through a file found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Where the picture ends and a trailer may start.
    pub end: usize,
    /// True if it has more than one frame.
    pub is_animated: bool,
    /// What cameras and programs wrote beside the picture: comments, EXIF, XMP.
    pub metadata: Vec<Range<usize>>,
}

/// The kind of a file, by its first bytes and by nothing else.
pub fn kind(file: &[u8]) -> Option<ContentType> {
    if file.starts_with(&[0xff, 0xd8, 0xff]) {
        Some(ContentType::Jpeg)
    } else if file.starts_with(PNG_SIGNATURE) {
        Some(ContentType::Png)
    } else if file.starts_with(b"RIFF") && file.get(8..12) == Some(b"WEBP") {
        Some(ContentType::Webp)
    } else {
        None
    }
}

/// Walks through a file of this kind.
pub fn walk(kind: ContentType, file: &[u8]) -> Result<Layout, Reason> {
    match kind {
        ContentType::Jpeg => jpeg(file),
        ContentType::Png => png(file),
        ContentType::Webp => webp(file),
    }
}

/// A PNG of nothing but what its picture needs, and the note of how the camera was held.
///
/// Texts and colour profiles are packed, and decoders unpack them: a hundred megabytes of zeros in a file of a hundred
/// kilobytes. They are not used, so they are taken out before.
pub fn bare_png(file: &[u8]) -> Result<Vec<u8>, Reason> {
    let (mut bare, mut at) = (PNG_SIGNATURE.to_vec(), PNG_SIGNATURE.len());
    loop {
        let chunk = png_chunk(file, at)?;
        if PNG_PICTURE.contains(&&chunk.kind) || &chunk.kind == b"eXIf" {
            bare.extend_from_slice(file.get(at..chunk.end).unwrap_or_default());
        }
        if &chunk.kind == b"IEND" {
            return Ok(bare);
        }
        at = chunk.end;
    }
}

/// ITU-T T.81, annex B: segments of a marker and a length, and scans that end at the next marker.
fn jpeg(file: &[u8]) -> Result<Layout, Reason> {
    let (mut at, mut scans, mut metadata) = (2, 0, Vec::new());
    loop {
        // What stands between segments is passed over, as decoders do; several 0xff are one.
        while byte(file, at)? != 0xff {
            at += 1;
        }
        while byte(file, at)? == 0xff {
            at += 1;
        }
        let marker = byte(file, at)?;
        at += 1;
        match marker {
            0xd9 => return Ok(Layout { end: at, is_animated: false, metadata }),
            // Markers without a length: a stuffed zero, a restart, another start.
            0x00 | 0x01 | 0xd0..=0xd8 => continue,
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes(array(file, at)?));
        if length < 2 {
            return Err(Reason::Unreadable);
        }
        let segment = at..at + length;
        if segment.end > file.len() {
            return Err(Reason::Truncated);
        }
        at = segment.end;
        if marker == 0xda {
            scans += 1;
            if scans > MAX_SCANS {
                return Err(Reason::TooManyPixels);
            }
            at = end_of_scan(file, at)?;
        } else if matches!(marker, 0xe0..=0xef | 0xfe) {
            metadata.push(segment);
        }
    }
}

/// The next marker after a scan. Within it each 0xff is followed by a zero or by a restart's number.
fn end_of_scan(file: &[u8], mut at: usize) -> Result<usize, Reason> {
    loop {
        let rest = file.get(at..).ok_or(Reason::Truncated)?;
        at += rest.iter().position(|byte| *byte == 0xff).ok_or(Reason::Truncated)?;
        match byte(file, at + 1)? {
            0x00 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            _ => return Ok(at),
        }
    }
}

const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Chunks that the picture itself consists of.
const PNG_PICTURE: [&[u8; 4]; 5] = [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"];

struct PngChunk {
    kind: [u8; 4],
    data: Range<usize>,
    /// Behind the checksum.
    end: usize,
}

/// PNG, third edition, section 5.3: chunks of a length, a type, data and a checksum.
fn png_chunk(file: &[u8], at: usize) -> Result<PngChunk, Reason> {
    let length = u32::from_be_bytes(array(file, at)?) as usize;
    let kind: [u8; 4] = array(file, at + 4)?;
    if !kind.iter().all(u8::is_ascii_alphabetic) {
        return Err(Reason::Unreadable);
    }
    let data = at + 8..(at + 8).saturating_add(length);
    let end = data.end.saturating_add(4);
    if end > file.len() { Err(Reason::Truncated) } else { Ok(PngChunk { kind, data, end }) }
}

fn png(file: &[u8]) -> Result<Layout, Reason> {
    let (mut at, mut is_animated, mut metadata) = (PNG_SIGNATURE.len(), false, Vec::new());
    loop {
        let chunk = png_chunk(file, at)?;
        at = chunk.end;
        is_animated |= &chunk.kind == b"acTL";
        if !PNG_PICTURE.contains(&&chunk.kind) {
            metadata.push(chunk.data);
        }
        if &chunk.kind == b"IEND" {
            return Ok(Layout { end: at, is_animated, metadata });
        }
    }
}

/// Chunks that the picture itself consists of.
const WEBP_PICTURE: [&[u8; 4]; 4] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH"];

/// RFC 9649, section 2.3: chunks of a type, a length and data, padded to an even length.
fn webp(file: &[u8]) -> Result<Layout, Reason> {
    let length = u32::from_le_bytes(array(file, 4)?) as usize;
    let end = length.saturating_add(8);
    if end > file.len() {
        return Err(Reason::Truncated);
    }
    let (mut at, mut is_animated, mut metadata) = (12, false, Vec::new());
    while at < end {
        let kind: [u8; 4] = array(file, at)?;
        let length = u32::from_le_bytes(array(file, at + 4)?) as usize;
        let data = at + 8..(at + 8).saturating_add(length);
        if data.end > end {
            return Err(Reason::Truncated);
        }
        is_animated |= matches!(&kind, b"ANIM" | b"ANMF");
        at = data.end + length % 2;
        if !WEBP_PICTURE.contains(&&kind) {
            metadata.push(data);
        }
    }
    Ok(Layout { end, is_animated, metadata })
}

fn byte(file: &[u8], at: usize) -> Result<u8, Reason> {
    file.get(at).copied().ok_or(Reason::Truncated)
}

fn array<const N: usize>(file: &[u8], at: usize) -> Result<[u8; N], Reason> {
    let found = file.get(at..).and_then(|rest| rest.first_chunk());
    found.copied().ok_or(Reason::Truncated)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A JPEG of segments only, with a scan.
    fn jpeg_of(segments: &[u8]) -> Vec<u8> {
        let scan = [0xff, 0xda, 0, 2, 1, 2, 0xff, 0x00, 3, 0xff, 0xd0, 4];
        [&[0xff, 0xd8][..], segments, &scan, &[0xff, 0xd9]].concat()
    }

    #[test]
    fn a_jpeg_ends_at_its_own_end_and_not_at_that_of_a_thumbnail_in_it() {
        let exif = [0xff, 0xe1, 0, 6, 0xff, 0xd8, 0xff, 0xd9];
        let file = jpeg_of(&exif);
        let layout = walk(ContentType::Jpeg, &[&file[..], b"trailer"].concat()).unwrap();
        assert_eq!(layout, Layout { end: file.len(), is_animated: false, metadata: std::iter::once(4..10).collect() });
        for length in 3..file.len() {
            assert_eq!(walk(ContentType::Jpeg, &file[..length]), Err(Reason::Truncated), "{length}");
        }
    }

    #[test]
    fn a_jpeg_with_too_many_scans_is_not_decoded() {
        let scans = [0xff, 0xda, 0, 2, 7].repeat(MAX_SCANS);
        assert_eq!(walk(ContentType::Jpeg, &jpeg_of(&scans)), Err(Reason::TooManyPixels));
        assert!(walk(ContentType::Jpeg, &jpeg_of(&scans[5..])).is_ok());
    }

    #[test]
    fn a_length_that_reaches_over_the_end_is_no_overflow() {
        let png = [PNG_SIGNATURE, &[0xff; 4], b"IDAT", &[0; 8]].concat();
        assert_eq!(walk(ContentType::Png, &png), Err(Reason::Truncated));
        let webp = [b"RIFF", &[0xff; 4][..], b"WEBPVP8 ", &[0xff; 4]].concat();
        assert_eq!(walk(ContentType::Webp, &webp), Err(Reason::Truncated));
        let webp = [b"RIFF", &12_u32.to_le_bytes()[..], b"WEBPVP8 ", &[0xff; 4]].concat();
        assert_eq!(walk(ContentType::Webp, &webp), Err(Reason::Truncated));
    }

    proptest! {
        #[test]
        fn any_bytes_are_walked_to_an_end_within_them(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
            for (kind, start) in [
                (ContentType::Jpeg, &[0xff, 0xd8, 0xff][..]),
                (ContentType::Png, PNG_SIGNATURE),
                (ContentType::Webp, b"RIFF\x10\0\0\0WEBP"),
            ] {
                let file = [start, &bytes[..]].concat();
                prop_assert_eq!(super::kind(&file), Some(kind));
                if let Ok(layout) = walk(kind, &file) {
                    prop_assert!(layout.end <= file.len());
                    prop_assert!(layout.metadata.iter().all(|range| range.start <= range.end && range.end <= file.len()));
                }
            }
        }
    }
}
