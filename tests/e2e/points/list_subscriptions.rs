//! `GET /v1/community/points/subscriptions`

use std::collections::BTreeSet;

use serde_json::json;
use tests::Cloud;

use super::support::call;

#[tokio::test]
async fn the_caller_s_subscriptions_come_in_pages() {
    let cloud = Cloud::connect().await;
    let (user, other) = (cloud.sign_up().await, cloud.sign_up().await);
    let list = async |query: &str| {
        call(&cloud, "GET", &format!("/v1/community/points/subscriptions{query}"), &user, None).await
    };
    assert_eq!(list("").await.expect(200), json!({ "items": [], "nextCursor": null }));
    let mut expected = BTreeSet::new();
    for number in 0..3 {
        let id = cloud.point(&other, &format!("Fountain {number}")).await;
        assert_eq!(
            call(&cloud, "PUT", &format!("/v1/community/points/{id}/subscription"), &user, None).await.status,
            204
        );
        expected.insert(id.to_string());
    }
    let first = list("?limit=2").await.expect(200);
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = list(&format!("?limit=2&cursor={cursor}")).await.expect(200);
    let pages = [&first, &second].map(|page| page["items"].as_array().unwrap().clone()).concat();
    let seen: BTreeSet<_> = pages.iter().map(|item| item["point"]["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!((pages.len(), seen), (3, expected));
    assert!(pages.iter().all(|item| item["since"].is_string() && item["point"]["kind"] == "water"));
    // With it a stranger reads on in their own list, where there is nothing.
    let path = format!("/v1/community/points/subscriptions?cursor={cursor}");
    assert_eq!(call(&cloud, "GET", &path, &other, None).await.expect(200)["items"], json!([]));
    list("?limit=0").await.expect_problem(422, "request.invalid");
}
