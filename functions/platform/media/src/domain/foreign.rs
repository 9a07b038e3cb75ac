//! Files that are of another kind at the same time.
//!
//! Nothing of an upload is ever passed on as it came: what is published is encoded anew from pixels. A file that is an
//! archive or a page as well therefore harms nobody here. It is refused because no program makes one by accident.
//!
//! The line: phones and cameras append things to their pictures, and those must pass. After the end of a picture there may
//! be another JPEG (depth and gain maps, CIPA's MPF), a film (motion photos), a maker's own records (Samsung's `SEFT`),
//! padding, and whatever else is not known. What may not be there is the start of what a machine would run, unpack or open
//! as a page; the directory that archives end with may be nowhere in a file.

use std::ops::Range;

use super::container::Layout;

/// PDF readers look for this in the first kilobyte.
const PDF: &[u8] = b"%PDF-";
const PDF_REACH_BYTES: usize = 1024;

/// What starts an archive, a program, or a picture of another kind.
const STARTS: [&[u8]; 15] = [
    PDF,
    b"PK\x03\x04",
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b\x08",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"asm\x01\0\0\0",
    b"#!/",
    b"GIF87a",
    b"GIF89a",
    b"II*\0",
    b"MM\0*",
    b"<?xml",
];

/// What makes a page or a script of a text, in lower case.
const MARKUP: [&[u8]; 5] = [b"<script", b"<html", b"<!doctype html", b"<?php", b"<iframe"];

/// True if a file that is no picture of ours starts like something else that is known.
pub fn starts_like_another_kind(file: &[u8]) -> bool {
    let is_iso_media = file.get(4..8) == Some(b"ftyp");
    is_iso_media
        || file.starts_with(b"BM")
        || starts(file)
        || is_program(file)
        || has_markup(&file[..file.len().min(512)])
}

/// True if a picture is a file of another kind too.
pub fn is_another_kind_too(file: &[u8], layout: &Layout) -> bool {
    let beside = |range: &Range<usize>| file.get(range.clone()).unwrap_or_default();
    let trailer = file.get(layout.end..).unwrap_or_default();
    let padding = trailer.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == 0).count();
    let start = &trailer[padding..];
    contains(&file[..file.len().min(PDF_REACH_BYTES)], PDF)
        || starts(start)
        || is_program(start)
        || has_markup(trailer)
        || layout.metadata.iter().map(beside).any(|text| has_markup(text) || contains(text, PDF))
        || ends_like_a_zip(file)
}

fn starts(bytes: &[u8]) -> bool {
    STARTS.iter().any(|start| bytes.starts_with(start))
}

/// Windows: two letters, which alone would be chance, and where they say so the real header.
fn is_program(bytes: &[u8]) -> bool {
    let header = bytes.get(0x3c..0x40).and_then(|field| field.first_chunk()).map(|field| u32::from_le_bytes(*field));
    let at = header.and_then(|at| usize::try_from(at).ok());
    bytes.starts_with(b"MZ") && at.and_then(|at| bytes.get(at..)).is_some_and(|rest| rest.starts_with(b"PE\0\0"))
}

fn has_markup(text: &[u8]) -> bool {
    let starts_here = |rest: &[u8]| {
        let same = |word: &&[u8]| rest.get(..word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word));
        MARKUP.iter().any(same)
    };
    (0..text.len()).filter(|at| text[*at] == b'<').any(|at| starts_here(&text[at..]))
}

/// The record at the end of a ZIP's directory (APPNOTE 4.3.16), wherever it stands: readers look for it from the end on and
/// take any beginning, which is what makes a JAR of a picture. Its fields are compared too, since four bytes come up by
/// chance.
fn ends_like_a_zip(file: &[u8]) -> bool {
    const RECORD_BYTES: usize = 22;
    file.windows(RECORD_BYTES).enumerate().any(|(at, record)| {
        let field = |from: usize| u16::from_le_bytes([record[from], record[from + 1]]);
        let size = u32::from_le_bytes([record[12], record[13], record[14], record[15]]);
        record.starts_with(b"PK\x05\x06")
            && record[4..8] == [0; 4]
            && field(8) == field(10)
            && usize::try_from(size).is_ok_and(|size| size <= at)
    })
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|part| part == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURE: &[u8] = &[0xff, 0xd8, 0xff, 0xd9];

    fn with_trailer(trailer: &[u8]) -> bool {
        let layout = Layout { end: PICTURE.len(), ..Layout::default() };
        is_another_kind_too(&[PICTURE, trailer].concat(), &layout)
    }

    fn with_comment(comment: &[u8]) -> bool {
        let file = [&[0; 4], comment, &[0; 4]].concat();
        let metadata = std::iter::once(4..4 + comment.len()).collect();
        let layout = Layout { end: file.len(), metadata, ..Layout::default() };
        is_another_kind_too(&file, &layout)
    }

    /// An empty archive.
    fn zip_end() -> Vec<u8> {
        [b"PK\x05\x06", &[0; 18][..]].concat()
    }

    #[test]
    fn what_phones_append_passes() {
        let film = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom";
        for trailer in
            [&b""[..], &[0; 600], b"\xff\xd8\xff\xe1 a gain map", film, b"SEFH\x6b\0\0\0\x01\0\0\0SEFT", b"MZ"]
        {
            assert!(!with_trailer(trailer), "{trailer:?}");
        }
        let xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF/></x:xmpmeta>";
        assert!(!with_comment(xmp));
        assert!(!with_comment(b"Holiday < work, 100 % PDF-free"));
    }

    #[test]
    fn archives_programs_and_pages_do_not() {
        for start in STARTS {
            assert!(with_trailer(start), "{start:?}");
            assert!(with_trailer(&[&[0; 16], start].concat()), "{start:?} after padding");
        }
        for word in MARKUP {
            assert!(with_trailer(&[b"x", word].concat()));
            assert!(with_comment(&word.to_ascii_uppercase()));
        }
        assert!(with_comment(b"%PDF-1.7"));
        assert!(with_comment(&zip_end()), "an archive in a comment");
        assert!(with_trailer(&[b"anything", &zip_end()[..], b"a comment of the archive"].concat()));
        let mut program = [b"MZ", &[0; 62][..], b"PE\0\0"].concat();
        program[0x3c] = 64;
        assert!(with_trailer(&program));
    }

    #[test]
    fn other_kinds_are_known_by_their_start() {
        for start in [&b"GIF89a"[..], b"%PDF-1.4", b"BM", b"\0\0\0\x1cftypheic", b"PK\x03\x04", b"<!DOCTYPE HTML>"] {
            assert!(starts_like_another_kind(start), "{start:?}");
        }
        assert!(!starts_like_another_kind(b"hello"));
        assert!(!starts_like_another_kind(b""));
    }
}
