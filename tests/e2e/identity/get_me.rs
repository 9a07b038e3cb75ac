//! `GET /v1/users/me`

use tests::Cloud;

#[tokio::test]
async fn everybody_sees_their_own_account_only() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.sign_up().await, cloud.sign_up().await);
    for user in [ann, bob] {
        let reply = cloud.get("/v1/users/me").bearer(&user.access_token).send().await;
        assert_eq!(reply.header("etag"), "\"1\"");
        reply.expect_calls("identity-get-me", "own account");
        let me = reply.expect(200);
        assert_eq!((me["id"].as_str(), me["email"].as_str()), (Some(user.id.as_str()), Some(user.email.as_str())));
    }
}
