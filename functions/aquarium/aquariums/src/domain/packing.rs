//! Packed integers: the samples of an hour take two or three bytes each instead of a map of attributes.
//!
//! Integers are LEB128 varints, signed ones in zigzag encoding: small numbers of either sign take one byte.

use std::fmt;

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Seven bits of a varint are its value.
const VALUE_BITS: u32 = 7;
/// Set in every byte of a varint but the last.
const CONTINUES: u8 = 0x80;

/// Bytes that are stored as a binary attribute.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Packed(Vec<u8>);

/// The stored bytes are not what this code writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("packed values cannot be read")]
pub struct Corrupt;

impl Packed {
    /// Number of bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Appends bytes as they are.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Appends a number.
    pub(super) fn unsigned(&mut self, mut value: u64) {
        loop {
            let [low, ..] = value.to_le_bytes();
            value >>= VALUE_BITS;
            if value == 0 {
                self.0.push(low & !CONTINUES);
                return;
            }
            self.0.push(low | CONTINUES);
        }
    }

    /// Appends a number with a sign.
    pub(super) fn signed(&mut self, value: i64) {
        self.unsigned((value.wrapping_shl(1) ^ (value >> 63)).cast_unsigned());
    }

    /// A reader from the first byte.
    pub(super) fn reader(&self) -> Reader<'_> {
        Reader(&self.0)
    }
}

/// Reads what was appended, in the same order.
pub(super) struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    /// True after the last byte.
    pub(super) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    /// The next bytes as they are.
    pub(super) fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Corrupt> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(Corrupt)?;
        self.0 = rest;
        Ok(*taken)
    }

    /// The next number.
    pub(super) fn unsigned(&mut self) -> Result<u64, Corrupt> {
        let mut value = 0;
        for shift in (0..u64::BITS).step_by(VALUE_BITS as usize) {
            let [byte] = self.bytes()?;
            let bits = u64::from(byte & !CONTINUES);
            let shifted = bits << shift;
            if shifted >> shift != bits {
                return Err(Corrupt);
            }
            value |= shifted;
            if byte & CONTINUES == 0 {
                return Ok(value);
            }
        }
        Err(Corrupt)
    }

    /// The next number with a sign.
    pub(super) fn signed(&mut self) -> Result<i64, Corrupt> {
        let zigzag = self.unsigned()?;
        Ok((zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed())
    }

    /// The next number, if it fits into a smaller type.
    pub(super) fn small<T: TryFrom<u64>>(&mut self) -> Result<T, Corrupt> {
        T::try_from(self.unsigned()?).map_err(|_| Corrupt)
    }
}

impl Serialize for Packed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Packed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_byte_buf(Bytes).map(Self)
    }
}

struct Bytes;

impl<'de> Visitor<'de> for Bytes {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }

    fn visit_byte_buf<E: serde::de::Error>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
        Ok(bytes)
    }

    /// JSON has no bytes: an array of numbers stands for them.
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<u8>, A::Error> {
        let mut bytes = Vec::new();
        while let Some(item) = items.next_element::<u64>()? {
            bytes.push(u8::try_from(item).map_err(A::Error::custom)?);
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_come_back_in_order(numbers: Vec<(u64, i64)>) {
            let mut packed = Packed::default();
            for (unsigned, signed) in &numbers {
                packed.unsigned(*unsigned);
                packed.signed(*signed);
            }
            let mut reader = packed.reader();
            for (unsigned, signed) in numbers {
                prop_assert_eq!((reader.unsigned(), reader.signed()), (Ok(unsigned), Ok(signed)));
            }
            prop_assert!(reader.is_at_end());
            prop_assert_eq!(reader.unsigned(), Err(Corrupt));
        }

        #[test]
        fn any_bytes_can_be_read_without_a_panic(bytes: Vec<u8>) {
            let packed = Packed(bytes);
            let mut reader = packed.reader();
            while reader.signed().is_ok() {}
        }
    }

    #[test]
    fn small_numbers_take_one_byte_and_overlong_ones_are_refused() {
        for value in -64..64 {
            let mut packed = Packed::default();
            packed.signed(value);
            assert_eq!(packed.len(), 1, "{value}");
        }
        assert_eq!(Packed(vec![0xff; 11]).reader().unsigned(), Err(Corrupt));
        // Ten bytes whose last one carries bits beyond 64.
        let mut bytes = vec![0xff; 9];
        bytes.push(0x02);
        assert_eq!(Packed(bytes).reader().unsigned(), Err(Corrupt));
    }
}
