//! Trailers that phones append to their pictures.

/// The last four bytes of a trailer of Samsung.
const SAMSUNG_END: &[u8] = b"SEFT";
/// The start of its directory: this, a version, the number of entries, and the entries.
const SAMSUNG_DIRECTORY: &[u8] = b"SEFH";
/// The first record of most of them: two zeros, a type, the length of a name, and the name.
const SAMSUNG_FIRST_RECORD: &[u8] = b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data";
/// The bytes of an entry: two of padding, two for the type, the distance of its record from the directory, its length.
const ENTRY_BYTES: usize = 12;
/// The bytes of the directory before its entries.
const HEADER_BYTES: usize = 12;

/// Returns where a trailer of Samsung starts, if the file ends with one. Its directory says how far before it each record
/// lies; where the directory cannot be read, the first record is searched.
pub fn start_of_samsung(file: &[u8]) -> Option<usize> {
    let end = file.strip_suffix(SAMSUNG_END)?;
    by_directory(end).or_else(|| end.windows(SAMSUNG_FIRST_RECORD.len()).position(|part| part == SAMSUNG_FIRST_RECORD))
}

fn by_directory(file: &[u8]) -> Option<usize> {
    let (rest, length) = file.split_last_chunk()?;
    let start = rest.len().checked_sub(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    let directory = rest.get(start..)?.strip_prefix(SAMSUNG_DIRECTORY)?;
    let count = usize::try_from(number(directory, 4)?).ok()?;
    let entries = directory.get(HEADER_BYTES - SAMSUNG_DIRECTORY.len()..)?.chunks_exact(ENTRY_BYTES);
    let distances = entries.take(count).map(|entry| number(entry, 4)).collect::<Option<Vec<_>>>()?;
    start.checked_sub(usize::try_from(distances.into_iter().max()?).ok()?)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A trailer with a record of each of these lengths.
    fn trailer(records: &[u32]) -> Vec<u8> {
        let total: u32 = records.iter().sum();
        let mut entries = Vec::new();
        let mut distance = total;
        for length in records {
            entries.extend([&[0, 0, 1, 10][..], &distance.to_le_bytes(), &length.to_le_bytes()].concat());
            distance -= length;
        }
        let count = u32::try_from(records.len()).unwrap();
        let directory = [b"SEFH", &107_u32.to_le_bytes()[..], &count.to_le_bytes(), &entries].concat();
        let length = u32::try_from(directory.len()).unwrap().to_le_bytes();
        [vec![7; usize::try_from(total).unwrap()], directory, length.to_vec(), b"SEFT".to_vec()].concat()
    }

    #[test]
    fn a_trailer_starts_with_its_farthest_record() {
        let file = [vec![1; 500], trailer(&[40, 3_000, 12])].concat();
        assert_eq!(start_of_samsung(&file), Some(500));
        assert_eq!(start_of_samsung(&file[..file.len() - 1]), None);
        let unreadable = [&[1; 500], SAMSUNG_FIRST_RECORD, b"1538067608123", b"SEFH\x6b\0\0\0\x01\0\0\0SEFT"].concat();
        assert_eq!(start_of_samsung(&unreadable), Some(500), "the first record is found without the directory");
    }

    proptest! {
        #[test]
        fn whatever_a_directory_says_a_start_is_within_the_file(
            bytes in prop::collection::vec(any::<u8>(), 0..80), length in 0..100_u32,
        ) {
            let file = [&bytes[..], b"SEFH", &bytes, &length.to_le_bytes(), b"SEFT"].concat();
            prop_assert!(start_of_samsung(&file).is_none_or(|start| start < file.len()));
        }
    }
}
