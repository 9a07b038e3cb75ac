//! Several files as one sequence of bytes with a checksum.
//!
//! Layout, with little-endian numbers: magic, number of files (4 bytes), for each the length of its name (2), its name and its
//! length (8); then the contents; at the end the CRC-32 of everything before (4).

use std::collections::BTreeMap;
use std::ops::Range;

const MAGIC: &[u8; 8] = b"ATSRCH\x00\x01";
const CHECKSUM_BYTES: usize = 4;
/// Limits the files, to bound what a damaged header allocates.
const MAX_FILES: usize = 64;

/// Packs files.
pub(super) fn pack(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let total: usize = files.iter().map(|(name, content)| name.len() + content.len() + 10).sum();
    let mut bytes = Vec::with_capacity(total + 16);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&u32::try_from(files.len()).unwrap_or(u32::MAX).to_le_bytes());
    for (name, content) in files {
        bytes.extend_from_slice(&u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes());
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(&(content.len() as u64).to_le_bytes());
    }
    for content in files.values() {
        bytes.extend_from_slice(content);
    }
    let checksum = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes
}

/// Where each file is; nothing if the bytes are not those that were packed.
pub(super) fn unpack(bytes: &[u8]) -> Option<BTreeMap<String, Range<usize>>> {
    let (body, checksum) = bytes.split_at_checked(bytes.len().checked_sub(CHECKSUM_BYTES)?)?;
    if checksum != crc32fast::hash(body).to_le_bytes() {
        return None;
    }
    let mut rest = body.strip_prefix(MAGIC)?;
    let count = u32::from_le_bytes(take(&mut rest)?) as usize;
    if count > MAX_FILES {
        return None;
    }
    let mut lengths = Vec::with_capacity(count);
    for _ in 0..count {
        let (name, after) = rest.get(2..)?.split_at_checked(u16::from_le_bytes(take(&mut rest)?).into())?;
        rest = after;
        let length = usize::try_from(u64::from_le_bytes(take(&mut rest)?)).ok()?;
        lengths.push((std::str::from_utf8(name).ok()?.to_owned(), length));
    }
    let mut start = body.len() - rest.len();
    let mut files = BTreeMap::new();
    for (name, length) in lengths {
        let end = start.checked_add(length).filter(|end| *end <= body.len())?;
        files.insert(name, start..end);
        start = end;
    }
    (start == body.len() && files.len() == count).then_some(files)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (first, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn files() -> BTreeMap<String, Vec<u8>> {
        [("a".to_owned(), vec![1, 2, 3]), ("b.json".to_owned(), Vec::new()), ("ü".to_owned(), vec![9; 70])].into()
    }

    #[test]
    fn unpacked_files_are_those_that_were_packed() {
        let bytes = pack(&files());
        let found = unpack(&bytes).unwrap();
        let contents = found.into_iter().map(|(name, range)| (name, bytes[range].to_vec())).collect::<BTreeMap<_, _>>();
        assert_eq!(contents, files());
    }

    #[test]
    fn each_flipped_bit_and_each_missing_byte_is_noticed() {
        let bytes = pack(&files());
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << bit;
                assert_eq!(unpack(&damaged), None, "byte {at}, bit {bit}");
            }
            assert_eq!(unpack(&bytes[..at]), None, "{at} bytes");
        }
    }

    proptest! {
        #[test]
        fn headers_with_a_valid_checksum_do_not_panic(body in proptest::collection::vec(any::<u8>(), 0..80)) {
            let mut bytes = [MAGIC.as_slice(), &body].concat();
            let checksum = crc32fast::hash(&bytes);
            bytes.extend_from_slice(&checksum.to_le_bytes());
            if let Some(files) = unpack(&bytes) {
                prop_assert!(files.values().all(|range| bytes.get(range.clone()).is_some()));
            }
        }
    }
}
