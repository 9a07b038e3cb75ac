//! What several tests of knowledge need.

use serde_json::{Value, json};
use tests::{Cloud, Reply, User, eventually, new_slug};

/// A source.
pub fn source() -> Value {
    json!({
        "title": "A page", "publisher": "A publisher", "url": "https://example.org/a", "licence": "CC BY 4.0",
        "accessed": "2026-11-29",
    })
}

/// A row of a species of which little is known.
pub fn row(id: &str, scientific_name: &str) -> Value {
    let fact = |value: &str| json!({ "value": value, "sources": ["a"] });
    json!({
        "id": id,
        "facts": { "kind": fact("fish"), "water": fact("fresh"), "scientificName": fact(scientific_name) },
        "names": { "en": [format!("Common {id}")] },
        "sources": { "a": source() },
    })
}

/// Requests an import. One of a user runs at a time, so each test has an admin of its own.
pub async fn request_import(cloud: &Cloud, admin: &User, key: &str) -> Reply {
    let call = cloud.post("/v1/aquarium/species/imports").bearer(&admin.access_token);
    call.header("idempotency-key", key).send().await
}

/// Imports rows; returns the import when it has ended.
pub async fn import(cloud: &Cloud, admin: &User, rows: &[Value]) -> Value {
    let new = request_import(cloud, admin, &new_slug()).await.expect(201);
    let file = rows.iter().map(|row| format!("{row}\n")).collect::<Vec<_>>().concat();
    assert_eq!(cloud.send_form(&new["upload"], &[], file.as_bytes()).await, 201);
    let path = format!("/v1/aquarium/species/imports/{}", new["id"].as_str().unwrap());
    eventually("the end of the import", async || {
        let job = cloud.call("GET", &path).bearer(&admin.access_token).send().await.expect(200);
        job["finishedAt"].is_string().then_some(job)
    })
    .await
}

/// Imports a new species and returns its ID.
pub async fn new_species(cloud: &Cloud, admin: &User) -> String {
    let id = new_slug();
    let done = import(cloud, admin, &[row(&id, &format!("Genus {id}"))]).await;
    assert_eq!(done["summary"]["created"], 1, "{done}");
    id
}
