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

/// The body of a guide in English.
pub fn guide(slug: &str, title: &str) -> Value {
    json!({
        "slug": slug, "language": "en", "title": title, "summary": "In short", "body": "# Title\n\nText.",
        "sources": [source()],
    })
}

/// Calls an operation on a guide or a suggestion.
pub async fn call(cloud: &Cloud, user: &User, (method, path): (&str, &str), body: Option<&Value>) -> Reply {
    let call = cloud.call(method, path).bearer(&user.access_token);
    match body {
        Some(body) => call.json(body).send().await,
        None => call.send().await,
    }
}

/// Requests a guide.
pub async fn create_guide(cloud: &Cloud, user: &User, key: &str, body: &Value) -> Reply {
    let call = cloud.post("/v1/aquarium/guides").bearer(&user.access_token);
    call.header("idempotency-key", key).json(body).send().await
}

/// Creates a guide; returns the path of its operations, and its slug.
pub async fn new_guide(cloud: &Cloud, author: &User) -> (String, String) {
    let slug = new_slug();
    let created = create_guide(cloud, author, &slug, &guide(&slug, &format!("Guide {slug}"))).await.expect(201);
    (format!("/v1/aquarium/guides/{}", created["id"].as_str().unwrap()), slug)
}

/// Creates a guide, has it reviewed, and publishes it.
pub async fn published_guide(cloud: &Cloud, author: &User, reviewer: &User) -> (String, String) {
    let (path, slug) = new_guide(cloud, author).await;
    let review = json!({ "version": 1, "verdict": "approve" });
    let done = call(cloud, reviewer, ("POST", &format!("{path}/review")), Some(&review)).await;
    assert_eq!(done.status, 200, "{}", done.body);
    let published = call(cloud, author, ("POST", &format!("{path}/publish")), Some(&json!({ "version": 1 }))).await;
    assert_eq!(published.status, 200, "{}", published.body);
    (path, slug)
}

/// Users who are not of the staff are refused.
pub async fn refuses_strangers(cloud: &Cloud, (method, path): (&str, &str), body: Option<&Value>) {
    let stranger = cloud.sign_up().await;
    call(cloud, &stranger, (method, path), body).await.expect_problem(403, "auth.forbidden");
    let nobody = match body {
        Some(body) => cloud.call(method, path).json(body).send().await,
        None => cloud.call(method, path).send().await,
    };
    nobody.expect_problem(401, "auth.token_missing");
}

/// Requests a suggestion.
pub async fn suggest(cloud: &Cloud, user: &User, species: &str, key: &str, value: &str) -> Reply {
    let body = json!({ "field": "minGroup", "value": value, "source": source(), "comment": "I read it there." });
    let call = cloud.post(&format!("/v1/aquarium/species/{species}/suggestions")).bearer(&user.access_token);
    call.header("idempotency-key", key).json(&body).send().await
}

/// A user with a verified address.
pub async fn verified(cloud: &Cloud) -> User {
    let user = cloud.sign_up().await;
    cloud.pass_as_verified(&user).await;
    user
}

/// The path of the decision on a suggestion.
pub fn decision(species: &str, suggestion: &Value) -> String {
    format!("/v1/aquarium/species/{species}/suggestions/{}/decision", suggestion["id"].as_str().unwrap())
}
