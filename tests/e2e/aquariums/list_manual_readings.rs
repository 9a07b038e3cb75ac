//! `GET /v1/aquarium/aquariums/{id}/readings/manual`

use serde_json::json;
use tests::{Cloud, eventually};

use super::support::{aquarium, call, is_private, member, post};

#[tokio::test]
async fn members_see_the_readings_of_a_parameter_latest_first() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let path = aquarium(&cloud, &owner).await;
    let viewer = member(&cloud, &path, &owner, "viewer").await;
    let readings = format!("{path}/readings/manual");
    let reading = |value: &str, at: &str| json!({ "parameter": "ph", "value": value, "unit": "ph", "measuredAt": at });
    let body = json!({ "readings": [
        reading("8.1", "2026-03-14T09:00:00Z"), reading("8.2", "2026-03-15T09:00:00Z"), reading("8.3", "2026-03-16T09:00:00Z"),
    ] });
    assert_eq!(post(&cloud, &readings, &owner, "a", &body).await.status, 201);
    let values = async |query: &str| {
        let listed = call(&cloud, "GET", &format!("{readings}?{query}"), &viewer, None).await.expect(200);
        let items = listed["items"].as_array().unwrap().iter();
        items.map(|item| item["value"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    eventually("the readings", async || (values("parameter=ph").await == ["8.3", "8.2", "8.1"]).then_some(())).await;
    let span = "parameter=ph&from=2026-03-14T09:00:00Z&to=2026-03-16T09:00:00Z";
    assert_eq!(values(span).await, ["8.2", "8.1"]);
    assert_eq!(values("parameter=nitrate").await, Vec::<String>::new());
    call(&cloud, "GET", &readings, &viewer, None).await.expect_problem(422, "request.invalid");
    is_private(&cloud, &format!("{readings}?parameter=ph")).await;
}
