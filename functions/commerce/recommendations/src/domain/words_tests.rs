//! Tests of files of words: what is written is read again, and nothing else is.

use proptest::prelude::*;

use super::collected::Collected;
use super::model::{MAX_BYTES, Model};
use super::words::{Malformed, WordReader, WordWriter};

proptest! {
    #[test]
    fn what_is_written_is_read_again(words in prop::collection::vec(any::<u32>(), 0..20), wide in prop::collection::vec(any::<u128>(), 0..9)) {
        let mut writer = WordWriter::new(3);
        writer.array(&words);
        writer.wide_array(wide.iter().copied());
        let bytes = writer.finish();
        let mut reader = WordReader::new(&bytes, 3).unwrap();
        prop_assert_eq!(reader.array().unwrap(), words);
        prop_assert_eq!(reader.wide_array().unwrap(), wide);
        prop_assert_eq!(reader.end(), Ok(()));
        prop_assert_eq!(reader.word(), Err(Malformed));
        prop_assert!(WordReader::new(&bytes, 4).is_err(), "another version");
    }

    #[test]
    fn a_changed_bit_is_noticed(place in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let mut bytes = Model::build(&super::model_tests::collected(), MAX_BYTES).to_bytes();
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        prop_assert!(Model::from_bytes(&bytes).is_err());
    }

    #[test]
    fn any_bytes_and_any_words_are_a_file_or_an_error(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        words in prop::collection::vec(prop_oneof![0..5_u32, any::<u32>()], 0..80),
    ) {
        prop_assert!(Model::from_bytes(&bytes).is_err());
        // With a right checksum the content itself is read.
        let mut writer = WordWriter::new(1);
        for word in &words {
            writer.word(*word);
        }
        let file = writer.finish();
        drop((Model::from_bytes(&file), Collected::from_bytes(&file)));
    }

    #[test]
    fn a_word_of_a_model_may_be_anything(place in any::<prop::sample::Index>(), word in prop_oneof![0..9_u32, any::<u32>()]) {
        let right = Model::build(&super::model_tests::collected(), MAX_BYTES).to_bytes();
        let mut words: Vec<u32> = right.chunks_exact(4).skip(4).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect();
        let place = place.index(words.len());
        words[place] = word;
        let mut writer = WordWriter::new(1);
        for word in &words {
            writer.word(*word);
        }
        // A model that is accepted must answer: no number in it leads anywhere else.
        if let Ok(model) = Model::from_bytes(&writer.finish()) {
            super::model_tests::ask_everything(&model);
        }
    }
}

#[test]
fn a_shortened_file_is_noticed() {
    let bytes = Model::build(&super::model_tests::collected(), MAX_BYTES).to_bytes();
    assert!(Model::from_bytes(&bytes).is_ok());
    for length in 0..bytes.len() {
        assert!(Model::from_bytes(&bytes[..length]).is_err(), "{length} bytes");
    }
}
