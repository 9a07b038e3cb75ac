//! `GET /v1/community/donations`

use serde_json::{Value, json};
use tests::Cloud;

use super::support::{donate, get, gift, rich, wrong_fields};

fn ids(page: &Value) -> Vec<Value> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect()
}

#[tokio::test]
async fn each_side_sees_its_own_newest_first_in_pages() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (rich(&cloud, 100).await, cloud.sign_up_with_wallet().await);
    let mut given = Vec::new();
    for cents in 1..=3 {
        let body = gift("user", &bob.id, cents);
        let donation = donate(&cloud, &ann, &format!("d-{cents}"), &body).send().await.expect(201);
        given.insert(0, donation["id"].clone());
    }
    let first = get(&cloud, &ann, "/v1/community/donations?limit=2").await;
    assert_eq!(ids(&first), given[..2]);
    assert!(first["items"][0]["steps"].is_array());
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = get(&cloud, &ann, &format!("/v1/community/donations?limit=2&cursor={cursor}")).await;
    assert_eq!(ids(&second), given[2..]);

    let received = get(&cloud, &bob, "/v1/community/donations?received=true").await;
    assert_eq!((ids(&received), &received["items"][0]["steps"]), (given, &json!(null)));
    assert_eq!(get(&cloud, &bob, "/v1/community/donations").await["items"], json!([]));
    assert_eq!(get(&cloud, &ann, "/v1/community/donations?received=true").await["items"], json!([]));
    // A cursor holds no partition: in another's list it reaches nothing of the first.
    assert_eq!(get(&cloud, &bob, &format!("/v1/community/donations?cursor={cursor}")).await["items"], json!([]));
}

#[tokio::test]
async fn what_a_point_got_is_for_its_keeper() {
    let cloud = Cloud::connect().await;
    let (ann, keeper) = (rich(&cloud, 100).await, cloud.sign_up_with_wallet().await);
    let point = cloud.point_with_wallet(&keeper, "Harbour").await;
    let given = donate(&cloud, &ann, "a", &gift("point", &point.to_string(), 5)).send().await.expect(201);
    let path = format!("/v1/community/donations?pointId={point}");
    assert_eq!(ids(&get(&cloud, &keeper, &path).await), [given["id"].clone()]);
    let stranger = cloud.get(&path).bearer(&ann.access_token).send().await;
    stranger.expect_problem(404, "wallet.no_such_point");
}

#[tokio::test]
async fn wrong_parameters_are_named() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    for (query, wrong) in
        [("received=yes", "received"), ("pointId=x", "pointId"), ("limit=0", "limit"), ("recieved=true", "recieved")]
    {
        let reply = cloud.get(&format!("/v1/community/donations?{query}")).bearer(&user.access_token).send().await;
        assert_eq!(wrong_fields(&reply), [wrong]);
    }
}
