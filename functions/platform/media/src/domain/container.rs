//! The shape of a file: of which kind it is, where it ends, and what lies in it beside the picture.
//!
//! Decoders are made to show as much as they can: they fill up what is missing and overlook what follows. So a file is
//! walked through here first, by the lengths that it states itself, without decoding anything.

use std::ops::Range;

use super::medium::Reason;
use super::purpose::ContentType;
use super::trailer;

/// How often a JPEG may go over its picture. Ten passes are usual; each costs as much time as the whole picture does.
const MAX_SCANS: usize = 64;

/// What a walk through a file found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// Where the picture ends and a trailer may start.
    pub end: usize,
    /// True if the file does not say where its picture ends: it may be complete or not.
    pub lacks_end: bool,
    /// True if it has more than one frame.
    pub is_animated: bool,
    /// What cameras and programs wrote beside the picture: comments, EXIF, XMP; and what may be beside the picture, if it
    /// lacks its end.
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
/// kilobytes. They are taken out before; [`png_profile`] reads the profile with a bound.
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

/// The packed colour profile of a PNG, if it has one (PNG, third edition, section 11.3.2.3).
pub fn png_profile(file: &[u8]) -> Option<&[u8]> {
    let mut at = PNG_SIGNATURE.len();
    loop {
        let chunk = png_chunk(file, at).ok()?;
        match &chunk.kind {
            b"iCCP" => {
                let data = file.get(chunk.data)?;
                let name = data.iter().position(|byte| *byte == 0)?;
                // Behind the name's end and the method, of which there is one.
                return data.get(name + 2..);
            }
            b"IDAT" | b"IEND" => return None,
            _ => at = chunk.end,
        }
    }
}

/// A picture that cannot be walked through may have been cut off by a phone that then appended its own trailer: several
/// models of Samsung write panoramas without the end marker.
fn jpeg(file: &[u8]) -> Result<Layout, Reason> {
    segments(file).or_else(|reason| {
        let trailer = trailer::start_of_samsung(file).and_then(|start| file.get(..start));
        trailer.map_or(Err(reason), segments)
    })
}

/// What the walk through a JPEG keeps of its headers.
#[derive(Default)]
struct Frame {
    /// The number of components, if the picture is coded from top to bottom in passes of its own order (SOF0, SOF1).
    sequential: Option<u8>,
    scans: usize,
    metadata: Vec<Range<usize>>,
}

/// ITU-T T.81, annex B: segments of a marker and a length, and scans that end at the next marker.
fn segments(file: &[u8]) -> Result<Layout, Reason> {
    let (mut at, mut frame) = (2, Frame::default());
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
            0xd9 => return Ok(Layout { end: at, metadata: frame.metadata, ..Layout::default() }),
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
        match marker {
            0xda => {
                frame.scans += 1;
                if frame.scans > MAX_SCANS {
                    return Err(Reason::TooManyPixels);
                }
                match end_of_scan(file, at) {
                    Some(next) => at = next,
                    None => return frame.open_ended(file, segment),
                }
            }
            // Behind length, precision, height and width.
            0xc0 | 0xc1 => frame.sequential = file.get(segment.start + 7).copied(),
            0xe0..=0xef | 0xfe => frame.metadata.push(segment),
            _ => {}
        }
    }
}

impl Frame {
    /// The layout of a file that ends within a scan. Only the one scan of a sequential picture has all of it; whether it is
    /// complete shows when it is decoded.
    fn open_ended(mut self, file: &[u8], scan_header: Range<usize>) -> Result<Layout, Reason> {
        let components = file.get(scan_header.start + 2).copied();
        if self.scans != 1 || self.sequential.is_none() || self.sequential != components {
            return Err(Reason::Truncated);
        }
        // Half a marker is none.
        let end = file.len() - file.iter().rev().take_while(|byte| **byte == 0xff).count();
        self.metadata.push(scan_header.end..end.max(scan_header.end));
        Ok(Layout { end, lacks_end: true, is_animated: false, metadata: self.metadata })
    }
}

/// The next marker after a scan, if there is one. Within it each 0xff is followed by a zero or by a restart's number.
fn end_of_scan(file: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += file.get(at..)?.iter().position(|byte| *byte == 0xff)?;
        match file.get(at + 1)? {
            0x00 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            _ => return Some(at),
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
            return Ok(Layout { end: at, is_animated, metadata, ..Layout::default() });
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
    Ok(Layout { end, is_animated, metadata, ..Layout::default() })
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
        let metadata = std::iter::once(4..10).collect();
        assert_eq!(layout, Layout { end: file.len(), metadata, ..Layout::default() });
        for length in 3..file.len() {
            assert_eq!(walk(ContentType::Jpeg, &file[..length]), Err(Reason::Truncated), "{length}");
        }
    }

    #[test]
    fn a_sequential_jpeg_may_lack_its_end_within_its_only_scan() {
        let frame = [0xff, 0xc0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0];
        let scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 5, 6];
        let walk = |parts: &[&[u8]]| walk(ContentType::Jpeg, &[&[0xff, 0xd8], &parts.concat()[..]].concat());
        let open = walk(&[&frame, &scan, &[0xff]]).unwrap();
        assert_eq!((open.lacks_end, open.end), (true, 2 + frame.len() + scan.len()), "half a marker is no picture");
        assert!(!walk(&[&frame, &scan, &[0xff, 0xd9]]).unwrap().lacks_end);
        let progressive = [&[0xff, 0xc2], &frame[2..]].concat();
        assert_eq!(walk(&[&progressive, &scan]), Err(Reason::Truncated), "later scans may be missing");
        assert_eq!(walk(&[&frame, &scan, &scan]), Err(Reason::Truncated));
        assert_eq!(walk(&[&frame, &scan[..9]]), Err(Reason::Truncated), "the header of the scan is incomplete");
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
