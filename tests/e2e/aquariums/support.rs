//! What several tests of aquariums need.

use serde_json::{Value, json};
use tests::{Cloud, Reply, User};
use types::Uuid;

/// The path of all aquariums.
pub const AQUARIUMS: &str = "/v1/aquarium/aquariums";

/// A call without conditions.
pub async fn call(cloud: &Cloud, method: &str, path: &str, user: &User, body: Option<&Value>) -> Reply {
    let call = cloud.call(method, path).bearer(&user.access_token);
    match body {
        Some(body) => call.json(body).send().await,
        None => call.send().await,
    }
}

/// A call with `If-Match`.
pub async fn call_if(cloud: &Cloud, method: &str, path: &str, user: &User, tag: &str, body: Option<&Value>) -> Reply {
    let call = cloud.call(method, path).bearer(&user.access_token).header("if-match", tag);
    match body {
        Some(body) => call.json(body).send().await,
        None => call.send().await,
    }
}

/// A `POST` with an `Idempotency-Key`.
pub async fn post(cloud: &Cloud, path: &str, user: &User, key: &str, body: &Value) -> Reply {
    cloud.post(path).bearer(&user.access_token).header("idempotency-key", key).json(body).send().await
}

/// The body of a request to create an aquarium.
pub fn reef() -> Value {
    json!({ "name": "Reef", "kind": "marine", "netVolumeMl": 180_000, "timeZone": "Europe/Berlin" })
}

/// Creates an aquarium and returns its path.
pub async fn aquarium(cloud: &Cloud, owner: &User) -> String {
    let key = Uuid::now_v7().to_string();
    let created = post(cloud, AQUARIUMS, owner, &key, &reef()).await.expect(201);
    format!("{AQUARIUMS}/{}", created["id"].as_str().unwrap())
}

/// The ID at the end of a path.
pub fn id_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// The fields that a problem names.
pub fn wrong_fields(reply: &Reply) -> Vec<String> {
    reply.expect_problem(422, "request.invalid");
    let errors = reply.body["errors"].as_array().unwrap();
    errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
}

/// The path of an aquarium that does not exist.
pub fn nowhere() -> String {
    format!("{AQUARIUMS}/{}", Uuid::now_v7())
}
