//! JSON texts of clients: UTF-8, one value, and no property twice in one object.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::location::Location;
use super::{FieldError, Problem, Rule};

/// Parses a body. Repeated properties are reported beside the value, so that they are listed with the other errors.
pub(super) fn parse(bytes: &[u8]) -> Result<(Value, Vec<FieldError>), Problem> {
    // A gateway replaces invalid bytes by U+FFFD before the function sees them.
    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.contains(char::REPLACEMENT_CHARACTER));
    let text =
        text.ok_or_else(|| Problem::unreadable("The body is not valid UTF-8. Encode the JSON text as UTF-8."))?;
    let repeated = RefCell::default();
    let reader = &mut serde_json::Deserializer::from_str(text);
    let value = Node { location: Location::default(), repeated: &repeated }.deserialize(&mut *reader);
    let value = value.and_then(|value| reader.end().map(|()| value)).map_err(|error| malformed(&error))?;
    Ok((value, repeated.into_inner()))
}

fn malformed(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    Problem::unreadable(if error.is_eof() {
        "The body ends before its JSON value is complete. Send the whole JSON text.".to_owned()
    } else {
        format!("The body is not one valid JSON value (line {line}, column {column}). Correct the JSON text.")
    })
}

/// Reads one value at a location.
struct Node<'a> {
    location: Location,
    repeated: &'a RefCell<Vec<FieldError>>,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        let node = |index| Node { location: self.location.item(index), repeated: self.repeated };
        while let Some(item) = items.next_element_seed(node(array.len()))? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            let location = self.location.property(&name);
            let value = entries.next_value_seed(Node { location: location.clone(), repeated: self.repeated })?;
            if object.insert(name, value).is_some() {
                let message = "occurs more than once in the object; send it once";
                self.repeated.borrow_mut().push(FieldError::at(&location, Rule::Duplicate, message));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_texts_are_refused_in_plain_words() {
        for bad in ["", "{", "{\"a\":}", "{} x", "nul", "\u{feff}{}", "{\"a\":\"\u{fffd}\"}", "[1,]", "NaN"] {
            let problem = serde_json::to_value(parse(bad.as_bytes()).unwrap_err()).unwrap();
            assert_eq!(problem["code"], "request.unreadable", "{bad:?}");
            let detail = problem["detail"].as_str().unwrap();
            assert!(!detail.contains("expected") && !detail.contains("EOF"), "{detail}");
        }
        assert!(parse(b"{\"a\":\"\xff\xfe\"}").is_err());
        assert!(parse("[".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn each_repeated_property_is_named_at_any_depth() {
        let (value, repeated) = parse(br#"{"a":1,"b":[{"c":1,"c":2}],"a":{"d":0,"d":1}}"#).unwrap();
        assert_eq!(value["b"][0]["c"], 2);
        let pointers: Vec<_> = repeated.iter().filter_map(|error| error.pointer.as_deref()).collect();
        assert_eq!(pointers, ["/b/0/c", "/a/d", "/a"]);
    }
}
