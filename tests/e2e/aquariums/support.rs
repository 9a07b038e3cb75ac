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

/// Invites somebody to an aquarium, and returns the code.
pub async fn invite(cloud: &Cloud, path: &str, owner: &User, role: &str) -> String {
    let body = json!({ "role": role });
    let reply = call(cloud, "POST", &format!("{path}/invitations"), owner, Some(&body)).await.expect(201);
    reply["code"].as_str().unwrap().to_owned()
}

/// Accepts an invitation.
pub async fn accept(cloud: &Cloud, user: &User, code: &str) -> Reply {
    call(cloud, "POST", "/v1/aquarium/invitations/accept", user, Some(&json!({ "code": code }))).await
}

/// A new user with whom an aquarium is shared.
pub async fn member(cloud: &Cloud, path: &str, owner: &User, role: &str) -> User {
    let user = cloud.sign_up().await;
    assert_eq!(accept(cloud, &user, &invite(cloud, path, owner, role).await).await.status, 200);
    user
}

/// Adds a filter that is serviced every 30 days, and returns its path.
pub async fn filter(cloud: &Cloud, path: &str, user: &User) -> String {
    let body = json!({ "name": "Filter", "kind": "filter", "installedOn": "2026-01-01", "serviceIntervalDays": 30 });
    let key = Uuid::now_v7().to_string();
    let added = post(cloud, &format!("{path}/equipment"), user, &key, &body).await.expect(201);
    format!("{path}/equipment/{}", added["id"].as_str().unwrap())
}

/// Adds four fish, and returns their path.
pub async fn fish(cloud: &Cloud, path: &str, user: &User) -> String {
    let body = json!({ "species": "Amphiprion ocellaris", "count": 4 });
    let key = Uuid::now_v7().to_string();
    let added = post(cloud, &format!("{path}/livestock"), user, &key, &body).await.expect(201);
    format!("{path}/livestock/{}", added["id"].as_str().unwrap())
}

/// Records 10.0 mg/L of nitrate, and returns the path of the reading.
pub async fn reading(cloud: &Cloud, path: &str, user: &User) -> String {
    let nitrate = json!({ "parameter": "nitrate", "value": "10.0", "unit": "mg_l_as_no3" });
    let body = json!({ "measuredAt": "2026-03-14T09:00:00Z", "readings": [nitrate] });
    let (readings, key) = (format!("{path}/readings/manual"), Uuid::now_v7().to_string());
    let recorded = post(cloud, &readings, user, &key, &body).await.expect(201);
    format!("{readings}/{}", recorded["items"][0]["id"].as_str().unwrap())
}

/// Checks that a reading operation on an aquarium is refused to strangers, and without a token.
pub async fn is_private(cloud: &Cloud, path: &str) {
    let stranger = cloud.sign_up().await;
    call(cloud, "GET", path, &stranger, None).await.expect_problem(404, "aquariums.no_such_aquarium");
    cloud.get(path).send().await.expect_problem(401, "auth.token_missing");
}
