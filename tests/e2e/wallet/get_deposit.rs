//! Covers `GET /v1/community/wallet/deposits/{id}`.

use tests::{CARD, Cloud};

#[tokio::test]
async fn a_deposit_is_seen_by_whose_it_is_and_by_nobody_else() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.cardholder().await, cloud.sign_up().await);
    let deposit = cloud.deposit(&ann, Some(CARD), "a").await.expect(201);
    let path = format!("/v1/community/wallet/deposits/{}", deposit["id"].as_str().unwrap());
    let seen = cloud.get(&path).bearer(&ann.access_token).send().await.expect(200);
    assert_eq!((&seen["id"], &seen["status"]), (&deposit["id"], &deposit["status"]));
    assert!(seen["clientSecret"].is_null());
    cloud.get(&path).bearer(&bob.access_token).send().await.expect_problem(404, "wallet.no_such_deposit");
    let none = cloud.get("/v1/community/wallet/deposits/no-id").bearer(&ann.access_token).send().await;
    none.expect_problem(404, "request.no_such_path");
}
