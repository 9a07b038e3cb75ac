//! Cursors belong to the list that returned them. The lists come from the OpenAPI documents, so a new one is tested from its
//! first day.

use serde_json::Value;
use tests::{Cloud, Reply, User};
use types::Uuid;

/// The paths of all lists with pages, with the examples of their required parameters.
fn lists() -> Vec<String> {
    let mut found = Vec::new();
    for api in tests::documents() {
        for (path, item) in api["paths"].as_object().unwrap() {
            let parameters = item["get"]["parameters"].as_array().into_iter().flatten();
            let query: Vec<_> = parameters.filter(|parameter| parameter["in"] == "query").collect();
            if !query.iter().any(|parameter| parameter["name"] == "cursor") {
                continue;
            }
            let required = query.iter().filter(|parameter| parameter["required"] == true);
            let required =
                required.map(|parameter| format!("{}={}&", parameter["name"].as_str().unwrap(), example(parameter)));
            let mut path = path.replace("{code}", "EUR").replace("{slug}", "shoes");
            for id in ["{id}", "{variantId}", "{locationId}", "{equipmentId}", "{livestockId}"] {
                path = path.replace(id, &Uuid::now_v7().to_string());
            }
            found.push(format!("{path}?{}", required.collect::<String>()));
        }
    }
    found
}

fn example(parameter: &Value) -> String {
    let example = [&parameter["example"], &parameter["schema"]["example"]].into_iter().find(|value| !value.is_null());
    // What refers to a type of its own is an ID, unless an example says otherwise.
    if example.is_none() && parameter["schema"]["$ref"].is_string() {
        return Uuid::now_v7().to_string();
    }
    let example = example.unwrap_or_else(|| panic!("no example: {parameter}"));
    example.as_str().map_or_else(|| example.to_string(), str::to_owned)
}

async fn get(cloud: &Cloud, caller: &User, path: &str) -> Reply {
    cloud.get(path).bearer(&caller.access_token).send().await
}

#[track_caller]
fn assert_refused(reply: &Reply, path: &str) {
    assert_eq!(
        (reply.status, reply.body["errors"][0]["field"].as_str()),
        (422, Some("cursor")),
        "{path}: {}",
        reply.body
    );
}

#[tokio::test]
async fn the_cursor_of_one_list_is_refused_by_every_other() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    for _ in 0..2 {
        cloud.sign_up().await;
    }
    let page = get(&cloud, &admin, "/v1/users?limit=1&status=active").await.expect(200);
    let cursor = page["nextCursor"].as_str().unwrap();
    let mut others = 0;
    for path in lists() {
        // Also the same list without its filter.
        let path = format!("{path}cursor={cursor}");
        assert_refused(&get(&cloud, &admin, &path).await, &path);
        others += 1;
    }
    assert!(others > 10, "only {others} lists");
    let suspended = format!("/v1/users?status=suspended&cursor={cursor}");
    assert_refused(&get(&cloud, &admin, &suspended).await, &suspended);
    let own = format!("/v1/users?status=active&cursor={cursor}");
    assert_eq!(get(&cloud, &admin, &own).await.status, 200, "the list that returned it goes on");
}
