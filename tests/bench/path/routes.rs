//! What is asked of the deployment, and what has to be there for it: everything is made through the API.

use reqwest::Client;
use serde_json::{Value, json};
use tests::{Cloud, PASSWORD, User, eventually, lonely_place};
use types::Uuid;

use super::load::Maker;

/// The route of the function that does nothing.
pub const FLOOR: &str = "floor";
/// Points around the searcher, and events in the list that is read: a page.
const LISTED: usize = 20;

/// A route under load.
pub struct Route {
    /// Method and path, as the API names it; [`FLOOR`] for the floor.
    pub name: &'static str,
    /// The function's binary.
    pub function: &'static str,
    /// What each connection sends.
    pub makers: Vec<Maker>,
}

/// The route of the function that does nothing.
pub fn floor(cloud: &Cloud, connections: usize) -> Route {
    let makers = each(connections, || get(cloud, "/v1/hello", None));
    Route { name: FLOOR, function: "bench-hello", makers }
}

/// The product's routes; each connection is somebody else.
pub async fn all(cloud: &Cloud, connections: usize) -> Vec<Route> {
    let mut people = Vec::new();
    for _ in 0..connections {
        people.push(cloud.sign_up().await);
    }
    let reader = &people[0];
    let kind = kind(cloud).await;
    let (place, (lat, lng)) = places(cloud, reader).await;
    for _ in 0..LISTED {
        report(cloud, reader, &place, &kind).await;
    }
    let nearby = format!("/v1/community/points?near={lat},{lng}&radiusM=2000");
    let told = format!("/v1/community/points/{place}/events");
    let mut reporting = Vec::new();
    for user in &people {
        let place = point(cloud, user).await;
        report(cloud, user, &place, &kind).await;
        reporting.push(reports(cloud, user, &place, &kind));
    }
    let each_of = |path: &str| people.iter().map(|user| get(cloud, path, Some(user))).collect();
    vec![
        Route {
            name: "GET /v1/health",
            function: "platform-get-health",
            makers: each(connections, || get(cloud, "/v1/health", None)),
        },
        Route { name: "GET /v1/users/me", function: "identity-get-me", makers: each_of("/v1/users/me") },
        Route { name: "GET /v1/community/points", function: "points-list-points", makers: each_of(&nearby) },
        Route {
            name: "GET /v1/community/points/{id}/events",
            function: "events-list-point-events",
            makers: each_of(&told),
        },
        Route { name: "POST /v1/community/events", function: "events-create-event", makers: reporting },
        // Last: a login ends the session of the one before.
        Route {
            name: "POST /v1/auth/login",
            function: "identity-login",
            makers: people.iter().map(|user| logins(cloud, user)).collect(),
        },
    ]
}

fn each(connections: usize, maker: impl Fn() -> Maker) -> Vec<Maker> {
    (0..connections).map(|_| maker()).collect()
}

fn get(cloud: &Cloud, path: &str, user: Option<&User>) -> Maker {
    let (url, token) = (cloud.url(path), user.map(|user| user.access_token.clone()));
    Box::new(move |client: &Client| match &token {
        Some(token) => client.get(&url).bearer_auth(token),
        None => client.get(&url),
    })
}

fn logins(cloud: &Cloud, user: &User) -> Maker {
    let device = json!({ "name": "phone", "platform": "ios" });
    let body = json!({ "email": user.email, "password": PASSWORD, "device": device });
    let url = cloud.url("/v1/auth/login");
    Box::new(move |client: &Client| client.post(&url).json(&body))
}

fn reports(cloud: &Cloud, user: &User, place: &str, kind: &str) -> Maker {
    let (url, token, body) = (cloud.url("/v1/community/events"), user.access_token.clone(), care(place, kind));
    Box::new(move |client: &Client| {
        let key = Uuid::now_v7().to_string();
        client.post(&url).bearer_auth(&token).header("idempotency-key", key).json(&body)
    })
}

fn care(place: &str, kind: &str) -> Value {
    json!({ "pointId": place, "eventTypeId": kind, "note": "Two cats, both look well." })
}

/// Reports a care event, once the point that it is about is known where events are kept.
async fn report(cloud: &Cloud, user: &User, place: &str, kind: &str) {
    let body = care(place, kind);
    let key = Uuid::now_v7().to_string();
    eventually("the event", async || {
        let call =
            cloud.post("/v1/community/events").bearer(&user.access_token).header("idempotency-key", &key).json(&body);
        let reply = call.send().await;
        (reply.status != 404).then(|| assert_eq!(reply.status, 201, "{}", reply.body))
    })
    .await;
}

/// A kind of event that may be reported again at once, and that earns nothing.
async fn kind(cloud: &Cloud) -> String {
    let admin = cloud.admin().await;
    let body = json!({ "code": "bench", "name": "Feeding", "icon": "bowl", "cooldownMinutes": 0 });
    let call = cloud.post("/v1/community/events/types").bearer(&admin.access_token).header("idempotency-key", "bench");
    let made = call.json(&body).send().await.expect(201);
    made["id"].as_str().expect("an id").to_owned()
}

async fn point(cloud: &Cloud, user: &User) -> String {
    cloud.point(user, "Pier").await.to_string()
}

/// Points close to each other: one of them, and where they are.
async fn places(cloud: &Cloud, user: &User) -> (String, (f64, f64)) {
    let (lat, lng) = lonely_place();
    let mut first = None;
    for north in (0_u8..).take(LISTED) {
        let made = cloud.point_at(user, "Pier", "water", (lat + f64::from(north) * 0.000_5, lng)).await;
        first.get_or_insert(made["point"]["id"].as_str().expect("an id").to_owned());
    }
    (first.expect("a point"), (lat, lng))
}
