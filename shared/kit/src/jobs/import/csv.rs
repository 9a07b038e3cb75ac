//! Comma-separated values (RFC 4180), from a slice of a file.

/// A record, and how many bytes it takes with its end of line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) fields: Vec<Vec<u8>>,
    pub(super) bytes: usize,
    /// False if a quoted field is followed by something else than a comma or the end of the line.
    pub(super) is_well_formed: bool,
}

/// The first record of the bytes. `None` if it may go on after them; at the end of the file, everything that is left is one.
pub(super) fn first_record(bytes: &[u8], is_end: bool) -> Option<Record> {
    let mut record = Record { fields: Vec::new(), bytes: 0, is_well_formed: true };
    let (mut field, mut quoted, mut closed) = (Vec::new(), false, false);
    while let Some(byte) = bytes.get(record.bytes) {
        record.bytes += 1;
        match byte {
            b'"' if quoted && bytes.get(record.bytes) == Some(&b'"') => {
                field.push(b'"');
                record.bytes += 1;
            }
            // Whether it is doubled shows in the next slice.
            b'"' if quoted && bytes.len() == record.bytes && !is_end => return None,
            b'"' if quoted => (quoted, closed) = (false, true),
            byte if quoted => field.push(*byte),
            b'"' if field.is_empty() && !closed => quoted = true,
            b',' => {
                record.fields.push(std::mem::take(&mut field));
                closed = false;
            }
            b'\n' => {
                record.fields.push(if closed { field } else { without_return(field) });
                return Some(record);
            }
            b'\r' if closed => {}
            byte => {
                record.is_well_formed &= !closed;
                field.push(*byte);
            }
        }
    }
    if !is_end || bytes.is_empty() {
        return None;
    }
    record.is_well_formed &= !quoted;
    record.fields.push(if closed { field } else { without_return(field) });
    Some(record)
}

fn without_return(mut field: Vec<u8>) -> Vec<u8> {
    if field.last() == Some(&b'\r') {
        field.pop();
    }
    field
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(record: &Record) -> Vec<String> {
        record.fields.iter().map(|field| String::from_utf8(field.clone()).unwrap()).collect()
    }

    fn write(fields: &[String], end: &str) -> String {
        let quoted: Vec<_> = fields.iter().map(|field| format!("\"{}\"", field.replace('"', "\"\""))).collect();
        quoted.join(",") + end
    }

    #[test]
    fn fields_are_plain_or_quoted() {
        let read = |text: &str| first_record(text.as_bytes(), true).unwrap();
        assert_eq!(texts(&read("a,,\"b, \"\"c\"\"\r\nd\"\r\nnext")), ["a", "", "b, \"c\"\r\nd"]);
        assert_eq!(texts(&read("a,b")), ["a", "b"]);
        assert_eq!(texts(&read("a\"b,c\n")), ["a\"b", "c"]);
        assert!(!read("\"a\"b,c\n").is_well_formed && !read("\"a,c\n").is_well_formed);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_and_no_slice_ends_a_record_early(
            fields in prop::collection::vec("[a-z,\"\r\n é]{0,8}", 1..5), is_crlf in any::<bool>(), rest in "[a-z,\n]{0,5}",
        ) {
            let text = write(&fields, if is_crlf { "\r\n" } else { "\n" });
            let all = format!("{text}{rest}");
            let record = first_record(all.as_bytes(), true).unwrap();
            prop_assert_eq!((texts(&record), record.bytes, record.is_well_formed), (fields, text.len(), true));
            for cut in 0..text.len() {
                prop_assert_eq!(first_record(&text.as_bytes()[..cut], false), None, "{}", cut);
            }
        }

        #[test]
        fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..60), is_end in any::<bool>()) {
            let record = first_record(&bytes, is_end);
            prop_assert!(record.is_none_or(|record| (1..=bytes.len()).contains(&record.bytes)));
        }
    }
}
