//! A file of 32-bit words in little-endian order, with a checksum. Reading never panics: whatever the bytes are, the result is the words
//! that were written, or an error.
//!
//! The file has a header of four words (a magic number, the version of the format, the number of words that follow, their CRC-32), then
//! the words. An array is its length and its words.

/// The first word: `ATRC`.
const MAGIC: u32 = u32::from_le_bytes(*b"ATRC");
/// Words before the content.
const HEADER_WORDS: usize = 4;
/// Bytes of a word.
const WORD_BYTES: usize = 4;

/// The bytes are not a file of words in the expected format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the file is malformed")]
pub struct Malformed;

/// Writes a file.
#[derive(Debug)]
pub struct WordWriter {
    version: u32,
    bytes: Vec<u8>,
}

impl WordWriter {
    /// A file in this version of its format.
    pub fn new(version: u32) -> Self {
        Self { version, bytes: vec![0; HEADER_WORDS * WORD_BYTES] }
    }

    /// Appends a word.
    pub fn word(&mut self, word: u32) {
        self.bytes.extend_from_slice(&word.to_le_bytes());
    }

    /// Appends an array.
    pub fn array(&mut self, words: &[u32]) {
        self.word(u32::try_from(words.len()).unwrap_or(u32::MAX));
        for word in words {
            self.word(*word);
        }
    }

    /// Appends an array of 128-bit numbers, the high words first.
    pub fn wide_array(&mut self, numbers: impl ExactSizeIterator<Item = u128>) {
        self.word(u32::try_from(numbers.len()).unwrap_or(u32::MAX));
        for number in numbers {
            self.wide(number);
        }
    }

    /// Appends a 128-bit number.
    pub fn wide(&mut self, number: u128) {
        for bytes in number.to_be_bytes().chunks_exact(WORD_BYTES) {
            self.word(bytes.try_into().map_or(0, u32::from_be_bytes));
        }
    }

    /// Returns the bytes of the file.
    pub fn finish(mut self) -> Vec<u8> {
        let (header, content) = self.bytes.split_at_mut(HEADER_WORDS * WORD_BYTES);
        let words = u32::try_from(content.len() / WORD_BYTES).unwrap_or(u32::MAX);
        let fields = [MAGIC, self.version, words, crc32fast::hash(content)];
        for (field, place) in fields.into_iter().zip(header.chunks_exact_mut(WORD_BYTES)) {
            place.copy_from_slice(&field.to_le_bytes());
        }
        self.bytes
    }
}

/// Reads a file.
#[derive(Debug)]
pub struct WordReader<'a> {
    left: &'a [u8],
}

impl<'a> WordReader<'a> {
    /// Checks the header and the checksum of a file in this version of its format.
    pub fn new(bytes: &'a [u8], version: u32) -> Result<Self, Malformed> {
        let mut header = Self { left: bytes };
        let (magic, written, words) = (header.word()?, header.word()?, header.word()? as usize);
        let checksum = header.word()?;
        let content = header.left;
        let is_complete = words.checked_mul(WORD_BYTES) == Some(content.len());
        let is_valid = magic == MAGIC && written == version && is_complete && crc32fast::hash(content) == checksum;
        is_valid.then_some(Self { left: content }).ok_or(Malformed)
    }

    /// The next word.
    pub fn word(&mut self) -> Result<u32, Malformed> {
        let (word, left) = self.left.split_first_chunk::<WORD_BYTES>().ok_or(Malformed)?;
        self.left = left;
        Ok(u32::from_le_bytes(*word))
    }

    /// The next array.
    pub fn array(&mut self) -> Result<Vec<u32>, Malformed> {
        let bytes = (self.word()? as usize).checked_mul(WORD_BYTES).ok_or(Malformed)?;
        let (array, left) = self.left.split_at_checked(bytes).ok_or(Malformed)?;
        self.left = left;
        Ok(array.chunks_exact(WORD_BYTES).map(|word| word.try_into().map_or(0, u32::from_le_bytes)).collect())
    }

    /// The next array of 128-bit numbers.
    pub fn wide_array(&mut self) -> Result<Vec<u128>, Malformed> {
        let count = self.word()? as usize;
        // A wrong length must not reserve memory.
        if count > self.left.len() / (4 * WORD_BYTES) {
            return Err(Malformed);
        }
        (0..count).map(|_| self.wide()).collect()
    }

    /// The next 128-bit number.
    pub fn wide(&mut self) -> Result<u128, Malformed> {
        let mut number = 0;
        for _ in 0..4 {
            number = (number << 32) | u128::from(self.word()?);
        }
        Ok(number)
    }

    /// Succeeds at the end of the file.
    pub fn end(&self) -> Result<(), Malformed> {
        self.left.is_empty().then_some(()).ok_or(Malformed)
    }
}
