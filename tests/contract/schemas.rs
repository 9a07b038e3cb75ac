//! Schemas of the documents: names, references, unions, examples, headers.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::described::{is_file, reference, schemas, untagged};
use crate::openapi::{described, operations};

/// Schemas that mean the same in every context.
const COMMON: [&str; 2] = ["Money", "Problem"];

#[test]
fn names_of_schemas_say_what_they_belong_to() {
    let has_words = |name: &str| name.chars().filter(char::is_ascii_uppercase).count() >= 2;
    for (document, api) in described() {
        for name in schemas(&api).keys() {
            let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric());
            assert!(
                COMMON.contains(&name.as_str()) || is_plain && has_words(name),
                "{name} of {}: give it a name with its subject, #[schema(as = …)]",
                document.name
            );
        }
    }
}

/// The generator keeps one of two types with the same name, so types of all crates are looked up in the sources.
#[test]
fn no_two_types_share_the_name_of_a_schema() {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (file, text) in product_sources() {
        for name in schema_names(&text) {
            found.entry(name).or_default().push(file.clone());
        }
    }
    assert!(found.len() > 100, "the types are not found: {found:?}");
    found.retain(|_, files| files.len() > 1);
    assert!(found.is_empty(), "name these with #[schema(as = …)]: {found:?}");
    let planted = "#[derive(Debug, ToSchema)]\n#[serde(a)]\npub struct Kind {\n#[derive(ToSchema)]\n#[schema(as = Other)]\nenum Kind {";
    assert_eq!(schema_names(planted), ["Kind", "Other"]);
}

/// Sources of `shared` and `functions` apart from tests.
fn product_sources() -> Vec<(String, String)> {
    let mut directories = vec![tests::root().join("shared"), tests::root().join("functions")];
    let mut sources = Vec::new();
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let name = path.to_str().unwrap().to_owned();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !name.ends_with("tests.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                sources.push((name, text.split("#[cfg(test)]").next().unwrap().to_owned()));
            }
        }
    }
    sources
}

/// The names of the schemas that a source derives: `as`, or the type's own.
fn schema_names(text: &str) -> Vec<String> {
    let after_derive =
        text.split("#[derive(").skip(1).filter(|part| part.split(")]").next().unwrap().contains("ToSchema"));
    let name = |part: &str| {
        let (attributes, declared) = part.split_at(part.find("struct ").into_iter().chain(part.find("enum ")).min()?);
        let alias = attributes.split("as = ").nth(1).and_then(|text| text.split([',', ')']).next());
        let own = declared.split_once(' ')?.1.split(|c: char| !c.is_alphanumeric()).next()?;
        // The types that a macro declares have their names where it is used.
        Some(alias.unwrap_or(own).trim().to_owned()).filter(|name| !name.is_empty())
    };
    after_derive.filter_map(name).collect()
}

#[test]
fn lists_refer_to_their_items_and_unions_have_a_discriminator() {
    for (document, api) in described() {
        for (name, schema) in schemas(&api) {
            let items = &schema["properties"]["items"]["items"];
            let is_inline = schema["properties"]["nextCursor"].is_object() && items["$ref"].is_null();
            assert!(!is_inline, "{name} of {} repeats its item", document.name);
            assert!(!untagged(schema, schemas(&api)), "the forms of {name} need a property that tells them apart");
        }
    }
}

/// A property that is sometimes left out makes three cases of two for clients: responses say null instead.
#[test]
fn views_leave_no_property_out() {
    let leaves_out =
        |(file, text): &(String, String)| file.contains("/src/api/") && text.contains("skip_serializing_if");
    let found: Vec<_> = product_sources().into_iter().filter(leaves_out).map(|(file, _)| file).collect();
    assert!(found.is_empty(), "write null instead of leaving a property out: {found:?}");
}

/// Times in responses have three fraction digits, which a field of a view has to ask for.
#[test]
fn views_write_times_with_three_digits() {
    let mut wrong = Vec::new();
    for (file, text) in product_sources().into_iter().filter(|(file, _)| file.contains("/src/api/")) {
        let types =
            text.split("#[derive(").skip(1).filter(|part| part.split(")]").next().unwrap().contains("Serialize"));
        for (before, field) in types.flat_map(|part| {
            let lines: Vec<_> = part.split("\n}").next().unwrap().lines().map(str::to_owned).collect();
            lines.windows(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect::<Vec<_>>()
        }) {
            let is_time = field.ends_with(": Timestamp,") || field.ends_with(": Option<Timestamp>,");
            if is_time && !before.contains("millis") {
                wrong.push(format!("{file}: {}", field.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "add #[serde(serialize_with = \"types::time::millis\")] to {wrong:?}");
}

#[test]
fn every_reference_leads_to_a_component() {
    for (document, api) in described() {
        let text = api.to_string();
        for reference in text.split("\"$ref\":\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            let found = api.pointer(reference.trim_start_matches('#'));
            assert!(found.is_some(), "{reference} of {} leads nowhere", document.name);
        }
    }
}

/// Linters warn of what nothing refers to, and client generators make types that nothing uses.
#[test]
fn every_component_is_referred_to() {
    let mut unused = Vec::new();
    for (document, api) in described() {
        let text = api.to_string();
        for kind in ["headers", "schemas"] {
            for name in api["components"][kind].as_object().unwrap().keys() {
                if !text.contains(&format!("\"#/components/{kind}/{name}\"")) {
                    unused.push(format!("{kind}/{name} of {}", document.name));
                }
            }
        }
    }
    assert!(unused.is_empty(), "nothing refers to {unused:?}");
}

/// Client generators make an array of numbers of a file that is described as one.
#[test]
fn files_are_binary_and_no_lists_of_numbers() {
    let mut files = 0;
    for (_, api) in described() {
        for (path, method, operation) in operations(&api) {
            for (status, response) in operation["responses"].as_object().unwrap() {
                let contents = response["content"].as_object().into_iter().flatten();
                for (kind, content) in contents.filter(|(kind, _)| is_file(kind)) {
                    files += 1;
                    let schema = &content["schema"];
                    assert_eq!(schema["format"], json!("binary"), "{method} {path} {status} {kind}: {schema}");
                }
            }
        }
    }
    assert!(files > 0, "no response is a file");
}

/// The client generator for Python has one variable for an object and one for each of its properties, by their names.
#[test]
fn no_property_is_named_like_its_schema() {
    let is_own = |name: &str, property: &str| name.to_lowercase() == property.to_lowercase();
    for (document, api) in described() {
        for (name, schema) in schemas(&api) {
            let own =
                schema["properties"].as_object().into_iter().flatten().find(|(property, _)| is_own(name, property));
            assert!(own.is_none(), "{name} of {} has a property of this name: rename the schema", document.name);
        }
    }
}

/// Every body in a document with its schema: the operation, the schema, the example.
fn bodies(api: &Value) -> Vec<(String, Value, Value)> {
    let mut found = Vec::new();
    for (path, method, operation) in operations(api) {
        let responses = operation["responses"].as_object().unwrap().iter();
        let places = responses
            .map(|(status, response)| (status.as_str(), response))
            .chain([("request", &operation["requestBody"])]);
        for (place, body) in places {
            if let Some(content) = body["content"].get("application/json") {
                let name = format!("{method} {path} {place}");
                found.push((name, content["schema"].clone(), content["example"].clone()));
            }
        }
    }
    found
}

#[test]
fn every_body_has_an_example_that_fits_its_schema() {
    let mut wrong = Vec::new();
    for (_, api) in described() {
        let problem = reference("Problem");
        let example = schemas(&api)["Problem"]["example"].clone();
        for (name, schema, example) in bodies(&api).into_iter().chain([("any problem".to_owned(), problem, example)]) {
            let whole = json!({ "components": { "schemas": schemas(&api) }, "allOf": [schema] });
            let validator = jsonschema::options().should_validate_formats(true).build(&whole).unwrap();
            wrong.extend(
                validator.iter_errors(&example).map(|error| format!("{name}: {} {error}", error.instance_path())),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_created_has_a_location_and_what_is_versioned_an_etag() {
    for (_, api) in described() {
        for (path, method, operation) in operations(&api) {
            let (name, responses) = (format!("{method} {path}"), &operation["responses"]);
            let has = |status: &str, header: &str| responses[status]["headers"].get(header).is_some();
            assert!(responses.get("201").is_none() || has("201", "Location"), "{name} creates without Location");
            assert!(responses.get("401").is_none() || has("401", "WWW-Authenticate"), "{name}");
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let takes_if_match = parameters.into_iter().any(|parameter| parameter["name"] == "If-Match");
            let changes = takes_if_match && responses.get("200").is_some();
            assert!(!changes || has("200", "ETag"), "{name} takes If-Match and returns no ETag");
        }
    }
}
