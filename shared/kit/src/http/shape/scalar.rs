//! What a schema says of one value, apart from the values inside of it.

use regex_lite::Regex;
use serde_json::Value;

use types::time::NotATime;

use super::super::Rule;

/// A broken rule.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) rule: Rule,
    pub(super) message: String,
}

type Checked = Result<(), Broken>;

fn broken(rule: Rule, message: impl Into<String>) -> Checked {
    Err(Broken { rule, message: message.into() })
}

/// Checks type, set, length, range and format of a value. A schema that says nothing accepts everything.
pub(super) fn check(schema: &Value, value: &mut Value) -> Checked {
    check_type(schema, value)?;
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        let names: Vec<_> = allowed.iter().filter_map(Value::as_str).collect();
        return broken(Rule::Enum, one_of(&names));
    }
    match value {
        Value::String(text) => {
            length(schema, ["minLength", "maxLength"], text.chars().count(), "characters")?;
            format(schema, text)?;
            pattern(schema, text)
        }
        Value::Array(items) => {
            length(schema, ["minItems", "maxItems"], items.len(), "items")?;
            let is_repeated = |(index, item): (usize, &Value)| items[..index].contains(item);
            if schema["uniqueItems"] == true && items.iter().enumerate().any(is_repeated) {
                return broken(Rule::Duplicate, "must not contain an item twice");
            }
            Ok(())
        }
        Value::Object(properties) => length(schema, ["minProperties", "maxProperties"], properties.len(), "properties"),
        Value::Number(_) => range(schema, value),
        Value::Null | Value::Bool(_) => Ok(()),
    }
}

fn check_type(schema: &Value, value: &mut Value) -> Checked {
    let types: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => return Ok(()),
    };
    if types.contains(&"integer") {
        make_whole(value);
    }
    if types.iter().any(|name| is_of(name, value)) {
        return Ok(());
    }
    if value.is_null() {
        return broken(Rule::Type, "must not be null; omit it or send a value");
    }
    let named: Vec<_> = types.iter().map(|name| with_article(name)).collect();
    broken(Rule::Type, format!("must be {}", named.join(" or ")))
}

/// JSON Schema calls 97.0 an integer.
fn make_whole(value: &mut Value) {
    let number = value.as_f64().filter(|number| value.is_f64() && number.fract() == 0.0);
    if let Some(whole) = number.and_then(|number| format!("{number:.0}").parse::<i64>().ok()) {
        *value = whole.into();
    }
}

fn is_of(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        _ => value.is_null(),
    }
}

fn with_article(name: &str) -> &str {
    match name {
        "object" => "an object",
        "array" => "an array",
        "string" => "a string",
        "integer" => "an integer",
        "number" => "a number",
        "boolean" => "true or false",
        _ => "null",
    }
}

/// The message for a value outside of a set.
pub(super) fn one_of(names: &[&str]) -> String {
    match names {
        [only] => format!("must be {only}"),
        _ => format!("must be one of {}", names.join(", ")),
    }
}

fn length(schema: &Value, [min, max]: [&str; 2], length: usize, unit: &str) -> Checked {
    let bound = |name: &str| schema[name].as_u64().and_then(|bound| usize::try_from(bound).ok());
    let (min, max) = (bound(min), bound(max));
    if min.is_none_or(|min| length >= min) && max.is_none_or(|max| length <= max) {
        return Ok(());
    }
    broken(
        Rule::Length,
        match (min.unwrap_or(0), max) {
            (min, Some(max)) if min == max => format!("must have exactly {max} {unit}"),
            (0, Some(max)) => format!("must be at most {max} {unit}"),
            (min, Some(max)) => format!("must be {min} to {max} {unit}"),
            (1, None) => "must not be empty".to_owned(),
            (min, None) => format!("must be at least {min} {unit}"),
        },
    )
}

fn range(schema: &Value, value: &Value) -> Checked {
    let (Some(number), is_integer) = (value.as_f64(), value.is_i64() || value.is_u64()) else { return Ok(()) };
    let widest = |bound: f64| is_integer.then_some(bound);
    let (least, most) = match schema["format"].as_str() {
        Some("int32") => (widest(f64::from(i32::MIN)), widest(f64::from(i32::MAX))),
        _ => (None, None),
    };
    let (min, max) = (schema["minimum"].as_f64().or(least), schema["maximum"].as_f64().or(most));
    if min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max) {
        return if schema["format"] == "int64" && value.as_i64().is_none() {
            broken(Rule::Range, "must be less than 2^63")
        } else {
            Ok(())
        };
    }
    broken(
        Rule::Range,
        match (min, max) {
            (Some(min), Some(max)) => format!("must be a number from {min} to {max}"),
            (Some(min), None) => format!("must be at least {min}"),
            (None, Some(max)) => format!("must be at most {max}"),
            (None, None) => "is out of range".to_owned(),
        },
    )
}

/// Checks a format. What the types would accept in another form is another rule: they cannot refuse it.
fn format(schema: &Value, text: &str) -> Checked {
    let rule = |is_lenient: bool| if is_lenient { Rule::Invalid } else { Rule::Format };
    match schema["format"].as_str() {
        Some("uuid") if !is_canonical_uuid(text) => {
            let message = "must be a UUID in lower case with hyphens, as the API returned it";
            broken(rule(types::Uuid::try_parse(text).is_ok()), message)
        }
        Some("date-time") => match types::time::parse(text) {
            Ok(_) => Ok(()),
            Err(late @ NotATime::TooLate) => broken(Rule::Range, late.rule()),
            Err(form @ NotATime::Form) => broken(rule(text.parse::<jiff::Timestamp>().is_ok()), form.rule()),
        },
        Some("email") => match types::EmailAddress::parse(text) {
            Ok(_) => Ok(()),
            Err(error) => broken(Rule::Format, error.to_string()),
        },
        _ => Ok(()),
    }
}

/// Checks a pattern. Types name their rule in words, so this message is seen only beside errors of form.
fn pattern(schema: &Value, text: &str) -> Checked {
    let Some(pattern) = schema["pattern"].as_str() else { return Ok(()) };
    match Regex::new(pattern) {
        Ok(wanted) if !wanted.is_match(text) => broken(Rule::Format, format!("must match the pattern {pattern}")),
        // A contract test reads every pattern of the documents.
        Ok(_) | Err(_) => Ok(()),
    }
}

/// The one form in which the API writes ids.
pub(in super::super) fn is_canonical_uuid(text: &str) -> bool {
    types::Uuid::try_parse(text).is_ok_and(|id| id.to_string() == text)
}
