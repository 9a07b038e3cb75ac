//! The operations of the OpenAPI documents.

use serde_json::Value;

/// Where the documents are: one per pack, the core's is `core.json`.
pub const DIRECTORY: &str = "docs/openapi";

/// One operation of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// The document that describes it.
    pub document: String,
    /// `POST /v1/orders`.
    pub key: String,
    /// Its `operationId`.
    pub id: String,
    /// True if it asks for a token.
    pub guarded: bool,
}

impl Operation {
    /// `POST`.
    pub fn method(&self) -> &str {
        self.key.split(' ').next().unwrap_or_default()
    }

    /// The pack whose document describes it; the core's is the platform's.
    pub fn pack(&self) -> &str {
        let name = self.document.rsplit('/').next().and_then(|name| name.strip_suffix(".json")).unwrap_or_default();
        if name == "core" { super::PLATFORM } else { name }
    }

    /// `/v1/orders`.
    pub fn path(&self) -> &str {
        self.key.split(' ').nth(1).unwrap_or_default()
    }
}

/// The operations of a document.
pub fn operations(document: &str, text: &str) -> Result<Vec<Operation>, serde_json::Error> {
    let description: Value = serde_json::from_str(text)?;
    let everywhere = asks(&description["security"]);
    let mut found = Vec::new();
    for (path, item) in description["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if ["get", "put", "post", "delete", "patch", "head", "options"].contains(&method.as_str()) {
                found.push(Operation {
                    document: document.to_owned(),
                    key: format!("{} {path}", method.to_uppercase()),
                    id: operation["operationId"].as_str().unwrap_or_default().to_owned(),
                    guarded: if operation["security"].is_null() { everywhere } else { asks(&operation["security"]) },
                });
            }
        }
    }
    Ok(found)
}

/// True if a list of alternatives asks for something: an empty list, and an empty alternative, ask for nothing.
fn asks(security: &Value) -> bool {
    let alternatives = security.as_array().map(Vec::as_slice).unwrap_or_default();
    !alternatives.is_empty()
        && alternatives.iter().all(|one| one.as_object().is_some_and(|schemes| !schemes.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_know_whether_they_are_guarded() {
        let text = r#"{ "paths": { "/v1/a": { "parameters": [], "get": { "operationId": "get_a", "security": [{ "bearer": [] }] } },
                        "/v1/b": { "post": { "operationId": "make_b", "security": [{}] } } } }"#;
        let operation = |key: &str, id: &str, guarded| Operation {
            document: "core.json".into(),
            key: key.into(),
            id: id.into(),
            guarded,
        };
        assert_eq!(
            operations("core.json", text).unwrap(),
            [operation("GET /v1/a", "get_a", true), operation("POST /v1/b", "make_b", false)]
        );
    }
}
