//! Examples of requests and responses, composed of the examples of their properties.

use serde_json::{Map, Value, json};

use super::{resolve, schemas};

const JSON: &str = "application/json";

/// Adds an example to every request and to every successful response, and one to all problems.
pub fn add(api: &mut Value) {
    let known = schemas(api).clone();
    for item in api["paths"].as_object_mut().unwrap().values_mut() {
        for operation in item.as_object_mut().unwrap().values_mut() {
            let Some(operation) = operation.as_object_mut() else { continue };
            let body = operation.get_mut("requestBody").map(|body| &mut body["content"]);
            if let Some(content) = body {
                complete(content, &known);
            }
            for response in operation["responses"].as_object_mut().unwrap().values_mut() {
                if response.get("content").is_some() {
                    complete(&mut response["content"], &known);
                }
            }
        }
    }
    api["components"]["schemas"]["Problem"]["example"] = of(&known["Problem"], &known);
}

fn complete(content: &mut Value, schemas: &Map<String, Value>) {
    let Some(content) = content.get_mut(JSON).and_then(Value::as_object_mut) else { return };
    if !content.contains_key("example") && !content.contains_key("examples") {
        let example = of(&content["schema"], schemas);
        content.insert("example".to_owned(), example);
    }
}

/// Texts of properties that have neither an example nor a format.
const BY_NAME: [(&str, &str); 8] = [
    ("body", "Whiskers was fed at the fountain."),
    ("description", "Behind the library, next to the fountain."),
    ("name", "Ann"),
    ("plan", "free"),
    ("platform", "ios"),
    ("timeZone", "Europe/Berlin"),
    ("title", "Feeding time"),
    ("url", "https://example.com/"),
];

fn of_property(name: &str, schema: &Value, schemas: &Map<String, Value>) -> Value {
    let example = of(schema, schemas);
    let known = BY_NAME.iter().find(|(known, _)| *known == name && example == text(&Value::Null));
    known.map_or(example, |(_, text)| (*text).into())
}

/// An example of a schema: its own, or one made of the examples of its parts.
pub fn of(schema: &Value, schemas: &Map<String, Value>) -> Value {
    let schema = resolve(schema, schemas);
    let own = schema.get("example").or_else(|| schema["examples"].as_array().and_then(|examples| examples.first()));
    if let Some(example) = own.or_else(|| schema.get("default")).or_else(|| schema["enum"].as_array()?.first()) {
        return example.clone();
    }
    if let Some(forms) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        let form = forms.iter().find(|form| form["type"] != "null");
        return form.map_or(Value::Null, |form| of(form, schemas));
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let parts = parts.iter().filter_map(|part| of(part, schemas).as_object().cloned());
        return Value::Object(parts.flatten().collect());
    }
    of_type(schema, schemas)
}

fn of_type(schema: &Value, schemas: &Map<String, Value>) -> Value {
    let names = schema["type"].as_array().cloned().unwrap_or_else(|| vec![schema["type"].clone()]);
    let name = names.iter().find_map(|name| name.as_str().filter(|name| *name != "null"));
    match name {
        Some("object") => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            Value::Object(
                properties.map(|(name, property)| (name.clone(), of_property(name, property, schemas))).collect(),
            )
        }
        Some("array") => {
            let least = usize::try_from(schema["minItems"].as_u64().unwrap_or(1).max(1)).unwrap();
            vec![of(&schema["items"], schemas); least].into()
        }
        Some("boolean") => false.into(),
        Some("integer") => schema["minimum"].as_i64().unwrap_or(1).max(1).into(),
        Some("number") => schema["minimum"].as_f64().unwrap_or(1.5).into(),
        Some(_) => text(schema).into(),
        None => json!({}),
    }
}

fn text(schema: &Value) -> String {
    let text = match schema["format"].as_str() {
        Some("uuid") => "019a0c6e-5b10-7aa1-8c1d-6e5f4a3b2c1d",
        Some("date-time") => "2026-11-29T10:00:00.000Z",
        Some("date") => "2026-11-29",
        Some("email") => "ann@example.com",
        Some("uri") => "https://example.com/",
        Some("password") => "correct horse battery staple",
        _ => "text",
    };
    let least = usize::try_from(schema["minLength"].as_u64().unwrap_or(0)).unwrap();
    let most = usize::try_from(schema["maxLength"].as_u64().unwrap_or(1_000)).unwrap();
    text.chars().cycle().take(text.len().clamp(least, most.max(least))).collect()
}
