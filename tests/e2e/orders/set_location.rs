//! `PUT /v1/commerce/locations/{id}`

use serde_json::json;
use tests::{Cloud, LOCATIONS};

use super::support::{call, refuses_strangers};

#[tokio::test]
async fn a_location_is_created_once_and_changed_on_the_version_that_was_read() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    cloud.locations(&manager).await;
    // No other test has this one. It is closed, so no order takes units from it.
    let path = "/v1/commerce/locations/01900000-0000-7000-8000-00000000cccc";
    let body = json!({ "name": "Outlet", "country": "FR", "priority": 0, "isOpen": false });
    let first = call(&cloud, "PUT", path, &manager, Some(&body)).await;
    let again = call(&cloud, "PUT", path, &manager, Some(&body)).await;
    assert_eq!((again.status, &again.body["name"]), (200, &json!("Outlet")));
    assert_eq!(first.expect(200), again.expect(200));
    let stale = cloud.call("PUT", path).bearer(&manager.access_token).header("if-match", "\"0\"").json(&body);
    stale.send().await.expect_problem(412, "request.version_changed");
    refuses_strangers(&cloud, "PUT", path, Some(&body)).await;
}

#[tokio::test]
async fn fields_that_do_not_fit_are_refused_by_name() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let path = format!("/v1/commerce/locations/{}", LOCATIONS[0]);
    let body = json!({ "name": " ", "country": "de", "priority": 1001, "isOpen": true });
    let wrong = call(&cloud, "PUT", &path, &manager, Some(&body)).await;
    wrong.expect_problem(422, "request.invalid");
    let fields: Vec<_> = wrong.body["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
    assert!(fields.contains(&json!("country")) && fields.contains(&json!("priority")), "{fields:?}");
    let body = json!({ "name": "A", "country": "DE", "priority": 1, "isOpen": true, "id": LOCATIONS[1] });
    call(&cloud, "PUT", &path, &manager, Some(&body)).await.expect_problem(422, "request.invalid");
}
