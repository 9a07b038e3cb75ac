//! `GET /v1/community/donations/{id}`

use serde_json::json;
use tests::{Cloud, User};

use super::support::{donate, get, gift, nobody, rich};

async fn see(cloud: &Cloud, user: &User, id: &str) -> tests::Reply {
    cloud.get(&format!("/v1/community/donations/{id}")).bearer(&user.access_token).send().await
}

#[tokio::test]
async fn its_donor_sees_its_steps_its_recipient_the_rest_and_nobody_else_anything() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (rich(&cloud, 100).await, cloud.sign_up_with_wallet().await);
    let stranger = cloud.sign_up().await;
    let given = donate(&cloud, &ann, "a", &gift("user", &bob.id, 5)).send().await.expect(201);
    let id = given["id"].as_str().unwrap();
    assert_eq!(see(&cloud, &ann, id).await.expect(200), given);
    let received = see(&cloud, &bob, id).await.expect(200);
    assert_eq!((&received["money"], &received["donorId"]), (&given["money"], &json!(ann.id)));
    assert!(received["steps"].is_null() && received["funding"].is_null(), "{received}");
    see(&cloud, &stranger, id).await.expect_problem(404, "wallet.no_such_donation");
    see(&cloud, &ann, &nobody()).await.expect_problem(404, "wallet.no_such_donation");
    see(&cloud, &ann, "x").await.expect_problem(404, "request.no_such_path");
}

#[tokio::test]
async fn the_keeper_of_a_point_sees_what_it_got() {
    let cloud = Cloud::connect().await;
    let (ann, keeper) = (rich(&cloud, 100).await, cloud.sign_up_with_wallet().await);
    let point = cloud.point_with_wallet(&keeper, "Harbour").await;
    let given = donate(&cloud, &ann, "a", &gift("point", &point.to_string(), 5)).send().await.expect(201);
    let seen = get(&cloud, &keeper, &format!("/v1/community/donations/{}", given["id"].as_str().unwrap())).await;
    assert_eq!(seen["recipient"], json!({ "kind": "point", "id": point }));
    assert!(seen["steps"].is_null());
}
