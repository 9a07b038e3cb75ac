//! What the documents say beyond what the handlers' annotations can: names for what is inlined, tags of unions, headers, and
//! examples.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

pub mod example;
mod headers;
mod unions;

pub use unions::untagged;

/// Where components are.
const SCHEMAS: &str = "#/components/schemas/";

/// Completes a document.
pub fn complete(api: &mut Value) {
    name_lists(api);
    refer(api);
    unions::name_forms(api);
    close_requests(api);
    require_in_responses(api);
    throttling(api);
    drop_unused_schemes(api);
    headers::add(api);
    drop_unused_headers(api);
    example::add(api);
    describe_files(api);
    api["info"]["license"] = json!({ "name": "Apache License 2.0", "identifier": "Apache-2.0" });
}

pub fn schemas(api: &Value) -> &Map<String, Value> {
    api["components"]["schemas"].as_object().unwrap()
}

fn schemas_mut(api: &mut Value) -> &mut Map<String, Value> {
    api["components"]["schemas"].as_object_mut().unwrap()
}

pub fn reference(name: &str) -> Value {
    json!({ "$ref": format!("{SCHEMAS}{name}") })
}

/// The component that a reference names.
pub fn referred(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix(SCHEMAS)
}

/// The schema itself, or the component that it refers to.
pub fn resolve<'a>(schema: &'a Value, schemas: &'a Map<String, Value>) -> &'a Value {
    referred(schema).and_then(|name| schemas.get(name)).unwrap_or(schema)
}

/// `List_PointView` is `PointViewList` in clients.
fn name_lists(api: &mut Value) {
    let text = api.to_string();
    let names: Vec<_> =
        schemas(api).keys().filter_map(|name| Some((name.clone(), name.strip_prefix("List_")?.to_owned()))).collect();
    let renamed = names.iter().fold(text, |text, (old, item)| {
        text.replace(&format!("{SCHEMAS}{old}\""), &format!("{SCHEMAS}{item}List\""))
            .replace(&format!("\"{old}\":"), &format!("\"{item}List\":"))
    });
    *api = serde_json::from_str(&renamed).unwrap();
}

/// Replaces inlined copies of components by references, so that clients get one type for them.
fn refer(api: &mut Value) {
    let with_properties = schemas(api).iter().filter(|(_, schema)| is_structure(schema));
    let names: BTreeMap<String, String> =
        with_properties.map(|(name, schema)| (essence(schema), name.clone())).collect();
    for (name, schema) in schemas_mut(api) {
        refer_inside(schema, &names, Some(name));
    }
    refer_inside(&mut api["paths"], &names, None);
}

/// Whether a schema is an object with properties, also one that is composed of others.
fn is_structure(schema: &Value) -> bool {
    schema["properties"].is_object() || schema["allOf"].is_array()
}

/// A schema without its description, which differs by place.
fn essence(schema: &Value) -> String {
    let mut schema = schema.clone();
    schema.as_object_mut().map(|schema| schema.remove("description"));
    schema.to_string()
}

fn refer_inside(value: &mut Value, names: &BTreeMap<String, String>, own: Option<&str>) {
    if is_structure(value)
        && let Some(name) = names.get(&essence(value))
        && own != Some(name)
    {
        *value = reference(name);
        return;
    }
    match value {
        Value::Object(parts) => parts.values_mut().for_each(|part| refer_inside(part, names, own)),
        Value::Array(parts) => parts.iter_mut().for_each(|part| refer_inside(part, names, own)),
        _ => {}
    }
}

/// The gateway throttles every operation, and answers by itself; some operations have limits of their own beside it.
fn throttling(api: &mut Value) {
    schemas_mut(api).insert(
        "GatewayMessage".to_owned(),
        json!({
            "type": "object",
            "description": "An answer of the gateway, which did not call the operation.",
            "properties": { "message": { "type": "string", "example": "Too Many Requests" } },
            "required": ["message"],
        }),
    );
    for item in api["paths"].as_object_mut().unwrap().values_mut() {
        for operation in item.as_object_mut().unwrap().values_mut() {
            let limited = &mut operation["responses"]["429"];
            let own = limited["description"].as_str().map(|text| format!("{text}; ")).unwrap_or_default();
            let text = "`Too Many Requests` of the gateway: retry with exponential backoff";
            limited["description"] = format!("{own}{text}").into();
            limited["content"]["application/json"] = json!({ "schema": reference("GatewayMessage") });
            limited["content"]["application/problem+json"] = json!({ "schema": reference("Problem") });
        }
    }
}

/// A document names the ways to authenticate that one of its operations accepts.
fn drop_unused_schemes(api: &mut Value) {
    let paths = api["paths"].to_string();
    let schemes = api["components"]["securitySchemes"].as_object_mut().unwrap();
    schemes.retain(|name, _| paths.contains(&format!("{{\"{name}\":[")));
}

/// A document describes the headers that one of its responses has.
fn drop_unused_headers(api: &mut Value) {
    let paths = api["paths"].to_string();
    let headers = api["components"]["headers"].as_object_mut().unwrap();
    headers.retain(|name, _| paths.contains(&format!("\"#/components/headers/{name}\"")));
}

/// A response that is a file has bytes, which `utoipa` describes as a list of numbers.
fn describe_files(api: &mut Value) {
    for item in api["paths"].as_object_mut().unwrap().values_mut() {
        for operation in item.as_object_mut().unwrap().values_mut() {
            for response in operation["responses"].as_object_mut().unwrap().values_mut() {
                let contents = response.get_mut("content").and_then(Value::as_object_mut);
                for (_, content) in contents.into_iter().flatten().filter(|(kind, _)| is_file(kind)) {
                    content["schema"] = json!({ "type": "string", "format": "binary" });
                }
            }
        }
    }
}

/// Whether a content type is neither JSON nor text.
pub fn is_file(content_type: &str) -> bool {
    !content_type.starts_with("text/") && !content_type.ends_with("json")
}

/// Requests are refused if they have a property that is not described, also inside of unions and of shared types.
fn close_requests(api: &mut Value) {
    let reached = reached_from(api, "requestBody");
    let open = schemas_mut(api).iter_mut().filter(|(name, _)| reached.contains(*name)).map(|(_, schema)| schema);
    for schema in open.filter(|schema| schema["properties"].is_object() && schema.get("additionalProperties").is_none())
    {
        schema["additionalProperties"] = false.into();
    }
}

/// A response has every property that is described: what is unknown is null. Problems, what requests share, and maps, whose
/// described properties are examples of keys, are exempt.
fn require_in_responses(api: &mut Value) {
    let (in_requests, in_responses) = (reached_from(api, "requestBody"), reached_from(api, "responses"));
    let is_response = |name: &str| {
        in_responses.contains(name) && !in_requests.contains(name) && !["Problem", "FieldError"].contains(&name)
    };
    for (_, schema) in schemas_mut(api).iter_mut().filter(|(name, _)| is_response(name)) {
        require_all(schema);
    }
}

fn require_all(schema: &mut Value) {
    let is_map = schema["additionalProperties"].is_object();
    if let Some(properties) = schema["properties"].as_object().filter(|_| !is_map) {
        schema["required"] = properties.keys().cloned().collect::<Vec<_>>().into();
    }
    if let Some(parts) = schema.get_mut("allOf").and_then(Value::as_array_mut) {
        parts.iter_mut().for_each(require_all);
    }
}

/// The components that a part of the operations uses, directly or through others.
fn reached_from(api: &Value, part: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    for item in api["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            reach(&operation[part], schemas(api), &mut reached);
        }
    }
    reached
}

fn reach(value: &Value, schemas: &Map<String, Value>, reached: &mut BTreeSet<String>) {
    if let Some(name) = referred(value)
        && reached.insert(name.to_owned())
    {
        reach(&schemas[name], schemas, reached);
    }
    match value {
        Value::Object(parts) => parts.values().for_each(|part| reach(part, schemas, reached)),
        Value::Array(parts) => parts.iter().for_each(|part| reach(part, schemas, reached)),
        _ => {}
    }
}
