//! `identity.user_deleted.v1`: subscriptions and photos go, points stay without their keeper.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use tests::{Cloud, PASSWORD, User, eventually};

use super::support::{add_photo, call, photos, published_photo, see, told};

async fn held(cloud: &Cloud, user: &User) -> Vec<String> {
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
    let partition = AttributeValue::S(format!("points#user#{}", user.id));
    let query = client.query().table_name(cloud.table_name()).key_condition_expression("pk = :pk");
    let found = query.expression_attribute_values(":pk", partition).consistent_read(true).send().await.unwrap();
    found.items().iter().map(|item| item["sk"].as_s().unwrap().clone()).collect()
}

#[tokio::test]
async fn a_deleted_user_leaves_points_and_nothing_of_their_own() {
    let cloud = Cloud::connect().await;
    let (user, other) = (cloud.sign_up().await, cloud.sign_up().await);
    let watch = cloud.watch("points.point_updated.v1").await;
    let (own, foreign) = (cloud.point(&user, "Fountain").await, cloud.point(&other, "Bowls").await);
    let photo = published_photo(&cloud, &user).await;
    add_photo(&cloud, &user, foreign, &photo).await;
    let subscription = format!("/v1/community/points/{foreign}/subscription");
    assert_eq!(call(&cloud, "PUT", &subscription, &user, None).await.status, 204);
    let change = json!({ "description": "Behind the market", "location": { "lat": 41.5, "lng": 28.25 } });
    let changed = call(&cloud, "PATCH", &format!("/v1/community/points/{own}"), &user, Some(&change)).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let exported = cloud.export(&user).await;
    let point = &exported["sections"]["points"]["points"][0];
    assert_eq!(point["pointId"], json!(own), "{point}");
    let details = json!({
        "name": "Fountain", "kind": "water", "description": "Behind the market",
        "location": { "lat": 41.5, "lng": 28.25 },
    });
    assert_eq!(point["details"], details);
    let exported = exported.to_string();
    for known in [own.to_string(), foreign.to_string(), photo.clone()] {
        assert!(exported.contains(&known), "the export knows of {known}: {exported}");
    }

    let gone = cloud.call("DELETE", "/v1/users/me").bearer(&user.access_token).json(&json!({ "password": PASSWORD }));
    assert_eq!(gone.send().await.status, 204);
    assert_eq!(told(&watch, own, 3).await["data"].get("keeperId"), None);
    eventually("the items to go", async || (held(&cloud, &user).await == ["forgotten"]).then_some(())).await;
    let seen = see(&cloud, &other, own).await.expect(200);
    assert_eq!((seen["name"].as_str(), &seen["keeperId"]), (Some("Fountain"), &json!(null)));
    assert_eq!(photos(&cloud, &other, foreign).await, Vec::<String>::new());

    // The access token outlives the account for some minutes; it brings nothing back.
    let body = json!({ "name": "Late", "kind": "food", "location": { "lat": 1, "lng": 1 } });
    let late =
        cloud.post("/v1/community/points").bearer(&user.access_token).header("idempotency-key", "late").json(&body);
    late.send().await.expect_problem(401, "auth.session_ended");
    call(&cloud, "PUT", &subscription, &user, None).await.expect_problem(401, "auth.session_ended");
    assert_eq!(held(&cloud, &user).await, ["forgotten"]);
}
