//! JSON pointers (RFC 6901) with `*` for every element of an array.

use serde_json::Value;

/// The most values that one pointer finds.
pub const MAX_ELEMENTS: usize = 1_000;

/// A pointer finds too many values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than {MAX_ELEMENTS} elements")]
pub struct TooManyElements;

/// The values at a pointer. Elements of an array without the rest of the path are `null`, and a missing array has none.
pub fn resolve<'a>(data: &'a Value, pointer: &str) -> Result<Vec<&'a Value>, TooManyElements> {
    let mut values = vec![data];
    let mut parts = pointer.split("/*").peekable();
    while let Some(part) = parts.next() {
        let is_in_array = values.len() > 1 || !std::ptr::eq(values.first().copied().unwrap_or(data), data);
        values = values
            .into_iter()
            .filter_map(|value| value.pointer(part).or_else(|| is_in_array.then_some(&Value::Null)))
            .collect();
        if parts.peek().is_some() {
            values = values.into_iter().filter_map(Value::as_array).flatten().collect();
        }
        if values.len() > MAX_ELEMENTS {
            return Err(TooManyElements);
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(data: &Value, pointer: &str) -> Vec<Value> {
        resolve(data, pointer).unwrap().into_iter().cloned().collect()
    }

    #[test]
    fn a_star_stands_for_every_element() {
        let data =
            json!({ "a": 1, "lines": [{ "n": 2 }, { "n": 3 }, {}], "deep": [{ "x": [{ "y": 4 }, { "y": 5 }] }] });
        assert_eq!(found(&data, "/a"), [json!(1)]);
        assert_eq!(found(&data, "/b"), Vec::<Value>::new());
        assert_eq!(found(&data, "/lines/*/n"), [json!(2), json!(3), Value::Null]);
        assert_eq!(found(&data, "/deep/*/x/*/y"), [json!(4), json!(5)]);
        assert_eq!(found(&data, "/nothing/*/n"), Vec::<Value>::new());
        assert_eq!(found(&data, "/a/*/n"), Vec::<Value>::new());
    }

    #[test]
    fn the_number_of_values_is_bounded() {
        let data = json!({ "lines": vec![json!({ "n": 1 }); MAX_ELEMENTS] });
        assert_eq!(resolve(&data, "/lines/*/n").unwrap().len(), MAX_ELEMENTS);
        let data = json!({ "lines": vec![json!({ "n": 1 }); MAX_ELEMENTS + 1] });
        assert_eq!(resolve(&data, "/lines/*/n"), Err(TooManyElements));
    }
}
